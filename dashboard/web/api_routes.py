"""Routes of notifications and their deliveries over REST. Of an address, answers hold scheme and host at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Blueprint, Response

from dashboard.commands import Unreachable
from dashboard.notifications.deliveries import STATES
from dashboard.notifications.notifier import ChangedMeanwhile, TrialUnderWay, UnknownRoute
from dashboard.notifications.routes import RouteError
from dashboard.web.answers import Problem, iso, success
from dashboard.web.guard import Guard
from dashboard.web.parameters import integer, json_body, single, words

if TYPE_CHECKING:
    from dashboard.services import Services

SHOWN = 100  # alerts in a preview; their number is told in any case
LIMIT_DEFAULT, LIMIT_MAX = 100, 1_000
NO_SUCH_ROUTE = "There is no such route."
Answer = TypeVar("Answer")


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    notifier = services.notifications

    @blueprint.get("/routes")
    def list_routes() -> Response:
        return success(routes=[route.to_json() for route in notifier.routes()], status=_status(services))

    @blueprint.post("/routes")
    def add_route() -> Response:
        made = _change(lambda: notifier.add_route(json_body(), guard.user_name()))
        return success(message="The route is made.", route=made.to_json())

    @blueprint.post("/routes/preview")
    def preview_route() -> Response:
        hit = _change(lambda: notifier.preview(json_body(), guard.user_name(), services.alerts.index().all))
        return success(matched=len(hit), alerts=[alert.to_json() for alert in hit[:SHOWN]])

    @blueprint.get("/routes/<route_id>")
    def one_route(route_id: str) -> Response:
        route = notifier.route(route_id)
        if route is None:
            raise Problem(404, NO_SUCH_ROUTE)
        return success(route=route.to_json())

    @blueprint.patch("/routes/<route_id>")
    def change_route(route_id: str) -> Response:
        changed = _change(lambda: notifier.change_route(route_id, json_body(), guard.user_name()))
        return success(message="The route is changed.", route=changed.to_json())

    @blueprint.delete("/routes/<route_id>")
    def remove_route(route_id: str) -> Response:
        _change(lambda: notifier.remove_route(route_id, guard.user_name()))
        return success(message="The route is removed.")

    @blueprint.post("/routes/<route_id>/test")
    def test_route(route_id: str) -> Response:
        made = _change(lambda: notifier.test_route(route_id, guard.user_name()))
        return success(message=f"{len(made)} on the way.", deliveries=[delivery.to_json() for delivery in made])

    @blueprint.get("/deliveries")
    def list_deliveries() -> Response:
        states, route_id = words("state", STATES), single("route")
        found = [delivery for delivery in notifier.deliveries()
                 if (not states or delivery.state in states) and route_id in (None, delivery.route_id)]
        limit, offset = integer("limit", LIMIT_DEFAULT, 1, LIMIT_MAX), integer("offset", 0, 0)
        return success(deliveries=[delivery.to_json() for delivery in found[offset:offset + limit]],
                       total=len(found), status=_status(services))


def _status(services: Services) -> dict[str, Any]:
    status = services.notifications.status()
    return {"enabled": status.enabled, "connected": status.connected, "since": iso(status.since),
            "reason": status.reason, "leader": status.leader, "leads": status.leads, "waiting": status.waiting,
            "sending": status.sending, "hanging": status.hanging, "errors": status.errors}


def _change(act: Callable[[], Answer]) -> Answer:
    try:
        return act()
    except UnknownRoute:
        raise Problem(404, NO_SUCH_ROUTE) from None
    except (ChangedMeanwhile, TrialUnderWay) as refused:
        raise Problem(409, f"Not changed: {refused}.") from None
    except RouteError as refused:
        raise Problem(400, f"{refused}.") from None
    except Unreachable:
        raise Problem(503, "Not changed: Redis is unreachable.") from None
