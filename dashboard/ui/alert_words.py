"""What is said of an alert in sentences: its state, its marks, who has it, and each entry of its timeline. Pure."""

from __future__ import annotations

from dashboard.alerts.alert import ACKNOWLEDGED, ACTIVE, RESOLVED, Alert
from dashboard.alerts.facts import ACKNOWLEDGE, ASSIGN, REOPEN, RESOLVE, SNOOZE, UNACKNOWLEDGE, UNSNOOZE
from dashboard.alerts.timeline import (
    EXPIRED,
    FIRED,
    HEARD_AGAIN,
    SEVERITY,
    SILENCE_OVER,
    SILENCED,
    SNOOZE_OVER,
    STALE,
    WORSE,
)
from dashboard.ui.times import span, stamp

STATE_WORDS = {ACTIVE: "unacknowledged", ACKNOWLEDGED: "acknowledged", RESOLVED: "resolved"}
"""A state as an admin reads it: "active" would say nothing of what is to be done."""
ENTRY_WORDS = {
    FIRED: "Fired", SEVERITY: "Another severity", ACKNOWLEDGE: "Acknowledged",
    UNACKNOWLEDGE: "Acknowledgement taken back", EXPIRED: "Acknowledgement has run out", WORSE: "Worse",
    RESOLVE: "Resolved", REOPEN: "Reopened", ASSIGN: "Assigned",
    SNOOZE: "Snoozed", UNSNOOZE: "Snooze ended", SNOOZE_OVER: "Snooze over", SILENCED: "Silenced",
    SILENCE_OVER: "Silence over", STALE: "Stale", HEARD_AGAIN: "Heard again"}
DONE = {ACKNOWLEDGE: "acknowledged", UNACKNOWLEDGE: "taken back", RESOLVE: "resolved", REOPEN: "reopened",
        ASSIGN: "assigned", SNOOZE: "snoozed", UNSNOOZE: "no longer snoozed"}
"""What an action makes of an alert."""


def state_sentence(alert: Alert, now: float, zone: str) -> str:
    """`acknowledged by anna at 2026-11-23 12:03:07 CET, until … (24 min left)`."""
    if alert.state == ACKNOWLEDGED:
        end = alert.acknowledged_until
        until = f", until {stamp(end, zone)} ({span(end - now)} left)" if end is not None else ""
        return f"acknowledged by {alert.acknowledged_by} at {stamp(alert.acknowledged_at, zone)}{until}"
    if alert.state == RESOLVED:
        return f"resolved by {alert.resolved_by} at {stamp(alert.resolved_at, zone)}"
    return STATE_WORDS[ACTIVE]


def mark_sentences(alert: Alert, now: float) -> list[str]:
    """What the alert carries beside its state."""
    told = []
    if alert.regressed:
        told.append("regressed: it came back after a person had resolved it")
    if alert.flapping:
        told.append("flapping: it changes often")
    if alert.stale:
        told.append(f"stale: nothing heard of its source for {span(now - alert.stale_since)}")
    if alert.silenced_by is not None:
        told.append("silenced")
    return told


def assigned_sentence(alert: Alert, zone: str) -> str | None:
    """To whom, by whom and when; None where it is nobody's."""
    if alert.assigned_to is None:
        return None
    return f"{alert.assigned_to}, by {alert.assigned_by} at {stamp(alert.assigned_at, zone)}"


def snooze_sentence(alert: Alert, zone: str) -> str | None:
    """Until when, and by whom; None where it is not snoozed."""
    if not alert.snoozed:
        return None
    until = "it gets worse" if alert.snoozed_until is None else f"{stamp(alert.snoozed_until, zone)}, or worse"
    return f"until {until}, by {alert.snoozed_by}"
