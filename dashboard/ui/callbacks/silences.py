"""The page of silences: the preview follows the form, one is made, one is ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update

from dashboard.alerts.alert import NotAllowed
from dashboard.alerts.silences import UnknownSilence
from dashboard.commands import Unreachable
from dashboard.services import Services
from dashboard.ui import ids, silence_form
from dashboard.ui.callbacks import clientside, tick
from dashboard.ui.layout.silence_list import when
from dashboard.ui.layout.silence_preview import NOTHING_NAMED, number, preview
from dashboard.ui.silence_sections import SECTIONS, answer
from dashboard.ui.times import clock

WHAT = {"levels": ids.SILENCE_LEVELS, "source": ids.SILENCE_SOURCE, "component": ids.SILENCE_COMPONENT,
        "text": ids.SILENCE_TEXT}
WHEN = {"kind": ids.SILENCE_KIND, "span": ids.SILENCE_SPAN, "starts": ids.SILENCE_STARTS, "until": ids.SILENCE_UNTIL,
        "days": ids.SILENCE_DAYS, "from": ids.SILENCE_FROM, "to": ids.SILENCE_TO, "zone": ids.SILENCE_ZONE}
EMPTY = {"levels": [], "source": "", "component": "", "text": "", "reason": ""}
"""What the form holds after a silence was made: its times stay, for the next one."""


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    clientside.register_frame(app)
    clientside.register_silences(app)
    tick.register(app, services, answer, [Output(name, "children") for name in SECTIONS])

    @app.callback(
        Output(ids.SILENCE_HITS, "children"), Output(ids.SILENCE_PREVIEW, "children"),
        *(Input(name, "value") for name in WHAT.values()), Input(ids.SILENCE_STAMP, "data"),
        prevent_initial_call=True,
    )
    def show_preview(*values):
        return previewed(services, dict(zip(WHAT, values, strict=False)), user_name())

    @app.callback(
        Output(ids.SILENCE_FEEDBACK, "children"), *(Output(name, "value") for name in WHAT.values()),
        Output(ids.SILENCE_REASON, "value"), Output(ids.WAKE, "data"),
        Input(ids.SILENCE_SAVE, "n_clicks"),
        *(State(name, "value") for name in (*WHAT.values(), ids.SILENCE_REASON, *WHEN.values())),
        State(ids.SILENCE_STAMP, "data"),
        prevent_initial_call=True,
    )
    def make(_clicks, *values):
        form = dict(zip((*WHAT, "reason", *WHEN), values, strict=False))
        told, done = made(services, form, user_name(), _zone(values[-1]))
        return told, *(EMPTY.values() if done else [no_update] * len(EMPTY)), services.clock()

    @app.callback(
        Output(ids.SILENCE_ENDED, "children"), Output(ids.WAKE, "data", allow_duplicate=True),
        Input(ids.silence_end(ALL), "n_clicks"), State(ids.SILENCE_STAMP, "data"),
        prevent_initial_call=True,
    )
    def end(clicks, stamp):
        if not any(clicks):  # the buttons have only just appeared
            return no_update, no_update
        return ended(services, ctx.triggered_id, user_name(), _zone(stamp)), services.clock()


def previewed(services: Services, form: Mapping[str, Any], by: str) -> tuple[str, list]:
    """(how many open alerts the form names, the first of them); the times of the form do not matter."""
    if not silence_form.names_something(form):
        return NOTHING_NAMED, []
    now = services.clock()
    try:
        hit = services.alerts.preview(silence_form.matching(form) | {"until": now + 1}, by)
    except ValueError as refused:
        return f"{refused}.", []
    counts = services.alerts.counts()
    return number(len(hit), counts["active"] + counts["acknowledged"]), preview(hit, now)


def made(services: Services, form: Mapping[str, Any], by: str, zone: str) -> tuple[str, bool]:
    """Make the silence the form asks for: (the sentence for the person, whether it was made)."""
    try:
        silence = services.alerts.silence(silence_form.wanted(form, zone, services.clock()), by)
    except (Unreachable, ValueError) as refused:
        return f"Not silenced: {refused}.", False
    return f"Silenced, {when(silence, services.clock(), zone)}.", True


def ended(services: Services, button: Any, by: str, zone: str) -> str:
    """End the silence of a button; the sentence for the person."""
    silence_id = button.get("id") if isinstance(button, Mapping) else None
    try:
        services.alerts.end_silence(str(silence_id), by)
    except NotAllowed as refused:
        who = f" by {refused.by}" if refused.by else ""
        return f"Somebody was quicker: ended{who} at {clock(refused.at, zone)}."
    except UnknownSilence:
        return "That silence is no longer there."
    except (Unreachable, ValueError) as refused:
        return f"Not changed: {refused}."
    return "The silence is over."


def _zone(stamp: Any) -> str:
    zone = stamp.get("zone") if isinstance(stamp, Mapping) else None
    return zone if isinstance(zone, str) else "UTC"
