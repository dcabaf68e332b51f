"""Writes need the token, on hosts with CSRFProtect and without, and every refusal of ours is JSON."""

from __future__ import annotations

import pytest
from flask import Flask, jsonify, redirect
from flask_login import login_user
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from dashboard.settings import Settings
from dashboard.web.guard import Guard
from tests.unit.web_host import API, PAGE, User, add_rules, csrf_headers, guarded_host, plain_host, sign_in

CALLBACK = PAGE + "/_dash-update-component"
WRITES = [CALLBACK, API + "/health-check", API + "/alerts/a/b/resolve"]


@pytest.fixture(params=[False, True], ids=["no CSRFProtect", "CSRFProtect"])
def app(request) -> Flask:
    return guarded_host(protect=request.param)


def refused(answer) -> bool:
    assert answer.status_code == 400
    assert answer.json["success"] is False
    assert answer.json["message"]
    return True


@pytest.mark.parametrize("path", WRITES)
def test_a_write_needs_the_token(app, path):
    client = sign_in(app.test_client())
    assert refused(client.post(path, json={}))
    assert client.post(path, json={}, headers=csrf_headers(client)).status_code == 200


@pytest.mark.parametrize("path", WRITES)
def test_a_stranger_hears_that_he_is_not_signed_in_even_without_a_token(app, path):
    assert app.test_client().post(path, json={}).status_code == 401


@pytest.mark.parametrize("path", WRITES)
def test_a_plain_user_hears_that_he_is_no_admin_even_without_a_token(app, path):
    assert sign_in(app.test_client(), "bob").post(path, json={}).status_code == 403


def test_a_token_of_another_session_does_not_fit(app):
    stolen = csrf_headers(sign_in(app.test_client()))
    assert refused(sign_in(app.test_client()).post(WRITES[1], headers=stolen))


@pytest.mark.parametrize("token", ["", "x", "ImFiYyI.aaaa.bbbb", "é" * 40])
def test_a_token_that_is_none_is_refused(app, token):
    client = sign_in(app.test_client())
    client.get(API + "/status")
    assert refused(client.post(WRITES[1], headers={"X-CSRFToken": token}))


def test_a_token_older_than_an_hour_is_refused_and_every_answer_brings_a_new_one(app, monkeypatch):
    now = URLSafeTimedSerializer("x").make_signer("x").get_timestamp()
    with monkeypatch.context() as past:
        past.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda self: now - 3_700)
        client = sign_in(app.test_client())
        old = csrf_headers(client)
    assert refused(client.post(WRITES[0], json={}, headers=old))
    # The refusal itself brought the new one.
    new = {"X-CSRFToken": client.get_cookie("monitoring_csrf").value}
    assert client.post(WRITES[0], json={}, headers=new).status_code == 200


def test_the_cookie_is_readable_by_scripts_and_sent_to_no_other_site(app):
    for answer in (
        app.test_client().get(API + "/status"),
        sign_in(app.test_client()).get(PAGE + "/"),
        sign_in(app.test_client(), "bob").get(API + "/unknown"),
        app.test_client().get(PAGE + "/_dash-layout"),
    ):
        cookie = next(text for text in answer.headers.getlist("Set-Cookie") if text.startswith("monitoring_csrf="))
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "HttpOnly" not in cookie
        assert "Secure" not in cookie


@pytest.mark.parametrize("setting", ["SESSION_COOKIE_PATH", "APPLICATION_ROOT"])
def test_two_hosts_under_two_paths_of_a_machine_keep_a_token_each(setting):
    hosts = {root: guarded_host(**{setting: root}) for root in ("/one", "/two")}
    client = Client(DispatcherMiddleware(Flask("machine"), hosts))
    for root, host in hosts.items():
        host.add_url_rule("/in", "in", lambda: str(login_user(User("ada"))))
        client.get(root + "/in")
        client.get(root + PAGE + "/")
    for root in hosts:
        token = client.get_cookie("monitoring_csrf", path=root).value
        assert client.post(root + WRITES[1], headers={"X-CSRFToken": token}).status_code == 200


def test_over_https_the_cookie_stays_there(app):
    answer = app.test_client().get(API + "/status", base_url="https://localhost")
    assert "Secure" in next(text for text in answer.headers.getlist("Set-Cookie") if "monitoring_csrf" in text)


def test_pages_of_the_host_set_no_cookie_of_ours(app):
    assert "Set-Cookie" not in app.test_client().get("/").headers


def test_a_stranger_is_given_a_session_that_holds_the_token_alone(app):
    client = app.test_client()
    for path in (API + "/status", PAGE + "/", PAGE + "/assets/nothing.js"):
        assert client.get(path).status_code in (302, 401)
        with client.session_transaction() as session:
            assert set(session) - {"_fresh"} == {"csrf_token"}  # Flask-Login's own word that nobody signed in


def test_the_hosts_own_protection_stays_as_it_was():
    app = guarded_host(protect=True)
    answer = app.test_client().post("/form")
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"


def test_a_host_without_protection_keeps_its_forms():
    assert guarded_host().test_client().post("/form").text == "written"


def test_a_host_that_switched_its_check_off_does_not_switch_off_ours():
    client = sign_in(guarded_host(protect=True, WTF_CSRF_ENABLED=False).test_client())
    assert refused(client.post(WRITES[1]))
    assert client.post(WRITES[1], headers=csrf_headers(client)).status_code == 200


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("handler", [
    lambda error: redirect("/login"),
    lambda error: "a friendly page",
    lambda error: ("<h1>bad</h1>", 400),
    lambda error: (jsonify(error="csrf"), 403),
])
def test_what_the_host_makes_of_its_csrf_error_never_reaches_our_clients(path, handler):
    app = plain_host(protect=True)
    app.register_error_handler(CSRFError, handler)
    Guard(Settings()).install(app)
    add_rules(app)
    client = sign_in(app.test_client())
    assert refused(client.post(path, json={}))
    assert "Location" not in client.post(path, json={}).headers


def test_protection_installed_after_us_works_too():
    app = plain_host()
    Guard(Settings()).install(app)
    add_rules(app)
    CSRFProtect(app)
    client = sign_in(app.test_client())
    assert refused(client.post(WRITES[0], json={}))
    assert client.post(WRITES[0], json={}, headers=csrf_headers(client)).status_code == 200


def test_a_token_made_by_the_host_is_good_here(app):
    app.add_url_rule("/token", "token", lambda: generate_csrf())
    client = sign_in(app.test_client())
    token = client.get("/token").text
    assert client.post(WRITES[1], headers={"X-CSRF-Token": token}).status_code == 200


# -- where it came from --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protect", [False, True])
@pytest.mark.parametrize(("headers", "status"), [
    ({}, 200),
    ({"Origin": "http://localhost"}, 200),
    ({"Origin": "https://LOCALHOST"}, 200),  # TLS ends at a proxy
    ({"Referer": "http://localhost/admin/monitoring/"}, 200),
    ({"Origin": "http://localhost", "Referer": "http://evil.example/"}, 200),
    ({"Origin": "http://evil.example"}, 400),
    ({"Origin": "http://localhost.evil.example"}, 400),
    ({"Origin": "http://localhost:8080"}, 400),
    ({"Origin": "null"}, 400),
    ({"Origin": "http://[broken"}, 400),
    ({"Referer": "http://evil.example/http://localhost/"}, 400),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://as-the-proxy-is-called.example"}, 200),
    ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 400),
    ({"Sec-Fetch-Site": "cross-site"}, 400),
    ({"Sec-Fetch-Site": "none"}, 400),
])
def test_a_write_comes_from_this_host(headers, status, protect):
    client = sign_in(guarded_host(protect).test_client())
    answer = client.post(WRITES[1], headers={**csrf_headers(client), **headers})
    assert answer.status_code == status
