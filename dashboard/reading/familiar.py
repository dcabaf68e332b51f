"""Which shapes of messages are known by now, so that most of them need not be taken apart name by name."""

from __future__ import annotations

from typing import Any

from dashboard.event_types import MetricUpdate
from dashboard.reading.shape import Shape, Unfamiliar

LONGEST_BYTES = 65_536
"""Longer messages are rare, and their shapes large."""
PLACES_KEPT = 64
"""Kinds of messages that are told apart: those of some dozen producers."""
LEARN_AFTER, LEARN_AFTER_MOST = 8, 4_096
"""Messages alike before a shape is made, which costs as much as to read many of them; after a shape that was of no
use it needs twice as many as before it, and so on, since names may be new in each message."""
WORTH_IT = 256
"""Messages that a shape must have read to have been of use."""
MISSES = 32
"""In a row, until a shape is given up: the producer has changed what it sends."""
BACKSLASH = ord("\\")  # a number, for which bytes are searched seven times as fast as for a text of one


class _Place:
    """What is known of messages with the same number of colons."""

    __slots__ = ("shape", "alike", "learn_after", "read", "missed")

    def __init__(self) -> None:
        self.shape: Shape | None = None
        self.alike = self.read = self.missed = 0
        self.learn_after = LEARN_AFTER

    def miss(self) -> None:
        self.missed += 1
        if self.missed >= MISSES:
            self.shape = None
            self.learn_after = LEARN_AFTER if self.read >= WORTH_IT else min(LEARN_AFTER_MOST, 2 * self.learn_after)
            self.read = self.missed = 0


class Familiar:
    """Finds the shape of a message by its number of colons, which is that of its names, and tries it.

    Threads may use it at once: at worst a message is read the long way, or a shape made twice.
    """

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}

    def read(self, raw: bytes, received: float) -> MetricUpdate | None:
        """The event in `raw`, heard at `received` (Unix s); None where it must be read the long way."""
        place = self._places.get(raw.count(b":"))
        shape = None if place is None else place.shape
        if shape is None or not _is_plain(raw):
            return None
        event = shape.read(raw, received)
        if event is None:
            place.miss()
        else:
            place.read += 1
            place.missed = 0
        return event

    def learn(self, event: MetricUpdate, document: dict[str, Any]) -> None:
        """This was read the long way."""
        raw = event.raw
        if event.complaints or not _is_plain(raw):
            return
        colons = raw.count(b":")
        place = self._places.get(colons)
        if place is None:
            if len(self._places) >= PLACES_KEPT:
                self._places.pop(min(list(self._places), key=self._use))
            place = self._places[colons] = _Place()
        place.alike += 1
        if place.shape is None and place.alike >= place.learn_after:
            place.alike = 0
            try:
                place.shape = Shape(document, event.kind)
            except Unfamiliar:
                place.learn_after = min(LEARN_AFTER_MOST, 2 * place.learn_after)

    def _use(self, colons: int) -> tuple[bool, int, int]:
        """By which one place is worth less than another."""
        place = self._places[colons]
        return place.shape is not None, place.read, place.learn_after


def _is_plain(raw: bytes) -> bool:
    """Nothing in its strings is written in another way than it is meant, and all of it is here (`Oversize` is not)."""
    return type(raw) is bytes and len(raw) <= LONGEST_BYTES and BACKSLASH not in raw
