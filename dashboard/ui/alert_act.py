"""What the console does with alerts: reads what is asked, asks back with the number, changes, and takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.alerts.alert import Alert
from dashboard.alerts.facts import ACKNOWLEDGE, ASSIGN, REOPEN, RESOLVE, SNOOZE, UNACKNOWLEDGE, UNSNOOZE
from dashboard.alerts.filter_language import FilterError, parse
from dashboard.alerts.transition import Transition
from dashboard.services import Services
from dashboard.ui.alert_asked import AT_ONCE, BULK_MOST, UNDO, Asked, read_asked
from dashboard.ui.alert_change import Outcome, change_each, told
from dashboard.ui.alert_undo import INVERSE, lasting, plan, take_back
from dashboard.ui.alert_words import DONE

VERBS = {ACKNOWLEDGE: "Acknowledge", UNACKNOWLEDGE: "Take back the acknowledgement of", RESOLVE: "Resolve",
         REOPEN: "Reopen", ASSIGN: "Assign", SNOOZE: "Snooze", UNSNOOZE: "End the snooze of"}
TOLD_TO_PRODUCER = (ACKNOWLEDGE, RESOLVE)
NOT_TAKEN_BACK = "The producer has been told, which Undo does not take back"


def act(services: Services, asked: Any, by: str) -> dict[str, Any]:
    """Do what the page asks in the name of `by`: plain data for its scripts.

    `told` is for the person; `done`: keys whose ticks may go; `failed`: nothing or not all was tried, so that note and
    ticks stay; `undo`: what takes it back, empty where nothing does; `question`: nothing has been changed yet.
    """
    wanted = read_asked(asked)
    if wanted is None:
        return _answer("Nothing was changed: there is no such action.", failed=True)
    if wanted.action == UNDO:
        return _undone(services, wanted, by)
    try:
        keys, matched = _keys(services, wanted, by)
    except FilterError as refused:
        return _answer(f"Nothing was changed: {refused}.", failed=True)
    if not keys:
        return _answer("Nothing was changed: no alert is chosen.", failed=True)
    is_as_said = wanted.expected is None or wanted.expected == matched
    if not wanted.confirmed and (len(keys) > AT_ONCE or not is_as_said):
        return _answer("", question={"text": question(wanted, len(keys), matched, by), "keys": keys})
    return _changed(services, wanted, keys, by)


def question(wanted: Asked, count: int, matched: int, by: str) -> str:
    """What is about to be done, with its number."""
    whom = f" to {by if wanted.to is None else wanted.to or 'nobody'}" if wanted.action == ASSIGN else ""
    alerts = "1 alert" if count == 1 else f"{count:,} alerts"
    text = f"{VERBS[wanted.action]} {alerts}{whom} {wanted.limited()}".rstrip() + "?"
    if wanted.expected not in (None, matched):
        text += f" It was {wanted.expected:,} when you chose."
    if matched > count:
        order = ", unacknowledged and gravest first" if wanted.line is not None else ""
        text += f" {matched:,} are meant; these are the first {BULK_MOST:,}{order}."
    return text


def transition(services: Services, wanted: Asked, by: str) -> Callable[[str], Transition]:
    """What the action does to the alert of one key."""
    store, now, notes = services.alerts, services.clock(), wanted.notes
    until = None if wanted.for_s is None else now + wanted.for_s
    if wanted.action in (ACKNOWLEDGE, SNOOZE):
        return lambda key: getattr(store, wanted.action)(key, by, until=until, notes=notes)
    if wanted.action == ASSIGN:
        to = by if wanted.to is None else wanted.to
        return lambda key: store.assign(key, by, to, _seen(services, wanted, key), notes)
    return lambda key: getattr(store, wanted.action)(key, by, notes)


def _seen(services: Services, wanted: Asked, key: str) -> str:
    """Whom the person takes over from: as seen on the page, else as it is now."""
    if key in wanted.seen:
        return wanted.seen[key]
    alert = services.alerts.get(key)
    return (alert.assigned_to or "") if alert is not None else ""


def _keys(services: Services, wanted: Asked, by: str) -> tuple[list[str], int]:
    """The alerts that are meant, gravest first, at most BULK_MOST; and how many there are."""
    if wanted.line is None:
        return list(wanted.keys[:BULK_MOST]), len(wanted.keys)
    page = services.alerts.query(wanted=parse(wanted.line, by), limit=BULK_MOST)
    return [alert.key for alert in page.alerts], page.total


def _changed(services: Services, wanted: Asked, keys: list[str], by: str) -> dict[str, Any]:
    before = {key: services.alerts.get(key) for key in keys} if len(keys) <= AT_ONCE else {}
    outcome = change_each(transition(services, wanted, by), keys)
    done = f"{DONE[wanted.action].capitalize()} {wanted.limited()}".rstrip()
    said = told(outcome, wanted.zone, done, DONE[wanted.action], by=by,
                tells_producer=wanted.action in TOLD_TO_PRODUCER)
    undo = [plan(wanted.action, alert, made.alert) for made in outcome.changed
            if (alert := before.get(made.alert.key)) is not None]
    if undo:
        said = " ".join([said, *(f"{word}." for word in _lasting(wanted.action, before, outcome, by))])
    return _answer(said, done=[key for key in keys if key not in set(outcome.failed)],
                   failed=bool(outcome.failed) or not outcome.changed, undo=undo)


def _lasting(action: str, before: dict[str, Alert | None], outcome: Outcome, by: str) -> list[str]:
    """What Undo will not bring back, each said once."""
    found = [lasting(action, alert, by) for made in outcome.changed
             if (alert := before.get(made.alert.key)) is not None]
    if action in TOLD_TO_PRODUCER and any(made.receivers for made in outcome.changed):
        found.append(NOT_TAKEN_BACK)
    return [word for word in dict.fromkeys(found) if word]


def _undone(services: Services, wanted: Asked, by: str) -> dict[str, Any]:
    """Take back, in the order in which it was done; what somebody else has changed since stays as it is."""
    planned = {str(one.get("key")): one for one in wanted.undo if one.get("action") in tuple(INVERSE)}
    outcome = change_each(lambda key: take_back(services.alerts, planned[key], by, services.clock()), list(planned))
    return _answer(told(outcome, wanted.zone, "Undone", "undone", by=by, tells_producer=False),
                   failed=bool(outcome.failed) or not outcome.changed,
                   undo=[planned[key] for key in outcome.failed])


def _answer(said: str, *, done: list[str] | None = None, failed: bool = False, undo: list | None = None,
            question: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"told": said, "done": done or [], "failed": failed, "undo": undo or [], "question": question}
