"""Protection of writes against other sites: Flask-WTF's token in a readable cookie, checked on every write of ours.

Where the host has Flask-WTF's `CSRFProtect`, that checks too. We check again, after it: a host may have exempted
Dash's view or switched the check off for all its views, and our writes must not depend on that.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import generate_csrf, validate_csrf

from dashboard.web.identity import Refusal

logger = logging.getLogger(__name__)

COOKIE = "monitoring_csrf"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
DEFAULT_HEADERS = ("X-CSRFToken", "X-CSRF-Token")
# The names under which Dash's view for callbacks is known to CSRFProtect; the second is where the code lives.
DASH_VIEWS = ("dash.dash.dispatch", "dash.backends._flask.dispatch")

BAD_TOKEN = "The CSRF token is missing, wrong or older than it may be. Reload the page and try again."  # noqa: S105
OTHER_SITE = "This request came from another site."


def refusal() -> Refusal | None:
    """None where the current request may write, else why not (400). Safe methods always pass. Never raises."""
    if request.method in SAFE_METHODS:
        return None
    if not host_protects(current_app) and not _same_origin():
        return Refusal(400, OTHER_SITE)
    names = current_app.config.get("WTF_CSRF_HEADERS") or DEFAULT_HEADERS
    token = next((request.headers[name] for name in names if request.headers.get(name)), None)
    try:
        validate_csrf(token)
    except Exception as error:
        # ValidationError in the ordinary case; anything else (no secret key, a session of another kind) refuses too.
        logger.info("Refused %s %r: %s", request.method, request.path, error)
        return Refusal(400, BAD_TOKEN)
    return None


def host_protects(app: Flask) -> bool:
    """True where the host's own `CSRFProtect` is installed and switched on."""
    return "csrf" in app.extensions and bool(app.config.get("WTF_CSRF_ENABLED", True))


def set_cookie(response: Response) -> None:
    """Hand out a fresh token: it dies after an hour, while a screen on a wall stays open for days."""
    if not current_app.config.get("WTF_CSRF_SECRET_KEY", current_app.secret_key):
        return  # no sessions on this host, so nobody can be signed in and there is nothing to protect
    response.set_cookie(COOKIE, generate_csrf(), path="/", samesite="Lax", secure=request.is_secure, httponly=False)


def exempt(app: Flask, view_name: str) -> None:
    """Exempt one view (by `module.function`) from the host's `CSRFProtect`, where there is one. Idempotent."""
    protection = app.extensions.get("csrf")
    if protection is not None:
        protection.exempt(view_name)


def dash_is_exempt(app: Flask) -> bool:
    """True where the host exempted Dash's callback view, which switches its check off for all its Dash apps."""
    exempted = getattr(app.extensions.get("csrf"), "_exempt_views", ())
    return any(name in exempted for name in DASH_VIEWS)


def _same_origin() -> bool:
    """True where `Origin`, else `Referer`, names this host; with neither (no browser) the token alone decides.

    The scheme is not compared: behind a proxy that ends TLS this process sees http.
    """
    came_from = request.headers.get("Origin") or request.headers.get("Referer")
    if not came_from:
        return True
    try:
        return urlsplit(came_from).netloc.lower() == request.host.lower()
    except ValueError:
        return False
