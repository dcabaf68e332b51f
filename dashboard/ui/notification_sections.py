"""What the page of notifications shows beside its frame, each part sent only when it has changed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dashboard.alerts.query import AlertIndex
from dashboard.notifications.routes import Route
from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.layout.delivery_list import delivery_list
from dashboard.ui.layout.route_list import route_list
from dashboard.ui.layout.route_status import route_status
from dashboard.ui.moment import Moment, read_moment
from dashboard.ui.sections import FRAME, Section
from dashboard.ui.tick import heartbeat_of
from dashboard.ui.view import View

MINUTE_S = 60.0
"""Spans are said in minutes and days: what did not change is drawn again that often."""
NEXT_TRY_S = 5.0
"""While something waits, how long it still does is said to some seconds."""


@lru_cache(maxsize=1)  # every tick of every page of notifications asks; an index stands until something changes
def hits(index: AlertIndex, routes: tuple[Route, ...]) -> dict[str, int]:
    """How many open alerts each route takes, by its id."""
    found = dict.fromkeys((route.id for route in routes), 0)
    for alert in index.all:
        if alert.is_open:
            for route in routes:
                found[route.id] += route.matches(alert)
    return found


def _hits(moment: Moment) -> dict[str, int]:
    return hits(moment.services.alerts.index(), moment.services.notifications.routes())


def _list_basis(moment: Moment) -> Any:
    routes = moment.services.notifications.routes()
    return ([(route.id, route.revision) for route in routes], sorted(_hits(moment).items()), moment.view.zone,
            moment.now // MINUTE_S)


def _routes(moment: Moment) -> list:
    return route_list(moment.services.notifications.routes(), _hits(moment), moment.now, moment.view.zone)


def _log_basis(moment: Moment) -> Any:
    notifier = moment.services.notifications
    waits = any(not delivery.finished for _, delivery in notifier.known.unfinished())
    return notifier.known.changes, moment.view.zone, moment.now // (NEXT_TRY_S if waits else MINUTE_S)


def _log(moment: Moment) -> list:
    return delivery_list(moment.services.notifications.deliveries(), moment.now, moment.view.zone)


def _status_basis(moment: Moment) -> Any:
    return moment.services.notifications.status(), moment.view.zone, moment.now // MINUTE_S


def _status(moment: Moment) -> list:
    services = moment.services
    return route_status(services.notifications.status(), services.settings, moment.now, moment.view.zone)


SECTIONS: dict[str, Section] = FRAME | {
    ids.ROUTE_STATUS: Section(_status_basis, _status),
    ids.ROUTE_LIST: Section(_list_basis, _routes),
    ids.DELIVERY_LIST: Section(_log_basis, _log),
}


def answer(services: Services, view: View, now: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """The page's answer to a tick: what its frame shows, and which of its sections have changed."""
    return heartbeat_of(read_moment(services, view, now), SECTIONS)
