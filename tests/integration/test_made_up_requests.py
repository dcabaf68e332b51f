"""Made-up requests to the REST API, from its OpenAPI document, and made-up events; `make bench` sends more of both."""

from __future__ import annotations

import socket

import pytest

from dashboard.web.openapi.document import OPERATIONS
from tests.hostile_feed import flood
from tests.made_up_requests import Served, send_to_every_row
from tests.servers import RedisServer

EXAMPLES = 5  # of each row
INPUTS = 10_000
ANSWER_LIMIT_S = 30.0


@pytest.fixture(scope="module")
def server():
    server = RedisServer().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def served(server, tmp_path_factory):
    served = Served(server, f"sqlite:///{tmp_path_factory.mktemp('history')}/history.sqlite3")
    yield served
    served.close()


def status(served):
    return served.session.get(served.address + "/status", timeout=ANSWER_LIMIT_S).json()


def test_whatever_is_asked_is_answered_as_described(served):
    tally = send_to_every_row(served, EXAMPLES)
    assert len({name for name, _ in tally.rows}) == len(OPERATIONS)
    assert {200, 400, 404} <= tally.statuses.keys()
    assert tally.statuses[200] > tally.requests / 5
    feed = status(served)["feed"]
    assert feed["received"] == feed["accepted"] + feed["duplicates"] + sum(feed["rejected"].values())
    assert served.host.listens()


def test_whatever_is_published_is_counted_once_and_disturbs_nothing(served, server):
    outcome = flood(served, server, INPUTS)
    assert outcome.answers > 20
    assert {"not-json", "no-type", "bad-body", "too-deep"} <= outcome.expected.keys()


def slow(served, method: str, path: str, *headers: str) -> socket.socket:
    """A connection whose request says that a body comes, and sends one byte of it."""
    connection = socket.create_connection(("127.0.0.1", served.host.port), ANSWER_LIMIT_S)
    lines = [f"{method} {served.settings.api_prefix}{path} HTTP/1.1", f"Host: 127.0.0.1:{served.host.port}",
             "Content-Type: application/json", "Content-Length: 60000", *headers, "", "{"]
    connection.sendall("\r\n".join(lines).encode())
    return connection


def first_line(connection: socket.socket) -> str:
    with connection, connection.makefile("rb") as answer:
        return answer.readline().decode()


@pytest.mark.parametrize(("method", "path"), [("POST", "/silences"), ("PATCH", "/routes/x"), ("POST", "/store-event"),
                                              ("POST", "/nothing")])
def test_a_strangers_slow_body_is_not_waited_for(served, method, path):
    assert " 401 " in first_line(slow(served, method, path))


def test_slow_bodies_hold_up_nobody_else(served):
    """Those of admins are waited for, by one thread each."""
    headers = [f"{name}: {value}" for name, value in served.headers.items()]
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in served.session.cookies)
    waiting = [slow(served, "POST", "/silences", f"Cookie: {cookies}", *headers) for _ in range(20)]
    for _ in range(5):
        assert status(served)["success"] is True
    for connection in waiting:
        connection.settimeout(0.01)
        with pytest.raises(TimeoutError):
            connection.recv(1)  # its answer is still to come
        connection.close()
    assert status(served)["success"] is True
