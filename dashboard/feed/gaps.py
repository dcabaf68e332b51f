"""The gaps of one process's feed: what it missed itself, less what others heard meanwhile and the journal told it.

Not safe by itself: the record holds its lock around every call.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from dashboard.feed.coverage import Gap, Heard, holes, uncovered, union

DECIDED_AFTER_S = 5.0  # until then somebody may yet tell that he listened: everybody does so every second
GAPS_KEPT = 500  # a day of one gap every three minutes; a feed worse than that needs no finer list


class Gaps:
    """`shown` is what a chart draws: oldest first, the last one may still be open."""

    def __init__(self) -> None:
        self.own: tuple[Gap, ...] = ()
        self.shown: tuple[Gap, ...] = ()
        self.filled = 0
        """Own gaps of which nothing is left: others listened all the time, and what they heard is here."""
        self.sources: Mapping[str, tuple[Heard, ...]] = {}
        """Of sources that write the journal themselves, when they did: from those nothing was missed then."""
        self._others: list[Heard] = []
        self._decided_until = -math.inf
        self._begin: float | None = None  # before it this process knows from others alone what was missed
        self._listening_since: float | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.own) and self.own[-1].end is None

    def open(self, start: float, why: str) -> None:
        """Nothing is heard from `start` on; an open gap stays as it is."""
        if not self.is_open:
            self._add(Gap(_told(start), None, why))

    def close(self, now: float) -> None:
        """Something is heard again: an open gap ends, at the earliest where it began."""
        now = _told(now)
        if self._begin is None:
            self._begin = self.own[0].start if self.own else now
        if self.is_open:
            gap = self.own[-1]
            self.own = (*self.own[:-1], replace(gap, end=max(now, gap.start)))
        if self._listening_since is None:
            self._listening_since = now
        self._show()

    def add(self, gap: Gap) -> None:
        """A gap that was noticed when it was over, while something was heard again already."""
        if gap.end is not None and not self.is_open:
            self._add(gap)

    def _add(self, gap: Gap) -> None:
        if len(self.own) == GAPS_KEPT:
            # From here on the time before its end is told by others, or not at all.
            self._begin = self._listening_since = max(self.own[0].end, self._listening_since or -math.inf)
        self.own = (*self.own, gap)[-GAPS_KEPT:]
        self._show()

    def fill(self, others: Sequence[Heard], sources: Mapping[str, tuple[Heard, ...]], now: float) -> None:
        """What was listened to by anybody, as the journal has it now; all that was heard then is here by now."""
        self._others, self.sources, self._decided_until = union(others), dict(sources), now - DECIDED_AFTER_S
        self._show()

    def decided(self, now: float) -> tuple[Gap, ...]:
        """Those that are over, and that nobody will fill any more unless Redis was full or read-only."""
        return tuple(gap for gap in self.shown if gap.end is not None and gap.end <= now - DECIDED_AFTER_S)

    def spans(self, until: float) -> list[Heard]:
        """When this process listened, oldest first; the last one to `until` where it still does."""
        if self._listening_since is None:
            return []
        found, since = [], self._listening_since
        for gap in self.own:
            if gap.end is not None and gap.end <= self._listening_since:
                continue
            found.append(Heard(since, max(gap.start, since), gap.why))
            if gap.end is None:
                return found
            since = gap.end
        return [*found, Heard(since, max(until, since))]

    def listened(self, until: float) -> list[Heard]:
        """When anybody listened, as far as this process knows: it did, or the journal told of others."""
        return union([*self._others, *self.spans(until)])

    def _show(self) -> None:
        left = [[gap] if gap.end is None else uncovered(gap, self._others) for gap in self.own]
        self.filled = left.count([])
        begin = self._begin
        before = [] if begin is None or not self._others else [
            gap if gap.end <= begin else replace(gap, end=begin)
            for gap in holes(union([*self._others, *self.spans(-math.inf)]), self._decided_until) if gap.start < begin]
        self.shown = (*before, *chain.from_iterable(left))[-GAPS_KEPT:]


def _told(at: float) -> float:
    """To the millisecond, as it is told to others: then all show the very same gap."""
    return round(at, 3)
