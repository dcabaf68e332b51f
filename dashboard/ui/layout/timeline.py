"""What happened to an alert, the newest first. Pure."""

from __future__ import annotations

from dash import html

from dashboard.alerts.alert import Alert
from dashboard.alerts.facts import ACKNOWLEDGE, ASSIGN, REOPEN, RESOLVE, SNOOZE, UNACKNOWLEDGE, UNSNOOZE
from dashboard.alerts.timeline import EXPIRED, FIRED, SEVERITY, SNOOZE_OVER, WORSE, Change
from dashboard.ui.times import clock, iso

WORDS = {FIRED: "Fired", SEVERITY: "Another severity", ACKNOWLEDGE: "Acknowledged", UNACKNOWLEDGE: "Given back",
         EXPIRED: "Acknowledgement ran out", WORSE: "Worse", RESOLVE: "Resolved", REOPEN: "Reopened",
         ASSIGN: "Assigned", SNOOZE: "Snoozed", UNSNOOZE: "Snooze ended", SNOOZE_OVER: "Snooze over"}
BY_HAND = "By hand"  # says no more than the name beside it


def timeline(alert: Alert, now: float, zone: str) -> html.Ol:
    """Each entry with its time, who made it, why, and the note beside it."""
    return html.Ol([_entry(entry, now, zone) for entry in reversed(alert.timeline)], className="timeline")


def _entry(entry: Change, now: float, zone: str) -> html.Li:
    at, what = entry.at_us / 1_000_000, WORDS.get(entry.action, entry.action)
    why = "" if entry.reason == BY_HAND or entry.reason.startswith(what) else f": {entry.reason}"
    return html.Li([
        html.Time(clock(at, zone, now), dateTime=iso(at), className="muted"),
        html.Div([html.Strong(what), f" by {entry.by}" if entry.by else "", why,
                  html.Div(f"“{entry.note}”", className="note") if entry.note else None]),
    ])
