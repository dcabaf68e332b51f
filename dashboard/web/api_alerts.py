"""Alerts over REST: the list, the history, acknowledge and resolve."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.routing import PathConverter

from dashboard.alerts.alert import OPEN_STATES, STATES, Alert, NotAllowed, UnknownAlert
from dashboard.alerts.query import OTHER
from dashboard.alerts.store import Transition, Unreachable
from dashboard.events import LEVELS, normal_level
from dashboard.web.answers import Problem, iso, success
from dashboard.web.guard import Guard
from dashboard.web.parameters import hours, integer, json_body, single, span_field, text_field, words

if TYPE_CHECKING:
    from dashboard.services import Services

OPEN = "open"  # short for the states of what still needs somebody
MEANT = {OPEN: OPEN_STATES, **{state: (state,) for state in STATES}}

# EMERGENCY first, then newest, whatever the state; the page itself puts unacknowledged alerts first.
CONTRACT_ORDER = ("level", "age")

LIMIT_DEFAULT = 100
LIMIT_MAX = 1_000  # an answer stays under about a megabyte
HISTORY_HOURS_DEFAULT = 24.0
HOURS_PER_DAY = 24.0

NOTES_MAX_CHARS = 2_000  # what the store takes
EXPIRES_MAX_S = 30 * 86_400  # an acknowledgement for longer than a month is a decision, not a pause

NOT_CHANGED = "Not changed: Redis is unreachable."
NO_SUCH_ALERT = "There is no such alert."

CONVERTER = "monitoring_alert_id"


class AlertIdConverter(PathConverter):
    """A producer's id, which may hold anything once decoded: slashes at either end, two in a row, line breaks."""

    regex = r"[\s\S]+?"
    part_isolating = False


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    store, clock = services.alerts, services.clock

    # A name of ours in the host's map of converters; none of its own is changed.
    blueprint.record_once(lambda setup: setup.app.url_map.converters.setdefault(CONVERTER, AlertIdConverter))

    @blueprint.get("/alerts")
    def list_alerts() -> Response:
        states = {name for word in words("state", MEANT) for name in MEANT[word]}
        return _page(services, sorted(states) or None, since=None, limit=LIMIT_DEFAULT)

    @blueprint.get("/alerts/history")
    def alert_history() -> Response:
        span_hours = hours(HISTORY_HOURS_DEFAULT, services.settings.alerts_kept_days * HOURS_PER_DAY)
        return _page(services, None, since=clock() - span_hours * 3_600, limit=LIMIT_MAX)

    @blueprint.post(f"/alerts/<{CONVERTER}:alert_id>/acknowledge")
    def acknowledge_alert(alert_id: str) -> Response:
        body = json_body()
        notes = text_field(body, "notes", NOTES_MAX_CHARS)
        expires_in_s = span_field(body, "expires_in", EXPIRES_MAX_S)
        until = None if expires_in_s is None else clock() + expires_in_s
        key = _one(services, alert_id).key
        return _done("Acknowledged.", _change(lambda: store.acknowledge(key, guard.user_name(), notes, until)))

    @blueprint.post(f"/alerts/<{CONVERTER}:alert_id>/resolve")
    def resolve_alert(alert_id: str) -> Response:
        notes = text_field(json_body(), "notes", NOTES_MAX_CHARS)
        key = _one(services, alert_id).key
        return _done("Resolved.", _change(lambda: store.resolve(key, guard.user_name(), notes)))


def _page(services: Services, states: list[str] | None, since: float | None, limit: int) -> Response:
    now = services.clock()
    page = services.alerts.query(
        states=states,
        levels=_levels(services) or None,
        source=single("source"),
        text=single("q"),
        since=since,
        sort=CONTRACT_ORDER,
        limit=integer("limit", limit, 1, LIMIT_MAX),
        offset=integer("offset", 0, 0),
    )
    return success(alerts=[alert.as_of(now).to_json() for alert in page.alerts], total=page.total)


def _levels(services: Services) -> list[str]:
    """The wanted levels by their proper names; aliases as in events (`warn`, `err`, …) count.

    A level that is none of ours may be asked for where some alert has it: the answers show it as it was sent.
    """
    found = [word.strip() for value in request.args.getlist("level") for word in value.split(",") if word.strip()]
    levels = list(dict.fromkeys(normal_level(word)[0] for word in found))
    strange = {level.casefold() for level in levels if level not in LEVELS} - {OTHER}
    if strange and not strange <= {alert.level.casefold() for alert in services.alerts.index().all}:
        raise Problem(400, f"level is one of {', '.join(LEVELS)}, {OTHER}, or one that an alert has.")
    return levels


def _one(services: Services, id_or_key: str) -> Alert:
    """The alert a path names. 404 where there is none, 409 where several sources hold the id."""
    found = services.alerts.find(id_or_key, single("source"))
    if not found:
        raise Problem(404, NO_SUCH_ALERT)
    if len(found) > 1:
        sources = sorted(alert.source for alert in found)
        raise Problem(409, f"Several sources hold this id; add ?source=. They are: {', '.join(sources)}.",
                      sources=sources)
    return found[0]


def _done(what: str, transition: Transition) -> Response:
    """The alert as it is now, and whether the producer heard of it; the transition stands in any case."""
    told = {None: " The producer could not be told.", 0: " Nobody is listening."}.get(transition.receivers, "")
    return success(message=what + told, alert=transition.alert.to_json(), receivers=transition.receivers)


def _change(act: Callable[[], Transition]) -> Transition:
    try:
        return act()
    except UnknownAlert:
        raise Problem(404, NO_SUCH_ALERT) from None
    except NotAllowed as refused:
        raise Problem(409, _already(refused), state=refused.state) from None
    except Unreachable:
        raise Problem(503, NOT_CHANGED) from None


def _already(refused: NotAllowed) -> str:
    """The state as it is, who made it and when: whoever came second wants to know."""
    by = f" by {refused.by}" if refused.by else ""
    at = f" at {iso(refused.at)}" if refused.at is not None else ""
    return f"Not changed: the alert is {refused.state}{by}{at}."
