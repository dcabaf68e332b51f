"""Every rule of a fully mounted application, with every method, for a stranger, a plain user, an admin, one whose
session is over, one without a token, and one who comes from another site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from dashboard import Monitoring, Settings, extension
from dashboard.web.csrf import COOKIE
from tests.unit.ui_world import hear_alert, hear_metrics, make_world
from tests.unit.web_host import API, PAGE, csrf_headers, plain_host, sign_in

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
UNUSUAL = ("TRACE", "CONNECT", "PROPFIND", "X")
EVIL = "https://evil.example"
ELSEWHERE = ({"Origin": EVIL}, {"Referer": EVIL + "/x"}, {"Origin": EVIL, "Referer": "BASE/"},
             {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"})
STORE_EVENT = API + "/store-event"
CALLBACK = PAGE + "/_dash-update-component"
TOKEN = "a secret of the forwarder"
SETTINGS = Settings(start_listener=False, store_token=TOKEN)
# Every rule with every method, once more: what an admin asks below runs the same lines.
again = pytest.mark.usefixtures("uncovered")


def host(monkeypatch, protect: bool) -> Flask:
    """A host with the whole console on services of paper, so that no request goes to Redis."""
    services = make_world(SETTINGS)
    hear_metrics(services, system={"cpu_percent": 5})
    hear_alert(services, "some")
    monkeypatch.setattr(extension, "build", lambda settings, folder: services)
    app = plain_host(protect)
    Monitoring(app, settings=SETTINGS)
    return app


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


def paths(app: Flask) -> list[str]:
    """A path for every rule under both prefixes; placeholders are filled with a word."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith((PAGE, API))]
    assert len(rules) >= 20
    return sorted({re.sub(r"<[^>]*>", "some", rule) for rule in rules})


def is_document(path: str, method: str) -> bool:
    folders = path.removeprefix(PAGE).split("/")
    is_data = any(name.startswith("_") or name in ("assets", "bootstrap", "plotly") for name in folders)
    return path.startswith(PAGE) and method in ("GET", "HEAD") and not is_data


def each(app):
    for path in paths(app):
        for method in METHODS:
            if path != STORE_EVENT or method != "POST":  # a machine with a secret: below
                yield path, method


@again
def test_strangers_get_the_login_for_documents_and_401_for_all_else(kept):
    client = kept.test_client()
    for path, method in each(kept):
        answer = client.open(path, method=method)
        if is_document(path, method):
            assert answer.status_code == 302 and answer.location.startswith("/login?next="), (path, method)
        else:
            assert answer.status_code == 401, (path, method)
            assert method == "HEAD" or answer.json == {"success": False, "message": "Sign in first."}, (path, method)


@again
def test_plain_users_get_403_everywhere_with_a_token_and_without(kept):
    client = sign_in(kept.test_client(), "bob")
    for headers in ({}, csrf_headers(client)):
        for path, method in each(kept):
            answer = client.open(path, method=method, headers=headers)
            assert answer.status_code == 403, (path, method)
            if method != "HEAD" and not is_document(path, method):
                assert answer.json == {"success": False, "message": "Only admins may do this."}, (path, method)


def test_admins_are_let_in_everywhere(app):
    client = sign_in(app.test_client())
    headers = csrf_headers(client)
    for path, method in each(app):
        answer = client.open(path, method=method, headers=headers, json={} if method in WRITES else None)
        assert answer.status_code not in (401, 403), (path, method)
        assert not answer.location or "/login" not in answer.location, (path, method)
        assert answer.status_code != 500, (path, method)
        assert answer.status_code < 500 or method in WRITES, (path, method)


@pytest.mark.parametrize("path", ["/typo", "/alerts/typo/", "/alerts/history/typo", "/explore/x", "/<script>"])
def test_below_a_page_there_is_nothing(kept, path):
    answer = sign_in(kept.test_client()).get(PAGE + path, base_url="http://localhost/under")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert f'<a href="/under{PAGE}/">' in answer.text
    assert "<script" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@again
def test_writes_of_an_admin_without_a_token_are_refused(kept):
    client = sign_in(kept.test_client())
    refused = 0
    for path, method in each(kept):
        if method in WRITES:
            answer = client.open(path, method=method, json={})
            assert answer.status_code == 400, (path, method)
            assert answer.json["success"] is False and "token" in answer.json["message"], (path, method)
            refused += 1
    assert refused > 50


@again
def test_methods_that_nobody_uses_open_nothing(kept):
    client, admin = kept.test_client(), sign_in(kept.test_client())
    for path in paths(kept):
        for method in UNUSUAL:
            environ = {"REQUEST_METHOD": method}  # as it came: the client would write it in capitals
            assert client.open(path, environ_overrides=environ).status_code == 401, (path, method)
            assert admin.open(path, environ_overrides=environ).status_code in (400, 405), (path, method)


def gone(app: Flask) -> FlaskClient:
    """Somebody whose account was removed while the browser was open."""
    client = sign_in(app.test_client())
    app.login_manager.user_loader(lambda name: None)
    return client


def outlived(app: Flask) -> FlaskClient:
    """A session that is older than the host lets them become."""
    client = app.test_client()
    with freeze_signatures(-2 * app.permanent_session_lifetime.total_seconds()):
        with client.session_transaction() as session:
            session.permanent = True
        sign_in(client)
    return client


def forged(app: Flask) -> FlaskClient:
    """A session that was signed with another key."""
    kept, app.secret_key = app.secret_key, "somebody else's"
    client = sign_in(app.test_client())
    app.secret_key = kept
    return client


@contextmanager
def freeze_signatures(ahead_s: float) -> Iterator[None]:
    """Sign as of another time."""
    real = TimestampSigner.get_timestamp
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda self: int(real(self) + ahead_s))
        yield


@again
@pytest.mark.parametrize("session", [gone, outlived, forged])
def test_whoevers_session_is_over_is_a_stranger(app, session):
    client = session(app)
    headers = csrf_headers(client)
    for path, method in each(app):
        answer = client.open(path, method=method, headers=headers)
        expected = 302 if is_document(path, method) else 401
        assert answer.status_code == expected, (path, method)


@pytest.mark.parametrize("base", ["http://localhost", "https://localhost"])
@pytest.mark.parametrize("switched_off", [False, True], ids=["checks by itself", "switched off by the host"])
def test_writes_from_another_site_are_refused_with_a_good_token_too(app, base, switched_off):
    """Whatever the host's `CSRFProtect` looks at, where there is one: over http it looks at nothing but the token."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = not switched_off
    elsewhere = cycle(ELSEWHERE)  # five of them for four methods: each method meets each of them
    client = app.test_client()
    with client.session_transaction(base_url=base) as session:
        session["_user_id"], session["_fresh"] = "ada", True
    client.get(API + "/nothing", base_url=base)
    token = {"X-CSRFToken": client.get_cookie(COOKIE).value}
    assert client.post(API + "/health-check", base_url=base,
                       headers=token | {"Referer": base + "/", "Origin": base}).status_code == 200
    refused = 0
    for path, method in each(app):
        if method in WRITES:
            headers = {name: value.replace("BASE", base) for name, value in next(elsewhere).items()}
            answer = client.open(path, method=method, base_url=base, headers=token | headers, json={})
            assert answer.status_code == 400, (path, method, headers)
            refused += 1
    assert refused > 100


@again
def test_no_answer_invites_another_site(kept):
    client = sign_in(kept.test_client())
    asking = {"Origin": EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrftoken"}
    for path, method in each(kept):
        if method in ("GET", "OPTIONS"):
            answer = client.open(path, method=method, headers=asking)
            assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")], path


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
            "state": [{**part, "value": None} for part in page["state"]], "changedPropIds": ["alert-open.data"]}
    assert client.post(CALLBACK, json=body).status_code == 400
    answer = client.post(CALLBACK, json=body, headers=csrf_headers(client, PAGE + "/"))
    assert answer.json["response"] == {"alert-detail": {"children": []}}


def test_the_page_tells_dash_where_its_token_is(kept):
    text = sign_in(kept.test_client()).get(PAGE + "/").text
    assert f'"csrf_token_name":"{COOKIE}"' in text.replace(" ", "")


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


# -- the forwarder ---------------------------------------------------------------------------------------------------


def test_a_forwarder_needs_its_secret_and_nothing_else(app):
    client = app.test_client()
    event = {"event_type": "METRIC_UPDATE", "source": "forwarded", "metrics": {"a": {"b": 1}}}
    for headers in ({}, {"X-Monitoring-Token": "wrong"}, {"X-Monitoring-Token": TOKEN[:-1]}):
        assert client.post(STORE_EVENT, json=event, headers=headers).status_code == 401
        assert sign_in(app.test_client()).post(STORE_EVENT, json=event, headers=headers).status_code == 401
    assert client.post(STORE_EVENT, json=event, headers={"X-Monitoring-Token": TOKEN}).json["success"] is True
    assert "forwarded" in app.extensions["monitoring"].services.board.names()


@again
def test_the_secret_opens_nothing_else(kept):
    client = kept.test_client()
    for path, method in each(kept):
        answer = client.open(path, method=method, headers={"X-Monitoring-Token": TOKEN})
        assert answer.status_code in (302, 401), (path, method)


# -- headers ---------------------------------------------------------------------------------------------------------


@again
@pytest.mark.parametrize("name", ["nobody", "bob", "ada"])
def test_every_answer_has_our_headers(kept, name):
    client = kept.test_client()
    if name != "nobody":
        sign_in(client, name)
    for path, method in [*each(kept), (STORE_EVENT, "POST"), (API + "/nothing", "GET")]:
        answer = client.open(path, method=method)
        found = answer.headers
        assert "default-src 'self'" in found["Content-Security-Policy"], (path, method)
        assert "unsafe-eval" not in found["Content-Security-Policy"]
        assert found["X-Content-Type-Options"] == "nosniff" and found["X-Frame-Options"] == "SAMEORIGIN"
        assert found["Referrer-Policy"] == "same-origin"
        kept = answer.status_code in (200, 304) and "/_dash-component-suites/" in path + "/" or any(
            folder in path for folder in ("bootstrap", "/assets/", "/plotly/"))
        assert found["Cache-Control"] == "no-store" or kept and "private" in found["Cache-Control"], (path, method)


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
