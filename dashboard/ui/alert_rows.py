"""Alerts as rows of the table, and one of them in full: the one serialiser between store and DataTable. Pure."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.alerts.alert import ACKNOWLEDGED, RESOLVED, Alert
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.said import details_text
from dashboard.ui.sources import source_label
from dashboard.ui.times import largest, span, stamp

MESSAGE_SHOWN = 300  # in the table; the detail has it whole
ACTIONS_SHOWN = 10
NO_BREAK = "\N{NO-BREAK SPACE}"


def row(alert: Alert, now: float) -> dict[str, Any]:
    """A row: what is seen, `id` by which it is known, and `tone` by which it is coloured."""
    return {
        "id": alert.key,
        "tone": "stale" if alert.state == RESOLVED else level_tone(alert.level),
        "level": f"{level_shape(alert.level)} {level_word(alert.level)}\n{state_words(alert, now)}".strip(),
        "what": f"{_title(alert)[:MESSAGE_SHOWN]}\n{_place(alert)}",
        "age": _age(alert, now),
    }


def state_words(alert: Alert, now: float) -> str:
    """`✓ anna · 24 min` (without a time where it has no end), `resolved`; nothing for what nobody has taken on."""
    if alert.state == ACKNOWLEDGED:
        until = alert.acknowledged_until
        left = "" if until is None else f"· {largest(until - now)}".replace(" ", NO_BREAK)  # not torn apart
        return f"✓ {alert.acknowledged_by} {left}".rstrip()
    if alert.state == RESOLVED:
        return "resolved"
    return ""


def detail(alert: Alert, now: float, zone: str) -> list:
    """Everything that is known of one alert, times in the viewer's zone."""
    rows = [
        ("State", _state_sentence(alert, now, zone)),
        ("Marks", _marks(alert, now) or None),
        ("Assigned to", _assigned(alert, zone)),
        ("Snoozed", _snooze(alert, zone)),
        ("Level", f"{level_shape(alert.level)} {level_word(alert.level)}"),
        ("Component", alert.component or "–"),
        ("Source", source_label(alert.source)),
        ("Id", alert.id),
        ("First seen", f"{stamp(alert.first_seen, zone)} ({span(now - alert.first_seen)} ago)"),
        ("Last seen", stamp(alert.last_seen, zone)),
        ("Count", f"{alert.count:,}"),
        ("Note", alert.notes or None),
        ("Details", details_text(alert.details, zone, now) or None),
    ]
    shown = [html.H3(_title(alert)), html.Dl(className="facts", children=[
        part for name, value in rows if value is not None for part in (html.Dt(name), html.Dd(value))])]
    if alert.suggested_actions:
        shown += [html.Div("Suggested", className="muted"), html.Ul(
            [html.Li(text) for text in alert.suggested_actions[:ACTIONS_SHOWN]], className="plain-list")]
    return shown


def _title(alert: Alert) -> str:
    return alert.message or alert.id


def _place(alert: Alert) -> str:
    return " · ".join(part for part in (alert.component, source_label(alert.source)) if part)


def _age(alert: Alert, now: float) -> str:
    if alert.state == RESOLVED and alert.resolved_at is not None:
        age = f"{largest(now - alert.resolved_at)} ago"
    else:
        age = largest(now - alert.first_seen)
    return f"{age}\n×{alert.count:,}" if alert.count > 1 else age


def _marks(alert: Alert, now: float) -> str:
    """What the alert carries beside its state, in words."""
    words = []
    if alert.regressed:
        words.append("regressed: it came back after a person had resolved it")
    if alert.flapping:
        words.append("flapping: it changes often")
    if alert.stale:
        words.append(f"stale: nothing heard of its source for {span(now - alert.stale_since)}")
    if alert.silenced_by is not None:
        words.append("silenced")
    return " · ".join(words)


def _assigned(alert: Alert, zone: str) -> str | None:
    if alert.assigned_to is None:
        return None
    return f"{alert.assigned_to}, by {alert.assigned_by} at {stamp(alert.assigned_at, zone)}"


def _snooze(alert: Alert, zone: str) -> str | None:
    if not alert.snoozed:
        return None
    until = "it gets worse" if alert.snoozed_until is None else f"{stamp(alert.snoozed_until, zone)}, or worse"
    return f"until {until}, by {alert.snoozed_by}"


def _state_sentence(alert: Alert, now: float, zone: str) -> str:
    if alert.state == ACKNOWLEDGED:
        end = alert.acknowledged_until
        until = f", until {stamp(end, zone)} ({span(end - now)} left)" if end is not None else ""
        return f"acknowledged by {alert.acknowledged_by} at {stamp(alert.acknowledged_at, zone)}{until}"
    if alert.state == RESOLVED:
        return f"resolved by {alert.resolved_by} at {stamp(alert.resolved_at, zone)}"
    return "unacknowledged"
