"""One of the connections that listen, with its thread: always subscribed or on the way to it.

What it promises: a lost connection is noticed (a silent one by a ping of our own), a new one is there before the silent
one is closed, every time without a subscription is reported with its reason, and no message and no failing handler
ends the thread.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import redis

from dashboard.feed.connection import address, plain_words
from dashboard.feed.copies import Copies
from dashboard.feed.drained import Drained
from dashboard.feed.following import node_of
from dashboard.feed.frames import MESSAGE, PONG, SUBSCRIBED, UNSUBSCRIBED
from dashboard.feed.inlet import TOGETHER, Inlet
from dashboard.feed.lines import LineReport
from dashboard.feed.pings import Pings
from dashboard.feed.process import only_watches
from dashboard.feed.retrying import delay_s
from dashboard.feed.subscription import Subscription
from dashboard.right_of_way import Patience, never
from dashboard.settings import Settings

POLL_S = 0.25  # the longest a stop is not noticed; four wake-ups a second cost nothing measurable
PING_EVERY_S = 0.4  # a gap begins with the last ping that was answered: so it is drawn that exactly
ANSWER_WITHIN_S = 2.6  # so a frozen server is noticed after 3 s; slower than this it is of no use either
LAST_WORD, LAST_WORD_WITHIN_S = b"last", 0.3  # when told to stop; whoever hangs is not waited for
DRAIN_WITHIN_S = 1.0  # for what the old connection still holds; over a path that is dead nothing comes
LOOK_AROUND_S = 1.0  # how often we see whether this process has become one that only watches
MAY_WAIT_S = 0.1  # for answers, and again once we are not behind
NOT_BEHIND_S = 0.2  # after a ping, its answer tells so: all that was sent before it has been taken in
BREATHE_EVERY = 128  # messages in a row before others may run: under eventlet nobody else can until we yield
AFTER_A_BUG_S = 1.0  # an exception of our own must not become a busy loop

UNANSWERED = f"Redis did not answer for {PING_EVERY_S + ANSWER_WITHIN_S:g} s"
INTERRUPTED = "The connection to Redis was replaced"
ENDED = "Redis ended the subscription"
STOPPED = "The feed was stopped"
WATCHING = "This process only starts others, and they listen"

logger = logging.getLogger(__name__)


def _sleep(seconds: float) -> None:
    time.sleep(seconds)  # looked up each time: a host may let eventlet replace it after this was imported


class Line:
    """Hands all messages that are not the echoes of another line's to `accept`, and tells `report` how it stands."""

    def __init__(self, settings: Settings, accept: Callable[[list[bytes]], object], copies: Copies,
                 report: LineReport, *, clock: Callable[[], float] = time.time,
                 monotonic: Callable[[], float] = time.monotonic, random: Callable[[], float] = random.random,
                 pause: Callable[[float], None] | None = None,
                 subscription: Callable[[Settings, int], Subscription] = Subscription,
                 only_watches: Callable[[], bool] = only_watches, give_way: Callable[[float], float] = never):
        self._settings, self._copies, self._report, self._index = settings, copies, report, report.index
        self._clock, self._monotonic, self._random = clock, monotonic, random
        self._pause = pause or _sleep
        self._subscription, self._only_watches = subscription, only_watches
        self._held: list[Subscription] = []  # open connections, so that a forked child can let go of them
        self._pings = Pings()
        self._sure = monotonic()  # all that was published until then has been heard
        self._patience = Patience(MAY_WAIT_S, give_way)
        self._inlet = Inlet(accept, copies, report.index, self._patience, monotonic=monotonic, pause=self._pause)
        report.known_until = lambda: self._wall(self._sure)

    def forget_connections(self) -> None:
        """In a forked child: close its copies of the sockets, without a word to Redis.

        A dead parent would go on being counted as a subscriber otherwise.
        """
        held, self._held = self._held, []
        for subscription in held:
            subscription.close()

    # -- in the thread --------------------------------------------------------------------------------------------

    def run(self, stopping: threading.Event) -> None:
        """What the thread does until `stopping` is set."""
        self._sure = self._monotonic()
        why = STOPPED
        if not self._only_watches():
            self._report.connecting()
        current: Subscription | None = None
        try:
            while not stopping.is_set():
                if self._only_watches():
                    why = WATCHING
                    return
                if current is None:
                    self._close_all()
                    self._copies.closed(self._index)
                try:
                    current = self._replace(current, stopping)
                    if current is not None:
                        current = self._read(current, stopping)
                except Exception as error:
                    logger.exception("The feed goes on after an error of its own")
                    current = None
                    self._report.lost(self._wall(self._sure), plain_words(error))
                    stopping.wait(AFTER_A_BUG_S)
        finally:
            self._close_all()
            self._copies.closed(self._index)
            self._report.stopped(self._wall(self._sure), why)

    def _replace(self, silent: Subscription | None, stopping: threading.Event) -> Subscription | None:
        """A connection that is subscribed; None when told to stop.

        `silent` stays open meanwhile: a server that was only frozen sends everything it held back, and what was
        published before the new subscription is on the old connection alone.
        """
        attempt = 0
        while not stopping.is_set():
            new = None
            try:
                new = self._subscription(self._settings, node_of(self._index, attempt))
                self._held.append(new)
                self._copies.opened(self._index)
                new.open()
            except Exception as error:  # whatever it was, it is told in plain words and tried again
                self._drop(new)
                wait_s = delay_s(attempt, self._random())
                attempt += 1
                self._tell_failure(plain_words(error), wait_s)
                if silent is None:
                    self._copies.closed(self._index)
                    stopping.wait(wait_s)
                elif self._speaks_again(silent, wait_s):
                    self._report.resumed()
                    return silent
                elif silent not in self._held:
                    silent = None
                if self._only_watches():
                    return None
                continue
            if silent is not None:
                self._drain(silent)
                self._drop(silent)
            self._pings.forget()
            self._sure = self._monotonic()
            self._report.place = new.place
            self._report.subscribed(new.warnings)
            logger.info("Connection %d subscribed to %s at %s", self._index + 1, self._settings.channel,
                        address(self._settings))
            return new
        return None

    def _read(self, subscription: Subscription, stopping: threading.Event) -> Subscription | None:
        """Take messages in until told to stop (None), or the connection is gone (None) or silent (returned)."""
        monotonic, take, is_stopping, pings = self._monotonic, self._inlet.take, stopping.is_set, self._pings
        heard = began = monotonic()
        ping_at, look_around_at, taken = heard + PING_EVERY_S, heard + LOOK_AROUND_S, 0
        try:
            while not is_stopping():
                due = max(heard, pings.oldest) + ANSWER_WITHIN_S if pings else ping_at
                frame = subscription.read(max(0.01, min(POLL_S, due - began)))
                began = monotonic()
                if frame is not None:
                    heard = began
                    while frame is not None and frame[0] == MESSAGE:  # what was read together is taken together
                        taken += take([frame[2], *subscription.messages(TOGETHER - 1)])
                        if taken >= BREATHE_EVERY:
                            self._pause(0)
                            taken = 0
                            break
                        frame = subscription.ready()
                    kind = None if frame is None else frame[0]
                    if kind == PONG:
                        self._answered(frame[1])
                    elif kind == SUBSCRIBED:
                        self._report.interrupted(self._wall(self._sure), INTERRUPTED)
                    elif kind == UNSUBSCRIBED:
                        return self._lost(subscription, ENDED)
                elif pings and began - max(heard, pings.oldest) >= ANSWER_WITHIN_S:
                    self._lost(subscription, UNANSWERED, close=False)
                    return subscription
                if ((began >= ping_at or self._patience.was_needed) and not pings) or self._report.is_asked:
                    self._report.is_asked = False
                    subscription.ping(pings.ask(began))
                    ping_at = began + PING_EVERY_S
                if began >= look_around_at:
                    look_around_at = began + LOOK_AROUND_S
                    if self._only_watches():
                        return None
            self._patience.end()
            self._hear_out(subscription)
        except (redis.RedisError, OSError) as error:
            return self._lost(subscription, plain_words(error))
        return None

    def _answered(self, text: bytes) -> None:
        """All that was published before the server saw this ping has been read."""
        at = self._pings.answered(text)
        if at is not None:
            self._sure = at
            if self._monotonic() - at <= NOT_BEHIND_S:
                self._patience.renew()

    def _hear_out(self, subscription: Subscription) -> None:
        """Take what was sent before we were told to stop: then it is known that until then nothing was missed."""
        asked = self._monotonic()
        if self._take_until_answer(subscription, LAST_WORD, LAST_WORD_WITHIN_S):
            self._sure = asked

    def _lost(self, subscription: Subscription, why: str, close: bool = True) -> None:
        self._report.lost(self._wall(self._sure), why)
        logger.warning("Connection %d of the feed is gone: %s (%s)", self._index + 1, why, address(self._settings))
        if close:
            self._drop(subscription)

    def _wall(self, at: float) -> float:
        return self._clock() - (self._monotonic() - at)

    def _speaks_again(self, silent: Subscription, wait_s: float) -> bool:
        """Wait on the silent connection instead of just waiting; drops it when it turns out to be closed."""
        try:
            frame = silent.read(wait_s)
        except (redis.RedisError, OSError):
            self._drop(silent)
            return False
        if frame is not None and frame[0] == MESSAGE:
            self._inlet.take([frame[2]])
        return frame is not None

    def _drain(self, old: Subscription) -> None:
        """Take what the old connection still holds, up to the answer to a ping sent after the new subscription.

        The server works in order, so that behind this answer there is nothing the new connection does not have.
        """
        brought: list[bytes] = []
        self._inlet.drained = Drained()
        with suppress(redis.RedisError, OSError):  # it was on its way out
            self._take_until_answer(old, b"drained", DRAIN_WITHIN_S, brought)
        self._inlet.drained = Drained(brought)

    def _take_until_answer(self, subscription: Subscription, text: bytes, within_s: float,
                           taken: list[bytes] | None = None) -> bool:
        """Send a ping and take what comes before its answer, added to `taken`; whether that came in time, over the
        connection there was."""
        end, is_whole = self._monotonic() + within_s, True
        subscription.ping(text)
        while (left := end - self._monotonic()) > 0:
            frame = subscription.read(min(POLL_S, left))
            kind = None if frame is None else frame[0]
            if kind == PONG and frame[1] == text:
                return is_whole
            if kind == PONG and is_whole:
                self._answered(frame[1])
            elif kind == MESSAGE:
                raws = [frame[2], *subscription.messages(TOGETHER - 1)]
                self._inlet.take(raws)
                if taken is not None:
                    taken += raws
                self._pause(0)
            is_whole = is_whole and kind not in (SUBSCRIBED, UNSUBSCRIBED)
        return False

    def _tell_failure(self, why: str, wait_s: float) -> None:
        if self._report.reason != why:  # a Redis that is away for a night is one line of the log
            logger.warning("No connection %d: %s (%s)", self._index + 1, why, address(self._settings))
        self._report.failed(why, self._clock() + wait_s)

    def _drop(self, subscription: Subscription | None) -> None:
        if subscription in self._held:
            self._held.remove(subscription)
            subscription.close()

    def _close_all(self) -> None:
        while self._held:
            self._held.pop().close()
