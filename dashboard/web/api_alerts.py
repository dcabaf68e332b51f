"""Alerts over REST, as they are: the list, the history, one with its timeline, the statistics."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.routing import PathConverter

from dashboard.alerts.alert import OPEN_STATES, STATES, Alert
from dashboard.alerts.filter_language import Filter, FilterError, parse
from dashboard.alerts.query import OTHER
from dashboard.alerts.statistics import statistics
from dashboard.events import LEVELS, normal_level
from dashboard.history.answers import OFF, HistoryUnavailable
from dashboard.web.answers import Problem, iso, success
from dashboard.web.guard import Guard
from dashboard.web.history_away import read_or
from dashboard.web.parameters import hours, integer, single, words

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
STATISTICS_HOURS_DEFAULT = 7 * 24.0

IN_MEMORY = "These are the alerts in memory."
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
        return _page(services, guard.user_name(), sorted(states) or None, since=None, limit=LIMIT_DEFAULT)

    @blueprint.get("/alerts/history")
    def alert_history() -> Response:
        settings, archived = services.settings, services.history.status.state != OFF
        longest_days = max(settings.alerts_kept_days, settings.history_alerts_days if archived else 0.0)
        span_hours = hours(HISTORY_HOURS_DEFAULT, longest_days * HOURS_PER_DAY)
        since = clock() - span_hours * 3_600
        beyond = (span_hours > settings.alerts_kept_days * HOURS_PER_DAY
                  or store.counts()["resolved"] >= settings.alerts_kept)
        if archived and beyond and single("filter") is None:
            return _archived_page(services, guard.user_name(), since)
        return _page(services, guard.user_name(), None, since=since, limit=LIMIT_MAX, notes=[])

    @blueprint.get("/alerts/statistics")
    def alert_statistics() -> Response:
        span_hours = hours(STATISTICS_HOURS_DEFAULT, services.settings.alerts_kept_days * HOURS_PER_DAY)
        now = clock()
        start = now - span_hours * 3_600
        return success(start=iso(start), end=iso(now), **statistics(store.index().all, start, now))

    @blueprint.get(f"/alerts/<{CONVERTER}:alert_id>")
    def one_alert(alert_id: str) -> Response:
        alert = one(services, alert_id, archived=True)
        return success(alert=alert.to_json() | {"timeline": store.story(alert, clock())})


def _page(services: Services, me: str, states: list[str] | None, since: float | None, limit: int,
          **more: list[str]) -> Response:
    page = services.alerts.query(
        states=states,
        levels=_levels(services) or None,
        source=single("source"),
        text=single("q"),
        since=since,
        wanted=read_filter(single("filter"), me),
        sort=CONTRACT_ORDER,
        limit=integer("limit", limit, 1, LIMIT_MAX),
        offset=integer("offset", 0, 0),
    )
    return success(alerts=[alert.to_json() for alert in page.alerts], total=page.total, **more)


def _archived_page(services: Services, me: str, since: float) -> Response:
    """The same of what the history keeps: more than is in memory, and a moment old. While it is away, of memory."""
    limit, offset = integer("limit", LIMIT_MAX, 1, LIMIT_MAX), integer("offset", 0, 0)
    levels, source, text = _levels(services), single("source"), single("q")
    page, notes = read_or(None, lambda: services.history.events.alerts(
        start=since, states=STATES, levels=levels, source=source, text=text, worst_first=True, limit=limit,
        offset=offset))
    if page is None:
        return _page(services, me, None, since=since, limit=LIMIT_MAX, notes=[*notes, IN_MEMORY])
    return success(alerts=[alert.to_json() for alert in page.alerts], total=page.total, notes=[])


def read_filter(text: str | None, me: str) -> Filter | None:
    """The filter in words, asked by person `me`; None where there is none. 400 where it cannot be meant."""
    try:
        return parse(text, me) if text else None
    except FilterError as refused:
        raise Problem(400, f"filter: {refused}.") from None


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


def one(services: Services, id_or_key: str, archived: bool = False) -> Alert:
    """The alert a path names. 404 where there is none, 409 where several sources hold the id.

    `archived`: one that only the history has will do.
    """
    found = services.alerts.find(id_or_key, single("source"))
    if not found and archived and services.history.status.state != OFF:
        with contextlib.suppress(HistoryUnavailable):
            found = services.history.events.find(id_or_key, single("source"))
    if not found:
        raise Problem(404, NO_SUCH_ALERT)
    if len(found) > 1:
        sources = sorted(alert.source for alert in found)
        raise Problem(409, f"Several sources hold this id; add ?source=. They are: {', '.join(sources)}.",
                      sources=sources)
    return found[0]
