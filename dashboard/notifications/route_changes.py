"""What people do to routes, written to Redis in the caller's thread: the part of the notifier they act on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import redis

from dashboard.alerts.alert import Alert
from dashboard.alerts.times import iso
from dashboard.alerts.transition import PATIENCE_S, SOCKET_TIMEOUT_S
from dashboard.commands import Unreachable, printable, why_unreachable
from dashboard.feed.connection import AddressError
from dashboard.notifications.deliveries import TEST, Delivery, delivery_for, dump_delivery
from dashboard.notifications.known import Known
from dashboard.notifications.ledger import Ledger, Put, Stored
from dashboard.notifications.message import trial_message
from dashboard.notifications.routes import Describe, Route, RouteError, added, dump_route, load_route, read_route

WRITE_WITHIN_S = 0.7
"""After Redis told its time: over a slow way half a second of it is gone already."""


class UnknownRoute(LookupError):
    """Nobody knows a route with this id."""


class ChangedMeanwhile(Exception):
    """Somebody changed the route after it was read; the text says who and when."""


class TrialUnderWay(Exception):
    """A test of the route has not ended yet."""


class RouteChanges:
    """Every change speaks to Redis in the caller's thread, and raises alike:

    RouteError: the body cannot be meant, in words without any part of an address.
    UnknownRoute: there is no such route (any more).
    ChangedMeanwhile: it is another one than the caller has seen.
    Unreachable: Redis is away or too slow, and nothing was changed.
    """

    known: Known
    _clock: Callable[[], float]
    _describe: Describe
    _person: Ledger | None

    def _connected(self, socket_timeout_s: float) -> Ledger:
        raise NotImplementedError

    def _wake_up(self) -> None:
        raise NotImplementedError

    def preview(self, wanted: Mapping[str, Any], by: str, alerts: tuple[Alert, ...]) -> list[Alert]:
        """The open alerts a route for `wanted` would take, whatever their state; of its fields, those that choose."""
        body = {name: wanted[name] for name in ("levels", "sources", "components") if name in wanted}
        nowhere = Route(id="", name="", created_by=by, created_at=0.0, changed_by=by, changed_at=0.0)
        route = read_route(body, describe=self._describe, by=by, now=self._clock(), before=nowhere)
        return [alert for alert in alerts if alert.is_open and route.matches(alert)]

    def add_route(self, wanted: Mapping[str, Any], by: str) -> Route:
        """Make a route; `wanted` as in `read_route`."""
        added(self.known.routes(), route := read_route(wanted, describe=self._describe, by=printable(by),
                                                       now=self._clock()))
        self._write(route.id, lambda present: route, is_new=True)
        return route

    def change_route(self, route_id: str, wanted: Mapping[str, Any], by: str) -> Route:
        """Change what `wanted` names. With `revision` in it, only if the route is still that one."""
        expected = wanted.get("revision")
        if expected is not None and (isinstance(expected, bool) or not isinstance(expected, int)):
            raise RouteError("revision is a whole number")

        def change(present: Route) -> Route:
            if expected is not None and expected != present.revision:
                raise ChangedMeanwhile(f"It was changed by {present.changed_by} at {iso(present.changed_at)}")
            return read_route(wanted, describe=self._describe, by=printable(by), now=self._clock(), before=present)

        changed = self._write(route_id, change)
        assert changed is not None  # noqa: S101 - only `remove_route` gives None
        return changed

    def remove_route(self, route_id: str, by: str) -> None:
        """Remove a route. What it has on its way is not sent any more."""
        self._write(route_id, lambda present: None)

    def test_route(self, route_id: str, by: str) -> list[Delivery]:
        """Send a test to each address of a route, also of one that is switched off; the deliveries, to be watched.

        Raises TrialUnderWay where the last one has not ended.
        """
        now = self._clock()
        if any(delivery.route_id == route_id and delivery.kind == TEST for _, delivery in self.known.unfinished()):
            raise TrialUnderWay("A test of this route is under way")

        def enqueue(ledger: Ledger, deadline_us: int) -> list[Delivery] | None:
            stored = ledger.route(route_id)
            if stored is None:
                raise UnknownRoute("There is no such route")
            route = _readable(stored)
            title = trial_message(route.name, by, now).title
            made = [delivery_for(route, target, TEST, now, by=printable(by), title=title) for target in route.targets]
            puts = [Put(delivery.id, "", dump_delivery(delivery), 0.0) for delivery in made]
            if ledger.apply("", {}, puts, deadline_us) != "written":
                return None
            for put, delivery in zip(puts, made, strict=True):
                self.known.took_delivery(put.new_token, delivery)
            return made

        made = self._patiently(enqueue)
        self._wake_up()
        return made

    def _write(self, route_id: str, change: Callable[[Route], Route | None], is_new: bool = False) -> Route | None:
        """Apply `change` to the route as Redis has it, and have Redis take the outcome (None: remove it)."""

        def attempt(ledger: Ledger, deadline_us: int) -> tuple[Route | None] | None:
            stored = None if is_new else ledger.route(route_id)  # rare enough to look first
            if stored is None and not is_new:
                raise UnknownRoute("There is no such route")
            present = _NOBODY if stored is None else _readable(stored)
            after = change(present)
            body = b"" if after is None else dump_route(after)
            outcome, _ = ledger.put_route(route_id, stored.token if stored else "", body, deadline_us)
            if outcome in ("late", "conflict"):
                return None
            self.known.took_route(route_id, outcome, after)
            return (after,)

        (after,) = self._patiently(attempt)
        self._wake_up()
        return after

    def _patiently(self, attempt: Callable[[Ledger, int], Any]) -> Any:
        """Try until it is done or a person has waited long enough. Raises Unreachable."""
        try:
            if self._person is None:
                self._person = self._connected(SOCKET_TIMEOUT_S)
            end = time.monotonic() + PATIENCE_S
            while time.monotonic() < end:
                # By Redis's clock: one that stood still must not do later what a person was told it did not do.
                deadline_us = self._person.time_us() + int(WRITE_WITHIN_S * 1_000_000)
                done = attempt(self._person, deadline_us)
                if done is not None:
                    return done
        except (redis.RedisError, AddressError, OSError) as error:
            raise Unreachable(why_unreachable(error)) from error
        raise Unreachable("Redis did not answer in time")


def _readable(stored: Stored) -> Route:
    try:
        return load_route(stored.body)
    except ValueError:
        raise Unreachable("Redis holds this route in a form of a later version") from None


_NOBODY = replace(Route(id="", name="", created_by="", created_at=0.0, changed_by="", changed_at=0.0), revision=0)
