"""What the process does that leads: it decides what is due, makes it certain in Redis, and has it sent.

Called by the notifier's thread only; every method may raise redis.RedisError and is simply called again. A message is
made in one step with what is told by it, so that no message is lost between the two and none made twice. Before it is
sent it is claimed; afterwards what came of it is written down. Whoever is killed in between leaves a claim that runs
out: the message is then sent again by the next one, since nobody can know whether it had got through.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from urllib.parse import quote

from dashboard.alerts.store import AlertStore
from dashboard.notifications.deliveries import (
    DROPPED,
    FAILED,
    JOINED,
    SENDING,
    TEST,
    WAITING,
    Delivery,
    delivery_for,
    dump_delivery,
)
from dashboard.notifications.delivery import Outcome
from dashboard.notifications.dispatch import Dispatch, Flight
from dashboard.notifications.group_states import dump_state, field_of, group_of, load_state
from dashboard.notifications.grouping import Due, Grouping, GroupName, GroupState, Timing
from dashboard.notifications.known import Known
from dashboard.notifications.ledger import LEASE_S, Ledger, Pulse, Put
from dashboard.notifications.message import Content, Message, compose, content_of, joined, trial_message
from dashboard.notifications.routes import Route, Target, dump_route
from dashboard.settings import Settings

WRITE_WITHIN_S = 0.5
"""Redis writes by then or not at all, so that its answer has time to come back before it is given up."""
UNKNOWN_FATE = "The process that sent it ended before it could say what came of it"
NO_ADDRESS = "The route does not have this address any more"
SWITCHED_OFF = "The route was switched off"

_log = logging.getLogger(__name__)


class Leading:
    """Remembers, while this process leads, what was told to each group."""

    def __init__(self, settings: Settings, alerts: AlertStore, known: Known, dispatch: Dispatch, owner: str,
                 clock: Callable[[], float], claim_s: float, alert_page: Callable[[], str]):
        self._claim_s, self._alert_page = claim_s, alert_page
        self._settings, self._alerts, self._known, self._dispatch = settings, alerts, known, dispatch
        self._owner, self._clock = owner, clock
        self._timing = Timing(settings.notify_group_s, settings.notify_interval_s, settings.notify_repeat_s)
        self._unwritten: list[tuple[Put, Delivery]] = []
        self._redis_clock = (0, 0.0)  # microseconds of Redis's clock, and when by this process's monotonic one
        self.step_down()

    def step_down(self) -> None:
        """Another process leads."""
        self.leads = False
        self._groups: dict[GroupName, GroupState] = {}
        self._grouping = Grouping(self._timing)
        self._decided: tuple[int, int] | None = None
        self._swept: int | None = None
        self._asked_at = 0.0
        self._ask_at: float | None = None
        self._doubtful = False

    def doubt(self) -> None:
        """An answer of Redis is missing: it may or may not have done what it was asked. What was told is read anew."""
        self._doubtful = True

    def work(self, ledger: Ledger, pulse: Pulse) -> bool:
        """One step as the leader; True where there is more to do at once."""
        # After so long a pause another process may have led in between, and be gone.
        paused = not 0 <= pulse.time_us - self._redis_clock[0] < LEASE_S * 1_000_000
        self._redis_clock = (pulse.time_us, time.monotonic())
        if not self.leads or self._doubtful or paused:
            self._groups = self._load(ledger)
            self.leads, self._doubtful, self._decided = True, False, None
        self._sweep(ledger)
        made = self._decide(ledger)
        return self._start_due(ledger, pulse.due) or made

    def give_back(self, ledger: Ledger, leads: bool) -> None:
        """Redis has lost everything: it gets the routes back, and from the leader what was told and is on its way."""
        ledger.restore_routes({route.id: dump_route(route) for route in self._known.routes()})
        if leads and self.leads:
            pauses_s = {WAITING: 0.0, SENDING: self._claim_s}
            puts = [Put(delivery.id, "", dump_delivery(delivery), pauses_s.get(delivery.state), token)
                    for token, delivery in self._known.versions()]  # with their tokens: some are being sent
            ledger.apply(self._owner, {field_of(group): dump_state(state) for group, state in self._groups.items()}, [])
            for put in puts:  # one by one: what it still has stays as it is
                ledger.apply(self._owner, {}, [put])

    # Deciding

    def _load(self, ledger: Ledger) -> dict[GroupName, GroupState]:
        groups = {}
        for field, body in ledger.groups().items():
            try:
                groups[group_of(field)] = load_state(body)
            except ValueError as error:
                _log.error("What was told to a group cannot be read (%s); its open alerts are told anew", error)
        return groups

    def _decide(self, ledger: Ledger) -> bool:
        """Make certain what is due; True where something was."""
        routes = self._known.routes()
        if not self._alerts.connected or not (routes or self._groups):
            return False
        now = self._clock()
        seen = (self._alerts.revision, self._known.routes_changes)
        if seen == self._decided and (self._ask_at is None or self._asked_at <= now < self._ask_at):
            return False  # asked also where our clock was set back
        self._asked_at = now
        self._forget(ledger, routes, now)
        due, self._ask_at = self._grouping.decide(self._alerts.index().all, routes, self._groups, now)
        # What was made has another time to be asked again; what could not be made needs another look at Redis first.
        self._decided = None if due else seen
        by_id = {route.id: route for route in routes}
        for each in due:
            if not self._make(ledger, by_id[each.group[0]], each, now):
                break
        return bool(due)

    def _forget(self, ledger: Ledger, routes: tuple[Route, ...], now: float) -> None:
        """Let go of groups whose route is gone or switched off, and of those that know nothing any more."""
        live = {route.id for route in routes if route.enabled}
        over = [group for group, state in self._groups.items() if group[0] not in live or (
            not state.told and (state.told_at or 0.0) + self._timing.interval_s < now)]
        gone = {field_of(group): b"" for group in over}
        if over and ledger.apply(self._owner, gone, [], self._deadline_us()) == "written":
            for group in over:
                del self._groups[group]

    def _make(self, ledger: Ledger, route: Route, due: Due, now: float) -> bool:
        """Write a message and what is told by it; one that still waits for the same people becomes part of it."""
        content = content_of(due)
        puts: list[Put] = []
        after: list[Delivery] = []
        waiting = {(delivery.route_id, delivery.target_id, delivery.source): (token, delivery)
                   for token, delivery in self._known.unfinished()
                   if delivery.state == WAITING and delivery.content is not None}
        for target in route.targets:
            token, before = waiting.get((route.id, target.id, due.group[1]), ("", None))
            whole, tries, next_at = content, 0, now
            if before is not None and before.content is not None:
                # With the tries and the pause of the one it takes in: what fails is not tried more often for it.
                whole, tries = joined(before.content, content), before.tries
                next_at = now + before.waits_s(now)
                gone = before.ended(JOINED, "It became part of the next message", now)
                puts.append(Put(gone.id, token, dump_delivery(gone), None))
                after.append(gone)
            new = delivery_for(route, target, due.kind, now, content=whole, tries=tries, next_at=next_at,
                               title=self._words(whole).title)
            puts.append(Put(new.id, "", dump_delivery(new), next_at - now))
            after.append(new)
        told = {field_of(due.group): dump_state(due.after)}
        if ledger.apply(self._owner, told, puts, self._deadline_us()) != "written":
            return False
        self._groups[due.group] = due.after
        for put, delivery in zip(puts, after, strict=True):
            self._known.took_delivery(put.new_token, delivery)
        return True

    # Sending

    def _sweep(self, ledger: Ledger) -> None:
        """End at once, after a change of routes, what waits for an address that is gone."""
        if self._swept == self._known.routes_changes:
            return
        self._swept = self._known.routes_changes
        for token, delivery in self._known.unfinished():
            route = self._known.route(delivery.route_id)
            target = route.target(delivery.target_id) if route is not None else None
            if delivery.state == WAITING and (target is None or not self._may_be_sent(delivery, route)):
                self._end(ledger, token, delivery, target)

    def _start_due(self, ledger: Ledger, due: tuple[str, ...]) -> bool:
        """Claim and send what is due, as far as there is room; True where something was ended without being sent."""
        ended = False
        for delivery_id in due:
            if not self._dispatch.has_room():
                break
            found = self._known.delivery(delivery_id)
            if found is None:
                ledger.forget(delivery_id)  # evicted, or of a later version: nobody here can send it
                continue
            token, delivery = found
            if delivery.finished or not self._dispatch.has_room((delivery.route_id, delivery.target_id)):
                continue  # it became part of another one since it was told as due
            route = self._known.route(delivery.route_id)
            target = route.target(delivery.target_id) if route is not None else None
            if route is None or target is None or not self._may_be_sent(delivery, route):
                ended |= self._end(ledger, token, delivery, target)
                continue
            self._claim(ledger, token, delivery, route, target)
        return ended

    def _may_be_sent(self, delivery: Delivery, route: Route) -> bool:
        if delivery.state == SENDING and delivery.tries >= delivery.at_most:
            return False  # its last try was by a process that is no more
        return delivery.kind == TEST or (route.enabled and delivery.content is not None)

    def _end(self, ledger: Ledger, token: str, delivery: Delivery, target: Target | None) -> bool:
        now = self._clock()
        if target is None:
            over = delivery.ended(DROPPED, NO_ADDRESS, now)
        elif delivery.state == SENDING:
            over = delivery.ended(FAILED, UNKNOWN_FATE, now)
        else:
            over = delivery.ended(DROPPED, SWITCHED_OFF, now)
        return self._put(ledger, Put(delivery.id, token, dump_delivery(over), None), over)

    def _claim(self, ledger: Ledger, token: str, delivery: Delivery, route: Route, target: Target) -> None:
        now = self._clock()
        claimed = delivery.begun(self._owner, now)
        put = Put(delivery.id, token, dump_delivery(claimed), self._claim_s)
        if self._put(ledger, put, claimed):
            message = (trial_message(route.name, delivery.by, delivery.made_at) if delivery.content is None
                       else self._words(delivery.content))
            self._dispatch.start(Flight(claimed, put.new_token, target.url, message, self._dispatch.monotonic()))

    def write_down(self, ledger: Ledger) -> None:
        """Write what came of what was sent. Whoever leads by now: it was this process that sent it."""
        self._unwritten += [self._outcome(flight, outcome) for flight, outcome in self._dispatch.ended()]
        while self._unwritten:
            put, after = self._unwritten[0]
            if ledger.apply("", {}, [put]) != "written" and not _is_there(ledger, put):
                _log.warning("A notification of route %r to %s was taken over by another process while it was sent; "
                             "it may arrive twice", after.route_name, after.address)
            else:
                self._known.took_delivery(put.new_token, after)
            self._unwritten.pop(0)

    def _outcome(self, flight: Flight, outcome: Outcome) -> tuple[Put, Delivery]:
        now, title = self._clock(), flight.message.title
        after, pause_s = flight.delivery.succeeded(title, now), None
        if not outcome.ok:
            after, pause_s = flight.delivery.failed(title, outcome.reason, now)
            _log.warning("A notification of route %r to %s failed (try %d of %d): %s", after.route_name, after.address,
                         after.tries, after.at_most, outcome.reason)
        return Put(after.id, flight.token, dump_delivery(after), pause_s), after

    def _put(self, ledger: Ledger, put: Put, delivery: Delivery) -> bool:
        """Write a delivery as the leader, if nobody has changed it."""
        if ledger.apply(self._owner, {}, [put], self._deadline_us()) != "written":
            return False
        self._known.took_delivery(put.new_token, delivery)
        return True

    def _deadline_us(self) -> int:
        """By Redis's clock: one that stood still must not do later what we have given up and will do again."""
        time_us, at = self._redis_clock
        return time_us + int((time.monotonic() - at + WRITE_WITHIN_S) * 1_000_000)

    def _words(self, content: Content) -> Message:
        base = self._settings.public_url
        if not base:
            return compose(content, lambda key: None)
        console = f"{base}{self._settings.page_prefix}{self._alert_page()}"
        return compose(content, lambda key: f"{console}?alert={quote(key)}", console)


def _is_there(ledger: Ledger, put: Put) -> bool:
    """Whether Redis has written it already, and only its answer was lost."""
    stored = ledger.delivery(put.id)
    return stored is not None and stored.token == put.new_token
