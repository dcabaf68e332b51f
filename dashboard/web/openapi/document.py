"""The OpenAPI 3.1 document of the REST API, made of the rows in the modules beside this one."""

from __future__ import annotations

from typing import Any

from dashboard.settings import Settings
from dashboard.web.api_events import TOKEN_HEADER
from dashboard.web.csrf import COOKIE, DEFAULT_HEADERS
from dashboard.web.openapi import alert_actions, alerts, commands, metrics, past, routes, silences, status
from dashboard.web.openapi.common import FIGURES
from dashboard.web.openapi.operation import JSON, Operation, Parameter
from dashboard.web.openapi.shapes import BOOLEAN, TEXT, Shape, fields, listed

VERSION = "1"
"""Of the API: its paths and fields stay, more may come beside them."""
OPERATIONS: tuple[Operation, ...] = tuple(
    row for module in (status, alerts, alert_actions, silences, routes, commands, metrics, past)
    for row in module.OPERATIONS)

REASONS = {
    400: "A parameter or the body cannot be meant, or the CSRF token is missing, wrong or too old.",
    401: "Not signed in, or the wrong secret.",
    403: "Signed in, but no admin; or the host does not say who is one.",
    404: "There is no such thing.",
    409: "Its state does not allow it, several sources hold the id, or somebody changed it first.",
    413: "The body is too large.",
    500: "A fault of the console: the server's log has the details.",
    503: "Redis or the database is away: nothing was changed, sent or read.",
}
ABOUT = ("Everything needs an admin who is signed in to the application around it. Answers are strict JSON; times are "
         "ISO 8601 in UTC with `Z`. Unknown parameters are ignored, empty ones count as absent; a parameter that takes "
         "one value and is given twice is a 400. GET rows answer HEAD, and all rows OPTIONS.")
REFUSAL = fields(success={**BOOLEAN, "const": False}, message=TEXT)
NAMED = {"Refusal": REFUSAL, "Alert": alerts.ALERT, "TimelineEntry": alerts.ENTRY, "Figures": FIGURES,
         "Silence": silences.SILENCE, "SilenceWanted": silences.WANTED, "Route": routes.ROUTE,
         "Delivery": routes.DELIVERY, "NotificationStatus": routes.STATUS, "Annotation": past.NOTE,
         "MetricStatistics": metrics.STATISTICS, "Movement": metrics.MOVEMENT, "Feed": status.FEED}
"""Shapes that have a name in the document, and are referred to by it."""


def document(settings: Settings, root: str = "") -> dict[str, Any]:
    """The document, with the prefix of these settings as its server: plain data, ready for JSON.

    `root` is the path under which the host itself is mounted (`SCRIPT_NAME`), as it stands in an address.
    """
    paths: dict[str, dict[str, Any]] = {}
    for row in OPERATIONS:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    names = {id(shape): name for name, shape in NAMED.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{settings.title} REST API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": root + settings.api_prefix}],
        "paths": _referring(paths, names),
        "components": {"schemas": {
            name: {key: _referring(part, names) for key, part in shape.items()} for name, shape in NAMED.items()
        }, "securitySchemes": {
            "session": {"type": "apiKey", "in": "cookie", "name": "session",
                        "description": "The session of the host's login; the cookie's name is the host's."},
            "csrf": {"type": "apiKey", "in": "header", "name": DEFAULT_HEADERS[0],
                     "description": f"The value of the cookie `{COOKIE}`, which every answer sets anew. A host that "
                                    "sets `WTF_CSRF_HEADERS` wants it in a header that is named there."},
            "forwarder": {"type": "apiKey", "in": "header", "name": TOKEN_HEADER,
                          "description": "The value of MONITORING_STORE_TOKEN."}}},
    }


def _referring(tree: Any, names: dict[int, str]) -> Any:
    """The tree with a reference in the place of each shape that has a name."""
    if isinstance(tree, dict):
        if id(tree) in names:
            return {"$ref": f"#/components/schemas/{names[id(tree)]}"}
        return {key: _referring(part, names) for key, part in tree.items()}
    return [_referring(part, names) for part in tree] if isinstance(tree, list) else tree


def _operation(row: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": row.name, "tags": [row.group], "summary": row.about,
                             "security": [_needs(row)]}
    if row.parameters:
        found["parameters"] = [_parameter(one) for one in row.parameters]
    if row.body is not None:
        found["requestBody"] = {"required": row.body_needed, "content": {JSON: {"schema": row.body}}}
    found["responses"] = {str(status): _success(row) if status == 200 else _refusal(row, status)
                          for status in row.statuses}
    return found


def _needs(row: Operation) -> dict[str, list[str]]:
    if row.by_token:
        return {"forwarder": []}
    return {"session": [], "csrf": []} if row.writes else {"session": []}


def _parameter(one: Parameter) -> dict[str, Any]:
    shape = listed(one.shape, one.most) if one.repeated else one.shape
    return {"name": one.name, "in": one.where, "required": one.needed, "description": one.about, "schema": shape}


def _success(row: Operation) -> dict[str, Any]:
    shapes: dict[str, Shape] = {} if row.answer is None else {JSON: row.answer}
    found: dict[str, Any] = {"description": row.about, "content": {
        kind: {"schema": shape} for kind, shape in {**shapes, **row.files}.items()}}
    if row.headers:
        found["headers"] = {name: {"schema": shape} for name, shape in row.headers.items()}
    return found


def _refusal(row: Operation, status: int) -> dict[str, Any]:
    shape = REFUSAL
    if status not in (401, 403, 413, 500) and row.refusal:
        shape = {**shape, "properties": {**shape["properties"], **row.refusal}}
    return {"description": REASONS[status], "content": {JSON: {"schema": shape}}}
