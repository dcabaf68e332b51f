"""Every rule of a fully mounted application, with every method, for a stranger, a plain user, an admin, one whose
session is over, one without a token, and one who comes from another site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import cycle
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from dashboard.web.csrf import COOKIE
from tests.unit.mounted_console import STORE_EVENT, TOKEN, WRITES, Answer, Asker, each, host, is_document, paths
from tests.unit.web_host import API, csrf_headers, sign_in

UNUSUAL = ("TRACE", "CONNECT", "PROPFIND", "X")
EVIL = "https://evil.example"
ELSEWHERE = ({"Origin": EVIL}, {"Referer": EVIL + "/x"}, {"Origin": EVIL, "Referer": "BASE/"},
             {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"})


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


class Walked(NamedTuple):
    path: str
    method: str
    answer: Answer


@pytest.fixture(scope="module")
def walked(kept) -> Callable[[str], list[Walked]]:
    """All answers to somebody who is signed in and has no token: asked once, and looked at from every side."""

    @cache
    def answers(name: str) -> list[Walked]:
        asker = Asker(kept.test_client() if name == "nobody" else sign_in(kept.test_client(), name))
        return [Walked(path, method, asker.ask(path, method, body=b"{}" if name == "ada" and method in WRITES else b""))
                for path, method in each(kept)]

    return answers


def test_strangers_get_the_login_for_documents_and_401_for_all_else(walked):
    for path, method, answer in walked("nobody"):
        if is_document(path, method):
            assert answer.status_code == 302 and answer.location.startswith("/login?next="), (path, method)
        else:
            assert answer.status_code == 401, (path, method)
            assert method == "HEAD" or answer.json == {"success": False, "message": "Sign in first."}, (path, method)


def test_plain_users_get_403_everywhere_with_a_token_and_without(kept, walked):
    client = sign_in(kept.test_client(), "bob")
    token = csrf_headers(client)
    asker = Asker(client)
    with_token = (Walked(path, method, asker.ask(path, method, token)) for path, method in each(kept))
    for path, method, answer in (*walked("bob"), *with_token):
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


def test_writes_of_an_admin_without_a_token_are_refused(walked):
    refused = 0
    for path, method, answer in walked("ada"):
        if method in WRITES:
            assert answer.status_code == 400, (path, method)
            assert answer.json["success"] is False and "token" in answer.json["message"], (path, method)
            refused += 1
    assert refused > 50


def test_methods_that_nobody_uses_open_nothing(kept):
    stranger, admin = Asker(kept.test_client()), Asker(sign_in(kept.test_client()))
    for path in paths(kept):
        for method in UNUSUAL:
            assert stranger.ask(path, method).status_code == 401, (path, method)
            assert admin.ask(path, method).status_code in (400, 405), (path, method)


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


@pytest.mark.parametrize("session", [gone, outlived, forged])
def test_whoevers_session_is_over_is_a_stranger(app, session):
    client = session(app)
    headers = csrf_headers(client)
    asker = Asker(client)
    for path, method in each(app):
        answer = asker.ask(path, method, headers)
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
    asker, refused = Asker(client, base), 0
    for path, method in each(app):
        if method in WRITES:
            headers = {name: value.replace("BASE", base) for name, value in next(elsewhere).items()}
            answer = asker.ask(path, method, token | headers, b"{}")
            assert answer.status_code == 400, (path, method, headers)
            refused += 1
    assert refused > 100


def test_no_answer_invites_another_site(kept):
    admin = Asker(sign_in(kept.test_client()))
    asking = {"Origin": EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrftoken"}
    for path, method in each(kept):
        if method in ("GET", "OPTIONS"):
            answer = admin.ask(path, method, asking)
            assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")], path


def test_the_secret_opens_nothing_else(kept):
    forwarder = Asker(kept.test_client())
    for path, method in each(kept):
        answer = forwarder.ask(path, method, {"X-Monitoring-Token": TOKEN})
        assert answer.status_code in (302, 401), (path, method)


@pytest.mark.parametrize("name", ["nobody", "bob", "ada"])
def test_every_answer_has_our_headers(kept, walked, name):
    asker = Asker(kept.test_client() if name == "nobody" else sign_in(kept.test_client(), name))
    others = [Walked(path, method, asker.ask(path, method))
              for path, method in ((STORE_EVENT, "POST"), (API + "/nothing", "GET"))]
    for path, method, answer in (*walked(name), *others):
        found = answer.headers
        assert "default-src 'self'" in found["Content-Security-Policy"], (path, method)
        assert "unsafe-eval" not in found["Content-Security-Policy"]
        assert found["X-Content-Type-Options"] == "nosniff" and found["X-Frame-Options"] == "SAMEORIGIN"
        assert found["Referrer-Policy"] == "same-origin"
        may_be_kept = answer.status_code in (200, 304) and "/_dash-component-suites/" in path + "/" or any(
            folder in path for folder in ("bootstrap", "/assets/", "/plotly/"))
        assert found["Cache-Control"] == "no-store" or may_be_kept and "private" in found["Cache-Control"], (
            path, method)
