"""The guard around a real Dash application: every rule Dash adds, its callbacks, its inline script."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from dash import Dash, Input, Output, html
from flask import Flask

from dashboard.settings import Settings
from dashboard.web.csrf import COOKIE
from dashboard.web.guard import Guard
from tests.unit.web_host import PAGE, csrf_headers, plain_host, sign_in

CALL = {
    "output": "out.children",
    "outputs": {"id": "out", "property": "children"},
    "inputs": [{"id": "in", "property": "n_clicks", "value": 1}],
    "changedPropIds": ["in.n_clicks"],
}


@pytest.fixture(params=[False, True], ids=["no CSRFProtect", "CSRFProtect"])
def app(request) -> Flask:
    app = plain_host(protect=request.param)
    guard = Guard(Settings())
    guard.install(app)
    dash_app = Dash("guarded", server=app, url_base_pathname=PAGE + "/", csrf_token_name=COOKIE,
                    add_log_handler=False, enable_mcp=False, assets_folder="no-such-folder")
    dash_app.layout = html.Div([html.Button(id="in"), html.Div(id="out")])
    dash_app.callback(Output("out", "children"), Input("in", "n_clicks"))(lambda clicks: f"{clicks} clicks")
    guard.set_csp(dash_app.csp_hashes())
    return app


def rules_of_dash(app: Flask) -> list[tuple[str, str]]:
    """Path and method of each rule under the prefix; a placeholder is filled with a word."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PAGE)]
    assert len(rules) >= 9
    return [(re.sub(r"<[^>]*>", "word", rule.rule), method) for rule in rules for method in sorted(rule.methods)]


def is_document(path: str, method: str) -> bool:
    return method in ("GET", "HEAD") and path in (PAGE + "/", PAGE + "/word")


def test_strangers_and_plain_users_are_refused_by_every_rule(app):
    stranger, plain = app.test_client(), sign_in(app.test_client(), "bob")
    for path, method in rules_of_dash(app):
        refused = stranger.open(path, method=method)
        assert refused.status_code == (302 if is_document(path, method) else 401), (path, method)
        assert plain.open(path, method=method).status_code == 403, (path, method)


def test_an_admin_gets_the_page_and_what_it_loads(app):
    client = sign_in(app.test_client())
    page = client.get(PAGE + "/")
    assert page.status_code == 200
    scripts = re.findall(r'src="([^"]+)"', page.text)
    assert scripts
    for address in scripts:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "Cookie" not in answer.headers.get("Vary", "")
    for path in ("/_dash-layout", "/_dash-dependencies"):
        assert client.get(PAGE + path).status_code == 200


def test_callbacks_need_the_token_as_dash_sends_it(app):
    client = sign_in(app.test_client())
    path = PAGE + "/_dash-update-component"
    assert client.post(path, json=CALL).status_code == 400
    answer = client.post(path, json=CALL, headers=csrf_headers(client, PAGE + "/"))
    assert answer.json["response"]["out"]["children"] == "1 clicks"


def test_the_policy_admits_the_inline_script_and_there_is_no_other(app):
    page = sign_in(app.test_client()).get(PAGE + "/")
    text = re.sub(r"<!--.*?-->", "", page.text, flags=re.DOTALL)  # one for Internet Explorer, which nobody else runs
    inline = [text for attributes, text in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
              if "src=" not in attributes and "application/json" not in attributes]
    assert inline
    for text in inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page.headers["Content-Security-Policy"]
