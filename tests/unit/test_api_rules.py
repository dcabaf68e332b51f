"""The API as a whole: who may, what is refused, and that every answer is strict JSON without a word too much."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest

from dashboard.web import api_events
from dashboard.web.guard import STORE_EVENT_VIEW
from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import api_host, hear_metrics, make_services

RULES = [
    ("/status", "GET"),
    ("/health-check", "POST"),
    ("/alerts", "GET"),
    ("/alerts/history", "GET"),
    ("/alerts/some%2Fid/acknowledge", "POST"),
    ("/alerts/some%2Fid/resolve", "POST"),
    ("/alerts/some%2Fid", "GET"),
    *((f"/alerts/some%2Fid/{act}", "POST") for act in ("unacknowledge", "reopen", "assign", "snooze", "unsnooze")),
    ("/alerts/statistics", "GET"),
    ("/alerts/export", "GET"),
    ("/alerts/bulk", "POST"),
    ("/silences", "GET"),
    ("/silences", "POST"),
    ("/silences/preview", "POST"),
    ("/silences/some-id", "GET"),
    ("/silences/some-id", "DELETE"),
    ("/routes", "GET"),
    ("/routes", "POST"),
    ("/routes/preview", "POST"),
    ("/routes/some-id", "GET"),
    ("/routes/some-id", "PATCH"),
    ("/routes/some-id", "DELETE"),
    ("/routes/some-id/test", "POST"),
    ("/deliveries", "GET"),
    ("/actions/CLEAR_CACHE", "POST"),
    ("/components/enable", "POST"),
    ("/metrics/historical", "GET"),
    ("/metrics", "GET"),
    ("/metrics/series", "GET"),
    ("/metrics/moved", "GET"),
    ("/history/moment", "GET"),
    ("/history/commands", "GET"),
    ("/history/gaps", "GET"),
    ("/report", "GET"),
    ("/explore/export", "GET"),
    ("/annotations", "GET"),
    ("/annotations", "POST"),
    ("/annotations/some-id", "PATCH"),
    ("/annotations/some-id", "DELETE"),
    ("/openapi.json", "GET"),
]


@pytest.fixture
def services():
    return make_services()


@pytest.fixture(params=[False, True], ids=["no CSRFProtect", "CSRFProtect"])
def app(request, services):
    return api_host(services, protect=request.param)


@pytest.fixture(scope="module", params=[False, True], ids=["no CSRFProtect", "CSRFProtect"])
def kept(request):
    """For requests that are refused: built once for all of them."""
    return api_host(make_services(), protect=request.param)


def test_these_are_all_the_rules_there_are(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(API)]
    assert len(rules) == len(RULES) + 1  # and /store-event, which has tests of its own
    assert {method for rule in rules for method in rule.methods} == {"GET", "HEAD", "OPTIONS", "POST", "PATCH",
                                                                 "DELETE"}


def test_the_reference_names_them_all(app):
    text = (Path(__file__).parents[2] / "docs" / "rest.md").read_text(encoding="utf-8")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(API):
            path = re.sub(r"<(?:\w+:)?(?:alert_)?(\w+)>", r"{\1}", rule.rule.removeprefix(API))
            method = next(method for method in ("GET", "PATCH", "DELETE", "POST") if method in rule.methods)
            assert f"{method} `{path}`" in text


@pytest.mark.parametrize(("path", "method"), [*RULES, ("", "GET"), ("/unknown", "GET"), ("/store-event", "GET")])
@pytest.mark.parametrize(("who", "status"), [(None, 401), ("bob", 403)])
def test_nobody_but_admins(kept, path, method, who, status):
    client = kept.test_client() if who is None else sign_in(kept.test_client(), who)
    answer = client.open(API + path, method=method)
    assert answer.status_code == status
    assert set(answer.json) == {"success", "message"}
    assert answer.json["success"] is False


@pytest.mark.parametrize(("path", "method"), RULES)
def test_admins_get_json_from_every_rule(app, path, method):
    client = sign_in(app.test_client())
    answer = client.open(API + path, method=method, headers=csrf_headers(client))
    # 400, 404: there is no such alert, no component is named. There is no history: a write says so, a read answers.
    assert answer.status_code in ((200, 400, 404) if method == "GET" else (200, 400, 404, 503))
    assert answer.mimetype == "application/json"
    assert path == "/openapi.json" or answer.json["success"] is (answer.status_code == 200)


@pytest.mark.parametrize(("path", "method"), [rule for rule in RULES if rule[1] != "GET"])
def test_writes_need_the_token(kept, path, method):
    answer = sign_in(kept.test_client()).open(API + path, method=method, json={})
    assert answer.status_code == 400
    assert "CSRF" in answer.json["message"]


def test_the_wrong_method_is_405_as_json(app):
    client = sign_in(app.test_client())
    headers = csrf_headers(client)
    for path, method in RULES:
        both = path.startswith(("/alerts/", "/silences", "/routes", "/annotations"))
        wrong = "PUT" if method == "GET" or both else "GET"
        answer = client.open(API + path, method=wrong, headers=headers)
        assert (answer.status_code, answer.json["success"]) == (405, False), path
        assert method in answer.headers["Allow"]


def test_a_fault_of_ours_is_a_500_without_its_text(app, services, caplog):
    def broken():
        raise RuntimeError("password hunter2 in a traceback")

    services.record.snapshot = broken
    app.register_error_handler(500, lambda error: "the host's page")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with caplog.at_level(logging.ERROR):
        answer = sign_in(app.test_client()).get(API + "/status")
    assert answer.status_code == 500
    assert answer.json["success"] is False
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert "hunter2" in caplog.text


@pytest.mark.parametrize("code", [400, 404, 405, 413])
def test_the_hosts_error_pages_stay_the_hosts(app, code):
    app.register_error_handler(code, lambda error: ("the host's page", code))
    client = sign_in(app.test_client())
    headers = csrf_headers(client)
    assert client.get("/nowhere").text == ("the host's page" if code == 404 else client.get("/nowhere").text)
    for answer in (
        client.get(API + "/unknown"),
        client.put(API + "/status", headers=headers),
        client.post(API + "/alerts/x/resolve", data="[", headers=headers),
        client.post(API + "/alerts/x/resolve", data="x" * 100_000, headers=headers),
        client.post(API + "/alerts/x/resolve", headers=headers),
    ):
        assert answer.json["success"] is False


def test_a_limit_of_the_host_on_bodies_is_answered_in_json(app):
    app.config["MAX_CONTENT_LENGTH"] = 10
    client = sign_in(app.test_client())
    answer = client.post(API + "/components/enable", data="x" * 100, headers=csrf_headers(client))
    assert (answer.status_code, answer.json["success"]) == (413, False)


def test_every_answer_is_strict_json(app, services):
    hear_metrics(services, system={"cpu_percent": 1.5}, odd={"text": "a\u2028b </script>", "big": 10**30})
    services.ring.append("pl", services.clock() - 1, {"x": 1.0})
    client = sign_in(app.test_client())
    for path in ("/status", "/alerts", "/alerts/history", "/metrics/historical", "/metrics/historical?format=frame"):
        answer = client.get(API + path)
        assert answer.status_code == 200, path
        json.loads(answer.data, parse_constant=refuse_constant)


def refuse_constant(word):
    raise AssertionError(f"{word} is no JSON")


def test_the_guard_knows_the_view_it_exempts(app):
    view = app.view_functions["monitoring_api.store_event"]
    assert f"{view.__module__}.{view.__name__}" == STORE_EVENT_VIEW
    assert view.__module__ == api_events.__name__
