"""What the ring is asked, whether it goes on meanwhile or stands still for one answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dashboard.metrics import window as windows
from dashboard.metrics.block import Cut
from dashboard.metrics.window import Window


class Readings(ABC):
    """Windows and figures of what is kept of a source. `epoch`: of the ring whose numbers these are."""

    epoch: str

    @abstractmethod
    def sources(self) -> list[str]:
        """Their names, sorted."""

    @abstractmethod
    def cut(self, source: str) -> Cut | None:
        """What is kept of a source; None where nothing is known of it."""

    @abstractmethod
    def now(self) -> float | None:
        """The last time that is not yet to come (Unix s); None: nobody knows."""

    def metrics(self, source: str) -> list[str]:
        """The metrics with a number in what is kept, sorted; none for an unknown source."""
        cut = self.cut(source)
        return sorted(cut.latest) if cut else []

    def cursor(self, source: str) -> int:
        """The number of the newest change; 0: there is none."""
        cut = self.cut(source)
        return cut.cursor if cut else 0

    def span(self, source: str) -> tuple[float, float] | None:
        """The times (Unix s) of the oldest and of the newest sample; None where there is none."""
        cut = self.cut(source)
        if cut is None or not cut.parts:
            return None
        (oldest, first, _), (newest, _, end) = cut.parts[0], cut.parts[-1]
        return float(oldest.times[first]), float(newest.times[end - 1])

    def latest(self, source: str) -> dict[str, tuple[float, float]]:
        """metric -> (Unix s, value) of its newest number."""
        cut = self.cut(source)
        return windows.latest(cut, self.now()) if cut else {}

    def window(self, source: str, metrics: Sequence[str] | None = None, start: float | None = None,
               end: float | None = None) -> Window:
        """The samples with start <= time <= end (Unix s; `end` None: now). `metrics` None: all there are; unknown ones
        are all NaN."""
        cut = self.cut(source)
        if cut is None:
            return windows.empty(source, self.epoch, metrics or ())
        return windows.between(source, self.epoch, cut, metrics, start, self.now() if end is None else end)

    def count(self, source: str, start: float, end: float) -> int:
        """How many samples there are with start <= time <= end (Unix s)."""
        cut = self.cut(source)
        return windows.count_between(cut, start, end) if cut else 0

    def since(self, source: str, cursor: int, metrics: Sequence[str] | None = None) -> Window | None:
        """What changed after `cursor`, oldest first; None where that cannot be told: take a window instead.

        It cannot where `cursor` lies ahead of the newest, or a sample that came after it has fallen out again.
        """
        cut = self.cut(source)
        if cut is None:
            return windows.empty(source, self.epoch, metrics or ()) if cursor == 0 else None
        if cursor < cut.fallen or cursor > cut.cursor:
            return None
        return windows.news(source, self.epoch, cut, metrics, cursor)

    def frame(self, source: str, metrics: Sequence[str] | None = None, start: float | None = None,
              end: float | None = None) -> pd.DataFrame:
        """The same window as a DataFrame: a UTC DatetimeIndex named `time`, a column a metric, NaN where absent."""
        window = self.window(source, metrics, start, end)
        micros = np.rint(window.times * 1e6).astype(np.int64).view("M8[us]")
        return pd.DataFrame(window.cells.T, index=pd.DatetimeIndex(micros, tz="UTC", name="time"),
                            columns=list(window.columns), copy=False)


class Still(Readings):
    """For one answer, by one thread: to cut a source takes the lock for which the feed waits, and copies the times of
    all its metrics, and an answer about all sources asks half a dozen things of each."""

    def __init__(self, ring: Readings) -> None:
        self._ring, self.epoch = ring, ring.epoch
        self._cuts: dict[str, Cut | None] = {}

    def sources(self) -> list[str]:
        return self._ring.sources()

    def cut(self, source: str) -> Cut | None:
        if source not in self._cuts:
            self._cuts[source] = self._ring.cut(source)
        return self._cuts[source]

    def now(self) -> float | None:
        return self._ring.now()
