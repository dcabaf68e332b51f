"""Alerts as REST gives them, and the archive keeps them, made alerts again: for the report over a past window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.alerts.alert import Alert
from dashboard.alerts.timeline import Change
from dashboard.events import normal_level, parse_time


def archived_alert(document: Mapping[str, Any]) -> Alert:
    """The alert of a document as `Alert.to_json` makes it, with its `timeline` where it has one; what a report needs.

    Raises:
        ValueError: it lacks what every alert has, or a time in it is none.
    """
    try:
        level = str(document["level"])
        return Alert(
            key=str(document["key"]), id=str(document["id"]), source=str(document["source"]), level=level,
            rank=normal_level(level)[1], component=str(document.get("component") or ""),
            message=str(document.get("message") or ""), state=str(document["state"]),
            first_seen=_time(document["first_seen"]), last_seen=_time(document["last_seen"]),
            count=int(document.get("count") or 1),
            acknowledged_by=document.get("acknowledged_by"), acknowledged_at=_time_or_none(document, "acknowledged_at"),
            resolved_by=document.get("resolved_by"), resolved_at=_time_or_none(document, "resolved_at"),
            timeline=tuple(_change(entry) for entry in document.get("timeline") or () if entry.get("at")))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no archived alert: {type(error).__name__} {error}") from None


def _change(entry: Mapping[str, Any]) -> Change:
    texts = (str(entry.get(name) or "") for name in ("action", "by", "reason", "old_state", "new_state", "note"))
    return Change(round(_time(entry["at"]) * 1_000_000), *texts)


def _time_or_none(document: Mapping[str, Any], name: str) -> float | None:
    return None if document.get(name) is None else _time(document[name])


def _time(text: Any) -> float:
    at = parse_time(text)
    if at is None:
        raise ValueError(f"no archived alert: {str(text)[:40]!r} is no time")
    return at
