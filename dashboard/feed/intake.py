"""The one door for events, whether they come from Redis or over HTTP: parse, drop what was seen, count, apply."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from dashboard.events import Event, HealthCheck, MetricUpdate, OtherEvent, Rejected, parse
from dashboard.feed.record import REJECTED, FeedRecord

KEYS_KEPT = 50_000  # an event seen again within this many is a duplicate: 8 minutes at 100 events/s, about 6 MB
LOG_EVERY_S = 60.0  # a handler that fails on every event must not fill the host's log
HEALTH_SCORE = "health.score"  # the metric name the score is sampled under

logger = logging.getLogger(__name__)


class Intake:
    """Takes raw messages in, one at a time, from any thread.

    `ring.append(source, at, values)`, `board.apply(event)`, `alerts.offer(event)` and `history.offer(event)` are called
    for every event that was not seen before. If one of them raises, that is counted and logged, and the others still
    get the event.
    """

    def __init__(self, ring: Any, board: Any, alerts: Any, record: FeedRecord,
                 clock: Callable[[], float] = time.time, *, monotonic: Callable[[], float] = time.monotonic,
                 parse: Callable[[bytes, float], Event | Rejected] = parse, keys_kept: int = KEYS_KEPT,
                 history: Any = None):
        self._ring, self._record, self._clock, self._monotonic, self._parse = ring, record, clock, monotonic, parse
        # Named, because the name is what an admin reads beside the number of errors.
        self._appliers: list[tuple[str, Callable[[Event], Any]]] = [("ring", self._sample), ("board", board.apply)]
        if alerts is not None:
            self._appliers.append(("alerts", alerts.offer))
        if history is not None:
            self._appliers.append(("history", history.offer))
        self._seen: set[str] = set()
        self._seen_order: deque[str] = deque()
        self._keys_kept = keys_kept
        self._logged_at: dict[tuple[str, type], float] = {}
        self._lock = threading.Lock()

    def reset_locks(self) -> None:
        """After a fork: the old lock may be held by a thread that exists only in the parent."""
        self._lock = threading.Lock()
        if len(self._seen) != len(self._seen_order):  # the parent was between the two
            self._seen = set(self._seen_order)

    def accept(self, raw: bytes, received: float | None = None, via: str = "redis") -> str:
        """Take one message in; `received` is Unix seconds (default: now), `via` is "redis" or "http".

        Returns "accepted", "duplicate" or "rejected:<reason>". Never raises for anything that is in the message.
        """
        if received is None:
            received = self._clock()
        with self._lock:
            return self._accept(raw, received, via)

    def _accept(self, raw: bytes, received: float, via: str) -> str:
        try:
            event = self._parse(raw, received)
        except Exception as error:  # the parser promises not to, and the feed must not hang on a promise
            self._failed("parser", error)
            event = Rejected(reason="parser-error", detail="", received=received, source=None)
        if isinstance(event, Rejected):
            outcome = REJECTED + event.reason
            self._record.count(raw, received, via, outcome, None, event.source, detail=event.detail)
            return outcome
        if event.key in self._seen:
            self._record.count(raw, received, via, "duplicate", event.kind, event.source)
            return "duplicate"
        self._remember(event.key)
        for name, apply in self._appliers:
            try:
                apply(event)
            except Exception as error:
                self._failed(name, error)
        # Counted last: whoever reads the number finds what it counts already applied.
        self._record.count(raw, received, via, "accepted", event.kind, event.source, _lag_s(event),
                           not isinstance(event, OtherEvent))
        return "accepted"

    def _remember(self, key: str) -> None:
        self._seen.add(key)
        self._seen_order.append(key)
        if len(self._seen_order) > self._keys_kept:
            self._seen.discard(self._seen_order.popleft())

    def _sample(self, event: Event) -> None:
        values = samples(event)
        if values:
            # To the microsecond: the history keeps no finer times, and what is read back is to be the same sample.
            self._ring.append(event.source, round(event.at, 6), values)

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
