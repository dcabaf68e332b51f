"""The one door for events, whether they come from Redis, over HTTP or out of the journal: parse, drop what was seen,
apply, count, and hand on to the journal what it does not know yet.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from dashboard.events import Event, HealthCheck, MetricUpdate, Rejected, parse_together
from dashboard.feed.known_keys import KEYS_KEPT, KnownKeys
from dashboard.feed.packed import Entry
from dashboard.feed.record import ACCEPTED, DUPLICATE, FILLED, REJECTED, FeedRecord
from dashboard.named_numbers import NamedNumbers

NO_NUMBERS = NamedNumbers()
LOG_EVERY_S = 60.0  # a handler that fails on every event must not fill the host's log
HEALTH_SCORE = "health.score"  # the metric name the score is sampled under
REDIS, HTTP, JOURNAL = "redis", "http", "journal"  # ways in
ECHO = "echo"  # of what the journal told before: no message of its own

logger = logging.getLogger(__name__)


class Intake:
    """Takes raw messages in, from any thread: those that were heard together go together from one stage to the next.

    So the processor finds the code of a stage in its caches.

    `ring.append_all(source, samples)`, `board.apply_all(events)`, `alerts.offer(event)` and `history.offer(event)` are
    called for all events that were not seen before. If one of them raises, that is counted and logged, and the others
    still get the events; ring and board then get each event by itself, some a second time, which changes nothing.
    `record_in_journal(entries)`, where given, is then called for what did not come from there; it must not wait.
    """

    def __init__(self, ring: Any, board: Any, alerts: Any, record: FeedRecord,
                 clock: Callable[[], float] = time.time, *, monotonic: Callable[[], float] = time.monotonic,
                 parse: Callable[[Sequence[bytes], Iterable[float]], list[Event | Rejected]] = parse_together,
                 keys_kept: int = KEYS_KEPT, history: Any = None,
                 record_in_journal: Callable[[list[Entry]], None] | None = None):
        self._ring, self._record, self._clock, self._monotonic, self._parse = ring, record, clock, monotonic, parse
        # Named, because the name is what an admin reads beside the number of errors.
        self._appliers: list[tuple[str, Callable[[list[Event]], Any]]] = [
            ("ring", self._sample), ("board", board.apply_all)]
        self._takers: list[tuple[str, Callable[[Event], Any]]] = [
            (name, taker.offer) for name, taker in (("alerts", alerts), ("history", history)) if taker is not None]
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
        return self._take_in((raw,), (self._clock() if received is None else received,), via)[0]

    def accept_together(self, raws: Sequence[bytes]) -> list[str]:
        """Take in what Redis sent, in this order, as `accept` does; each is received when its turn comes."""
        clock = self._clock
        return self._take_in(raws, (clock() for _ in raws), REDIS)

    def replay(self, entries: Sequence[Entry]) -> list[str]:
        """Take in events from the journal, which somebody received.

        Returns for each "filled", "known" where it was here already, or "rejected:<reason>". They are not counted as
        received, since they were not heard here.
        """
        now = self._clock()  # a clock that is ahead of ours, or a time that is none, is no time in the future
        return self._take_in([entry.raw for entry in entries], [
            entry.received if 0 <= entry.received <= now else now for entry in entries], JOURNAL)

    def knows(self, key: str) -> bool:
        """Whether an event with this key was taken in. Needs no lock: at worst it is asked for once more."""
        return key in self._known

    def _take_in(self, raws: Sequence[bytes], times: Iterable[float], via: str) -> list[str]:
        with self._lock:
            events = self._read(raws, times)
            fresh, outcomes = self._sorted_out(events, via)
            self._hand_on(fresh)
            # Counted last: whoever reads the number finds what it counts already applied.
            self._record.count(via, [dealt for dealt in zip(raws, events, outcomes, strict=True) if (
                dealt[2] == FILLED if via == JOURNAL else dealt[2] != ECHO)])
            if via == JOURNAL:
                for event in fresh:
                    self._known.expect(event.key, event.received)
            elif fresh and self.record_in_journal is not None:
                self.record_in_journal([
                    Entry(event.key, event.received, raw) for raw, event, outcome in zip(
                        raws, events, outcomes, strict=True) if outcome == ACCEPTED])
            return outcomes

    def _read(self, raws: Sequence[bytes], times: Iterable[float]) -> list[Event | Rejected]:
        try:
            return self._parse(raws, times)
        except Exception as error:  # the parser promises not to, and the feed must not hang on a promise
            self._failed("parser", error)
            now = self._clock()
            return [Rejected(reason="parser-error", detail="", received=now, source=None) for _ in raws]

    def _sorted_out(self, events: list[Event | Rejected], via: str) -> tuple[list[Event], list[str]]:
        """The events that were not seen before, and what becomes of each."""
        known, fresh, outcomes = self._known, [], []
        new = FILLED if via == JOURNAL else ACCEPTED
        for event in events:
            if isinstance(event, Rejected):
                outcomes.append(REJECTED + event.reason)
            elif event.key in known:
                outcomes.append(self._seen_before(event, via))
            else:
                known.add(event.key)
                fresh.append(event)
                outcomes.append(new)
        return fresh, outcomes

    def _seen_before(self, event: Event, via: str) -> str:
        if via == JOURNAL:
            return "known"
        if via == REDIS and self._known.was_expected(event.key, event.received):
            self._record.echoed()
            return ECHO
        return DUPLICATE

    def _hand_on(self, events: list[Event]) -> None:
        if not events:
            return
        for name, apply in self._appliers:
            try:
                apply(events)
            except Exception as error:
                failed = [not self._try(name, apply, [event]) for event in events]
                if not any(failed):  # it is only of all together that it failed
                    self._failed(name, error)
        for name, offer in self._takers:
            left = iter(events)
            while not self._offered(name, offer, left):
                pass  # one of them failed: then those behind it

    def _offered(self, name: str, offer: Callable[[Event], Any], left: Iterator[Event]) -> bool:
        try:
            for event in left:
                offer(event)
        except Exception as error:
            self._failed(name, error)
            return False
        return True

    def _try(self, name: str, take: Callable[[Any], Any], what: Any) -> bool:
        try:
            take(what)
        except Exception as error:
            self._failed(name, error)
            return False
        return True

    def _sample(self, events: list[Event]) -> None:
        by_source: dict[str, list[tuple[float, NamedNumbers]]] = {}
        for event in events:
            values = samples(event)
            if values:
                # To the microsecond: the history keeps no finer times, and what is read back is to be the same sample.
                by_source.setdefault(event.source, []).append((round(event.at * 1e6) / 1e6, values))
        for source, found in by_source.items():
            self._ring.append_all(source, found)

    def _failed(self, name: str, error: Exception) -> None:
        self._record.handler_failed(name)
        kind, now = (name, type(error)), self._monotonic()
        last = self._logged_at.get(kind)
        if last is None or now - last >= LOG_EVERY_S:
            self._logged_at[kind] = now
            logger.error("An event could not be handed to %s", name, exc_info=error)


def samples(event: Event) -> NamedNumbers:
    """The numbers of an event that belong in the ring, by metric name; empty for events that carry none."""
    if isinstance(event, MetricUpdate):
        report = event.health
    elif isinstance(event, HealthCheck):
        report = event.report
    else:
        return NO_NUMBERS
    metrics = event.metrics
    if report is None or report.score is None:
        return metrics
    if HEALTH_SCORE in metrics.names:  # a producer's own metric of that name
        metrics = NamedNumbers.of({name: value for name, value in metrics.items() if name != HEALTH_SCORE})
    return metrics.and_also(HEALTH_SCORE, report.score)
