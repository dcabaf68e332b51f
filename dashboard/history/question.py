"""A window of one source as it is asked for, with what this process knows of it without the database. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np

from dashboard.history.batch import Batch
from dashboard.history.cells import to_us
from dashboard.history.steps import Kept


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """A window (Unix s). `metrics` None: all. `pending`: samples that may not be stored yet, or None.

    `in_ring`: the metrics of the source that this process has heard; `heard`: how many samples of the window it had,
    not later than `pending` was looked at.
    """

    source: str
    metrics: list[str] | None
    start: float
    end: float
    points: int
    now: float
    kept: Kept
    pending: Batch | None
    in_ring: frozenset[str]
    heard: int

    def surely_stored(self, start_us: int, end_us: int) -> int:
        """At least so many samples of the window are stored: those in memory that no longer wait to be."""
        waiting = self._places(start_us, end_us)
        return self.heard - (waiting.stop - waiting.start)

    def waiting(self, start_us: int) -> Batch | None:
        """What is not written yet of the metrics that are named, from that time to the end; None where there is
        nothing."""
        chosen = self._places(start_us, to_us(self.end))
        if chosen.start == chosen.stop:
            return None
        batch = self.pending
        if batch.names == self.metrics:
            return batch.rows(chosen)
        values = np.full((len(self.metrics), chosen.stop - chosen.start), np.nan)
        lines = {name: line for line, name in enumerate(batch.names)}
        for row, name in zip(values, self.metrics, strict=True):
            if name in lines:
                row[:] = batch.values[lines[name], chosen]
        return Batch(batch.source, batch.times[chosen], self.metrics, values)

    def _places(self, start_us: int, end_us: int) -> slice:
        """Which of those that wait are of that time."""
        if self.pending is None:
            return slice(0, 0)
        return slice(bisect_left(self.pending.times, start_us), bisect_right(self.pending.times, end_us))
