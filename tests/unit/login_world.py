"""The stand-alone host with a console of paper behind its sign-in, and a person who signs in."""

from __future__ import annotations

import re

import pytest

from dashboard.settings import Settings
from dashboard.standalone import users
from dashboard.standalone.host import build_host
from dashboard.standalone.throttle import Throttle

HOME = "/admin/monitoring/"
PASSWORD = "correct horse"
CHEAP = "scrypt:1024:8:1"
"""As a hash of ours, but for what it costs whoever guesses, and the test of each request with a password."""
ELSEWHERE = [
    "https://evil.example", "http:evil.example", "http:/evil.example", "HTTPS://evil.example", "//evil.example",
    "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "evil.example", "@evil.example", "?next=x", "#x",
    "", None, " /admin", "/ admin", "/\tevil", "/\t/evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b",
    "\t//evil.example", "\x00/admin", "/admin\x00", "/\x7f/evil", "/\u2028/evil", "/\u00a0/evil", "/%2fevil.example",
    "/%2Fevil.example", "/%5cevil.example", "/%5Cevil.example", "/%252fevil.example", "/%25252fevil.example",
    "/%09/evil.example", "/%0d%0aSet-Cookie:a=b", "/.//evil.example", "/..//evil.example", "/%2e%2e//evil.example",
    "/a/../..//evil.example", "/%2e%2e/x", "//[::1", "http://[evil", "/a//evil.example", "/login", "/login/",
    "/login?next=/login", "/logout", "/" + "a" * 20_000, "/%2525252fevil.example", "//evil.example/%2f..",
]  # fmt: skip
"""Where nobody is led by a sign-in, whatever the address asks for."""


class Watch:
    """A clock that moves when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


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


def token(answer) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', answer.text)[1]


def sign_in(client, password=PASSWORD, username="admin", next_page="", **options):
    form = {"username": username, "password": password, "next": next_page}
    form["csrf_token"] = token(client.get("/login", **options))
    return client.post("/login", data=form, **options)
