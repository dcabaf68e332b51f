"""What happened to the feed itself: counters, connection state, gaps and the last raw messages.

Written by the listener thread and the HTTP door, read by everybody. Nothing here waits for Redis.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from dashboard.event_types import Event, OtherEvent, Rejected
from dashboard.feed.coverage import Gap, Heard
from dashboard.feed.gaps import Gaps
from dashboard.feed.raw_message import DETAIL_LENGTH, RAW_TEXT_BYTES, RawMessage, readable
from dashboard.feed.snapshot import FeedSnapshot
from dashboard.reading.oversize import size_of

RAW_MESSAGES = 500
PUZZLES_KEPT = 50  # of the rejected, and of the unknown kinds: among the raw messages others push them out at once
KINDS_KEPT = 100  # names of unknown kinds come from outside, so their number is bounded
KIND_LENGTH = 80
OTHER_KINDS = "(other)"

ALONE = "Only one of two connections to Redis is there, so that its loss would be a gap: {}"
CONNECTING, CONNECTED, DISCONNECTED = "connecting", "connected", "disconnected"
ACCEPTED, DUPLICATE, FILLED = "accepted", "duplicate", "filled"
REJECTED = "rejected:"  # an outcome starts with this, the reason follows


Dealt = tuple[bytes, Event | Rejected, str]
"""One message, what was read of it, and what became of that: an outcome as above."""


class FeedRecord:
    """Thread-safe. All times are Unix seconds; `lag_s` is receive time less producer time of the newest event."""

    def __init__(self, *, clock: Callable[[], float] = time.time, raw_messages: int = RAW_MESSAGES):
        self._clock = clock
        self._lock = threading.Lock()
        self._raw: deque[tuple] = deque(maxlen=raw_messages)
        self._rejected: deque[tuple[tuple, str]] = deque(maxlen=PUZZLES_KEPT)
        self._unknown: deque[tuple] = deque(maxlen=PUZZLES_KEPT)
        self.accepted = 0
        self.duplicates = 0
        self.echoes_of_lines: Callable[[], int] = lambda: 0
        """Second copies that a connection brought: counted where they are noticed, since there are so many."""
        self.server = ""
        self.places_of_lines: Callable[[], tuple[str, ...]] = tuple
        self._echoes_of_journal = 0
        self.filled = 0
        self.rejected: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.handler_errors: Counter[str] = Counter()
        self.lag_s: float | None = None
        self.last_message_at: float | None = None
        self.state = CONNECTING
        self.state_since = clock()
        self.next_try_at: float | None = None
        self.reason: str | None = None
        self.warnings: tuple[str, ...] = ()
        self.reconnects = 0
        self._gaps = Gaps()
        self._alone: str | None = None
        self._known_until = self.state_since  # where a gap begins: the start of the feed, or when it was stopped
        self._stopped_because = ""
        self._subscribed_before = False

    def reset_locks(self) -> None:
        """After a fork: the old lock may be held by a thread that exists only in the parent."""
        self._lock = threading.Lock()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Times of which events are missing here, oldest first."""
        return self._gaps.shown

    def decided_gaps(self) -> tuple[Gap, ...]:
        """Gaps that are over and will stay: what is worth writing down for good."""
        with self._lock:
            return self._gaps.decided(self._clock())

    # -- messages -------------------------------------------------------------------------------------------------

    @property
    def received(self) -> int:
        """Messages taken in, whatever became of them."""
        with self._lock:
            return self._received()

    def _received(self) -> int:
        # A sum and no counter of its own, so that it agrees with its parts even in a child forked in the middle.
        return self.accepted + self.duplicates + sum(self.rejected.values())

    def count(self, via: str, dealt_with: Iterable[Dealt]) -> None:
        """These messages came in by this way and were dealt with, in this order."""
        with self._lock:
            for raw, event, outcome in dealt_with:
                self._count(via, raw, event, outcome)

    def _count(self, via: str, raw: bytes, event: Event | Rejected, outcome: str) -> None:
        received = event.received
        message = (received, via, size_of(raw), outcome, event.kind, event.source, raw[:RAW_TEXT_BYTES])
        self._raw.append(message)
        if outcome == ACCEPTED:
            self.accepted += 1
            if event.time is not None:
                self.lag_s = received - event.time
            self._note_unknown(event, message)
        elif outcome == FILLED:
            self.filled += 1
            self._note_unknown(event, message)
            if received <= (self.last_message_at or 0.0):
                return
        elif outcome == DUPLICATE:
            self.duplicates += 1
        else:
            self.rejected[outcome.removeprefix(REJECTED)] += 1
            self._rejected.append((message, event.detail[:DETAIL_LENGTH]))
        self.last_message_at = received

    def _note_unknown(self, event: Event, message: tuple) -> None:
        if type(event) is OtherEvent:
            self.unknown[self._bounded_kind(event.kind)] += 1
            self._unknown.append(message)

    def _bounded_kind(self, kind: str) -> str:
        name = kind[:KIND_LENGTH]
        return name if name in self.unknown or len(self.unknown) < KINDS_KEPT else OTHER_KINDS

    def echoed(self) -> None:
        """A connection brought what the journal had told before."""
        with self._lock:
            self._echoes_of_journal += 1

    @property
    def echoes(self) -> int:
        """Copies of messages that were there already, because each comes twice by design."""
        return self._echoes_of_journal + self.echoes_of_lines()

    def handler_failed(self, applier: str) -> None:
        """Something an event was handed to raised an exception."""
        with self._lock:
            self.handler_errors[applier] += 1

    @property
    def raw(self) -> tuple[RawMessage, ...]:
        """The last messages, oldest first. Decoded here and not on arrival: few are ever looked at."""
        with self._lock:
            kept = list(self._raw)
        return tuple(readable(message) for message in kept)

    @property
    def raw_rejected(self) -> tuple[RawMessage, ...]:
        """The last rejected messages, oldest first, each with what was wrong with it."""
        with self._lock:
            kept = list(self._rejected)
        return tuple(readable(message, detail) for message, detail in kept)

    @property
    def raw_unknown(self) -> tuple[RawMessage, ...]:
        """The last messages of kinds nobody here reads, oldest first."""
        with self._lock:
            kept = list(self._unknown)
        return tuple(readable(message) for message in kept)

    # -- connection -----------------------------------------------------------------------------------------------

    def connecting(self) -> None:
        """The feed was started. Between a stop and this start events were missed; before the very first start none."""
        with self._lock:
            self._enter(CONNECTING, None, None)
            if self._subscribed_before:
                self._gaps.open(self._known_until, self._stopped_because)
            else:
                self._known_until = self._clock()

    def failed(self, why: str, next_try_at: float | None) -> None:
        """A try to connect failed. `why` is shown to admins; the gap keeps the first reason it was given."""
        with self._lock:
            self._enter(DISCONNECTED, why, next_try_at)
            self._gaps.open(self._known_until, why)

    def lost(self, known_until: float, why: str) -> None:
        """The subscription is gone. `known_until`: when the connection was last known to be good."""
        with self._lock:
            self._enter(DISCONNECTED, why, None)
            self._gaps.open(known_until, why)

    def subscribed(self, warnings: tuple[str, ...] = ()) -> None:
        """Events arrive (again): an open gap ends now."""
        with self._lock:
            self._enter(CONNECTED, None, None)
            self._gaps.close(self._clock())
            if self._subscribed_before:
                self.reconnects += 1
            self._subscribed_before = True
            self.warnings = warnings

    def resumed(self) -> None:
        """The connection that had fallen silent speaks again: an open gap ends now, nothing was subscribed anew."""
        with self._lock:
            self._enter(CONNECTED, None, None)
            self._gaps.close(self._clock())

    def stopped(self, known_until: float, why: str) -> None:
        """The feed was stopped on purpose: no gap yet, but one from `known_until` if it is started again."""
        with self._lock:
            self._enter(DISCONNECTED, why, None)
            self._known_until, self._stopped_because = known_until, why

    def interrupted(self, known_until: float, why: str) -> None:
        """The subscription goes on after a break nobody saw: the gap is already over."""
        self.lost(known_until, why)
        self.subscribed(self.warnings)

    def _enter(self, state: str, reason: str | None, next_try_at: float | None) -> None:
        if state != self.state:
            self.state, self.state_since = state, self._clock()
        self.reason, self.next_try_at = reason, next_try_at

    def line_back(self, warnings: tuple[str, ...] | None) -> None:
        """One of the connections is there (again) beside another; nothing was missed meanwhile."""
        if warnings is not None:
            self.warnings = warnings

    def alone(self, why: str | None) -> None:
        """One connection has been missing for long, for this reason; None: none is."""
        self._alone = why

    def missed(self, start: float, end: float, why: str) -> None:
        """A gap that is noticed only now, when another connection is there again already."""
        with self._lock:
            self.reconnects += 1
            self._gaps.add(Gap(start, end, why))

    # -- what the journal knows -------------------------------------------------------------------------------------

    def spans(self, until: float) -> list[Heard]:
        """When this process listened, oldest first, and why it did not go on; the last one to `until`."""
        with self._lock:
            return self._gaps.spans(until)

    def listened(self, until: float) -> list[Heard]:
        """The same of this process and of those the journal told of."""
        with self._lock:
            return self._gaps.listened(until)

    def fill(self, others: Sequence[Heard], sources: Mapping[str, tuple[Heard, ...]]) -> None:
        """Anybody listened in the spans of `others`, and what they heard is here by now; so no gap is left there.

        `sources` are the spans in which a source wrote the journal itself.
        """
        with self._lock:
            self._gaps.fill(others, sources, self._clock())

    def snapshot(self) -> FeedSnapshot:
        """A frozen copy, taken at one moment."""
        with self._lock:
            return FeedSnapshot(
                received=self._received(), accepted=self.accepted, duplicates=self.duplicates, echoes=self.echoes,
                filled=self.filled, rejected=dict(self.rejected), unknown=dict(self.unknown),
                handler_errors=dict(self.handler_errors), reconnects=self.reconnects, lag_s=self.lag_s,
                last_message_at=self.last_message_at, gaps=self.gaps, gaps_filled=self._gaps.filled, state=self.state,
                state_since=self.state_since, next_try_at=self.next_try_at, reason=self.reason,
                warnings=self._all_warnings(), server=self.server, places=self.places_of_lines(),
                self_recorded=self._gaps.sources)

    def _all_warnings(self) -> tuple[str, ...]:
        return self.warnings if self._alone is None else (*self.warnings, ALONE.format(self._alone))
