"""The headers of our answers, and what a browser may keep of them."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from dashboard.settings import Settings
from dashboard.web.guard import Guard
from tests.unit.web_host import API, PAGE, guarded_host, plain_host, sign_in


@pytest.fixture
def app() -> Flask:
    return guarded_host()


@pytest.mark.parametrize("path", [PAGE + "/", PAGE + "/_dash-layout", PAGE + "/assets/x.css", API + "/status", API])
@pytest.mark.parametrize("who", [None, "bob", "ada"])
def test_every_answer_of_ours_carries_them(app, path, who):
    client = app.test_client() if who is None else sign_in(app.test_client(), who)
    headers = client.get(path).headers
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_the_policy_admits_hashed_scripts_and_no_eval():
    app = plain_host()
    guard = Guard(Settings())
    guard.install(app)
    guard.set_csp(["'sha256-abc='", "'sha256-def='", "'sha256-abc='"])
    policy = dict(part.strip().partition(" ")[::2] for part in policy_of(app).split(";"))
    assert policy == {
        "default-src": "'self'",
        "script-src": "'self' 'sha256-abc=' 'sha256-def='",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "frame-ancestors": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }


def policy_of(app: Flask) -> str:
    return app.test_client().get(API + "/status").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [PAGE + "/", PAGE + "/_dash-layout", API + "/status", PAGE + "/_favicon.ico"])
def test_what_an_admin_sees_is_kept_nowhere(app, path):
    headers = sign_in(app.test_client()).get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert "Cookie" in headers["Vary"]


def static_host(**headers) -> Flask:
    app = plain_host()
    Guard(Settings()).install(app)

    def serve(filename):
        return Response("body", headers=headers, status=200 if filename == "there" else 404)

    app.add_url_rule(PAGE + "/assets/<path:filename>", "assets", serve)
    return app


@pytest.mark.parametrize(("path", "sent", "kept"), [
    ("there", "max-age=31536000", "private, max-age=31536000, immutable"),  # Dash's fingerprinted suites
    ("there?m=1700000000.5", "no-cache", "private, max-age=3600"),  # our assets, as Dash links them
    ("there", "no-cache", "private, no-cache"),
    ("absent?m=1", "no-cache", "no-store"),
])
def test_scripts_and_styles_are_kept_in_the_browser_alone(path, sent, kept):
    client = sign_in(static_host(**{"Cache-Control": sent, "Vary": "Accept-Encoding"}).test_client())
    assert client.get(f"{PAGE}/assets/{path}").headers["Cache-Control"] == kept


@pytest.mark.parametrize("permanent", [False, True])
def test_a_cookie_that_changes_does_not_make_kept_files_useless(permanent):
    app = static_host(Vary="Accept-Encoding")
    client = sign_in(app.test_client())
    with client.session_transaction() as session:
        session.permanent = permanent  # Flask renews such a session's cookie with every answer
    answer = client.get(PAGE + "/assets/there")
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert not any("monitoring_csrf" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_strangers_are_refused_files_and_that_is_not_kept():
    answer = static_host().test_client().get(PAGE + "/assets/there?m=1")
    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == "no-store"
