"""The stand-alone host's sign-in: who gets in, where they land, and how often they may try."""

from __future__ import annotations

import re

import pytest

from dashboard.settings import SettingError, Settings
from dashboard.standalone import users
from dashboard.standalone.host import build_host
from dashboard.standalone.next_page import safe_next
from dashboard.standalone.throttle import FREE_TRIES, LONGEST_WAIT_S, Throttle, neighbourhood
from dashboard.standalone.users import UserDirectory, admin_account

HOME = "/admin/monitoring/"
PASSWORD = "correct horse"


CHEAP = "scrypt:1024:8:1"
"""As a hash of ours, but for what it costs whoever guesses, and the test of each request with a password."""


class Watch:
    """A clock that moves when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch():
    return Watch()


def make_app(watch, **environ):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "PASSWORD_METHOD", CHEAP)
        app = build_host(Settings(), ("admin", PASSWORD), {"MONITORING_SECRET_KEY": "k"} | environ,
                         throttle=Throttle(monotonic=watch))
    app.testing = True

    @app.get(HOME)
    def console():
        from flask_login import current_user

        return current_user.username if current_user.is_authenticated else ("nobody", 401)

    @app.post("/write")
    def write():
        return "written"

    return app


@pytest.fixture
def app(watch):
    return make_app(watch)


@pytest.fixture
def client(app):
    return app.test_client()


def token(answer) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', answer.text)[1]


def sign_in(client, password=PASSWORD, username="admin", next_page="", **options):
    form = {"username": username, "password": password, "next": next_page}
    form["csrf_token"] = token(client.get("/login", **options))
    return client.post("/login", data=form, **options)


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
    assert client.post("/login", data={"username": "x" * 20_000}).status_code == 413


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


# --- how often somebody may try ---


def test_tries_are_limited_and_the_wait_grows(client, watch):
    for _ in range(FREE_TRIES):
        assert sign_in(client, "guess").status_code == 401
    refused = sign_in(client)  # the right password is not looked at either
    assert refused.status_code == 429 and refused.headers["Retry-After"] == "5"
    watch.now += 5
    assert sign_in(client, "guess").status_code == 401
    assert sign_in(client).headers["Retry-After"] == "10"
    watch.now += 10
    assert sign_in(client).status_code == 303
    assert sign_in(client, "guess").status_code == 401  # the count began anew


def test_a_name_is_limited_from_everywhere_and_an_address_for_every_name(watch):
    throttle = Throttle(monotonic=watch)
    for n in range(FREE_TRIES):
        assert throttle.attempt(f"10.0.0.{n}", "Admin ") == 0
    assert throttle.attempt("10.9.9.9", "admin") == 5
    assert throttle.attempt("10.9.9.9", "ann") == 0
    for n in range(FREE_TRIES):
        assert throttle.attempt("10.7.7.7", f"name{n}") == 0
    assert throttle.attempt("10.7.7.7", "somebody") == 5


def test_the_wait_has_an_end_and_is_forgotten(watch):
    throttle = Throttle(monotonic=watch)
    for _ in range(40):
        wait_s = throttle.attempt("10.0.0.1", "admin")
        assert wait_s <= LONGEST_WAIT_S["address"]
        watch.now += wait_s
    assert throttle.attempt("10.0.0.2", "admin") <= LONGEST_WAIT_S["user"]
    watch.now += 4000
    assert [throttle.attempt("10.0.0.1", "admin") for _ in range(FREE_TRIES)] == [0] * FREE_TRIES


def test_the_memory_of_tries_is_bounded(watch):
    throttle = Throttle(monotonic=watch, most_keys=100)
    for n in range(1000):
        throttle.attempt(f"10.0.{n // 250}.{n % 250}", "x" * n)
    assert len(throttle) == 100


@pytest.mark.parametrize(
    "address, counted_as",
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_what_counts_as_one_address(address, counted_as):
    assert neighbourhood(address) == counted_as


# --- where one lands ---

ELSEWHERE = [
    "https://evil.example", "http:evil.example", "http:/evil.example", "HTTPS://evil.example", "//evil.example",
    "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "evil.example", "@evil.example", "?next=x", "#x",
    "", None, " /admin", "/ admin", "/\tevil", "/\t/evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b",
    "\t//evil.example", "\x00/admin", "/admin\x00", "/\x7f/evil", "/\u2028/evil", "/\u00a0/evil", "/%2fevil.example",
    "/%2Fevil.example", "/%5cevil.example", "/%5Cevil.example", "/%252fevil.example", "/%25252fevil.example",
    "/%09/evil.example", "/%0d%0aSet-Cookie:a=b", "/.//evil.example", "/..//evil.example", "/%2e%2e//evil.example",
    "/a/../..//evil.example", "/%2e%2e/x", "//[::1", "http://[evil", "/a//evil.example", "/login", "/login/",
    "/login?next=/login", "/logout", "/" + "a" * 3000, "/%2525252fevil.example", "//evil.example/%2f..",
]  # fmt: skip

HERE = [
    "/", "/admin/monitoring", HOME, HOME + "?range=1h&source=a%2Fb", HOME + "?q=https://x.example//y", HOME + "#alerts",
    "/admin/monitoring/?note=a%20b", "/@admin", "/loginning", "/a.b/..c", "/%C3%BC/x",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leaves_the_site(target):
    assert safe_next(target, "default") == "default"


@pytest.mark.parametrize("target", HERE)
def test_next_keeps_a_path_of_the_site(target):
    assert safe_next(target, "default") == target


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_the_sign_in_itself_keeps_to_the_site(client, target):
    assert sign_in(client, next_page=target).location == HOME


def test_whoever_is_signed_in_is_led_nowhere_else_either(client):
    sign_in(client)
    places = [target for target in ELSEWHERE if target]
    assert len(places) >= 40
    for target in places:
        assert client.get("/login", query_string={"next": target}).location in (None, HOME), target


def test_the_sign_in_goes_where_the_visitor_wanted_to(client):
    assert sign_in(client, next_page=HOME + "?range=6h").location == HOME + "?range=6h"
