"""Protection of writes against other sites: Flask-WTF's token in a readable cookie, checked on every write of ours.

Where the host has Flask-WTF's `CSRFProtect`, that checks too. We check again, after it: a host may have exempted
Dash's view or switched the check off for all its views, and our writes must not depend on that. Nor does it look where
a request came from but over https, at the `Referer`.
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
    if not _same_origin():
        logger.info("Refused %s %r: sent by %r, to %r", request.method, request.path,
                    request.headers.get("Sec-Fetch-Site") or _came_from(), request.host)
        return Refusal(400, OTHER_SITE)
    token = next((request.headers[name] for name in header_names() if request.headers.get(name)), None)
    try:
        validate_csrf(token)
    except Exception as error:
        # ValidationError in the ordinary case; anything else (no secret key, a session of another kind) refuses too.
        logger.info("Refused %s %r: %s", request.method, request.path, error)
        return Refusal(400, BAD_TOKEN)
    return None


def header_names() -> tuple[str, ...]:
    """The headers in which the token may come back: a `CSRFProtect` of the host looks into no other."""
    return tuple(current_app.config.get("WTF_CSRF_HEADERS") or DEFAULT_HEADERS)


def set_cookie(response: Response) -> None:
    """Hand out a fresh token: it dies after an hour, while a screen on a wall stays open for days."""
    if not current_app.config.get("WTF_CSRF_SECRET_KEY", current_app.secret_key):
        return  # no sessions on this host, so nobody can be signed in and there is nothing to protect
    # Where the session goes, and nowhere else: another console on this machine may lie under another path.
    path = current_app.session_interface.get_cookie_path(current_app)
    response.set_cookie(COOKIE, generate_csrf(), path=path, samesite="Lax", secure=request.is_secure, httponly=False)


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
    """Whether a page of this host sent the request: by `Sec-Fetch-Site`, else by `Origin` or `Referer`; with none of
    them (no browser) the token alone decides.

    The first is the browser's own word, which no script can change, and holds whatever name a proxy gives this host;
    browsers send it over https and to their own machine. The scheme is not compared: behind a proxy that ends TLS this
    process sees http.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    came_from = _came_from()
    if not came_from:
        return True
    try:
        return urlsplit(came_from).netloc.lower() == request.host.lower()
    except ValueError:
        return False


def _came_from() -> str | None:
    return request.headers.get("Origin") or request.headers.get("Referer")
