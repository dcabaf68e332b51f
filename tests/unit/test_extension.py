"""`Monitoring(app)`: mounts, opens nothing by itself, starts and stops in peace, and leaves the host alone."""

from __future__ import annotations

import gc
import logging
import threading
import warnings
import weakref

import pytest
from dash import Dash, html
from flask import Flask, url_for

from dashboard import Monitoring, Settings
from dashboard.settings import SettingError
from tests.unit.mounting import QUIET, mounted, refuse_sockets
from tests.unit.web_host import API, PAGE, plain_host, sign_in


@pytest.fixture(autouse=True)
def no_socket(monkeypatch):
    refuse_sockets(monkeypatch)


def test_a_host_whose_tests_make_errors_of_warnings_can_mount_and_ask():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        app, _ = mounted()
        client = sign_in(app.test_client())
        assert client.get(PAGE + "/").status_code == client.get(API + "/status").status_code == 200


# -- building --------------------------------------------------------------------------------------------------------


def test_an_object_alone_opens_nothing():
    threads = threading.active_count()
    monitoring = Monitoring()
    assert (monitoring.services, monitoring.settings) == (None, None)
    assert threading.active_count() == threads


def test_mounting_opens_nothing_and_starts_nothing_where_told_so():
    threads = threading.active_count()
    app, monitoring = mounted()
    assert threading.active_count() == threads
    assert not monitoring.services.listener.alive
    assert app.extensions["monitoring"] is monitoring
    assert sign_in(app.test_client()).get(PAGE + "/").status_code == 200


def test_redis_away_never_breaks_the_mount():
    for url in ("redis://nowhere.invalid:1/0", "nonsense", "rediss://:secret@[bad", ""):
        app, _ = mounted(Settings(redis_url=url, start_listener=False))
        assert app.test_client().get("/").text == "the host's page"


@pytest.mark.parametrize("make", [
    lambda app, monitoring: monitoring.init_app(app), lambda app, monitoring: Monitoring(app, settings=QUIET),
    lambda app, monitoring: monitoring.init_app(plain_host()), lambda app, monitoring: Monitoring().init_app(app)])
def test_a_second_mount_is_refused(make):
    app, monitoring = mounted()
    rules = len(list(app.url_map.iter_rules()))
    with pytest.raises(RuntimeError, match="already"):
        make(app, monitoring)
    assert len(list(app.url_map.iter_rules())) == rules


def test_a_factory_called_twice_gives_two_consoles():
    (first, one), (second, two) = mounted(), mounted()
    one.services.ring.append("pl", 1.0, {"a": 1.0})
    assert one.services.ring.sources() == ["pl"] and two.services.ring.sources() == []
    for app in (first, second):
        client = sign_in(app.test_client())
        assert len(client.get(PAGE + "/_dash-dependencies").json) >= 15
        assert client.get(API + "/status").status_code == 200


def test_a_console_goes_with_its_application():
    """All but the newest, which Dash itself remembers."""
    gone = [weakref.ref(mounted()[1]) for _ in range(3)]
    gc.collect()
    assert [console() for console in gone[:-1]] == [None, None]


def test_nothing_can_be_started_before_the_mount():
    with pytest.raises(RuntimeError, match="init_app"):
        Monitoring().start()


# -- settings --------------------------------------------------------------------------------------------------------


def test_settings_come_from_the_call_then_the_constructor_then_the_environment(monkeypatch):
    monkeypatch.setenv("MONITORING_TITLE", "Environment")
    monkeypatch.setenv("MONITORING_START", "0")
    assert Monitoring(plain_host()).settings.title == "Environment"
    constructed = Monitoring(settings=Settings(title="Constructor", start_listener=False))
    constructed.init_app(plain_host())
    assert constructed.settings.title == "Constructor"
    called = Monitoring(settings=QUIET)
    called.init_app(plain_host(), settings=Settings(title="Call", start_listener=False))
    assert called.services.settings.title == "Call"


def test_a_setting_that_cannot_be_used_is_told_at_once(monkeypatch):
    monkeypatch.setenv("REDIS_PORT", "many")
    with pytest.raises(SettingError, match="redis_port"):
        Monitoring(plain_host())


def test_the_title_is_in_the_tab_and_markup_in_it_is_text():
    app, _ = mounted(Settings(title="Night <b>watch</b> & more", start_listener=False))
    text = sign_in(app.test_client()).get(PAGE + "/").text
    assert "<title>Night &lt;b&gt;watch&lt;/b&gt; &amp; more</title>" in text
    assert "<b>watch" not in text.split("<body>")[0]


def test_prefixes_are_settable():
    app, _ = mounted(Settings(page_prefix="/ops/watch", api_prefix="/ops/watch-api", start_listener=False))
    client = sign_in(app.test_client())
    assert client.get("/ops/watch/").status_code == client.get("/ops/watch-api/status").status_code == 200
    assert client.get("/ops/watch").location == "/ops/watch/"
    assert client.get(PAGE + "/").status_code == client.get(API + "/status").status_code == 404
    assert "/ops/watch/_dash-component-suites/" in client.get("/ops/watch/").text
    with app.test_request_context():
        assert url_for("admin_monitoring_dashboard") == "/ops/watch"


# -- who may enter ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_admin", "status"), [
    (None, 200), (lambda user: True, 200), (lambda user: user.username == "ada", 200), (lambda user: False, 403),
    (lambda user: user.nothing, 403)])
def test_who_is_an_admin(is_admin, status):
    app, _ = mounted(is_admin=is_admin)
    client = sign_in(app.test_client())
    assert client.get(PAGE + "/").status_code == status == client.get(API + "/status").status_code


def test_is_admin_may_come_with_init_app():
    app = plain_host()
    Monitoring(settings=QUIET).init_app(app, lambda user: user.username == "bob")
    assert sign_in(app.test_client(), "bob").get(PAGE + "/").status_code == 200
    assert sign_in(app.test_client(), "ada").get(PAGE + "/").status_code == 403


# -- the host --------------------------------------------------------------------------------------------------------


def told(app, path, **more):
    answer = app.test_client().get(path, **more)
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status_code, headers, answer.data


@pytest.mark.parametrize("path", ["/", "/login", "/nowhere", "/static/none.css", "/admin", "/admin/", "/api",
                                  "/admin/monitoringx", "/api/admin/monitor", "/assets/00-state.js"])
def test_the_hosts_own_pages_are_what_they_were(path):
    assert told(plain_host(), path) == told(mounted()[0], path)


def test_the_host_keeps_its_configuration_and_its_handlers():
    before = plain_host()
    app, _ = mounted()
    assert {name: value for name, value in app.config.items() if name not in before.config} == {}
    assert {name: str(app.config[name]) for name in before.config} == {
        name: str(value) for name, value in before.config.items()}
    assert app.error_handler_spec.keys() <= {None, "monitoring_api", *before.error_handler_spec}
    ours = [kind for kinds in app.error_handler_spec[None].values() for kind in kinds]
    assert all(kind.__module__.startswith("dash.") for kind in ours)
    assert app.logger.handlers == before.logger.handlers
    assert not logging.getLogger("dash").handlers


def test_a_page_of_the_host_never_draws_ours():
    """Dash makes its layout with the first request of any page: ours costs nothing and cannot fail."""
    app, _ = mounted()
    assert app.test_client().get("/").text == "the host's page"
    assert sign_in(app.test_client()).get(PAGE + "/_dash-layout").status_code == 200


def test_another_dash_application_of_the_host_stays_its_own():
    app = plain_host()
    other = Dash("other", server=app, url_base_pathname="/other/", add_log_handler=False, assets_folder="none")
    other.layout = html.Div("theirs", id="status-strip")
    Monitoring(app, settings=QUIET)
    client = app.test_client()
    assert client.get("/other/").status_code == 200
    assert "theirs" in client.get("/other/_dash-layout").text
    assert client.get("/other/_dash-dependencies").json == []


def test_a_catch_all_route_of_the_host_takes_nothing_of_ours():
    for first in (True, False):
        app = plain_host()
        if not first:
            Monitoring(app, settings=QUIET)
        app.add_url_rule("/<path:anything>", "spa", lambda anything: "the host's app")
        if first:
            Monitoring(app, settings=QUIET)
        client = app.test_client()
        assert client.get("/anything/else").text == "the host's app"
        assert client.get(PAGE + "/").status_code == 302
        assert client.get(API + "/status").status_code == 401
        sign_in(client)
        assert "console" in client.get(PAGE + "/_dash-layout").text
        assert client.get(PAGE).location == PAGE + "/"
        assert client.get(API + "/status").json["success"] is True


def test_a_server_name_does_not_hide_the_page():
    app = plain_host(SERVER_NAME="host.example:5000")
    Monitoring(app, settings=QUIET)
    client = sign_in(app.test_client())
    assert client.get(PAGE + "/").status_code == 200
    with app.app_context():
        assert url_for("admin_monitoring_dashboard") == "http://host.example:5000" + PAGE


def test_templates_of_the_host_link_to_the_page_by_its_endpoint():
    app, _ = mounted()
    with app.test_request_context():
        assert url_for("admin_monitoring_dashboard") == PAGE


@pytest.mark.parametrize(("asked", "led"), [
    ("", "/"), ("?range=1h&zoom=1,2", "/?range=1h&zoom=1,2"), ("?x=%C3%A4", "/?x=%C3%A4")])
def test_without_the_slash_the_page_is_found_with_all_that_was_asked(asked, led):
    app, _ = mounted()
    answer = sign_in(app.test_client()).get(PAGE + asked)
    assert (answer.status_code, answer.location) == (302, PAGE + led)


def test_a_host_below_a_path_is_led_to_its_own_page():
    app, _ = mounted()
    client = sign_in(app.test_client())
    below = {"base_url": "http://localhost/be low"}
    assert client.get(PAGE, **below).location == "/be%20low" + PAGE + "/"
    text = client.get(PAGE + "/", **below).text
    assert f'"/be%20low{PAGE}/_dash-component-suites/' in text
    assert f'"{PAGE}/_dash-component-suites/' not in text


def test_a_bare_host_without_a_login_refuses_everybody():
    app = Flask("bare")
    Monitoring(app, settings=QUIET)
    assert app.test_client().get(PAGE + "/").status_code == 403
    assert app.test_client().get(API + "/status").status_code == 403
