"""The Flask application around the console when nobody else brings one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.settings import SettingError, Settings
from dashboard.standalone.login import install_login
from dashboard.standalone.throttle import Throttle
from dashboard.standalone.users import UserDirectory

LARGEST_REQUEST = 4 * 1024 * 1024  # bytes; the largest event is 1 MiB, and escapes may triple it
MOST_PROXIES = 5


class SchemeAwareSessions(SecureCookieSessionInterface):
    """Marks the session cookie `Secure` whenever the request came over https, so that both schemes work as they are."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def build_host(
    settings: Settings, account: tuple[str, str], environ: Mapping[str, str], *, throttle: Throttle | None = None,
    folder: str | None = None,
) -> Flask:
    """A Flask app with sessions, sign-in for the one admin `account` (name, password), and CSRF protection.

    Reads `MONITORING_SECRET_KEY` (or `SECRET_KEY`; random where neither is set, so that sessions end with the process)
    and `MONITORING_PROXIES`, the number of reverse proxies in front whose `X-Forwarded-*` are believed (default 0).
    `folder` is the instance folder, an absolute path: the history lies there.
    Raises SettingError where that is no number from 0 to 5.
    """
    secret = environ.get("MONITORING_SECRET_KEY") or environ.get("SECRET_KEY") or secrets.token_urlsafe(32)
    app = Flask("standalone", static_folder=None, instance_path=folder)
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="monitoring_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
    )
    app.session_interface = SchemeAwareSessions()
    proxies = _proxies(environ.get("MONITORING_PROXIES", ""))
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore
    users = UserDirectory([(*account, "admin")], secret)
    install_login(app, users, home=settings.page_prefix + "/", title=settings.title, throttle=throttle)
    return app


def _proxies(text: str) -> int:
    text = text.strip() or "0"
    if not text.isdigit() or int(text) > MOST_PROXIES:
        raise SettingError(f"MONITORING_PROXIES must be a number from 0 to {MOST_PROXIES}")
    return int(text)
