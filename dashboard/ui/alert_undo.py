"""Taking a transition back: the inverse one, made by the same person and recorded like any other.

It is planned from the alert as it was before and after the click, and travels with the page; whoever could send
something else there could make any transition anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.alerts.alert import ACKNOWLEDGED, Alert, NotAllowed, UnknownAlert
from dashboard.alerts.facts import ACKNOWLEDGE, ACTIONS, ASSIGN, REOPEN, RESOLVE, SNOOZE, UNACKNOWLEDGE, UNSNOOZE
from dashboard.alerts.store import AlertStore
from dashboard.alerts.timeline import Change
from dashboard.alerts.transition import Transition
from dashboard.ui.alert_words import DONE

INVERSE = {ACKNOWLEDGE: UNACKNOWLEDGE, UNACKNOWLEDGE: ACKNOWLEDGE, RESOLVE: REOPEN, REOPEN: RESOLVE, ASSIGN: ASSIGN,
           SNOOZE: UNSNOOZE, UNSNOOZE: SNOOZE}
NOTE = "Undo"


def plan(action: str, before: Alert, after: Alert) -> dict[str, Any]:
    """What takes `action` back: plain data for `take_back`."""
    return {"key": after.key, "action": INVERSE[action], "last": _last(after),
            "until": before.snoozed_until if action == UNSNOOZE else before.acknowledged_until,
            "to": before.assigned_to or "", "instead_of": after.assigned_to or "",
            "again": before.acknowledged_by if action == RESOLVE and before.state == ACKNOWLEDGED else None}


def lasting(action: str, before: Alert, by: str) -> str:
    """What Undo cannot bring back of one alert, in words; empty where all will be as it was."""
    if action == RESOLVE and before.state == ACKNOWLEDGED and before.acknowledged_by != by:
        return f"Undo does not bring back the acknowledgement by {before.acknowledged_by}"
    if action == UNACKNOWLEDGE and before.acknowledged_by != by:
        return f"Undo acknowledges in your name, not in that of {before.acknowledged_by}"
    if action == REOPEN and before.resolved_by != by:
        return "Undo resolves in your name"
    if action == UNSNOOZE and before.snoozed_by != by:
        return f"Undo snoozes in your name, not in that of {before.snoozed_by}"
    return ""


def take_back(store: AlertStore, planned: Mapping[str, Any], by: str, now: float) -> Transition:
    """Make the inverse transition of `plan`. Raises as the transitions of the store do; NotAllowed also where somebody
    has done something else since, which is not to be undone with it."""
    key, action, until = planned.get("key"), planned.get("action"), _time(planned.get("until"))
    alert = store.get(key) if isinstance(key, str) else None
    if alert is None:
        raise UnknownAlert(str(key))
    if _last(alert) != planned.get("last"):
        newest = _newest(alert)
        raise NotAllowed(alert.state, newest.by or None, newest.at_us / 1_000_000, DONE[newest.action])
    if action == ASSIGN:
        return store.assign(key, by, _text(planned.get("to")), _text(planned.get("instead_of")), NOTE)
    if action in (ACKNOWLEDGE, SNOOZE):
        return getattr(store, action)(key, by, until=until, notes=NOTE)
    if action not in INVERSE:
        raise ValueError("There is nothing to be undone")
    made = getattr(store, action)(key, by, NOTE)
    still_wanted = planned.get("again") == by and (until is None or until > now)
    return store.acknowledge(key, by, NOTE, until) if action == REOPEN and still_wanted else made


def _newest(alert: Alert) -> Change | None:
    """The newest thing that was done to it; further occurrences count for nothing."""
    return next((entry for entry in reversed(alert.timeline) if entry.action in ACTIONS), None)


def _last(alert: Alert) -> list[Any]:
    entry = _newest(alert)
    return [] if entry is None else [entry.action, entry.by, entry.at_us]


def _time(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
