"""Who asks a process that has just begun: which requests wait until it knows what there is, and that none overtakes."""

from __future__ import annotations

import threading

import pytest

from dashboard import Monitoring, Settings
from dashboard.services import Services
from dashboard.web.guard import Guard
from tests.unit.web_host import API, PAGE, add_rules, csrf_headers, plain_host, sign_in

LONG_S = 30.0
WAITING = [("GET", PAGE + "/"), ("POST", PAGE + "/_dash-update-component"), ("GET", API + "/status")]
OTHERS = [("GET", "/"), ("GET", PAGE + "/assets/x.js"), ("GET", API + "/unknown"), ("POST", API + "/store-event")]


@pytest.fixture
def asked():
    return []


@pytest.fixture
def client(asked):
    app = plain_host()
    Guard(Settings(), until_ready=lambda: asked.append(True)).install(app)
    add_rules(app)
    return app.test_client()


@pytest.mark.parametrize(("method", "path"), WAITING)
def test_pages_callbacks_and_rest_wait(client, asked, method, path):
    headers = csrf_headers(sign_in(client))
    asked.clear()
    assert client.open(path, method=method, headers=headers, json={} if method == "POST" else None).status_code < 300
    assert asked == [True]


@pytest.mark.parametrize(("method", "path"), OTHERS)
def test_what_tells_nothing_of_the_kind_does_not(client, asked, method, path):
    headers = csrf_headers(sign_in(client))
    asked.clear()
    client.open(path, method=method, headers=headers)
    assert asked == []


@pytest.mark.parametrize(("method", "path"), WAITING)
def test_strangers_are_refused_at_once(client, asked, method, path):
    assert client.open(path, method=method).status_code in (302, 401)
    assert asked == []


def test_no_request_overtakes_the_one_that_starts_the_feed(monkeypatch):
    monitoring = Monitoring(plain_host(), settings=Settings(start_listener=False, database_url="off"))
    starting, may_go_on = threading.Event(), threading.Event()

    def start(services: Services) -> None:
        starting.set()
        assert may_go_on.wait(LONG_S)

    monkeypatch.setattr(Services, "start", start)
    monitoring._wanted = True
    requests = [threading.Thread(target=monitoring._start_once, daemon=True) for _ in range(2)]
    requests[0].start()
    assert starting.wait(LONG_S)
    requests[1].start()
    requests[1].join(0.1)
    assert requests[1].is_alive()
    may_go_on.set()
    for request in requests:
        request.join(LONG_S)
        assert not request.is_alive()
