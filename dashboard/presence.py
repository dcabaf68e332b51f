"""When a source was heard, and the silences between. Pure."""

from __future__ import annotations

from bisect import bisect_right

Interval = tuple[float, float]
SPANS_KEPT = 200
"""Of one source; one that falls silent twice an hour is followed for four days."""


class Presence:
    """Times at which a source was heard, in any order, as spans without a silence longer than `apart_s`.

    The order does not matter, since what a process has missed is brought later. Times are Unix seconds.
    """

    def __init__(self, apart_s: float):
        self._apart_s = apart_s
        self._first: list[float] = []  # of each span, ascending
        self._last: list[float] = []

    def heard(self, at: float) -> bool:
        """One sign of life; True where the silences may be others now."""
        if self._last and self._last[-1] <= at <= self._last[-1] + self._apart_s:
            self._last[-1] = at  # nearly always
            return False
        place = bisect_right(self._first, at)
        if place and at <= self._last[place - 1]:
            return False
        self._first.insert(place, at)
        self._last.insert(place, at)
        self._join(place)
        self._join(place - 1)
        if len(self._first) > SPANS_KEPT:
            del self._first[0], self._last[0]
        return True

    def _join(self, place: int) -> None:
        """The span and the next one become one, where no silence is between them."""
        if 0 <= place < len(self._first) - 1 and self._first[place + 1] - self._last[place] <= self._apart_s:
            del self._first[place + 1], self._last[place]

    def silences(self) -> tuple[Interval, ...]:
        """(last heard before, first heard after) of each silence that is over, oldest first."""
        return tuple(zip(self._last, self._first[1:], strict=False))
