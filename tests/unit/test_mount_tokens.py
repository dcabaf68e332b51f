"""What a fully mounted application takes for the token of its admin, whom a callback acts for, what a forwarder may."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from dashboard.web.csrf import COOKIE
from tests.unit.mounted_console import CALLBACK, STORE_EVENT, TOKEN, host
from tests.unit.web_host import API, PAGE, csrf_headers, sign_in


@pytest.fixture(scope="module", params=[False, True], ids=["no CSRFProtect", "CSRFProtect"])
def protect(request) -> bool:
    return request.param


@pytest.fixture
def app(protect, monkeypatch) -> Flask:
    """For a test that does something in it."""
    return host(monkeypatch, protect)


@pytest.fixture(scope="module")
def kept(protect) -> Flask:
    """For tests whose requests change nothing: built once for all of them."""
    with pytest.MonkeyPatch.context() as patch:
        return host(patch, protect)


@pytest.mark.parametrize("path", ["/typo", "/alerts/typo/", "/alerts/history/typo", "/explore/x", "/<script>"])
def test_below_a_page_there_is_nothing(kept, path):
    answer = sign_in(kept.test_client()).get(PAGE + path, base_url="http://localhost/under")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert f'<a href="/under{PAGE}/">' in answer.text
    assert "<script" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["", "x", "a" * 5000, "null", "IjEyMyI.xxxx.yyyy"])
def test_a_wrong_token_is_no_token(kept, token):
    client = sign_in(kept.test_client())
    client.get(PAGE + "/")
    for path in (CALLBACK, API + "/health-check"):
        assert client.post(path, json={}, headers={"X-CSRFToken": token}).status_code == 400


def test_a_token_of_somebody_elses_session_is_no_token(kept):
    theirs = csrf_headers(sign_in(kept.test_client()))
    client = sign_in(kept.test_client())
    client.get(PAGE + "/")
    assert client.post(API + "/health-check", headers=theirs).status_code == 400


def test_a_callback_with_its_token_is_answered(kept):
    client = sign_in(kept.test_client())
    listed = client.get(PAGE + "/_dash-dependencies").json
    page = next(entry for entry in listed if "alert-detail.children" in entry["output"])
    body = {"output": page["output"], "outputs": {"id": "alert-detail", "property": "children"},
            "inputs": [{**part, "value": None} for part in page["inputs"]],
            "state": [{**part, "value": None} for part in page["state"]], "changedPropIds": ["alert-detail-asked.data"]}
    assert client.post(CALLBACK, json=body).status_code == 400
    answer = client.post(CALLBACK, json=body, headers=csrf_headers(client, PAGE + "/"))
    assert answer.json["response"] == {"alert-detail": {"children": []}}


def test_the_page_tells_dash_where_its_token_is(kept):
    text = sign_in(kept.test_client()).get(PAGE + "/").text
    assert f'"csrf_token_name":"{COOKIE}"' in text.replace(" ", "")


@pytest.mark.parametrize("names", [None, ["X-XSRF-TOKEN"], ("X-Mine", "X-CSRFToken")])
def test_the_page_sends_its_token_in_a_header_that_the_host_looks_for(app, names):
    if names:
        app.config["WTF_CSRF_HEADERS"] = names
    client = sign_in(app.test_client())
    config = re.search(r'id="_dash-config"[^>]*>(.*?)</script>', client.get(PAGE + "/").text)[1]
    header = json.loads(config)["csrf_header_name"]
    assert header == (names or ["X-CSRFToken"])[0]
    sent = {header: client.get_cookie(COOKIE).value}
    assert client.post(CALLBACK, json={}, headers=sent).text == "This is no callback of the page. Reload it."
    assert client.post(API + "/health-check", headers=sent).status_code == 200


def test_a_callback_acts_in_the_name_of_whoever_is_signed_in(app):
    client = sign_in(app.test_client())
    entry = next(one for one in client.get(PAGE + "/_dash-dependencies").json if "command-feedback" in one["output"])
    body = {"output": entry["output"], "outputs": {"id": "command-feedback", "property": "children"},
            "inputs": [{**part, "value": 1} for part in entry["inputs"]],
            "state": [{**part, "value": {"action": "CLEAR_CACHE"}} for part in entry["state"]],
            "changedPropIds": ["command-confirm.n_clicks"]}
    answer = client.post(CALLBACK, json=body, headers=csrf_headers(client))
    assert answer.json["response"]["command-feedback"]["children"] == "Clear cache: heard by 1."
    recent = app.extensions["monitoring"].services.commands.recent
    assert [command.requested_by for command in recent] == ["ada"]


def test_a_forwarder_needs_its_secret_and_nothing_else(app):
    client = app.test_client()
    event = {"event_type": "METRIC_UPDATE", "source": "forwarded", "metrics": {"a": {"b": 1}}}
    for headers in ({}, {"X-Monitoring-Token": "wrong"}, {"X-Monitoring-Token": TOKEN[:-1]}):
        assert client.post(STORE_EVENT, json=event, headers=headers).status_code == 401
        assert sign_in(app.test_client()).post(STORE_EVENT, json=event, headers=headers).status_code == 401
    assert client.post(STORE_EVENT, json=event, headers={"X-Monitoring-Token": TOKEN}).json["success"] is True
    assert "forwarded" in app.extensions["monitoring"].services.board.names()


def test_answers_of_the_host_have_none_of_them(kept):
    for path in ("/", "/login", "/nowhere"):
        found = kept.test_client().get(path).headers
        assert not {"Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "Cache-Control"} & {*found.keys()}


def test_the_token_is_handed_out_to_whoever_asks_under_our_prefixes(kept):
    for path in (PAGE + "/", API + "/status", PAGE + "/_dash-layout"):
        client = kept.test_client()
        client.get(path)
        assert client.get_cookie(COOKIE) is not None, path
        assert not client.get_cookie(COOKIE).http_only
