"""What of the ring is not in the database yet. The ring is the queue: bounded, and there whatever the database does.

So the feed hands nothing over and never waits, and what a database that was away has missed is simply what the ring
still has. A sample changes its number in the ring whenever it changes, so that one number a source says it all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from dashboard.history.batch import Batch, batch_of
from dashboard.metrics.readings import Still
from dashboard.metrics.ring import Ring
from dashboard.metrics.window import Window

PRESSING = 0.25
"""Of what the ring keeps of a source. The rest is for what comes while that is written."""


class Backlog:
    """How far each source of the ring is written. Used by one thread; others may read `cursor` and `pending`."""

    def __init__(self, ring: Ring | Still):
        self.ring = ring
        self._cursors: dict[str, int] = {}
        self._filled: dict[str, tuple[int, int]] = {}
        self.dropped = 0
        """Samples that fell out of the ring before they could be written, and those the database refused."""

    def as_now(self) -> Backlog:
        """A copy for a reader, of what was written by now, and of a ring that stands still."""
        copy = Backlog(self.ring.still())
        copy._cursors, copy._filled = self._cursors.copy(), self._filled.copy()
        return copy

    def filled(self, source: str, numbers: tuple[int, int]) -> None:
        """The samples of a source with these numbers (above the first, up to the last) came from the database."""
        if numbers[1] > numbers[0]:
            self._filled[source] = numbers

    def restart(self) -> None:
        """Another database, or one that may lack what was written: all that the ring has is to be written.

        What the ring has no more, and was not written either, is in neither.
        """
        self.dropped += sum(self._window(source)[1] for source in self.ring.sources())
        self._cursors.clear()
        self._filled.clear()

    def sources(self) -> list[str]:
        """Those with something that is not written."""
        return [name for name in self.ring.sources() if self.has(name)]

    def has(self, source: str) -> bool:
        """Whether there is something of this source that is not written."""
        return self.ring.cursor(source) != self._cursors.get(source, 0)

    def is_pressing(self) -> bool:
        """Whether a source has more that is not written than may wait: what the ring lets go of before is lost."""
        ring = self.ring
        return any(ring.cursor(name) - self._cursors.get(name, 0) > PRESSING * ring.rows for name in ring.sources())

    def pending(self, source: str) -> tuple[Batch, int]:
        """The samples of a source that are not written yet, and the cursor to `advance` to when they are."""
        window, _ = self._window(source)
        return batch_of(window), window.cursor

    def unwritten(self, source: str) -> Batch | None:
        """The samples of a source that may not be written yet; None where there is none."""
        batch = self.pending(source)[0] if self.has(source) else ()
        return batch if len(batch) else None

    def take(self, source: str) -> tuple[Batch, int]:
        """The same for the writer, which counts what it could not have any more."""
        window, lost = self._window(source)
        self.dropped += lost
        return batch_of(window), window.cursor

    def advance(self, source: str, cursor: int) -> None:
        """All up to `cursor` is written."""
        self._cursors[source] = cursor
        if cursor >= self._filled.get(source, (0, 0))[1]:
            self._filled.pop(source, None)

    def _window(self, source: str) -> tuple[Window, int]:
        cursor, lost = self._cursors.get(source, 0), 0
        window = self.ring.since(source, cursor)
        if window is None:
            window = self.ring.window(source, end=math.inf)  # filed before our clock was set back: written as well
            if cursor and len(window):
                lost = max(0, int(window.numbers.min()) - cursor - 1)
        first, last = self._filled.get(source, (0, 0))
        if last > first:
            window = _rows(window, np.flatnonzero((window.numbers <= first) | (window.numbers > last)))
        return window, lost


def _rows(window: Window, chosen: np.ndarray) -> Window:
    return Window(window.source, window.epoch, window.cursor, window.times[chosen],
                  {name: values[chosen] for name, values in window.columns.items()}, window.numbers[chosen])


def portions(batch: Batch, rows: int) -> Iterator[Batch]:
    """A batch in pieces of at most so many events."""
    for start in range(0, len(batch), rows):
        yield batch.rows(slice(start, start + rows))
