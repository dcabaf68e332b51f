"""What people do to alerts over REST: one by its id, or many by keys or by a filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from dashboard.alerts.alert import Alert, NotAllowed, UnknownAlert
from dashboard.alerts.facts import ACTIONS
from dashboard.alerts.query import MAX_LIMIT
from dashboard.alerts.store import Transition, Unreachable
from dashboard.web.alert_body import DONE, TOLD, already, read_action
from dashboard.web.answers import Problem, success
from dashboard.web.api_alerts import CONVERTER, NO_SUCH_ALERT, one, read_filter
from dashboard.web.guard import Guard
from dashboard.web.parameters import json_body, text_field

if TYPE_CHECKING:
    from dashboard.services import Services

NOT_CHANGED = "Not changed: Redis is unreachable."
BULK_MAX = MAX_LIMIT  # some three seconds of work
KEY_MAX_CHARS = 100
FILTER_MAX_CHARS = 500


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    store, clock = services.alerts, services.clock

    def rule(action: str) -> Callable[[str], Response]:
        def act(alert_id: str) -> Response:
            change = read_action(store, action, json_body(), guard.user_name(), clock())
            key = one(services, alert_id).key
            return _done(services, action, _change(lambda: change(key)))
        act.__name__ = f"{action}_alert"
        return act

    for action in ACTIONS:
        blueprint.post(f"/alerts/<{CONVERTER}:alert_id>/{action}")(rule(action))

    @blueprint.post("/alerts/bulk")
    def change_many() -> Response:
        body = json_body()
        change = read_action(store, text_field(body, "action", KEY_MAX_CHARS, required=True), body,
                             guard.user_name(), clock())
        dry_run = body.get("dry_run", False)
        if not isinstance(dry_run, bool):
            raise Problem(400, "dry_run is true or false.")
        keys = _keys(services, body, guard.user_name())
        expected = body.get("expected")
        if expected is not None and (isinstance(expected, bool) or not isinstance(expected, int)):
            raise Problem(400, "expected is a whole number.")
        if dry_run:
            return success(message=f"It would be {len(keys)} alerts.", matched=len(keys), dry_run=True)
        if expected is not None and expected != len(keys):
            raise Problem(409, f"Not changed: it is {len(keys)} alerts now, and not {expected}.", matched=len(keys))
        if len(keys) > BULK_MAX:
            raise Problem(400, f"Not changed: {len(keys)} alerts are more than {BULK_MAX} at once.", matched=len(keys))
        return _many(change, keys)


def _keys(services: Services, body: dict[str, Any], me: str) -> list[str]:
    """The keys that `keys` or `filter` of the body name, without doubles."""
    keys, text = body.get("keys"), body.get("filter")
    if (keys is None) == (text is None):
        raise Problem(400, "Either keys or filter says which alerts.")
    if text is not None:
        wanted = read_filter(text_field(body, "filter", FILTER_MAX_CHARS, required=True), me)
        found: list[Alert] = []
        while True:
            page = services.alerts.query(wanted=wanted, limit=MAX_LIMIT, offset=len(found))
            found += page.alerts
            if len(found) >= page.total or not page.alerts:
                return [alert.key for alert in found]
    if not isinstance(keys, list) or not all(isinstance(key, str) and len(key) <= KEY_MAX_CHARS for key in keys):
        raise Problem(400, "keys is a list of alert keys.")
    return list(dict.fromkeys(keys))


def _many(change: Callable[[str], Transition], keys: list[str]) -> Response:
    """Change one after the other. What is refused is told; where Redis goes away, so is what was done before."""
    changed: list[str] = []
    refused: list[dict[str, Any]] = []
    for key in keys:
        try:
            changed.append(change(key).alert.key)
        except UnknownAlert:
            refused.append({"key": key, "message": NO_SUCH_ALERT})
        except NotAllowed as problem:
            refused.append({"key": key, "state": problem.state, "message": already(problem)})
        except ValueError as problem:  # its end may have passed while the others were changed
            raise Problem(400, f"{problem}: {len(changed)} of {len(keys)} were changed.",
                          changed=changed, refused=refused, matched=len(keys)) from None
        except Unreachable:
            raise Problem(503, f"Redis is unreachable: {len(changed)} of {len(keys)} were changed.",
                          changed=changed, refused=refused, matched=len(keys)) from None
    return success(message=f"{len(changed)} of {len(keys)} changed.", matched=len(keys), changed=changed,
                   refused=refused, dry_run=False)


def _done(services: Services, action: str, transition: Transition) -> Response:
    """The alert as it is now, with what lies over it, and whether the producer heard of it.

    The transition stands in any case.
    """
    told = ""
    if action in TOLD:
        told = {None: " The producer could not be told.", 0: " Nobody is listening."}.get(transition.receivers, "")
    alert = services.alerts.index().get(transition.alert.key) or transition.alert
    return success(message=DONE[action] + told, alert=alert.to_json(), receivers=transition.receivers)


def _change(act: Callable[[], Transition]) -> Transition:
    try:
        return act()
    except UnknownAlert:
        raise Problem(404, NO_SUCH_ALERT) from None
    except NotAllowed as refused:
        raise Problem(409, already(refused), state=refused.state) from None
    except ValueError as refused:
        raise Problem(400, f"{refused}.") from None
    except Unreachable:
        raise Problem(503, NOT_CHANGED) from None
