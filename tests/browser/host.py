"""Somebody's Flask application with the console in it: accounts with roles, a login page, CSRF protection."""

from __future__ import annotations

import threading

from flask import Flask, redirect, render_template_string, request
from flask_login import LoginManager, UserMixin, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from dashboard import Monitoring, Settings
from dashboard.services import Services
from tests.servers import RedisServer, keep_port, wait_for

PAGE = "/admin/monitoring/"
ROLES = {"ada": "admin", "grace": "admin", "bob": "user"}
# One for all hosts of this process, one after the other: what Chromium has compiled it keeps by address.
PORT = keep_port()
# An overview draws all its plots anew at each tick. At the shortest interval that settings allow, half a second, a page
# does little else, and on busy cores every step of a test takes more ticks.
INTERVAL_MS = 2_000

LOGIN = """<!doctype html><html lang="en"><head><title>Sign in</title></head><body>
<h1>Sign in</h1><form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
<label>Name <input name="name" autocomplete="off"></label><button>Sign in</button></form></body></html>"""


class User(UserMixin):
    def __init__(self, name: str):
        self.id = self.username = name
        self.role = ROLES[name]

    def is_admin(self) -> bool:
        return self.role in ("admin", "super")


def build_app(settings: Settings) -> tuple[Flask, Monitoring]:
    """A host as it is in the field. The console's feed starts at once."""
    app = Flask("host")
    app.config.update(SECRET_KEY="the same after every restart")
    manager = LoginManager(app)
    manager.login_view = "login"
    manager.user_loader(lambda name: User(name) if name in ROLES else None)
    CSRFProtect(app)

    @app.route("/login", methods=["GET", "POST"])
    def login():
        if request.method == "GET":
            return render_template_string(LOGIN)
        login_user(User(request.form["name"]))
        return redirect(request.args.get("next") or "/")

    @app.route("/logout")
    def logout():
        logout_user()
        return "Signed out"

    @app.route("/")
    def home():
        return "The host's own page"

    # A browser asks for it on every page of the host that names none.
    app.add_url_rule("/favicon.ico", "favicon", lambda: ("", 204))
    return app, Monitoring(app, settings=settings)


class Host:
    """The application behind werkzeug's threaded server. One at a time: all have the same port.

    Not `app.run` in dash's ThreadedRunner: that one kills threads which were started after the server.
    """

    def __init__(self, redis_server: RedisServer, **settings):
        self.redis = redis_server
        self.port = PORT.getsockname()[1]
        # A history on disk would bring what an earlier test published into the charts of this one.
        self._settings = Settings(**{"redis_url": redis_server.url, "interval_ms": INTERVAL_MS,
                                     "database_url": "off"} | settings)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def services(self) -> Services:
        return self.monitoring.services

    def start(self) -> Host:
        """Build a new application, as a new process would, and serve it once it hears the channel."""
        self.app, self.monitoring = build_app(self._settings)
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        wait_for(self.listens, what="the feed's connection to Redis")
        return self

    def listens(self) -> bool:
        return self.services.listener.is_whole and self.services.alerts.connected

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.monitoring.stop()
