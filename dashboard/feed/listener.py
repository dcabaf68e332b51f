"""What listens in a process: two connections with a thread each, feeding one door.

Redis forgets what it sends to a connection that is lost at that moment. With two connections, each opened anew before
the silent one is closed, one that is lost loses nothing.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable

from dashboard.feed.connection import address
from dashboard.feed.copies import Copies
from dashboard.feed.intake import Intake
from dashboard.feed.line import Line
from dashboard.feed.lines import Lines
from dashboard.feed.process import only_watches
from dashboard.feed.record import CONNECTED, FeedRecord
from dashboard.feed.subscription import Subscription
from dashboard.right_of_way import never
from dashboard.settings import Settings

THREADS = ("monitoring-feed", "monitoring-feed-2")
FORKED = "This process was just forked from one that listened"


class Listener:
    """Feeds `intake` from the channel of `settings` and writes what happens to the connections into `record`.

    `heard_again`, if set, is called after each new subscription, from the thread of that connection. `give_way` waits
    for answers that are in the making (see RightOfWay).
    """

    def __init__(self, settings: Settings, intake: Intake, record: FeedRecord, *,
                 clock: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic,
                 random: Callable[[], float] = random.random,
                 subscription: Callable[[Settings, int], Subscription] = Subscription,
                 only_watches: Callable[[], bool] = only_watches,
                 heard_again: Callable[[], None] | None = None, give_way: Callable[[float], float] = never):
        self._intake, self._record, self._clock = intake, record, clock
        self.heard_again = heard_again
        self._copies = Copies()
        record.echoes_of_lines = lambda: self._copies.echoes
        self._merged = Lines(record, clock, self._subscribed_again)
        record.server = address(settings)
        record.places_of_lines = lambda: self._merged.places
        self._lines = [
            Line(settings, intake.accept_together, self._copies, report, clock=clock, monotonic=monotonic,
                 random=random, subscription=subscription, only_watches=only_watches, give_way=give_way)
            for report in self._merged.reports]
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._pid = os.getpid()

    def _subscribed_again(self) -> None:
        if self.heard_again is not None:
            self.heard_again()

    @property
    def known_until(self) -> float:
        """Up to when what was sent has certainly been heard (Unix s)."""
        return self._merged.known_until

    @property
    def is_whole(self) -> bool:
        """Whether every connection is subscribed; with one the feed is connected, too."""
        return all(line.since is not None for line in self._merged.reports)

    @property
    def is_sure(self) -> bool:
        """Whether every connection has proved that it heard all since they all are there: then the loss of one leaves
        no doubt about any moment."""
        lines = self._merged.reports
        return self.is_whole and min(line.known_until() for line in lines) > max(line.subscribed_at for line in lines)

    def start(self) -> None:
        """Start the threads of this process; does nothing when they run already."""
        if self._pid != os.getpid():
            self.reset_after_fork()
        with self._lock:
            if self.alive:
                return
            self._stopping = threading.Event()
            self._threads = [
                threading.Thread(target=line.run, args=(self._stopping,), name=name, daemon=True)
                for name, line in zip(THREADS, self._lines, strict=True)]
            for thread in self._threads:
                thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the threads and wait for them; True when they have ended (or none was running)."""
        self._stopping.set()
        threads = self._threads
        if not threads or not self.alive:
            return True
        end = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    @property
    def alive(self) -> bool:
        """Whether a thread runs, in this process."""
        return self._pid == os.getpid() and any(thread.is_alive() for thread in self._threads)

    def reset_after_fork(self) -> None:
        """In a forked child: new locks here, in the intake and in the record, and no claim on the parent's connections.

        Does not start: that is for whoever knows whether it should.
        """
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._threads, self._pid = [], os.getpid()
        self._record.reset_locks()
        self._intake.reset_locks()
        self._copies.reset_locks()
        self._merged.reset_locks()
        for line in self._lines:
            line.forget_connections()
        if self._record.state == CONNECTED:
            self._record.stopped(self._clock(), FORKED)
