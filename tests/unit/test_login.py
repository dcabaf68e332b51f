"""The stand-alone host's sign-in: who gets in, by which session, and what the page gives away."""

from __future__ import annotations

import re

import pytest

from dashboard.settings import SettingError
from dashboard.standalone.users import UserDirectory, admin_account
from tests.unit.login_world import HOME, PASSWORD, Watch, make_app, sign_in, token


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def client(watch):
    return make_app(watch).test_client()


def test_the_root_leads_to_the_console(client):
    assert client.get("/").location == HOME


def test_the_right_password_opens_the_console(client):
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, HOME)
    assert client.get(HOME).text == "admin"


def test_wrong_password_and_unknown_user_get_the_same_answer(client):
    wrong, unknown = sign_in(client, "guess"), sign_in(client, "guess", username="nobody")
    assert wrong.status_code == unknown.status_code == 401

    def stripped(answer):
        text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
        return text.replace('value="nobody"', 'value="admin"')

    assert stripped(wrong) == stripped(unknown)
    assert client.get(HOME).status_code == 401


def test_an_unknown_user_costs_one_scrypt_like_a_known_one(monkeypatch):
    users = UserDirectory([("admin", PASSWORD, "admin")], "k")
    tried = []
    monkeypatch.setattr(
        "dashboard.standalone.users.check_password_hash", lambda known, given: tried.append(known) or False
    )
    users.verify("admin", "guess")
    users.verify("nobody", "guess")
    users.verify("admin", "x" * 2000)
    assert len(tried) == 3 and all(known.startswith("scrypt:32768:8:1$") for known in tried)


def test_an_endless_password_is_nobodys():
    users = UserDirectory([("admin", PASSWORD, "admin")], "k")
    assert users.verify("admin", PASSWORD + "x" * 2000) is None
    assert users.verify("admin", PASSWORD).username == "admin"


@pytest.mark.parametrize("account", [("", "p", "admin"), ("a", "", "admin"), ("a" * 200, "p", "admin")])
def test_an_account_needs_a_name_and_a_password(account):
    with pytest.raises(ValueError):
        UserDirectory([account], "k")


@pytest.mark.parametrize("role, admin", [("admin", True), ("super", True), ("user", False), ("", False)])
def test_roles(role, admin):
    assert UserDirectory([("a", "p", role)], "k").verify("a", "p").is_admin() is admin


def test_a_session_ends_with_the_password_that_opened_it():
    before = UserDirectory([("admin", "old", "admin")], "k").verify("admin", "old")
    again = UserDirectory([("admin", "old", "admin")], "k")
    changed = UserDirectory([("admin", "new", "admin")], "k")
    assert again.load(before.get_id()).username == "admin"
    assert changed.load(before.get_id()) is None
    assert again.load("admin") is None and again.load("") is None and again.load("ü:admin") is None


def test_the_account_of_the_environment():
    assert admin_account({"MONITORING_ADMIN_USER": "ann", "MONITORING_ADMIN_PASSWORD": " p "}) == ("ann", " p ", False)
    name, password, made_up = admin_account({})
    assert name == "admin" and made_up and len(password) >= 16 and password != admin_account({})[1]


def test_the_session_is_renewed_at_sign_in(client):
    with client.session_transaction() as prepared:
        prepared["planted"] = "by somebody else"
    sign_in(client)
    with client.session_transaction() as renewed:
        assert "planted" not in renewed and renewed["_user_id"].endswith(":admin")


def test_signing_out_needs_post_and_a_token(client):
    sign_in(client)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").location == "/login"  # without a token: sent to the page, still signed in
    assert client.get(HOME).status_code == 200
    answer = client.post("/logout", data={"csrf_token": token(client.get("/login"))})
    assert answer.location == "/login"
    assert client.get(HOME).status_code == 401


def test_whoever_is_signed_in_need_not_do_it_again(client):
    sign_in(client)
    assert client.get("/login", query_string={"next": HOME + "?range=1h"}).location == HOME + "?range=1h"
    assert "You are signed in as admin" in client.get("/login").text


def test_an_expired_form_is_shown_again_with_what_was_typed(client):
    answer = client.post("/login", data={"username": "<b>ann</b>", "password": PASSWORD, "next": HOME})
    assert answer.status_code == 400 and "open for too long" in answer.text
    assert "&lt;b&gt;ann&lt;/b&gt;" in answer.text and PASSWORD not in answer.text
    assert f'name="next" value="{HOME}"' in answer.text


def test_csrf_protects_the_rest_of_the_site(client):
    assert client.post("/write").status_code == 400


def test_a_large_form_is_refused(client):
    assert client.post("/login", data={"username": "x" * 70_000}).status_code == 413


def test_cookies(client):
    cookie = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    secure = sign_in(client, base_url="https://localhost", headers={"Referer": "https://localhost/login"})
    assert "Secure" in secure.headers["Set-Cookie"]


def test_the_page_runs_no_script_and_its_style_matches_its_policy(client):
    import base64
    import hashlib

    answer = client.get("/login")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy and "<script" not in answer.text and "style=" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "theme-light" in answer.text and "prefers-color-scheme:dark" in style


def test_proxies_are_believed_only_where_they_are_named(watch):
    forwarded = {"X-Forwarded-Proto": "https", "Referer": "https://localhost/login"}
    plain = sign_in(make_app(watch).test_client(), headers=forwarded)
    assert "Secure" not in plain.headers["Set-Cookie"]
    behind = sign_in(make_app(watch, MONITORING_PROXIES="1").test_client(), headers=forwarded)
    assert "Secure" in behind.headers["Set-Cookie"]
    with pytest.raises(SettingError):
        make_app(watch, MONITORING_PROXIES="many")
