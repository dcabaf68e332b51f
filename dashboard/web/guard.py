"""Who may enter what lies under the prefixes of the page and of the REST API: admins, and nobody else.

The order of the questions is: signed in? an admin? a write with a valid CSRF token? Nothing under the prefixes tells
a stranger more than that: an unknown path is refused like a known one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from flask import Flask, Request, Response, current_app, redirect, request
from werkzeug.exceptions import MethodNotAllowed, SecurityError

from dashboard.settings import Settings
from dashboard.web import csrf, headers, identity
from dashboard.web.answers import refuse
from dashboard.web.area import Area, Areas
from dashboard.web.compression import compress
from dashboard.web.identity import Refusal
from dashboard.web.small_page import small_page

logger = logging.getLogger(__name__)

# By module and function: that is how CSRFProtect knows an exempt view.
STORE_EVENT_VIEW = "dashboard.web.api_events.store_event"

# Marks a request the guard has seen. In the environ, since `g` may outlive a request inside an app context.
SEEN = "monitoring.guarded"

# What a callback of ours is asked with: some ten kB. Far above it lies only what is meant to fill the memory.
CALLBACK_MAX_BYTES = 4 * 1024 * 1024
TOO_LARGE = "The body is too large, or does not say how large it is."
UNTRUSTED = "This application is not known by that host name."

# What a handler of the host may have answered before the guard was asked, when the guard would have refused too:
# CSRFProtect's error page or redirect, a redirect to the login. Its 429 or 503 stand.
OVERRULED_STATUS = frozenset({200, 301, 302, 303, 307, 308, 400, 401, 403})


class Guard:
    """Guards one mounted console.

    `is_admin` is called with the signed-in user; without it `current_user.is_admin` (method or value) decides.
    `until_ready` is called before each answer that tells what there is, and may wait until that is known.
    """

    def __init__(self, settings: Settings, is_admin: Callable[[Any], Any] | None = None,
                 until_ready: Callable[[], object] = lambda: None) -> None:
        self.settings = settings
        self.areas = Areas(settings)
        self._is_admin, self._until_ready = is_admin, until_ready
        self._policy = headers.content_security_policy()

    def install(self, app: Flask) -> None:
        """Put the guard before every request of the app. Call it before routes are added under the prefixes."""
        app.before_request(self._before_request)
        app.after_request(self._after_request)
        csrf.exempt(app, STORE_EVENT_VIEW)
        if csrf.dash_is_exempt(app):
            logger.warning(
                "This application exempted dash.dash.dispatch from CSRFProtect, which leaves the callbacks of all its "
                "Dash apps unprotected. This console checks the token itself; the others do not."
            )
        if app.url_map.host_matching:
            logger.warning(
                "This application matches hosts (host_matching=True). Addresses of the console belong to no host, so "
                "that none of them will be found. Mount it into an application without, beside this one."
            )

    def set_csp(self, script_hashes: Iterable[str]) -> None:
        """Allow Dash's inline scripts: `guard.set_csp(dash_app.csp_hashes())`, after all callbacks are registered."""
        self._policy = headers.content_security_policy(script_hashes)

    def user_name(self) -> str:
        """Name of the admin behind the current request, for records."""
        return identity.user_name()

    def _before_request(self) -> Response | None:
        area = self.areas.current()
        if area is None:
            return None
        request.environ[SEEN] = True
        if isinstance(request.routing_exception, SecurityError):
            # A host name that the host does not trust (TRUSTED_HOSTS): Flask refuses it next, and can build no address.
            return None if area is Area.DOCUMENT else refuse(400, UNTRUSTED)
        if area is Area.STORE_EVENT:
            # Again, for a CSRFProtect installed after us: its check comes after this one.
            csrf.exempt(current_app, STORE_EVENT_VIEW)
            return None
        refused = self._refusal()
        if refused is not None:
            return self._refuse(area, refused)
        if area is Area.API and not self.areas.is_ours(request):
            return _no_such_resource()
        # The rows of the API look at their bodies themselves; Dash reads whatever comes.
        if area is Area.DATA and not _fits(request):
            return refuse(413, TOO_LARGE)
        if area is not Area.STATIC:
            self._until_ready()
        return None

    def _after_request(self, response: Response) -> Response:
        area = self.areas.current()
        if area is None:
            return response
        if SEEN not in request.environ:
            response = self._overrule(area, response)
        if area is Area.DATA:
            compress(response, request)
        headers.apply(response, area, self._policy, is_fingerprinted="m" in request.args)
        if area is not Area.STORE_EVENT and not headers.is_cacheable(area, response):
            csrf.set_cookie(response)
        return response

    def _refusal(self) -> Refusal | None:
        return identity.refusal(self._is_admin) or csrf.refusal()

    def _refuse(self, area: Area, refused: Refusal) -> Response:
        if area is not Area.DOCUMENT:
            return refuse(refused.status, refused.message)
        if refused.status == 401:
            return redirect(self._login_address())
        return small_page(refused.status, "No access", refused.message, request.script_root + "/",
                          "Back to the application")

    def _overrule(self, area: Area, response: Response) -> Response:
        """Answer in our words where a handler of the host refused before the guard was asked.

        CSRFProtect runs before us and answers an expired session with a page, or with whatever the host made of its
        error; a host may also send everybody who is not signed in to its login. Clients of ours expect JSON.
        """
        already_fits = area in (Area.DOCUMENT, Area.STORE_EVENT)
        if already_fits or response.status_code not in OVERRULED_STATUS:
            return response
        refused = self._refusal()
        return self._refuse(area, refused) if refused is not None else response

    def _login_address(self) -> str:
        from flask_login.utils import login_url

        wanted = quote(request.script_root + request.path)
        if request.query_string:
            wanted += "?" + request.query_string.decode("latin-1")
        view = current_app.login_manager.login_view  # type: ignore[attr-defined]
        try:
            return login_url(view or self.settings.login_url, wanted)
        except Exception:
            logger.exception("The login view %r has no address; %s is used", view, self.settings.login_url)
            return login_url(self.settings.login_url, wanted)


def _fits(asked: Request) -> bool:
    """Whether a body may be read whole. Every browser says how long it is; what comes in chunks does not."""
    return (asked.content_length or 0) <= CALLBACK_MAX_BYTES and "Transfer-Encoding" not in asked.headers


def _no_such_resource() -> Response:
    error = request.routing_exception
    if isinstance(error, MethodNotAllowed):
        response = refuse(405, f"{request.method} is not possible here.")
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response
    return refuse(404, "There is nothing at this address.")
