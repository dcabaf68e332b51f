"""A host that has Dash applications of its own keeps what Dash keeps for them, whatever the order of things."""

from __future__ import annotations

import os
import re

import dash
import pytest
from dash import Dash, Input, Output, dcc, html
from flask import request

from dashboard import Monitoring
from tests.unit.mounting import QUIET
from tests.unit.web_host import PAGE, plain_host, sign_in

SCRIPT = "function (typed) { return typed + ' of the host'; }"


def own_dash(app):
    own = Dash("own", server=app, url_base_pathname="/own/", add_log_handler=False, assets_folder="none")
    own.layout = html.Div([dcc.Input(id="typed"), html.Div(id="shown"), html.Div(id="tick")])
    return own


def declare():
    """As many hosts do, for whichever application there is."""
    dash.clientside_callback(SCRIPT, Output("shown", "children"), Input("typed", "value"))
    dash.callback(Output("tick", "data"), Input("typed", "value"))(lambda typed: typed)


ORDERS = {"mounted last": "own declare mount", "mounted between": "own mount declare",
          "declared before both": "declare mount own", "mounted first": "mount own declare"}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("first", ["/own/", PAGE + "/"])
def test_what_a_host_declares_for_any_application_is_in_its_own(order, first):
    app = plain_host()
    steps = {"own": lambda: own_dash(app), "declare": declare, "mount": lambda: Monitoring(app, settings=QUIET)}
    for step in order.split():
        steps[step]()
    client = sign_in(app.test_client())
    client.get(first)
    assert len(client.get("/own/_dash-dependencies").json) == 2
    assert SCRIPT in client.get("/own/").text
    answer = client.get(PAGE + "/")
    assert SCRIPT not in answer.text
    assert len(re.findall("'sha256-", answer.headers["Content-Security-Policy"])) == 1  # that of Dash's renderer
    assert "shown.children" not in {one["output"] for one in client.get(PAGE + "/_dash-dependencies").json}


def test_a_page_of_ours_takes_no_script_of_an_application_on_another_server():
    one, other = plain_host(), plain_host()
    Monitoring(one, settings=QUIET)
    own_dash(other)
    declare()
    assert SCRIPT not in sign_in(one.test_client()).get(PAGE + "/").text
    client = other.test_client()
    assert SCRIPT in client.get("/own/").text
    assert len(client.get("/own/_dash-dependencies").json) == 2


def test_what_asks_dash_for_the_application_is_answered_with_the_hosts():
    app = plain_host()
    own = own_dash(app)
    Monitoring(app, settings=QUIET)
    assert dash.get_asset_url("logo.png") == "/own/assets/logo.png"
    assert dash.get_relative_path("/sales") == "/own/sales"
    assert dash._get_app.APP is own


@pytest.mark.parametrize("variables", [
    {"DASH_REQUESTS_PATHNAME_PREFIX": "/proxy/own/"}, {"DASH_ROUTES_PATHNAME_PREFIX": "/own/"},
    {"DASH_APP_NAME": "own"}, {"DASH_URL_BASE_PATHNAME": "/own/"}, {"dash_app_name": "own"}])
def test_the_environment_says_nothing_to_us_of_where_the_hosts_application_is(variables, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    app = plain_host()
    Monitoring(app, settings=QUIET)
    text = sign_in(app.test_client()).get(PAGE + "/").text.replace("\\u002f", "/").replace(" ", "")
    assert f'"requests_pathname_prefix":"{PAGE}/"' in text
    assert f'"{PAGE}/_dash-component-suites/' in text and "/own/" not in text
    assert {name: os.environ.get(name) for name in variables} == variables


def test_hooks_of_the_host_are_for_its_own_applications(monkeypatch):
    """Of what one puts into a layout for who is asking, everybody would see what the first one did."""
    hooks = dash._hooks._Hooks()
    monkeypatch.setattr(dash._hooks.HooksManager, "hooks", hooks)
    hooks.layout()(lambda layout: html.Div([f"Signed in: {request.cookies.get('who')}", layout]))
    hooks.callback(Output("hooked", "children"), Input("typed", "value"))(lambda typed: typed)
    hooks.clientside_callback(SCRIPT, Output("scripted", "children"), Input("typed", "value"))
    hooks.stylesheet([{"external_url": "https://cdn.example/own.css", "external_only": True}])
    hooks.index()(lambda index: index.replace("<body>", "<body>Hooked"))
    app = plain_host()
    own_dash(app)
    Monitoring(app, settings=QUIET)
    client = sign_in(app.test_client())
    client.set_cookie("who", "ann")
    texts = [client.get(PAGE + path).text for path in ("/", "/_dash-layout", "/_dash-dependencies")]
    for part in ("Signed in", "hooked.children", "scripted.children", SCRIPT, "cdn.example", "Hooked"):
        assert not [text for text in texts if part in text], part
    assert "Signed in: ann" in client.get("/own/_dash-layout").text and SCRIPT in client.get("/own/").text
