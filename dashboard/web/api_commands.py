"""Commands to the producers over REST: the forced health check, the actions, enabling a component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from dashboard.commands import ACTIONS, UnknownAction, Unreachable
from dashboard.web.answers import Problem, success
from dashboard.web.guard import Guard
from dashboard.web.parameters import json_body, text_field

if TYPE_CHECKING:
    from dashboard.services import Services

HEALTH_CHECK = "FORCE_HEALTH_CHECK"
ENABLE_COMPONENT = "ENABLE_COMPONENT"

# They say what happened to an alert, which only a transition of that alert may do; or need fields, and have a row.
NOT_BY_NAME = frozenset({"ALERT_ACKNOWLEDGED", "ALERT_RESOLVED", ENABLE_COMPONENT})

COMPONENT_NAME_MAX_CHARS = 200  # longer than any name seen; it is shown in one line

NOT_SENT = "Not sent: Redis is unreachable."
NOBODY = "Sent, nobody is listening."


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    def send(action: str, **fields: Any) -> Response:
        try:
            sent = services.commands.send(action, guard.user_name(), **fields)
        except UnknownAction:
            raise Problem(400, f"There is no such action. There are {', '.join(_names())}.") from None
        except Unreachable:
            raise Problem(503, NOT_SENT) from None
        return success(message=_words(sent.receivers), receivers=sent.receivers, request_id=sent.request_id)

    @blueprint.post("/health-check")
    def force_health_check() -> Response:
        return send(HEALTH_CHECK)

    @blueprint.post("/actions/<action>")
    def run_action(action: str) -> Response:
        name = action.upper().replace("-", "_")
        if name not in _names():
            raise Problem(400, f"There is no such action. There are {', '.join(_names())}.")
        return send(name)

    @blueprint.post("/components/enable")
    def enable_component() -> Response:
        body = json_body()
        kind = text_field(body, "type", COMPONENT_NAME_MAX_CHARS, required=True)
        name = text_field(body, "name", COMPONENT_NAME_MAX_CHARS, required=True)
        return send(ENABLE_COMPONENT, type=kind, name=name)


def _names() -> list[str]:
    return [name for name in ACTIONS if name not in NOT_BY_NAME]


def _words(receivers: int) -> str:
    if receivers == 0:
        return NOBODY
    return f"Sent to {receivers} {'listener' if receivers == 1 else 'listeners'}."
