"""The life of an alert, pure: active → acknowledged → resolved, and again active as a new alert.

A `Document` holds the facts about one identity (source, id). Its alerts follow from the facts in the order of their
times: a trigger opens an alert or is one more occurrence of the open one, a resolution ends it, a click does what its
place in time allows. So the outcome depends neither on the order of arrival nor on duplicates. Here is what a person
may do; `folding` has what follows from it.
"""

from __future__ import annotations

import math

from dashboard.alerts.alert import ACKNOWLEDGED, ACTIVE, OPEN_STATES, RESOLVED, Alert, NotAllowed, UnknownAlert
from dashboard.alerts.document import (
    Document,
    document_for,
    identity_of_key,
    merge,
    record,
    resolved,
    triggered,
)
from dashboard.alerts.facts import (
    ACKNOWLEDGE,
    ASSIGN,
    NOTES_LIMIT,
    PERSON_LIMIT,
    REOPEN,
    RESOLVE,
    SKEW_NOTICED_US,
    SNOOZE,
    UNACKNOWLEDGE,
    UNSNOOZE,
    Click,
    Trigger,
    microseconds,
)
from dashboard.alerts.folding import EPISODES_KEPT, FACTS_AT_MOST, FACTS_KEPT, alerts_of, settle

__all__ = [
    "ACKNOWLEDGED", "ACTIVE", "EPISODES_KEPT", "FACTS_AT_MOST", "FACTS_KEPT", "OPEN_STATES", "RESOLVED", "Alert",
    "Document", "NotAllowed", "UnknownAlert", "acknowledge", "alerts_of", "assign", "check_transition", "document_for",
    "identity_of_key", "merge", "record", "reopen", "resolve", "resolved", "settle", "snooze", "triggered",
    "unacknowledge", "unsnooze",
]


def acknowledge(document: Document, key: str, by: str, at: float, notes: str = "",
                until: float | None = None) -> Document:
    """The document after person `by` acknowledged alert `key` at Unix time `at`, until `until` (None: resolved).

    Raises:
        NotAllowed: the alert is acknowledged or resolved.
        UnknownAlert: the document holds no such alert.
        ValueError: the note is too long, `by` is empty, or `until` lies in the past.
    """
    check_transition(by, at, notes, until)
    alert = _open_alert(document, key, at)
    if alert.state == ACKNOWLEDGED:
        raise NotAllowed(ACKNOWLEDGED, alert.acknowledged_by, alert.acknowledged_at)
    return _clicked(document, alert, ACKNOWLEDGE, by, at, notes, until)


def unacknowledge(document: Document, key: str, by: str, at: float, notes: str = "") -> Document:
    """The document after the acknowledgement was taken back: active again. Raises like `acknowledge`."""
    check_transition(by, at, notes)
    alert = _open_alert(document, key, at)
    if alert.state != ACKNOWLEDGED:
        raise NotAllowed(alert.state, *alert.made_by)
    return _clicked(document, alert, UNACKNOWLEDGE, by, at, notes)


def resolve(document: Document, key: str, by: str, at: float, notes: str = "") -> Document:
    """The document after person `by` resolved alert `key` at Unix time `at`. Raises like `acknowledge`."""
    check_transition(by, at, notes)
    return _clicked(document, _open_alert(document, key, at), RESOLVE, by, at, notes)


def reopen(document: Document, key: str, by: str, at: float, notes: str = "") -> Document:
    """The document after person `by` took the resolution back: the same alert, active. Raises like `acknowledge`.

    Of an identity only the last alert can be reopened: an older one has come back already.
    """
    check_transition(by, at, notes)
    alerts = alerts_of(document)
    alert = next((alert for alert in alerts if alert.key == key), None)
    if alert is None:
        raise UnknownAlert(key)
    if alert.is_open:
        raise NotAllowed(alert.as_of(at).state, *alert.as_of(at).made_by)
    if alert is not alerts[-1]:
        raise NotAllowed(RESOLVED, alert.resolved_by, alert.resolved_at, "resolved and has come back as a new alert")
    return _clicked(document, alert, REOPEN, by, at, notes, target=key)


def assign(document: Document, key: str, by: str, at: float, to: str, instead_of: str = "",
           notes: str = "") -> Document:
    """The document after `by` gave alert `key` to person `to` (empty: to nobody). Raises like `acknowledge`.

    `instead_of` is whom `by` saw it assigned to: where it is somebody else by now, it is refused.
    """
    check_transition(by, at, notes)
    if len(to) > PERSON_LIMIT:
        raise ValueError(f"A name has at most {PERSON_LIMIT} characters")
    alert = _open_alert(document, key, at)
    to = to.strip()
    if (alert.assigned_to or "") != instead_of.strip() or (alert.assigned_to or "") == to:
        raise NotAllowed(alert.state, alert.assigned_by, alert.assigned_at,
                         f"assigned to {alert.assigned_to or 'nobody'}")
    return _clicked(document, alert, ASSIGN, by, at, notes, target=to)


def snooze(document: Document, key: str, by: str, at: float, until: float | None = None,
           notes: str = "") -> Document:
    """The document after `by` snoozed alert `key` until `until` (None: until it gets worse). Its state stays.

    Raises like `acknowledge`. What gets worse ends either kind.
    """
    check_transition(by, at, notes, until)
    alert = _open_alert(document, key, at)
    if alert.snoozed:
        raise NotAllowed(alert.state, alert.snoozed_by, alert.snoozed_at, "snoozed")
    return _clicked(document, alert, SNOOZE, by, at, notes, until)


def unsnooze(document: Document, key: str, by: str, at: float, notes: str = "") -> Document:
    """The document after `by` ended the snooze of alert `key`. Raises like `acknowledge`."""
    check_transition(by, at, notes)
    alert = _open_alert(document, key, at)
    if not alert.snoozed:
        raise NotAllowed(alert.state, *alert.made_by, "not snoozed")
    return _clicked(document, alert, UNSNOOZE, by, at, notes)


def check_transition(by: str, at: float, notes: str, until: float | None = None) -> None:
    """What can be said against a transition without knowing the alert. Raises ValueError in words for a person."""
    if not by or not by.strip():
        raise ValueError("Who does this is not known")
    if len(notes) > NOTES_LIMIT:
        raise ValueError(f"A note has at most {NOTES_LIMIT} characters; this one has {len(notes)}")
    if until is not None and not (math.isfinite(until) and until > at):
        raise ValueError("What is limited in time cannot end in the past")


def _open_alert(document: Document, key: str, at: float) -> Alert:
    alert = next((alert for alert in alerts_of(document) if alert.key == key), None)
    if alert is None:
        raise UnknownAlert(key)
    if alert.state == RESOLVED:
        raise NotAllowed(RESOLVED, alert.resolved_by, alert.resolved_at)
    return alert.as_of(at)


def _clicked(document: Document, alert: Alert, action: str, by: str, at: float, notes: str,
             until: float | None = None, target: str = "") -> Document:
    clicked = microseconds(at)
    while f"{action}:{clicked}:{by[:PERSON_LIMIT]}" in document.facts:
        clicked += 1  # the same by the same person within one microsecond is still another click
    ordered = document.ordered()
    triggers = [fact for fact in ordered if isinstance(fact, Trigger)]
    seen = triggers[-1].at if triggers else microseconds(alert.last_seen)
    newest = (ordered[-1].at, ordered[-1].lag) if ordered else (0, 0)
    # The click stands after all that is known, and where the producer's clock goes with ours, at its own time, so that
    # what comes late is told from what is new. With a clock behind ours (or a producer that sends one time for ever)
    # the next trigger would stand before the click and be lost in what was just resolved: there it stands right here,
    # as it does where no trigger is left to tell the clock by.
    behind = triggers[-1].lag > SKEW_NOTICED_US if triggers else document.base is not None
    place = max(newest[0], 0 if behind else clicked, (document.horizon or 0) + 1)
    lag = clicked - place
    if place == newest[0]:
        lag = max(lag, newest[1] + 1)
    click = Click(action, place, lag, clicked, by[:PERSON_LIMIT], notes.strip(),
                  None if until is None else microseconds(until), seen, target)
    return record(document, (click,))
