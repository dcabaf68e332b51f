"""Alerts as rows of the console's table: one serialiser between store and DataTable. Pure.

Each cell has two lines at most; the style sheet makes the second one quiet.
"""

from __future__ import annotations

from typing import Any

from dashboard.alerts.alert import ACKNOWLEDGED, RESOLVED, Alert
from dashboard.alerts.measure import measure_of
from dashboard.ui.alert_rows import MESSAGE_SHOWN
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.said import words
from dashboard.ui.sources import source_label
from dashboard.ui.times import clock, largest

CELL_LIMIT = 60  # characters of a value or a name in a narrow cell; the detail has it whole
FIGURE_LIMIT = 16


def console_row(alert: Alert, now: float, zone: str) -> dict[str, Any]:
    """A row: what is seen, and what is known of it beside that.

    `id` is the alert's key, `tone` its colour, `at` its state by which the row is dimmed, `assigned` whom it was
    seen assigned to, `owner` who acknowledged it last, `snoozed` whether it is.
    """
    return {
        "id": alert.key,
        "tone": "stale" if alert.state == RESOLVED else level_tone(alert.level),
        "at": alert.state,
        "assigned": alert.assigned_to or "",
        "owner": alert.acknowledged_by or "",
        "snoozed": alert.snoozed,
        "level": f"{level_shape(alert.level)} {level_word(alert.level)[:CELL_LIMIT]}",
        "what": f"{one_line(alert.message or alert.id)[:MESSAGE_SHOWN]}\n{one_line(alert.component) or '–'}",
        "source": source_label(alert.source),
        "state": "\n".join(filter(None, (state_line(alert), " · ".join([*rest(alert, now), *marks(alert, now)])))),
        "value": value_lines(alert),
        "first": "\n".join(clock(alert.first_seen, zone, now).split(" ")),
        "age": age(alert, now),
        "count": f"{alert.count:,}",
    }


def one_line(text: str) -> str:
    """A producer's text without its line breaks: a second line means something else here."""
    return " ".join(text.split())


def state_line(alert: Alert) -> str:
    """`Unacknowledged`, `Acknowledged · anna`, `Resolved · ben`."""
    if alert.state == ACKNOWLEDGED:
        return f"Acknowledged · {alert.acknowledged_by}"
    if alert.state == RESOLVED:
        return "Resolved · by itself" if alert.cleared_itself else f"Resolved · {alert.resolved_by}"
    return "Unacknowledged"


def rest(alert: Alert, now: float) -> list[str]:
    """How long its acknowledgement still holds."""
    if alert.state != ACKNOWLEDGED:
        return []
    until = alert.acknowledged_until
    return ["until resolved" if until is None else f"{largest(until - now)} left"]


def marks(alert: Alert, now: float) -> list[str]:
    """What the alert carries beside its state, each in a word or two, the most telling first."""
    told = []
    if alert.assigned_to is not None:
        told.append(f"→ {alert.assigned_to[:CELL_LIMIT]}")
    if alert.snoozed:
        until = alert.snoozed_until
        told.append("snoozed" if until is None else f"snoozed {largest(until - now)}")
    if alert.silenced_by is not None:
        told.append("silenced")
    told += [word for word, holds in (("regressed", alert.regressed), ("flapping", alert.flapping),
                                      ("stale", alert.stale)) if holds]
    return told


def value_lines(alert: Alert) -> str:
    """The value and, below it, the threshold; a dash where the alert names neither."""
    measure = measure_of(alert.details)
    lines = ["–" if measure.value is None else figure(measure.value, measure.unit)]
    if measure.threshold is not None:
        lines.append(f"limit {figure(measure.threshold, measure.unit)}")
    return "\n".join(lines)


def figure(value: Any, unit: str) -> str:
    """A number of an alert's details with its unit, or a text as it is; cut to the width of a cell."""
    return f"{one_line(words(value, None))[:FIGURE_LIMIT]} {unit}".rstrip()


def age(alert: Alert, now: float) -> str:
    """How long it has been there; of a resolved one, how long it was, and how long it is over."""
    if alert.resolved_at is None or alert.state != RESOLVED:
        return largest(now - alert.first_seen)
    return f"{largest(alert.resolved_at - alert.first_seen)}\n{largest(now - alert.resolved_at)} ago"
