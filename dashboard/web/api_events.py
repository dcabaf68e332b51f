"""POST /store-event: an internal forwarder hands in one event, with a shared secret instead of a session."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from dashboard.web.answers import Problem, success
from dashboard.web.guard import Guard
from dashboard.web.parameters import read_body

if TYPE_CHECKING:
    from dashboard.services import Services

TOKEN_HEADER = "X-Monitoring-Token"  # noqa: S105 (the name of a header)

# The longest event the reader takes; longer ones need not be read to be refused.
EVENT_MAX_BYTES = 1024 * 1024


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    # The guard and CSRFProtect know this view by its module and name: see guard.STORE_EVENT_VIEW.
    @blueprint.post("/store-event")
    def store_event() -> Response:
        token = services.settings.store_token
        if not token:
            raise Problem(404, "There is nothing at this address.")
        if not _is_token(request.headers.get(TOKEN_HEADER, ""), token):
            raise Problem(401, f"The header {TOKEN_HEADER} is missing or wrong.")
        outcome = services.intake.accept(read_body(EVENT_MAX_BYTES), services.clock(), via="http")
        if outcome.startswith("rejected"):
            reason = outcome.partition(":")[2] or "unreadable"
            raise Problem(400, f"This is no event: {reason}.", reason=reason)
        message = "This event was here before." if outcome == "duplicate" else "Stored."
        return success(message=message, outcome=outcome)


def _is_token(given: str, token: str) -> bool:
    """Compared in constant time, and as bytes: a header is latin-1 to the server, whatever was sent."""
    return hmac.compare_digest(given.encode("latin-1", "replace"), token.encode("utf-8"))
