"""The one door for events, whether they come from Redis, over HTTP or out of the journal: parse, drop what was seen,
apply, count, and hand on to the journal what it does not know yet.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from dashboard.events import Event, HealthCheck, MetricUpdate, OtherEvent, Rejected, parse
from dashboard.feed.known_keys import KEYS_KEPT, KnownKeys
from dashboard.feed.record import FILLED, REJECTED, FeedRecord

LOG_EVERY_S = 60.0  # a handler that fails on every event must not fill the host's log
HEALTH_SCORE = "health.score"  # the metric name the score is sampled under
REDIS, HTTP, JOURNAL = "redis", "http", "journal"  # ways in

logger = logging.getLogger(__name__)


class Intake:
    """Takes raw messages in, one at a time, from any thread.

    `ring.append(source, at, values)`, `board.apply(event)`, `alerts.offer(event)` and `history.offer(event)` are called
    for every event that was not seen before. If one of them raises, that is counted and logged, and the others still
    get the event. `record_in_journal(key, received, raw)`, where given, is then called for what did not come from
    there; it must not wait for anything.
    """

    def __init__(self, ring: Any, board: Any, alerts: Any, record: FeedRecord,
                 clock: Callable[[], float] = time.time, *, monotonic: Callable[[], float] = time.monotonic,
                 parse: Callable[[bytes, float], Event | Rejected] = parse, keys_kept: int = KEYS_KEPT,
                 history: Any = None, record_in_journal: Callable[[str, float, bytes], None] | None = None):
        self._ring, self._record, self._clock, self._monotonic, self._parse = ring, record, clock, monotonic, parse
        # Named, because the name is what an admin reads beside the number of errors.
        self._appliers: list[tuple[str, Callable[[Event], Any]]] = [("ring", self._sample), ("board", board.apply)]
        if alerts is not None:
            self._appliers.append(("alerts", alerts.offer))
        if history is not None:
            self._appliers.append(("history", history.offer))
        self._known = KnownKeys(keys_kept)
        self.record_in_journal = record_in_journal
        self._logged_at: dict[tuple[str, type], float] = {}
        self._lock = threading.Lock()

    def reset_locks(self) -> None:
        """After a fork: the old lock may be held by a thread that exists only in the parent."""
        self._lock = threading.Lock()
        self._known.repair()

    def accept(self, raw: bytes, received: float | None = None, via: str = REDIS) -> str:
        """Take one message in; `received` is Unix seconds (default: now), `via` is "redis" or "http".

        Returns "accepted", "duplicate", "rejected:<reason>", or "echo" for the copy of an event that the journal has
        told before. Never raises for anything that is in the message.
        """
        if received is None:
            received = self._clock()
        with self._lock:
            return self._accept(raw, received, via)

    def replay(self, raw: bytes, received: float) -> str:
        """Take in an event from the journal, which somebody received at `received`.

        Returns "filled", or "known" where it was here already. It is not counted as received, since it was not
        heard here.
        """
        now = self._clock()
        with self._lock:  # a clock that is ahead of ours, or a time that is none, is no time in the future
            return self._accept(raw, received if 0 <= received <= now else now, JOURNAL)

    def knows(self, key: str) -> bool:
        """Whether an event with this key was taken in. Needs no lock: at worst it is asked for once more."""
        return key in self._known

    def _accept(self, raw: bytes, received: float, via: str) -> str:
        try:
            event = self._parse(raw, received)
        except Exception as error:  # the parser promises not to, and the feed must not hang on a promise
            self._failed("parser", error)
            event = Rejected(reason="parser-error", detail="", received=received, source=None)
        if isinstance(event, Rejected):
            outcome = REJECTED + event.reason
            if via != JOURNAL:
                self._record.count(raw, received, via, outcome, None, event.source, detail=event.detail)
            return outcome
        if event.key in self._known:
            return self._seen_before(event, raw, received, via)
        self._known.add(event.key)
        for name, apply in self._appliers:
            try:
                apply(event)
            except Exception as error:
                self._failed(name, error)
        # Counted last: whoever reads the number finds what it counts already applied.
        outcome = FILLED if via == JOURNAL else "accepted"
        self._record.count(raw, received, via, outcome, event.kind, event.source, _lag_s(event),
                           not isinstance(event, OtherEvent))
        if via == JOURNAL:
            self._known.expect(event.key, received)
        elif self.record_in_journal is not None:
            self.record_in_journal(event.key, received, raw)
        return outcome

    def _seen_before(self, event: Event, raw: bytes, received: float, via: str) -> str:
        if via == JOURNAL:
            return "known"
        if via == REDIS and self._known.was_expected(event.key, received):
            self._record.echoed()
            return "echo"
        self._record.count(raw, received, via, "duplicate", event.kind, event.source)
        return "duplicate"

    def _sample(self, event: Event) -> None:
        values = samples(event)
        if values:
            # To the microsecond: the history keeps no finer times, and what is read back is to be the same sample.
            self._ring.append(event.source, round(event.at * 1e6) / 1e6, values)

    def _failed(self, name: str, error: Exception) -> None:
        self._record.handler_failed(name)
        kind, now = (name, type(error)), self._monotonic()
        last = self._logged_at.get(kind)
        if last is None or now - last >= LOG_EVERY_S:
            self._logged_at[kind] = now
            logger.error("An event could not be handed to %s", name, exc_info=error)


def samples(event: Event) -> dict[str, float]:
    """The numbers of an event that belong in the ring, by metric name; empty for events that carry none."""
    if isinstance(event, MetricUpdate):
        report = event.health
    elif isinstance(event, HealthCheck):
        report = event.report
    else:
        return {}
    if report is None or report.score is None:
        return event.metrics
    return {**event.metrics, HEALTH_SCORE: report.score}


def _lag_s(event: Event) -> float | None:
    """How long the event was on its way; negative where the producer's clock is ahead."""
    return None if event.time is None else event.received - event.time
