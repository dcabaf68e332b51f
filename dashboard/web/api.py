"""The REST API under `/api/admin/monitoring`: one blueprint, its rows in the modules `api_*`.

Reads answer from memory. Only what acts (alerts, routes, commands) speaks to Redis, with a short timeout, and answers
503 where Redis is away.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException, default_exceptions

from dashboard.web import (
    api_alert_actions,
    api_alerts,
    api_annotations,
    api_commands,
    api_events,
    api_explore,
    api_export,
    api_metrics,
    api_openapi,
    api_past,
    api_routes,
    api_series,
    api_silences,
    api_status,
)
from dashboard.web.answers import Problem, refuse
from dashboard.web.guard import Guard

if TYPE_CHECKING:
    from dashboard.services import Services

logger = logging.getLogger(__name__)

BLUEPRINT = "monitoring_api"

MESSAGES = {
    400: "The request could not be understood.",
    404: "There is nothing at this address.",
    405: "That method is not possible here.",
    413: "The body is too large.",
    415: "The body is of a kind that is not read here.",
}
FAILED = "This could not be answered. The server's log says why."


def make_blueprint(services: Services, guard: Guard) -> Blueprint:
    """The API over these services, to be registered on an app that has `guard` installed.

    `services` may be anything with the same attributes; `guard` says who asks. Opens nothing.
    """
    blueprint = Blueprint(BLUEPRINT, __name__, url_prefix=services.settings.api_prefix)
    for rows in (api_status, api_alerts, api_alert_actions, api_export, api_silences, api_routes, api_commands,
                 api_metrics, api_series, api_explore, api_annotations, api_past, api_events, api_openapi):
        rows.register(blueprint, services, guard)
    blueprint.register_error_handler(Problem, _problem)
    # By code as well: a handler of the host for a code (its page for 404) would win over one for all exceptions.
    for code in default_exceptions:
        blueprint.register_error_handler(code, _http_error)
    blueprint.register_error_handler(Exception, _failure)
    return blueprint


def _problem(problem: Problem) -> Response:
    return refuse(problem.status, problem.message, **problem.fields)


def _http_error(error: Any) -> Response:
    """Errors raised before or around our views, e.g. by CSRFProtect or while the body is read."""
    if not isinstance(error, HTTPException) or error.code is None or error.code >= 500:
        return _failure(getattr(error, "original_exception", None) or error)
    return refuse(error.code, MESSAGES.get(error.code, f"The request was refused ({error.name})."))


def _failure(error: Exception) -> Response:
    logger.error("An answer of the REST API failed", exc_info=error)
    return refuse(500, FAILED)
