"""GET /alerts/export: alerts that are over, as a file, sent while it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from dashboard.alerts.alert import Alert
from dashboard.alerts.past import EXPORT_AT_MOST, Wanted, closed_at, duration_s
from dashboard.alerts.statistics import first_acknowledged_at
from dashboard.event_types import is_simulated
from dashboard.spreadsheet import neutral
from dashboard.web.answers import Problem, iso, to_json
from dashboard.web.guard import Guard
from dashboard.web.parameters import hours, integer, moment, single

if TYPE_CHECKING:
    from dashboard.services import Services

HOURS_PER_DAY = 24.0
FORMATS = {"csv": "text/csv", "json": "application/json"}
TOGETHER = 200  # rows of one piece: each piece is a write to the client
COLUMNS = (
    "key", "id", "source", "simulated", "level", "component", "message", "fired", "last_seen", "closed", "open_s",
    "occurrences", "first_acknowledged", "acknowledge_s", "acknowledged_by", "resolved_by", "cleared_itself",
    "regressed", "notes", "details")


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/alerts/export")
    def export_alerts() -> Response:
        kind = (single("format") or "json").lower()
        if kind not in FORMATS:
            raise Problem(400, f"format is one of {', '.join(FORMATS)}.")
        limit = integer("limit", EXPORT_AT_MOST, 1, EXPORT_AT_MOST)
        alerts, matched = services.closed.each(read_wanted(services))
        now = services.clock()
        written = to_csv(islice(alerts, limit)) if kind == "csv" else to_json_list(
            islice(alerts, limit), matched, lambda alert: services.alerts.story(alert, now))
        day = datetime.fromtimestamp(services.clock(), UTC).strftime("%Y-%m-%d")
        return Response(written, mimetype=FORMATS[kind], headers={
            "Content-Disposition": f'attachment; filename="alerts-{day}.{kind}"',
            "X-Monitoring-Matched": str(matched), "X-Monitoring-Rows": str(min(matched, limit))})


def read_wanted(services: Services) -> Wanted:
    """Which closed alerts the query names. 400 where it cannot be meant."""
    settings, start, end = services.settings, moment("start"), moment("end")
    span_h = hours(0.0, max(settings.alerts_kept_days, settings.history_alerts_days) * HOURS_PER_DAY)
    if start is None and span_h:
        start = (services.clock() if end is None else end) - span_h * 3_600
    if start is not None and end is not None and end < start:
        raise Problem(400, "end lies before start.")
    levels = [word.strip() for value in request.args.getlist("level") for word in value.split(",") if word.strip()]
    return Wanted(start, end, tuple(dict.fromkeys(levels)), single("source"), single("q"))


def to_json_list(alerts: Iterable[Alert], matched: int,
                 told: Callable[[Alert], list[dict[str, Any]]]) -> Iterator[bytes]:
    """One strict JSON object, in pieces: `matched`, `alerts` with their timelines (by `told`), `rows`."""
    yield b'{"success":true,"matched":%d,"alerts":[' % matched
    rows = 0
    for portion in _portions(alerts):
        yield b"," * bool(rows) + b",".join(
            to_json(alert.to_json() | {"cleared_itself": alert.cleared_itself, "timeline": told(alert)})
            for alert in portion)
        rows += len(portion)
    yield b'],"rows":%d}' % rows


def to_csv(alerts: Iterable[Alert]) -> Iterator[bytes]:
    """A table with a heading, in pieces of whole rows; no cell is a formula to a spreadsheet."""
    yield _lines([COLUMNS])
    for portion in _portions(alerts):
        yield _lines(_row(alert) for alert in portion)


def _row(alert: Alert) -> list[Any]:
    taken = first_acknowledged_at(alert)
    acknowledge_s = None if taken is None else max(0.0, taken - alert.first_seen)
    cells = (alert.key, alert.id, alert.source, is_simulated(alert.source), alert.level, alert.component, alert.message,
             iso(alert.first_seen), iso(alert.last_seen), iso(closed_at(alert)), round(duration_s(alert), 3),
             alert.count, iso(taken), None if acknowledge_s is None else round(acknowledge_s, 3),
             alert.acknowledged_by, alert.resolved_by, alert.cleared_itself, alert.regressed, alert.notes,
             to_json(alert.details).decode() if alert.details else None)
    return [neutral(cell) if isinstance(cell, str) else _word(cell) for cell in cells]


def _word(cell: Any) -> Any:
    return ("yes" if cell else "no") if isinstance(cell, bool) else cell


def _lines(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _portions(alerts: Iterable[Alert]) -> Iterator[list[Alert]]:
    alerts = iter(alerts)
    while portion := list(islice(alerts, TOGETHER)):
        yield portion
