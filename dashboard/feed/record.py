"""What happened to the feed itself: counters, connection state, gaps and the last raw messages.

Written by the listener thread and the HTTP door, read by everybody. Nothing here waits for Redis.
"""

from __future__ import annotations

import codecs
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

RAW_MESSAGES = 500
RAW_TEXT_BYTES = 4096  # enough to recognise any message; 500 of them stay under 2 MiB
PUZZLES_KEPT = 50  # of the rejected, and of the unknown kinds: among the raw messages others push them out at once
DETAIL_LENGTH = 200
GAPS_KEPT = 500  # a day of one gap every three minutes; a feed worse than that needs no finer list
KINDS_KEPT = 100  # names of unknown kinds come from outside, so their number is bounded
KIND_LENGTH = 80
OTHER_KINDS = "(other)"

CONNECTING, CONNECTED, DISCONNECTED = "connecting", "connected", "disconnected"
REJECTED = "rejected:"  # an outcome starts with this, the reason follows


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which events may have been missed. Unix seconds; `end` is None while it lasts."""

    start: float
    end: float | None
    why: str


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message as it came. `outcome` is "accepted", "duplicate" or "rejected:<reason>"; `size` is in bytes.

    `detail`: what exactly was wrong with a rejected one.
    """

    received: float
    via: str
    size: int
    outcome: str
    kind: str | None
    source: str | None
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FeedSnapshot:
    """One consistent view of the record: `received == accepted + sum(rejected.values()) + duplicates`."""

    received: int
    accepted: int
    duplicates: int
    rejected: dict[str, int]
    unknown: dict[str, int]
    handler_errors: dict[str, int]
    reconnects: int
    lag_s: float | None
    last_message_at: float | None
    gaps: tuple[Gap, ...]
    state: str
    state_since: float
    next_try_at: float | None
    reason: str | None
    warnings: tuple[str, ...]


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
        self.gaps: tuple[Gap, ...] = ()
        self._known_until = self.state_since  # where a gap begins: the start of the feed, or when it was stopped
        self._stopped_because = ""
        self._subscribed_before = False

    def reset_locks(self) -> None:
        """After a fork: the old lock may be held by a thread that exists only in the parent."""
        self._lock = threading.Lock()

    # -- messages -------------------------------------------------------------------------------------------------

    @property
    def received(self) -> int:
        """Messages taken in, whatever became of them."""
        with self._lock:
            return self._received()

    def _received(self) -> int:
        # A sum and no counter of its own, so that it agrees with its parts even in a child forked in the middle.
        return self.accepted + self.duplicates + sum(self.rejected.values())

    def count(self, raw: bytes, received: float, via: str, outcome: str, kind: str | None = None,
              source: str | None = None, lag_s: float | None = None, known: bool = True, detail: str = "") -> None:
        """One message was dealt with. `known` is False for an accepted message of a kind nobody here reads; `detail`
        says what was wrong with a rejected one."""
        message = (received, via, len(raw), outcome, kind, source, raw[:RAW_TEXT_BYTES])
        with self._lock:
            if outcome == "accepted":
                self.accepted += 1
                if lag_s is not None:
                    self.lag_s = lag_s
                if not known:
                    self.unknown[self._bounded_kind(kind)] += 1
                    self._unknown.append(message)
            elif outcome == "duplicate":
                self.duplicates += 1
            else:
                self.rejected[outcome.removeprefix(REJECTED)] += 1
                self._rejected.append((message, detail[:DETAIL_LENGTH]))
            self.last_message_at = received
            self._raw.append(message)

    def _bounded_kind(self, kind: str | None) -> str:
        name = (kind or "")[:KIND_LENGTH]
        return name if name in self.unknown or len(self.unknown) < KINDS_KEPT else OTHER_KINDS

    def handler_failed(self, applier: str) -> None:
        """Something an event was handed to raised an exception."""
        with self._lock:
            self.handler_errors[applier] += 1

    @property
    def raw(self) -> tuple[RawMessage, ...]:
        """The last messages, oldest first. Decoded here and not on arrival: few are ever looked at."""
        with self._lock:
            kept = list(self._raw)
        return tuple(_readable(message) for message in kept)

    @property
    def raw_rejected(self) -> tuple[RawMessage, ...]:
        """The last rejected messages, oldest first, each with what was wrong with it."""
        with self._lock:
            kept = list(self._rejected)
        return tuple(_readable(message, detail) for message, detail in kept)

    @property
    def raw_unknown(self) -> tuple[RawMessage, ...]:
        """The last messages of kinds nobody here reads, oldest first."""
        with self._lock:
            kept = list(self._unknown)
        return tuple(_readable(message) for message in kept)

    # -- connection -----------------------------------------------------------------------------------------------

    def connecting(self) -> None:
        """The feed was started. Between a stop and this start events were missed; before the very first start none."""
        with self._lock:
            self._enter(CONNECTING, None, None)
            if self._subscribed_before:
                self._open_gap(self._known_until, self._stopped_because)
            else:
                self._known_until = self._clock()

    def failed(self, why: str, next_try_at: float | None) -> None:
        """A try to connect failed. `why` is shown to admins; the gap keeps the first reason it was given."""
        with self._lock:
            self._enter(DISCONNECTED, why, next_try_at)
            self._open_gap(self._known_until, why)

    def lost(self, known_until: float, why: str) -> None:
        """The subscription is gone. `known_until`: when the connection was last known to be good."""
        with self._lock:
            self._enter(DISCONNECTED, why, None)
            self._open_gap(known_until, why)

    def subscribed(self, warnings: tuple[str, ...] = ()) -> None:
        """Events arrive (again): an open gap ends now."""
        with self._lock:
            self._enter(CONNECTED, None, None)
            self._close_gap()
            if self._subscribed_before:
                self.reconnects += 1
            self._subscribed_before = True
            self.warnings = warnings

    def resumed(self) -> None:
        """The connection that had fallen silent speaks again: an open gap ends now, nothing was subscribed anew."""
        with self._lock:
            self._enter(CONNECTED, None, None)
            self._close_gap()

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

    def _open_gap(self, start: float, why: str) -> None:
        if not (self.gaps and self.gaps[-1].end is None):
            self.gaps = (*self.gaps, Gap(start, None, why))[-GAPS_KEPT:]

    def _close_gap(self) -> None:
        if self.gaps and self.gaps[-1].end is None:
            gap = self.gaps[-1]
            self.gaps = (*self.gaps[:-1], Gap(gap.start, max(self._clock(), gap.start), gap.why))

    def snapshot(self) -> FeedSnapshot:
        """A frozen copy, taken at one moment."""
        with self._lock:
            return FeedSnapshot(
                received=self._received(), accepted=self.accepted, duplicates=self.duplicates,
                rejected=dict(self.rejected), unknown=dict(self.unknown),
                handler_errors=dict(self.handler_errors), reconnects=self.reconnects,
                lag_s=self.lag_s, last_message_at=self.last_message_at, gaps=self.gaps, state=self.state,
                state_since=self.state_since, next_try_at=self.next_try_at, reason=self.reason,
                warnings=self.warnings)


def _readable(message: tuple, detail: str = "") -> RawMessage:
    *fields, head = message
    # A detail may quote half a surrogate pair, which no answer could carry.
    return RawMessage(*fields, _text(head, fields[2]), detail.encode("utf-8", "replace").decode())


def _text(head: bytes, size: int) -> str:
    """Readable whatever it was; a character cut in half at the end of the head is left out, not replaced."""
    return codecs.getincrementaldecoder("utf-8")("replace").decode(head, final=size <= len(head))
