"""The thread that listens: one per process, always subscribed or on the way to it.

What it promises: a lost connection is noticed (a silent one by a ping of our own), every time without a subscription
becomes a gap with its reason, and no message and no failing handler ends the thread.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable

import redis

from dashboard.feed.connection import address, plain_words
from dashboard.feed.frames import MESSAGE, PONG, SUBSCRIBED, UNSUBSCRIBED
from dashboard.feed.intake import Intake
from dashboard.feed.process import only_watches
from dashboard.feed.record import CONNECTED, FeedRecord
from dashboard.feed.subscription import Subscription
from dashboard.settings import Settings

POLL_S = 0.25  # the longest a stop is not noticed; four wake-ups a second cost nothing measurable
PING_AFTER_S = 1.0  # silence after which we ask
ANSWER_WITHIN_S = 2.0  # so a frozen server is noticed after 3 s; slower than this it is of no use either
FIRST_DELAY_S, LONGEST_DELAY_S = 0.05, 0.7  # a Redis that is back must not wait for us as long as 1 s
DRAIN_WITHIN_S = 1.0  # for what the old connection still holds; over a path that is dead nothing comes
LOOK_AROUND_S = 1.0  # how often we see whether this process has become one that only watches
BREATHE_EVERY = 64  # messages in a row before others may run: under eventlet nobody else can until we yield
AFTER_A_BUG_S = 1.0  # an exception of our own must not become a busy loop

UNANSWERED = f"Redis did not answer for {PING_AFTER_S + ANSWER_WITHIN_S:g} s"
INTERRUPTED = "The connection to Redis was replaced"
ENDED = "Redis ended the subscription"
STOPPED = "The feed was stopped"
WATCHING = "This process only starts others, and they listen"
FORKED = "This process was just forked from one that listened"

logger = logging.getLogger(__name__)


def delay_s(attempt: int, chance: float) -> float:
    """Seconds to wait after the failed try number `attempt` (from 0); `chance` in 0 to 1 spreads many processes."""
    return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(attempt, 10)) * (0.5 + chance / 2)


class Listener:
    """Feeds `intake` from the channel of `settings` and writes what happens to the connection into `record`."""

    def __init__(self, settings: Settings, intake: Intake, record: FeedRecord, *,
                 clock: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic,
                 random: Callable[[], float] = random.random,
                 subscription: Callable[[Settings], Subscription] = Subscription,
                 only_watches: Callable[[], bool] = only_watches):
        self._settings, self._intake, self._record = settings, intake, record
        self._clock, self._monotonic, self._random = clock, monotonic, random
        self._subscription, self._only_watches = subscription, only_watches
        self._held: list[Subscription] = []  # open connections, so that a forked child can let go of them
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._pid = os.getpid()
        self._known_until = clock()

    # -- from any thread ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread of this process; does nothing when it runs already."""
        if self._pid != os.getpid():
            self.reset_after_fork()
        with self._lock:
            if self.alive:
                return
            self._stopping = threading.Event()
            self._thread = threading.Thread(
                target=self.run, args=(self._stopping,), name="monitoring-feed", daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread and wait for it; True when it has ended (or none was running)."""
        self._stopping.set()
        thread = self._thread
        if thread is None or not self.alive:
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs, in this process."""
        return self._thread is not None and self._pid == os.getpid() and self._thread.is_alive()

    def reset_after_fork(self) -> None:
        """In a forked child: new locks here, in the intake and in the record, and no claim on the parent's connection.

        The child's copies of the sockets are closed without a word to Redis, or a dead parent would go on being
        counted as a subscriber. Does not start: that is for whoever knows whether it should.
        """
        held, self._held = self._held, []
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._thread, self._pid = None, os.getpid()
        self._record.reset_locks()
        self._intake.reset_locks()
        for subscription in held:
            subscription.close()
        if self._record.state == CONNECTED:
            self._record.stopped(self._clock(), FORKED)

    # -- in the thread --------------------------------------------------------------------------------------------

    def run(self, stopping: threading.Event) -> None:
        """What the thread does until `stopping` is set."""
        self._known_until = self._clock()
        why = STOPPED
        if not self._only_watches():
            self._record.connecting()
        current: Subscription | None = None
        try:
            while not stopping.is_set():
                if self._only_watches():
                    why = WATCHING
                    return
                if current is None:
                    self._close_all()
                try:
                    current = self._replace(current, stopping)
                    if current is not None:
                        current = self._read(current, stopping)
                except Exception as error:
                    logger.exception("The feed goes on after an error of its own")
                    current = None
                    self._record.lost(self._known_until, plain_words(error))
                    stopping.wait(AFTER_A_BUG_S)
        finally:
            self._close_all()
            self._record.stopped(self._known_until, why)

    def _replace(self, silent: Subscription | None, stopping: threading.Event) -> Subscription | None:
        """A connection that is subscribed; None when told to stop.

        `silent` stays open meanwhile: a server that was only frozen sends everything it held back, and what was
        published before the new subscription is on the old connection alone.
        """
        attempt = 0
        while not stopping.is_set():
            new = None
            try:
                new = self._subscription(self._settings)
                self._held.append(new)
                new.open()
            except Exception as error:  # whatever it was, it is told in plain words and tried again
                self._drop(new)
                wait_s = delay_s(attempt, self._random())
                attempt += 1
                self._tell_failure(plain_words(error), wait_s)
                if silent is None:
                    stopping.wait(wait_s)
                elif self._speaks_again(silent, wait_s):
                    self._record.resumed()
                    return silent
                elif silent not in self._held:
                    silent = None
                if self._only_watches():
                    return None
                continue
            if silent is not None:
                self._drain(silent)
                self._drop(silent)
            self._record.subscribed(new.warnings)
            logger.info("Subscribed to %s at %s", self._settings.channel, address(self._settings))
            return new
        return None

    def _read(self, subscription: Subscription, stopping: threading.Event) -> Subscription | None:
        """Take messages in until told to stop (None), or the connection is gone (None) or silent (returned)."""
        monotonic, clock, accept, is_stopping = self._monotonic, self._clock, self._intake.accept, stopping.is_set
        heard = began = monotonic()
        asked: float | None = None
        look_around_at, taken = heard + LOOK_AROUND_S, 0
        try:
            while not is_stopping():
                due = heard + PING_AFTER_S if asked is None else asked + ANSWER_WITHIN_S
                frame = subscription.read(max(0.01, min(POLL_S, due - began)))
                began = monotonic()
                if frame is not None:
                    heard, asked = began, None
                    if frame[0] == MESSAGE:
                        accept(frame[2], clock())
                        taken += 1
                        if taken % BREATHE_EVERY == 0:
                            time.sleep(0)
                    elif frame[0] == SUBSCRIBED:
                        self._record.interrupted(self._known_until, INTERRUPTED)
                    elif frame[0] == UNSUBSCRIBED:
                        return self._lost(subscription, heard, ENDED)
                elif asked is None and began - heard >= PING_AFTER_S:
                    subscription.ping(b"")
                    asked = began
                elif asked is not None and began - asked >= ANSWER_WITHIN_S:
                    self._lost(subscription, heard, UNANSWERED, close=False)
                    return subscription
                if began >= look_around_at:
                    look_around_at = began + LOOK_AROUND_S
                    self._known_until = self._wall(heard)
                    if self._only_watches():
                        return None
        except (redis.RedisError, OSError) as error:
            return self._lost(subscription, heard, plain_words(error))
        self._known_until = self._wall(heard)
        return None

    def _lost(self, subscription: Subscription, heard: float, why: str, close: bool = True) -> None:
        self._known_until = self._wall(heard)
        self._record.lost(self._known_until, why)
        logger.warning("The feed was interrupted: %s (%s)", why, address(self._settings))
        if close:
            self._drop(subscription)

    def _wall(self, heard: float) -> float:
        return self._clock() - (self._monotonic() - heard)

    def _speaks_again(self, silent: Subscription, wait_s: float) -> bool:
        """Wait on the silent connection instead of just waiting; drops it when it turns out to be closed."""
        try:
            frame = silent.read(wait_s)
        except (redis.RedisError, OSError):
            self._drop(silent)
            return False
        self._take(frame)
        return frame is not None

    def _drain(self, old: Subscription) -> None:
        """Take what the old connection still holds, up to the answer to a ping sent after the new subscription.

        The server works in order, so that behind this answer there is nothing the new connection does not have.
        """
        end = self._monotonic() + DRAIN_WITHIN_S
        try:
            old.ping(b"drained")
            while (left := end - self._monotonic()) > 0:
                frame = old.read(min(POLL_S, left))
                if frame is not None and frame[:2] == [PONG, b"drained"]:
                    return
                self._take(frame)
        except (redis.RedisError, OSError):
            return  # it was on its way out

    def _take(self, frame: list | None) -> None:
        if frame is not None and frame[0] == MESSAGE:
            self._intake.accept(frame[2], self._clock())

    def _tell_failure(self, why: str, wait_s: float) -> None:
        if self._record.reason != why:  # a Redis that is away for a night is one line of the log
            logger.warning("No feed: %s (%s)", why, address(self._settings))
        self._record.failed(why, self._clock() + wait_s)

    def _drop(self, subscription: Subscription | None) -> None:
        if subscription in self._held:
            self._held.remove(subscription)
            subscription.close()

    def _close_all(self) -> None:
        while self._held:
            self._held.pop().close()
