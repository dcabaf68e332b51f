"""POST /store-event: a secret in a header instead of a session."""

from __future__ import annotations

import json

import pytest

from dashboard.settings import Settings
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import api_host, make_services

TOKEN = "a secret with ümlaut"
URL = API + "/store-event"
HEADERS = {"X-Monitoring-Token": TOKEN.encode().decode("latin-1")}
EVENT = {"event_type": "METRIC_UPDATE", "source": "pl", "metrics": {"system": {"cpu_percent": 12.5}}}


@pytest.fixture
def services():
    return make_services(Settings(store_token=TOKEN))


@pytest.fixture(params=[False, True], ids=["no CSRFProtect", "CSRFProtect"])
def client(request, services):
    return api_host(services, protect=request.param).test_client()


def test_an_event_comes_in_by_the_same_door(client, services):
    answer = client.post(URL, json=EVENT, headers=HEADERS)
    assert answer.status_code == 200
    assert answer.json["success"] is True
    assert services.ring.latest("pl")["system.cpu_percent"][1] == 12.5
    assert services.board.get("pl").last_received == services.clock()
    assert services.record.raw[-1].via == "http"


def test_it_opens_no_session(client):
    answer = client.post(URL, json=EVENT, headers=HEADERS)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN.encode().decode("latin-1") + "x", "\xff\xfe"])
def test_without_the_secret_nothing_comes_in(client, services, token):
    answer = client.post(URL, json=EVENT, headers={} if token is None else {"X-Monitoring-Token": token})
    assert answer.status_code == 401
    assert answer.json["success"] is False
    assert services.record.received == 0


def test_an_admin_has_no_need_of_it_and_no_way_round_it(client):
    assert sign_in(client).post(URL, json=EVENT).status_code == 401


@pytest.mark.parametrize("token", [None, ""])
def test_with_no_secret_configured_there_is_no_such_address(token):
    client = api_host(make_services(Settings(store_token=token))).test_client()
    assert client.post(URL, json=EVENT, headers={"X-Monitoring-Token": ""}).status_code == 404
    assert sign_in(client).post(URL, json=EVENT, headers=HEADERS).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"{}", b'"text"', b'{"event_type": "METRIC_UPDATE"' ])
def test_what_is_no_event_is_refused_and_counted(client, services, body):
    answer = client.post(URL, data=body, headers=HEADERS)
    assert answer.status_code == 400
    assert answer.json["reason"]
    assert sum(services.record.rejected.values()) == 1


def test_the_same_event_again_is_no_error(client):
    event = json.dumps({**EVENT, "event_id": "e1"})
    assert client.post(URL, data=event, headers=HEADERS).json["outcome"] == "accepted"
    assert client.post(URL, data=event, headers=HEADERS).json["outcome"] == "duplicate"


def test_a_body_above_a_mebibyte_is_not_read(client, services):
    answer = client.post(URL, data=b"x" * (1024 * 1024 + 1), headers=HEADERS)
    assert (answer.status_code, answer.json["success"]) == (413, False)
    assert services.record.received == 0


def test_a_body_of_unknown_length_is_bounded_too(client, services):
    answer = client.post(URL, headers=HEADERS, environ_overrides={
        "wsgi.input": Endless(), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""})
    assert answer.status_code == 413
    assert services.record.received == 0


class Endless:
    """A body that never ends, in pieces smaller than asked for."""

    def read(self, size: int = -1) -> bytes:
        return b"x" * min(size, 1000)
