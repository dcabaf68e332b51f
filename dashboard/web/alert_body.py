"""What a person asks for in the body of an action on alerts, and what is answered; shared by one and by many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.alerts.alert import NotAllowed
from dashboard.alerts.facts import (
    ACKNOWLEDGE,
    ACTIONS,
    ASSIGN,
    PERSON_LIMIT,
    REOPEN,
    RESOLVE,
    SNOOZE,
    UNACKNOWLEDGE,
    UNSNOOZE,
)
from dashboard.alerts.people import DEFAULT_UNTIL
from dashboard.alerts.store import AlertStore, Transition
from dashboard.web.answers import Problem, iso
from dashboard.web.parameters import span_field, text_field

NOTES_MAX_CHARS = 2_000  # what the store takes
EXPIRES_MAX_S = 30 * 86_400  # for longer than a month is a decision, not a pause

DONE = {ACKNOWLEDGE: "Acknowledged.", UNACKNOWLEDGE: "Active again.", RESOLVE: "Resolved.", REOPEN: "Reopened.",
        ASSIGN: "Assigned.", SNOOZE: "Snoozed.", UNSNOOZE: "No longer snoozed."}
TOLD = (ACKNOWLEDGE, RESOLVE)  # what the producer has a message for
RESOLVED_WORD = "resolved"  # of `expires_in`: until the alert is


def read_action(store: AlertStore, action: str, body: dict[str, Any], by: str,
                now: float) -> Callable[[str], Transition]:
    """What `action` (one of ACTIONS) of person `by` does to the alert of a key. 400 where the body cannot be meant."""
    if action not in ACTIONS:
        raise Problem(400, f"action is one of {', '.join(ACTIONS)}.")
    notes = text_field(body, "notes", NOTES_MAX_CHARS)
    if action == ACKNOWLEDGE:
        end = DEFAULT_UNTIL if "expires_in" not in body else until(body, now)
        return lambda key: store.acknowledge(key, by, notes, end)
    if action == SNOOZE:
        snoozed_until = until(body, now)
        return lambda key: store.snooze(key, by, snoozed_until, notes)
    if action == ASSIGN:
        if "to" not in body:
            raise Problem(400, "to is the person's name, or empty for nobody.")
        to, instead_of = (text_field(body, name, PERSON_LIMIT) for name in ("to", "instead_of"))
        return lambda key: store.assign(key, by, to, instead_of, notes)
    change = {UNACKNOWLEDGE: store.unacknowledge, RESOLVE: store.resolve, REOPEN: store.reopen,
              UNSNOOZE: store.unsnooze}[action]
    return lambda key: change(key, by, notes)


def until(body: dict[str, Any], now: float) -> float | None:
    """When `expires_in` ends, Unix seconds; None for null, 0 and the word `resolved`: not by itself."""
    value = body.get("expires_in")
    unlimited = value is None or (isinstance(value, int) and not isinstance(value, bool) and value == 0)
    if unlimited or (isinstance(value, str) and value.strip().lower() == RESOLVED_WORD):
        return None
    span_s = span_field(body, "expires_in", EXPIRES_MAX_S)
    return None if span_s is None else now + span_s


def already(refused: NotAllowed) -> str:
    """The state as it is, who made it and when: whoever came second wants to know."""
    by = f" by {refused.by}" if refused.by else ""
    at = f" at {iso(refused.at)}" if refused.at is not None else ""
    return f"Not changed: the alert is {refused.what}{by}{at}."
