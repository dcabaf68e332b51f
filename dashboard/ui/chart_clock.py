"""The clock that a chart is drawn by. plotly.js knows no time zones, so a chart gets wall-clock milliseconds.

One offset from UTC for the whole of a chart: the one that the zone has at the chart's end. So every window has its
length, time runs forward and evenly, and two moments never share a place, also where the clocks were changed within
it. What lies before the change is then told by the clock of after it; a mark in the chart says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from dashboard.explore.zones import zone_of
from dashboard.ui.times import DAY_S


@dataclass(frozen=True, slots=True)
class ChartClock:
    """`offset_ms`: how far it is ahead of UTC. `name` as people write it: `CET`, `UTC+03`."""

    zone: str | None
    offset_ms: int
    name: str

    def ms(self, times: Sequence[float] | np.ndarray) -> np.ndarray:
        """Unix seconds (n) -> wall-clock milliseconds (int64, n)."""
        return np.round(np.asarray(times, dtype=float) * 1000).astype("int64") + self.offset_ms

    def at(self, moment: float) -> int:
        """The same of one moment."""
        return round(moment * 1000) + self.offset_ms

    def text(self, moment: float) -> str:
        """A moment as plotly.js draws it as it stands: `2026-11-23T12:03:07.000`."""
        local = datetime.fromtimestamp(moment, UTC) + timedelta(milliseconds=self.offset_ms)
        return local.replace(tzinfo=None).isoformat(timespec="milliseconds")

    def moment(self, text: str) -> float:
        """Unix seconds of such a text. ValueError, OverflowError: it is none, or of no moment."""
        local = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return (local - timedelta(milliseconds=self.offset_ms)).timestamp()

    def changes(self, start: float, end: float) -> list[tuple[float, str]]:
        """When the zone's clocks were changed between two moments (Unix s), and what a chart says there."""
        days = [*np.arange(start, end, DAY_S).tolist(), end]  # no zone changes its clocks twice a day
        offsets = [_offset_ms(day, self.zone) for day in days]
        return [(_change(days[at - 1], days[at], self.zone), f"Clocks changed: times are {self.name}")
                for at in range(1, len(days)) if offsets[at] != offsets[at - 1]]


def chart_clock(zone: str | None, end: float) -> ChartClock:
    """The clock of a chart that ends at `end` (Unix s), in a zone."""
    name = f"{datetime.fromtimestamp(end, zone_of(zone)):%Z}"
    return ChartClock(zone, _offset_ms(end, zone), name if name[:1].isalpha() else f"UTC{name}")


def _change(before: float, after: float, zone: str | None) -> float:
    """The second between the two from which on the offset is that of `after`."""
    low, high, wanted = int(before), int(after) + 1, _offset_ms(after, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset_ms(middle, zone) == wanted else (middle, high)
    return float(high)


def _offset_ms(at: float, zone: str | None) -> int:
    return round(datetime.fromtimestamp(at, zone_of(zone)).utcoffset() / timedelta(milliseconds=1))
