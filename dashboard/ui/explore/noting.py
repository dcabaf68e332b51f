"""Annotations from the page: what an operator writes beside a time or a span, and takes away again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.explore.times import TEXT_LIMIT, TimeError, moment_s, parse_moment
from dashboard.explore.zones import find_zone
from dashboard.history.answers import HistoryUnavailable, UnknownAnnotation
from dashboard.ui.explore.actions import sentence

WORDS_MOST = 2_000
NAME_LIMIT = 200


def noted(services: Any, data: Any, by: str) -> dict[str, Any]:
    """What came of it: `asked` as it was, `done` and `said`, a sentence for the person.

    `data`: `text`, `from` and `to` (may be empty) to add one, or `remove`: an id; `zone`, `source` or None.
    """
    asked = data if isinstance(data, Mapping) else {}
    zone = asked.get("zone")
    zone = zone if isinstance(zone, str) and find_zone(zone) is not None else "UTC"
    try:
        said = _removed(services, asked["remove"]) if asked.get("remove") else _added(services, asked, zone, by)
        done = True
    except (TimeError, ValueError, HistoryUnavailable) as refused:
        said, done = sentence(str(refused)), False
    except UnknownAnnotation:
        said, done = "There is no such annotation any more.", True
    return {"asked": asked.get("asked"), "done": done, "said": said}


def _added(services: Any, asked: Mapping[str, Any], zone: str, by: str) -> str:
    text = _words(asked.get("text"), WORDS_MOST)
    if not text.strip():
        raise ValueError("write what happened")
    now = services.clock()
    start = _moment("from", _words(asked.get("from"), TEXT_LIMIT + 1) or "now", now, zone)
    until = _words(asked.get("to"), TEXT_LIMIT + 1)
    end = _moment("to", until, now, zone) if until.strip() else None
    source = asked.get("source")
    source = source if isinstance(source, str) and 0 < len(source) <= NAME_LIMIT else None
    if end is not None and end < start:
        raise ValueError("to lies before from")
    services.history.events.annotate(start, end, text.strip(), by, source)
    return "Added."


def _removed(services: Any, annotation_id: Any) -> str:
    services.history.events.remove_annotation(_words(annotation_id, NAME_LIMIT))
    return "Deleted."


def _moment(name: str, text: str, now: float, zone: str) -> float:
    try:
        return moment_s(parse_moment(text, zone), now, zone)
    except TimeError as error:
        raise TimeError(f"{name}: {error}") from None


def _words(value: Any, limit: int) -> str:
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode()[:limit]
