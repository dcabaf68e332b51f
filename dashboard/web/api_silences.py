"""Silences over REST: which there are, what one would hit, making and ending them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Blueprint, Response

from dashboard.alerts.alert import NotAllowed
from dashboard.alerts.silences import SPAN_LIMIT_S, UnknownSilence
from dashboard.alerts.store import Unreachable
from dashboard.events import parse_time
from dashboard.web.answers import Problem, iso, success
from dashboard.web.guard import Guard
from dashboard.web.parameters import json_body, span_field

if TYPE_CHECKING:
    from dashboard.services import Services

SHOWN = 100  # alerts in a preview; their number is told in any case
NO_SUCH_SILENCE = "There is no such silence."
Answer = TypeVar("Answer")


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    store, clock = services.alerts, services.clock

    @blueprint.get("/silences")
    def list_silences() -> Response:
        now = clock()
        return success(silences=[silence.to_json(now) for silence in store.silences()])

    @blueprint.post("/silences")
    def make_silence() -> Response:
        wanted = _wanted(json_body(), clock())
        made = _change(lambda: store.silence(wanted, guard.user_name()))
        return success(message="Silenced.", silence=made.to_json(clock()))

    @blueprint.post("/silences/preview")
    def preview_silence() -> Response:
        wanted = _wanted(json_body(), clock())
        hit = _change(lambda: store.preview(wanted, guard.user_name()))
        return success(matched=len(hit), alerts=[alert.to_json() for alert in hit[:SHOWN]])

    @blueprint.get("/silences/<silence_id>")
    def one_silence(silence_id: str) -> Response:
        found = next((silence for silence in store.silences() if silence.id == silence_id), None)
        if found is None:
            raise Problem(404, NO_SUCH_SILENCE)
        return success(silence=found.to_json(clock()))

    @blueprint.delete("/silences/<silence_id>")
    def end_silence(silence_id: str) -> Response:
        over = _change(lambda: store.end_silence(silence_id, guard.user_name()))
        return success(message="The silence is over.", silence=over.to_json(clock()))


def _wanted(body: dict[str, Any], now: float) -> dict[str, Any]:
    """The body with its times as Unix seconds; `expires_in` counts from its start."""
    wanted = body.copy()
    for name in ("starts", "until"):
        if wanted.get(name) is not None:
            at = None if isinstance(wanted[name], bool) else parse_time(wanted[name])
            if at is None or not math.isfinite(at):
                raise Problem(400, f"{name} is a time: ISO 8601 or Unix seconds.")
            wanted[name] = at
    span_s = span_field(wanted, "expires_in", SPAN_LIMIT_S)
    if span_s is not None:
        if wanted.get("until") is not None:
            raise Problem(400, "Either until or expires_in says when it ends.")
        wanted["until"] = max(now, wanted.get("starts") or 0.0) + span_s
    return wanted


def _change(act: Callable[[], Answer]) -> Answer:
    try:
        return act()
    except UnknownSilence:
        raise Problem(404, NO_SUCH_SILENCE) from None
    except NotAllowed as refused:
        by = f" by {refused.by}" if refused.by else ""
        raise Problem(409, f"Not changed: it is over already, ended{by} at {iso(refused.at)}.") from None
    except ValueError as refused:
        raise Problem(400, f"{refused}.") from None
    except Unreachable:
        raise Problem(503, "Not changed: Redis is unreachable.") from None
