"""Alerts as rows of the table, and one of them in full: the one serialiser between store and DataTable. Pure."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.alerts.alert import ACKNOWLEDGED, RESOLVED, Alert
from dashboard.ui.alert_words import assigned_sentence, mark_sentences, snooze_sentence, state_sentence
from dashboard.ui.navigation import OVERVIEW, alert_way
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.said import details_text
from dashboard.ui.sources import place, source_label
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
        "what": f"{_title(alert)[:MESSAGE_SHOWN]}\n{place(alert.component, alert.source)}",
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
        ("State", state_sentence(alert, now, zone)),
        ("Marks", " · ".join(mark_sentences(alert, now)) or None),
        ("Assigned to", assigned_sentence(alert, zone)),
        ("Snoozed", snooze_sentence(alert, zone)),
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
    return [*shown, html.A("Timeline and more", className="alert-more", href=alert_way(OVERVIEW, alert.key))]


def _title(alert: Alert) -> str:
    return alert.message or alert.id


def _age(alert: Alert, now: float) -> str:
    if alert.state == RESOLVED and alert.resolved_at is not None:
        age = f"{largest(now - alert.resolved_at)} ago"
    else:
        age = largest(now - alert.first_seen)
    return f"{age}\n×{alert.count:,}" if alert.count > 1 else age
