"""Commands over REST."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import api_host, make_services


@pytest.fixture
def services():
    return make_services()


@pytest.fixture
def post(services):
    client = sign_in(api_host(services).test_client())
    headers = csrf_headers(client)
    return lambda path, **body: client.post(API + path, headers=headers, **body)


def test_a_health_check_is_asked_for(post, services):
    answer = post("/health-check")
    assert answer.status_code == 200
    assert answer.json == {"success": True, "message": "Sent to 1 listener.", "receivers": 1,
                           "request_id": "request-1"}
    assert services.commands.sent == [{"action": "FORCE_HEALTH_CHECK", "requested_by": "ada"}]


def test_zero_receivers_are_said(post, services):
    services.commands.receivers = 0
    answer = post("/health-check")
    assert (answer.json["receivers"], answer.json["message"]) == (0, "Sent, nobody is listening.")


@pytest.mark.parametrize("name", ["CLEAR_CACHE", "clear_cache", "force-gc", "RESTART_WORKERS", "RELOAD_PATTERNS"])
def test_actions_by_name(post, services, name):
    answer = post(f"/actions/{name}")
    assert answer.status_code == 200
    assert services.commands.sent[0]["action"] == name.upper().replace("-", "_")


@pytest.mark.parametrize("name", ["DROP_TABLES", "ALERT_RESOLVED", "ALERT_ACKNOWLEDGED", "ENABLE_COMPONENT", "ß", " "])
def test_other_actions_are_unknown(post, services, name):
    answer = post(f"/actions/{name}")
    assert answer.status_code == 400
    assert "CLEAR_CACHE" in answer.json["message"]
    assert services.commands.sent == []


def test_a_component_is_enabled(post, services):
    answer = post("/components/enable", json={"type": "pattern", "name": " doji "})
    assert answer.status_code == 200
    assert services.commands.sent == [
        {"action": "ENABLE_COMPONENT", "requested_by": "ada", "type": "pattern", "name": "doji"}]


@pytest.mark.parametrize("body", [
    b"", b"{}", b"[]", b"null", b"{", b'{"type": "x"}', b'{"type": 1, "name": "x"}', b'{"type": "", "name": "x"}',
    b'{"type": "x", "name": "%s"}' % (b"x" * 201), b'{"type": "x", "name": ["y"]}', b"type=x&name=y", b"\xff",
])
def test_a_component_needs_a_type_and_a_name(post, services, body):
    assert post("/components/enable", data=body).status_code == 400
    assert services.commands.sent == []


@pytest.mark.parametrize(("path", "body"), [
    ("/health-check", {}), ("/actions/FORCE_GC", {}), ("/components/enable", {"type": "a", "name": "b"})])
def test_with_redis_away_it_is_503_and_says_no_secret(post, services, path, body):
    services.commands.reachable = False
    answer = post(path, json=body)
    assert (answer.status_code, answer.json["success"]) == (503, False)
    assert "Redis" in answer.json["message"]
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(("names", "recorded"), [
    ({"username": "ada"}, "ada"), ({"username": "x" * 300}, "x" * 200), ({"username": " "}, "42"), ({}, "42"),
    ({"username": None, "get_id": lambda: None}, "an admin without a name")])
def test_commands_carry_the_name_of_who_sent_them(services, names, recorded):
    app = api_host(services)
    methods = {"get_id": lambda: 42} | names
    person = SimpleNamespace(is_authenticated=True, is_active=True, is_admin=True, **methods)
    app.login_manager.user_loader(lambda user_id: person)
    client = sign_in(app.test_client())
    assert client.post(API + "/health-check", headers=csrf_headers(client)).status_code == 200
    assert services.commands.sent[0]["requested_by"] == recorded
