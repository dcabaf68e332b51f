"""A small host application for tests of what lies between it and us: users, a login, pages of its own."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin
from flask_wtf.csrf import CSRFProtect

from dashboard.settings import Settings
from dashboard.web.guard import Guard
from tests.described import DescribedClient

PAGE = "/admin/monitoring"
API = "/api/admin/monitoring"

ADMINS = ("ada", "grace")
SECRET_KEY = "secret for tests"

# As Dash 4.4 adds them under a prefix; the view of the callbacks is known by this very name.
DASH_RULES = (
    ("/assets/<path:filename>", "GET"),
    ("/_dash-component-suites/<string:package>/<path:filename>", "GET"),
    ("/_dash-layout", "GET"),
    ("/_dash-dependencies", "GET"),
    ("/_dash-update-component", "POST"),
    ("/_reload-hash", "GET"),
    ("/_favicon.ico", "GET"),
    ("/", "GET"),
    ("/<path:path>", "GET"),
)

API_RULES = (("/status", "GET"), ("/health-check", "POST"), ("/alerts/<path:alert_id>/resolve", "POST"))


class User(UserMixin):
    def __init__(self, name: str):
        self.id = self.username = name

    def is_admin(self) -> bool:
        return self.username in ADMINS


def plain_host(protect: bool = False, **config) -> Flask:
    """A host with users, `ada` and `grace` (admins) and `bob`, and a page and a form of its own."""
    app = Flask("host")
    app.config.update(SECRET_KEY=SECRET_KEY, **config)
    app.test_client_class = DescribedClient
    manager = LoginManager(app)
    manager.login_view = "login"
    manager.user_loader(User)
    manager.unauthorized_handler(lambda: ("the host's own answer", 418))
    if protect:
        CSRFProtect(app)
    app.add_url_rule("/login", "login", lambda: "sign in here")
    app.add_url_rule("/", "home", lambda: "the host's page")
    app.add_url_rule("/form", "form", lambda: "written", methods=["POST"])
    return app


def add_rules(app: Flask) -> None:
    """Rules as Dash and our API have them, without what is behind them."""

    def dispatch(**values) -> Response:
        return jsonify(values)

    dispatch.__module__ = "dash.dash"
    for rule, method in DASH_RULES:
        view = dispatch if method == "POST" else lambda **values: Response("of Dash", mimetype="text/html")
        app.add_url_rule(PAGE + rule, PAGE + rule, view, methods=[method])
    for rule, method in API_RULES:
        app.add_url_rule(API + rule, "api" + rule, dispatch, methods=[method])


def guarded_host(protect: bool = False, is_admin=None, settings: Settings | None = None, **config) -> Flask:
    app = plain_host(protect, **config)
    Guard(settings or Settings(), is_admin).install(app)
    add_rules(app)
    return app


def sign_in(client: FlaskClient, name: str = "ada") -> FlaskClient:
    with client.session_transaction() as session:
        session["_user_id"] = name
        session["_fresh"] = True
    return client


def csrf_headers(client: FlaskClient, path: str = API + "/nothing") -> dict[str, str]:
    """The token as a script of the page reads it: from the cookie of any answer under our prefixes."""
    client.get(path)
    return {"X-CSRFToken": client.get_cookie("monitoring_csrf").value}


def example_path(rule: str) -> str:
    """A path that matches the rule."""
    parts = [part if not part.startswith("<") else "some" for part in rule.split("/")]
    return "/".join(parts)
