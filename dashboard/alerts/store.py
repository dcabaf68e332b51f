"""The alerts of this console: fed by events, read from memory, changed by people, kept in Redis.

Readers never touch Redis. One thread, `monitoring-alerts`, applies what the feed offers, writes it, and follows what
other processes wrote. A person's transition is one compare-and-set in Redis, in the caller's thread: of any number
of callers in any number of processes one wins, and the others are told who it was.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import redis

from dashboard.alerts.alert import Alert, NotAllowed
from dashboard.alerts.alert import UnknownAlert as Unknown
from dashboard.alerts.facts import Fact, resolution_of, trigger_of
from dashboard.alerts.filter_language import Filter
from dashboard.alerts.follower import Follower
from dashboard.alerts.local import LocalCopy
from dashboard.alerts.people import PersonActions
from dashboard.alerts.query import AlertIndex, Page
from dashboard.alerts.retention import Retention
from dashboard.alerts.shared import SharedDocuments
from dashboard.alerts.stale import SilentSince, Unheard, always_heard, never_silent
from dashboard.alerts.taking_up import TakingUp
from dashboard.alerts.transition import Transition, Transitions
from dashboard.commands import Commands, Unreachable, why_unreachable
from dashboard.events import AlertResolved, AlertTriggered
from dashboard.feed.connection import AddressError, connect
from dashboard.own_thread import OwnThread
from dashboard.settings import Settings

__all__ = ["AlertStore", "NotAllowed", "Page", "Transition", "Unknown", "Unreachable"]

TAKEN = (AlertTriggered, AlertResolved)
"""Of all events. A name of its own, since `A | B` would be made anew for each of a flood."""
QUEUE_LIMIT = 50_000
"""Events that wait for the thread: minutes of a burst. The thread empties it also while Redis is away."""
APPLIED_AT_ONCE = 10_000
"""Events applied between two writes: what repeats itself within them is written once."""
POLL_S = 0.25
"""Another process's change shows that much later at most; one short script each costs nothing."""
GATHER_S = 0.03
"""What comes in a burst is gathered that long, so that it is written once."""
SOCKET_TIMEOUT_S = 1.0
"""Of the thread, which nobody waits for but in the first second of a process."""
PRUNE_EVERY_S = 30.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Connection:
    """How the thread stands with Redis: `reason` in plain words while not connected, `since` Unix seconds."""

    connected: bool
    since: float
    reason: str | None = None


class AlertStore(PersonActions):
    """Alerts by key and by (source, id). Opens no socket and starts no thread before it is told to."""

    def __init__(self, settings: Settings, *, connect: Callable[..., redis.Redis] = connect,
                 clock: Callable[[], float] = time.time, commands: Commands | None = None,
                 silent_since: SilentSince = never_silent, unheard: Unheard = always_heard):
        self._settings = settings
        self._connect, self._clock = connect, clock
        self._commands = commands or Commands(settings, connect, clock)
        self._retention = Retention.of(settings.alerts_kept, settings.alerts_kept_days)
        self._local = LocalCopy(clock, silent_since)
        self._unheard = unheard
        self._queue: deque[AlertTriggered | AlertResolved] = deque()
        self._thread = OwnThread("monitoring-alerts", self._run)
        self._applying = 0
        self.dropped = 0
        self.errors: Counter[str] = Counter()
        """What went wrong beside Redis being away, by the name of the error."""
        self.has_history = False
        """Whether a history will be asked for what Redis has lost; to be set before the start."""
        self.warnings: tuple[str, ...] = ()
        """What about this Redis endangers the alerts, in words for an admin."""
        self._unconnected()

    def _unconnected(self) -> None:
        """Locks, sockets and what is known of Redis, as a new process has them."""
        self._stepping = threading.Lock()
        self._thread.reset()
        self._follower = Follower(self._local, self._failed)
        self.taking_up = TakingUp(self._local, self._failed, lambda: self.has_history)
        self._transitions = Transitions(self._settings, self._connect, self._clock, self._local, self._commands)
        self._shared: SharedDocuments | None = None
        self._connection = Connection(False, self._clock(), "Not connected yet")
        self._prune_at = 0.0

    # The feed

    def offer(self, event: Any) -> None:
        """Take an event from the feed; what is neither ALERT_TRIGGERED nor ALERT_RESOLVED is ignored. Never blocks."""
        if not isinstance(event, TAKEN):
            return
        if len(self._queue) >= QUEUE_LIMIT:
            self.dropped += 1
            return
        self._queue.append(event)
        self._thread.wake.set()

    # The thread

    def start(self) -> None:
        """Start the thread of this process; safe to call twice."""
        self._thread.start()

    def end(self) -> None:
        """Ask the thread to end, and wait for nothing: `stop` waits."""
        self._thread.end()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread after it has written what it can; True where it has ended within `timeout_s`."""
        return self._thread.stop(timeout_s)

    def wait_for_look(self, limit_s: float) -> None:
        """Until Redis was asked once which alerts there are, at most until `limit_s` after the start."""
        self._thread.wait_for_look(limit_s)

    def reset_after_fork(self) -> None:
        """Make a forked child's copy usable: new locks and sockets, no thread. Starts nothing."""
        self._local.reset_locks()
        self._commands.reset_after_fork()
        self._unconnected()

    def _run(self) -> None:
        self.step()  # else whoever asks a process that has just begun is told that there are no alerts
        self._thread.has_looked()
        while self._thread.goes_on:
            if self._thread.wake.wait(POLL_S):
                self._thread.stopping.wait(GATHER_S)
                self._thread.wake.clear()
            self.step()
        self.step()
        if self._shared is not None:
            self._shared.close()

    def step(self) -> bool:
        """Apply what was offered, write it, take what others wrote. True where Redis took part.

        What the thread does all the time. Never raises: errors are counted, and logged once each.
        """
        with self._stepping:
            try:
                self._apply()
                return self._exchange()
            except Exception as error:  # the thread outlives everything
                self._failed(error)
                return False

    def _apply(self) -> None:
        facts: dict[tuple[str, str], list[Fact]] = {}
        self._applying = min(len(self._queue), APPLIED_AT_ONCE)
        for _ in range(self._applying):
            event = self._queue.popleft()
            try:
                fact = trigger_of(event) if isinstance(event, AlertTriggered) else resolution_of(event)
                facts.setdefault((event.source, event.id), []).append(fact)
            except Exception as error:
                self._failed(error)
        for (source, alert_id), found in facts.items():
            try:
                self._local.record(source, alert_id, found)
            except Exception:
                self._apply_singly(source, alert_id, found)
        self._applying = 0
        if self._queue:
            self._thread.wake.set()

    def _apply_singly(self, source: str, alert_id: str, facts: list[Fact]) -> None:
        """One that cannot be kept, for what it holds, must not cost the others."""
        for fact in facts:
            try:
                self._local.record(source, alert_id, (fact,))
            except Exception as error:
                self._failed(error)

    def _exchange(self) -> bool:
        now = self._clock()
        try:
            if self._shared is None:
                self._shared = SharedDocuments(self._settings, self._connect, SOCKET_TIMEOUT_S)
            if not self._connection.connected:
                self._follower.follow(self._shared, now)  # first what Redis has: less is in conflict then
                self.warnings = self._shared.warnings()
            written = self._follower.write(self._shared)
            self._follower.remove(self._shared)
            self.taking_up.step(self._shared, self._follower.epoch)
            self._follower.follow(self._shared, self._clock())
            if not 0 <= self._prune_at - now <= PRUNE_EVERY_S:
                more = self._retention.prune(self._local, self._shared, now)
                self._prune_at = now if more else now + PRUNE_EVERY_S
        except (redis.RedisError, AddressError, OSError) as error:
            self._follower.disconnected()
            self._tell(Connection(False, now, why_unreachable(error)))
            return False
        self._transitions.clock_offset_s = self._follower.clock_offset_s
        self._tell(Connection(True, now))
        if written and self._local.unwritten:
            self._thread.wake.set()
        return True

    def _tell(self, new: Connection) -> None:
        old = self._connection
        if (new.connected, new.reason) == (old.connected, old.reason):
            return
        if new.connected == old.connected:
            new = Connection(new.connected, old.since, new.reason)
        elif new.connected:
            _log.info("Alerts are in step with Redis")
        else:
            _log.warning("Alerts are kept in this process until Redis is back: %s", new.reason)
        self._connection = new

    def _failed(self, error: Exception) -> None:
        name = type(error).__name__
        self.errors[name] += 1
        if self.errors[name] == 1:
            _log.error("An alert could not be handled; further %s are counted only", name, exc_info=error)

    # What everybody reads

    @property
    def revision(self) -> int:
        """A number that differs whenever the alerts differ. It does not rise; compare for equality only."""
        return self._local.fingerprint

    @property
    def connected(self) -> bool:
        """True while this copy is in step with Redis; else it is shown as it was, and grows by what is heard."""
        return self._connection.connected

    @property
    def connection(self) -> Connection:
        """`connected` with its reason and since when."""
        return self._connection

    @property
    def waiting(self) -> int:
        """Events not yet applied, and documents not yet written to Redis."""
        return len(self._queue) + self._applying + self._local.unwritten

    @property
    def refused(self) -> int:
        """Events refused because too many different alerts exist already."""
        return self._local.refused

    def index(self) -> AlertIndex:
        """All alerts as they are now, immutable: for several questions about one moment."""
        return self._local.index()

    def all(self) -> tuple[Alert, ...]:
        """Every alert, EMERGENCY first, then newest."""
        return self.index().all

    def get(self, key: str) -> Alert | None:
        """The alert with this key."""
        return self.index().get(key)

    def find(self, id_or_key: str, source: str | None = None) -> list[Alert]:
        """The alert with this key, else the newest alert of each source that has this producer's id."""
        return self.index().find_any(id_or_key, source)

    def query(self, *, states: Iterable[str] | str | None = None, levels: Iterable[str] | str | None = None,
              source: str | None = None, text: str | None = None, since: float | None = None,
              wanted: Filter | None = None, sort: str | Iterable[str] | None = None,
              limit: int = 25, offset: int = 0) -> Page:
        """A page of alerts; see `AlertIndex.query`. Raises QueryError, a ValueError."""
        return self.index().query(states=states, levels=levels, source=source, text=text, since=since,
                                  wanted=wanted, sort=sort, limit=limit, offset=offset)

    def counts(self) -> dict[str, Any]:
        """`open` by level, `active`, `acknowledged`, `resolved`, `last_at` (Unix seconds or None)."""
        return self.index().counts()
