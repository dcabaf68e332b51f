"""What this process knows of routes and deliveries: its own copy, from which every reader is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from dashboard.notifications.deliveries import Delivery, load_delivery
from dashboard.notifications.ledger import LOG_KEPT, Ledger, Pulse, Stored
from dashboard.notifications.routes import Route, load_route

Thing = TypeVar("Thing")


class Versions(dict[str, tuple[str, Thing]], Generic[Thing]):
    """Things by id, each with the token of the version that Redis has."""


class Known:
    """Every method is safe from any thread and short; `follow` alone speaks to Redis.

    `failed` is called with the error of each value that cannot be read; the others go on.
    """

    def __init__(self, failed: Callable[[Exception], None]):
        self._failed = failed
        self._routes: Versions[Route] = Versions()
        self._deliveries: Versions[Delivery] = Versions()
        self._epoch: str | None = None
        self._is_owed = False
        self._routes_revision, self._deliveries_revision = -1, 0  # so that the first look reads them
        self.changes = self.routes_changes = 0
        """Numbers that rise with each change of what is known, and of the routes."""
        self.reset_locks()

    def reset_locks(self) -> None:
        """New locks, for a forked child."""
        self._lock = threading.Lock()

    def routes(self) -> tuple[Route, ...]:
        """All routes in the order in which they were made."""
        with self._lock:
            return tuple(sorted((route for _, route in self._routes.values()),
                                key=lambda route: (route.created_at, route.id)))

    def route(self, route_id: str) -> Route | None:
        with self._lock:
            return self._routes[route_id][1] if route_id in self._routes else None

    def deliveries(self) -> tuple[Delivery, ...]:
        """All deliveries, newest first."""
        with self._lock:
            return tuple(sorted((delivery for _, delivery in self._deliveries.values()),
                                key=lambda delivery: (-delivery.made_at, delivery.id)))

    def delivery(self, delivery_id: str) -> tuple[str, Delivery] | None:
        """A delivery with its token."""
        with self._lock:
            return self._deliveries.get(delivery_id)

    def versions(self) -> list[tuple[str, Delivery]]:
        """All deliveries with their tokens, oldest first."""
        with self._lock:
            found = list(self._deliveries.values())
        return sorted(found, key=lambda pair: (pair[1].made_at, pair[1].id))

    def unfinished(self) -> list[tuple[str, Delivery]]:
        """The deliveries on their way, each with its token, oldest first."""
        return [pair for pair in self.versions() if not pair[1].finished]

    def took_route(self, route_id: str, token: str, route: Route | None) -> None:
        """Redis has this route now; None: it has none of that id any more."""
        with self._lock:
            if route is None:
                self._routes.pop(route_id, None)
            else:
                self._routes[route_id] = token, route
            self.changes += 1
            self.routes_changes += 1

    def took_delivery(self, token: str, delivery: Delivery) -> None:
        """Redis has this version of a delivery now."""
        with self._lock:
            self._deliveries[delivery.id] = token, delivery
            self.changes += 1

    def lost(self, pulse: Pulse) -> bool:
        """Whether Redis knows less than it did: it is another one, lost everything, or is at an older state.

        So it is until `given_back`: what this process knows must not be taken for gone where Redis goes away between.
        """
        older = (pulse.routes_revision < self._routes_revision
                 or pulse.deliveries_revision < self._deliveries_revision)
        if self._epoch is None:
            self.given_back(pulse)
        elif self._epoch != pulse.epoch or older:
            self._is_owed = True
        return self._is_owed

    def given_back(self, pulse: Pulse) -> None:
        """Redis has all that this process knew: whatever it has is read anew."""
        self._is_owed = False
        self._epoch, self._routes_revision, self._deliveries_revision = pulse.epoch, -1, 0

    def follow(self, ledger: Ledger, pulse: Pulse) -> None:
        """Take what has changed in Redis since the last time. Raises redis.RedisError."""
        if pulse.routes_revision != self._routes_revision:
            self._take_routes(ledger.routes())
            self._routes_revision = pulse.routes_revision
        while pulse.deliveries_revision > self._deliveries_revision:
            changed, read_to, complete = ledger.changes(self._deliveries_revision)
            self._take_deliveries(changed)
            self._deliveries_revision = max(read_to, pulse.deliveries_revision) if complete else read_to

    def _take_routes(self, stored: dict[str, Stored]) -> None:
        routes: Versions[Route] = Versions()
        for route_id, value in stored.items():
            try:
                routes[route_id] = value.token, load_route(value.body)
            except ValueError as error:
                self._failed(error)
        with self._lock:
            self._routes = routes
            self.changes += 1
            self.routes_changes += 1

    def _take_deliveries(self, changed: list[tuple[str, Stored]]) -> None:
        found: Versions[Delivery] = Versions()
        for delivery_id, value in changed:
            try:
                found[delivery_id] = value.token, load_delivery(value.body)
            except ValueError as error:
                self._failed(error)
        with self._lock:
            self._deliveries.update(found)
            finished = sorted((pair[1].ended_at or 0.0, key) for key, pair in self._deliveries.items()
                              if pair[1].finished)
            for _, delivery_id in finished[:max(0, len(finished) - LOG_KEPT)]:
                del self._deliveries[delivery_id]
            self.changes += 1
