"""Notifications of one process: what people change of routes, what everybody reads, and the thread that does the rest.

The thread, `monitoring-notifications`, looks at Redis once a second. Of all processes one leads at a time: it decides
what is due, makes it certain in Redis together with what is told by it, and sends. Each message is claimed before it
is sent. Nobody waits for any of this; with Redis away nothing is decided and nothing sent, and that is said.
"""

from __future__ import annotations

import logging
import math
import os
import platform
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable

import redis

from dashboard.alerts.store import AlertStore
from dashboard.commands import why_unreachable
from dashboard.feed.connection import AddressError, connect
from dashboard.notifications.addresses import describe
from dashboard.notifications.deliveries import SENDING, WAITING, Delivery
from dashboard.notifications.delivery import Send, Sender
from dashboard.notifications.dispatch import CLAIM_S, Dispatch
from dashboard.notifications.known import Known
from dashboard.notifications.leading import Leading
from dashboard.notifications.ledger import LEASE_S, Ledger
from dashboard.notifications.route_changes import ChangedMeanwhile, RouteChanges, TrialUnderWay, UnknownRoute
from dashboard.notifications.routes import Describe, Route
from dashboard.notifications.status import Status
from dashboard.own_thread import OwnThread
from dashboard.settings import Settings

__all__ = ["ChangedMeanwhile", "Notifier", "TrialUnderWay", "UnknownRoute"]

POLL_S = 1.0
"""A tenth of the time news is gathered: nobody notices, and it costs one short script."""
GATHER_S = 0.05
AWAY_POLL_S = 3.0
"""While Redis is away."""
SOCKET_TIMEOUT_S = 1.0
"""Of the thread, which nobody waits for but in the first second of a process."""

_log = logging.getLogger(__name__)


class Notifier(RouteChanges):
    """Opens no socket and starts no thread before it is told to."""

    def __init__(self, settings: Settings, alerts: AlertStore, *, connect: Callable[..., redis.Redis] = connect,
                 clock: Callable[[], float] = time.time, send: Send | None = None, describe: Describe = describe,
                 claim_s: float = CLAIM_S, monotonic: Callable[[], float] = time.monotonic):
        self._settings, self._alerts, self._clock = settings, alerts, clock
        self._connect, self._describe, self._claim_s, self._monotonic = connect, describe, claim_s, monotonic
        self._send = send or Sender(settings.title, settings.public_url or "")
        self.alert_page = "/"
        """The path below the page prefix of the page that opens the alert which `?alert=KEY` names."""
        self.known = Known(self._failed)
        self.errors: Counter[str] = Counter()
        """What went wrong beside Redis being away, by the name of the error."""
        self._thread = OwnThread("monitoring-notifications", self._run)
        self._unconnected()

    def _unconnected(self) -> None:
        """Locks, sockets and claims, as a new process has them."""
        self._stepping = threading.Lock()
        self._thread.reset()
        self._ledger: Ledger | None = None
        self._person: Ledger | None = None
        self.owner = f"{platform.node()}/{os.getpid()}/{secrets.token_hex(4)}"
        """The name of this process in claims."""
        self._dispatch = Dispatch(self._send, self._monotonic, self._wake_up)
        self._leading = Leading(self._settings, self._alerts, self.known, self._dispatch, self.owner, self._clock,
                                self._claim_s, lambda: self.alert_page)
        self._leader, self._looked, self._patient_until = "", False, -math.inf
        self._connected_now, self._since, self._reason = False, self._clock(), "Not connected yet"

    def _connected(self, socket_timeout_s: float) -> Ledger:
        return Ledger(self._settings, self._connect, socket_timeout_s)

    def _wake_up(self) -> None:
        self._thread.wake.set()

    # The thread

    def start(self) -> None:
        """Start the thread of this process; safe to call twice."""
        self._thread.start()

    def end(self) -> None:
        """Ask the thread to end, and wait for nothing: `stop` waits."""
        self._thread.end()

    def wait_for_look(self, limit_s: float) -> None:
        """Until Redis was asked once which routes there are, at most until `limit_s` after the start."""
        self._thread.wait_for_look(limit_s)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread and give up the lead; True where it has ended within `timeout_s`.

        What is being sent has until then; what has not ended counts as unknown and is sent again by another process.
        """
        return self._thread.stop(timeout_s)

    def reset_after_fork(self) -> None:
        """Make a forked child's copy usable: new locks and sockets, no thread. Starts nothing."""
        self.known.reset_locks()
        self._unconnected()

    def _run(self) -> None:
        while self._thread.goes_on:
            self.step()
            self._thread.has_looked()
            if self._thread.wake.wait(POLL_S if self._connected_now else AWAY_POLL_S):
                self._thread.stopping.wait(GATHER_S)
                self._thread.wake.clear()
        end = time.monotonic() + 1.0
        while self._dispatch.flying and time.monotonic() < end:
            time.sleep(GATHER_S)
        self.step(last=True)

    def step(self, last: bool = False) -> bool:
        """Look at Redis once and do what there is to do; `last`: only write down what has ended, and give up the lead.

        What the thread does all the time. True where Redis took part. Never raises: errors are counted, and logged
        once each.
        """
        with self._stepping:
            now = self._clock()
            try:
                if self._ledger is None:
                    self._ledger = self._connected(SOCKET_TIMEOUT_S)
                self._leading.write_down(self._ledger)
                if last:
                    self._leading.step_down()  # whoever leads next may tell what this process, started anew, must know
                    self._ledger.release(self.owner)
                    self._ledger.close()
                    return True
                again = self._look(self._ledger)
            except (redis.RedisError, AddressError, OSError) as error:
                self._leading.doubt()
                self._tell(False, why_unreachable(error), now)
                return False
            except Exception as error:  # the thread outlives everything
                self._failed(error)
                return False
            self._tell(True, None, now)
            if again:
                self._thread.wake.set()
            return True

    def _look(self, ledger: Ledger) -> bool:
        """One look at Redis; True where there is more to do at once."""
        # Whoever does not lead asks for it only once he has seen that nobody does. So the one who did comes first
        # where Redis has lost everything: it alone can say what was told.
        vacant = self._looked and not self._leader and self._patient_until <= self._monotonic()
        wants = self._settings.notifications and (self._leading.leads or vacant)
        pulse = ledger.pulse(self.owner, wants)
        self._looked, self._leader = True, pulse.leader
        if self.known.lost(pulse):
            _log.warning("Redis has lost what it knew of notifications; it is given back what this process knows")
            self._leading.give_back(ledger, pulse.leader == self.owner)
            self.known.given_back(pulse)
            if not self._leading.leads:
                self._patient_until = self._monotonic() + LEASE_S
            pulse = ledger.pulse(self.owner, wants)
        self.known.follow(ledger, pulse)
        if pulse.leader != self.owner:
            self._leading.step_down()
            return False
        return self._leading.work(ledger, pulse)

    def _tell(self, connected: bool, reason: str | None, now: float) -> None:
        if (connected, reason) == (self._connected_now, self._reason):
            return
        if connected != self._connected_now:
            self._since = now
            if connected:
                _log.info("Notifications are in step with Redis")
            else:
                _log.warning("Nothing is notified until Redis is back: %s", reason)
        self._connected_now, self._reason = connected, reason

    def _failed(self, error: Exception) -> None:
        name = type(error).__name__
        self.errors[name] += 1
        if self.errors[name] == 1:  # without its text and without what it stood in, where an address may be
            where = error.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where is not None else "?"
            _log.error("Notifications: %s at %s; further ones are counted only", name, place)

    # What everybody reads

    def routes(self) -> tuple[Route, ...]:
        """All routes in the order in which they were made."""
        return self.known.routes()

    def route(self, route_id: str) -> Route | None:
        return self.known.route(route_id)

    def deliveries(self) -> tuple[Delivery, ...]:
        """All deliveries that are kept, newest first."""
        return self.known.deliveries()

    def status(self) -> Status:
        """How notifications stand, as far as this process knows."""
        states = Counter(delivery.state for _, delivery in self.known.unfinished())
        leader = self._leader if self._connected_now else ""
        return Status(self._settings.notifications, self._connected_now, self._since, self._reason, leader or None,
                      self._leading.leads, states[WAITING], states[SENDING], self._dispatch.hanging,
                      sum(self.errors.values()))
