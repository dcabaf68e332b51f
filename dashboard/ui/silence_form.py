"""The form of a silence as its page sends it, read into what the store takes. Pure; everything comes from a browser."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.alerts.silences import DAYS
from dashboard.explore.zones import zone_of

ONCE, WEEKLY = "once", "weekly"
CUSTOM = "custom"
SPANS = {"1h": 3_600, "4h": 14_400, "1d": 86_400}
"""Seconds by the choices of the form; CUSTOM is a time of its own."""
SOMETHING = ("levels", "source", "component", "text")


def matching(form: Mapping[str, Any]) -> dict[str, Any]:
    """Which alerts the form names: the first four keys of `alerts.silences.read_silence`."""
    levels = form.get("levels")
    return {"levels": [level for level in levels if isinstance(level, str)] if isinstance(levels, list) else [],
            **{name: _text(form.get(name)) for name in SOMETHING[1:]}}


def names_something(form: Mapping[str, Any]) -> bool:
    """Whether it names anything yet."""
    return any(matching(form).values())


def wanted(form: Mapping[str, Any], viewer_zone: str, now: float) -> dict[str, Any]:
    """All that the form asks for, as `read_silence` takes it; times that were typed are in the viewer's zone.

    Raises ValueError in words for a person.
    """
    body = matching(form) | {"reason": _text(form.get("reason"))}
    starts = wall_time(form.get("starts"), viewer_zone, "The start")
    until = wall_time(form.get("until"), viewer_zone, "The end")
    body["starts"] = starts
    if form.get("kind") == WEEKLY:
        return body | {"until": until, "weekly": _weekly(form, viewer_zone)}
    if form.get("span") == CUSTOM:
        if until is None:
            raise ValueError("Say until when")
        return body | {"until": until}
    span_s = SPANS.get(form["span"]) if isinstance(form.get("span"), str) else None
    if span_s is None:
        raise ValueError("Say for how long")
    return body | {"until": max(now, starts or 0.0) + span_s}


def wall_time(value: Any, viewer_zone: str, name: str) -> float | None:
    """Unix seconds of what a field for date and time holds (`2026-11-23T14:00`); None where it is empty.

    Raises ValueError where it is no time; `name` says which field, in the words of the page.
    """
    text = _text(value)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of(viewer_zone))).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{name} is no date and time such as 2026-11-23 14:00") from None


def _weekly(form: Mapping[str, Any], viewer_zone: str) -> dict[str, Any]:
    days = form.get("days")
    chosen = [day for day in DAYS if isinstance(days, list) and day in days]
    if not chosen:
        raise ValueError("Choose a day of the week")
    start, end = (_text(form.get(name))[:5] for name in ("from", "to"))  # some browsers add seconds
    if not start or not end:
        raise ValueError("Say from when to when, such as 22:00 to 06:00")
    return {"days": chosen, "from": start, "to": end, "zone": _text(form.get("zone")) or viewer_zone}


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
