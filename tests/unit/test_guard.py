"""Who may enter: every rule under both prefixes, for a stranger, a plain user and an admin."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from flask import Flask, request
from flask_wtf.csrf import CSRFProtect

from dashboard.settings import Settings
from dashboard.web.guard import Guard
from dashboard.web.identity import NOT_CHECKED
from tests.unit.web_host import (
    API,
    API_RULES,
    DASH_RULES,
    PAGE,
    add_rules,
    csrf_headers,
    example_path,
    guarded_host,
    plain_host,
    sign_in,
)

RULES = [(PAGE + rule, method) for rule, method in DASH_RULES] + [(API + rule, method) for rule, method in API_RULES]
DOCUMENTS = [PAGE + "/", PAGE, PAGE + "/alerts", PAGE + "/deep/link"]
UNKNOWN = [API, API + "/", API + "/unknown", API + "/alerts//x", PAGE + "/_dash-unknown", PAGE + "/_alive"]


@pytest.fixture(params=[False, True], ids=["no CSRFProtect", "CSRFProtect"])
def app(request) -> Flask:
    return guarded_host(protect=request.param)


def is_document(rule: str) -> bool:
    return rule in (PAGE + "/", PAGE + "/<path:path>")


@pytest.mark.parametrize(("rule", "method"), RULES)
def test_strangers_are_refused_by_every_rule(app, rule, method):
    answer = app.test_client().open(example_path(rule), method=method)
    if is_document(rule):
        assert answer.status_code == 302
        assert answer.location.startswith("/login?next=")
    else:
        assert answer.status_code == 401
        assert answer.json == {"success": False, "message": "Sign in first."}


@pytest.mark.parametrize(("rule", "method"), RULES)
def test_plain_users_are_refused_by_every_rule(app, rule, method):
    client = sign_in(app.test_client(), "bob")
    answer = client.open(example_path(rule), method=method, headers=csrf_headers(client))
    assert answer.status_code == 403
    if is_document(rule):
        assert answer.mimetype == "text/html"
        assert "Only admins" in answer.text
    else:
        assert answer.json == {"success": False, "message": "Only admins may do this."}


@pytest.mark.parametrize(("rule", "method"), RULES)
def test_admins_are_let_in_by_every_rule(app, rule, method):
    client = sign_in(app.test_client())
    assert client.open(example_path(rule), method=method, headers=csrf_headers(client)).status_code == 200


def test_the_rules_of_this_test_are_all_there_are(app):
    found = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith((PAGE, API))}
    assert found == {rule for rule, _ in RULES}


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_page_sends_strangers_to_the_login_and_says_where_they_wanted_to_go(app, path, method):
    answer = app.test_client().open(path, method=method, query_string="range=1h")
    assert answer.status_code == 302
    assert request_next(app, answer.location) == f"{path}?range=1h"


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_strangers_cannot_tell_the_unknown_from_the_known(app, path, method):
    answer = app.test_client().open(path, method=method)
    assert answer.status_code == 401
    assert answer.json["success"] is False


def test_admins_get_json_for_what_does_not_exist(app):
    client = sign_in(app.test_client())
    unknown = client.get(API + "/unknown")
    wrong = client.put(API + "/status", headers=csrf_headers(client))
    assert (unknown.status_code, unknown.json["success"]) == (404, False)
    assert (wrong.status_code, wrong.json["success"]) == (405, False)
    assert "GET" in wrong.headers["Allow"]


def test_a_catch_all_of_the_host_opens_nothing_below_our_prefixes(app):
    app.add_url_rule("/<path:anything>", "spa", lambda anything: "the host's app", methods=["GET", "POST"])
    stranger, admin = app.test_client(), sign_in(app.test_client())
    assert stranger.get("/elsewhere").text == "the host's app"
    assert stranger.get(API + "/unknown").status_code == 401
    assert admin.get(API + "/unknown").status_code == 404
    assert stranger.post(PAGE + "/unknown").status_code in (400, 401)


def test_paths_that_only_look_like_ours_are_the_hosts(app):
    app.add_url_rule(PAGE + "-of-the-host", "other", lambda: "the host's")
    answer = app.test_client().get(PAGE + "-of-the-host")
    assert answer.text == "the host's"
    assert "Content-Security-Policy" not in answer.headers


@pytest.mark.parametrize("written", ["/admin/%6Donitoring/_dash-layout", "/admin//monitoring/_dash-layout"])
def test_another_way_to_write_a_path_leads_to_the_same_door(app, written):
    assert app.test_client().get(written).status_code in (308, 401)


def test_the_host_is_not_disturbed(app):
    seen = []
    app.before_request(lambda: seen.append(request.path))
    client = app.test_client()
    answer = client.get("/")
    assert answer.text == "the host's page"
    assert seen == ["/"]
    assert not {"Content-Security-Policy", "X-Frame-Options", "Cache-Control", "Set-Cookie"} & {*answer.headers.keys()}
    assert client.get("/nowhere").mimetype == "text/html"


def test_a_host_below_a_path_keeps_it_in_next(app):
    answer = app.test_client().get(PAGE + "/", base_url="http://localhost/below")
    assert request_next(app, answer.location) == "/below" + PAGE + "/"


def test_settings_name_the_login_where_the_host_names_none():
    app = guarded_host(settings=Settings(login_url="/enter?x=1"))
    app.login_manager.login_view = None
    assert app.test_client().get(PAGE + "/").location == "/enter?x=1&next=%2Fadmin%2Fmonitoring%2F"
    app.login_manager.login_view = "no_such_endpoint"
    assert app.test_client().get(PAGE + "/").location.startswith("/enter?x=1&next=")


def test_prefixes_are_settable():
    app = plain_host()
    Guard(Settings(page_prefix="/watch", api_prefix="/watch/api")).install(app)
    app.add_url_rule("/watch/<path:path>", "page", lambda path: "the page")
    app.add_url_rule("/watch/api/status", "status", lambda: "the status")
    client = app.test_client()
    assert client.get("/watch/x").status_code == 302
    assert client.get("/watch/api/status").status_code == 401
    assert client.get(PAGE).status_code == 404
    sign_in(client)
    assert client.get("/watch/api/status").text == "the status"
    assert client.get("/watch/api/unknown").status_code == 404


# -- what makes an admin ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [False, None, 0, ""])
def test_a_verdict_that_is_not_yes_is_no(verdict):
    client = sign_in(guarded_host(is_admin=lambda user: verdict).test_client())
    assert client.get(API + "/status").status_code == 403


def test_is_admin_is_asked_with_the_user():
    asked = []
    client = sign_in(guarded_host(is_admin=lambda user: asked.append(user.username) or True).test_client(), "bob")
    assert client.get(API + "/status").status_code == 200
    assert asked == ["bob"]


def test_what_is_neither_yes_nor_no_refuses_and_is_logged(caplog):
    client = sign_in(guarded_host(is_admin=lambda user: np.array([True, True])).test_client())
    answer = client.get(API + "/status")
    assert (answer.status_code, answer.json["message"]) == (403, NOT_CHECKED)
    assert client.get(PAGE + "/").status_code == 403
    assert "could not be found out" in caplog.text


def test_an_exception_in_is_admin_refuses_and_is_logged(caplog):
    def is_admin(user):
        raise OSError("database password is wrong")

    client = sign_in(guarded_host(is_admin=is_admin).test_client())
    with caplog.at_level(logging.ERROR):
        for path in (API + "/status", PAGE + "/"):
            answer = client.get(path)
            assert answer.status_code == 403
            assert "password" not in answer.text
    assert "database password is wrong" in caplog.text


def test_an_async_is_admin_admits_nobody(caplog):
    async def is_admin(user):
        return True

    client = sign_in(guarded_host(is_admin=is_admin).test_client())
    assert client.get(API + "/status").status_code == 403
    assert "coroutine" in caplog.text


def test_a_user_loader_that_fails_refuses():
    app = guarded_host()

    @app.login_manager.user_loader
    def load(name):
        raise OSError("no database")

    assert sign_in(app.test_client()).get(API + "/status").status_code == 403


@pytest.mark.parametrize(("value", "status"), [(True, 200), (False, 403), (lambda: True, 200), (lambda: False, 403)])
def test_is_admin_may_be_a_value_or_a_method(value, status):
    app = guarded_host()

    class Person:
        is_authenticated, is_active, is_anonymous, is_admin = True, True, False, value

    # On the instance: a function in the class would be called with the person.
    person = Person()
    person.is_admin = value
    app.login_manager.user_loader(lambda name: person)
    assert sign_in(app.test_client()).get(API + "/status").status_code == status


def test_users_who_cannot_say_it_are_told_what_to_set():
    app = guarded_host()

    class Person:
        is_authenticated, is_active, is_anonymous = True, True, False

    app.login_manager.user_loader(lambda name: Person())
    answer = sign_in(app.test_client()).get(API + "/status")
    assert answer.status_code == 403
    assert "is_admin=" in answer.json["message"]


@pytest.mark.parametrize("secret", ["secret for tests", None])
def test_a_host_without_a_login_says_what_to_set(secret):
    app = Flask("bare")
    app.secret_key = secret
    Guard(Settings(), lambda user: True).install(app)
    add_rules(app)
    for path in (PAGE + "/", API + "/status", API + "/unknown"):
        answer = app.test_client().get(path)
        assert answer.status_code == 403
        assert "LoginManager" in answer.text
    assert app.test_client().post(API + "/health-check").status_code == 403


# -- handlers of the host that answer before us ----------------------------------------------------------------------


def before(app: Flask, act) -> Flask:
    app.before_request(act)
    Guard(Settings()).install(app)
    add_rules(app)
    return app


def test_a_host_that_sends_everybody_to_its_login_leaves_json_to_us():
    app = before(plain_host(), lambda: ("", 302, {"Location": "/login"}) if request.path != "/login" else None)
    answer = app.test_client().get(API + "/status")
    assert (answer.status_code, answer.json["success"]) == (401, False)
    assert "Location" not in answer.headers
    assert app.test_client().get(PAGE + "/").location == "/login"


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_is_busy_or_closed_has_the_last_word(status):
    app = before(plain_host(), lambda: ("wait", status))
    assert app.test_client().get(API + "/status").status_code == status


def test_a_host_that_answers_an_admin_has_the_last_word():
    app = before(plain_host(), lambda: ("", 301, {"Location": "https://localhost/"}))
    assert sign_in(app.test_client()).get(API + "/status").status_code == 301


def test_a_dash_view_that_was_exempted_is_warned_about_and_guarded_all_the_same(caplog):
    app = plain_host()
    CSRFProtect(app).exempt("dash.dash.dispatch")
    with caplog.at_level(logging.WARNING):
        Guard(Settings()).install(app)
    add_rules(app)
    assert "dash.dash.dispatch" in caplog.text
    client = sign_in(app.test_client())
    assert client.post(PAGE + "/_dash-update-component", json={}).status_code == 400
    headers = csrf_headers(client)
    assert client.post(PAGE + "/_dash-update-component", json={}, headers=headers).status_code == 200


def request_next(app: Flask, location: str) -> str:
    with app.test_request_context(location):
        return request.args["next"]
