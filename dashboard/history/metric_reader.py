"""What is asked of the metrics' past: windows, statistics, and which metrics there are.

Every method may wait for the database for up to the reader's timeout; none of them writes. With the database away they
answer with what the ring has, and say so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection

from dashboard import catalog
from dashboard.history import inventory, reading
from dashboard.history.answers import (
    RAW,
    Answer,
    HistoryUnavailable,
    Matrix,
    MetricInfo,
    SourceInfo,
    UnknownMetric,
    UnknownSource,
    WindowError,
    WindowStatistics,
)
from dashboard.history.backlog import Backlog
from dashboard.history.cells import Block
from dashboard.history.database import TROUBLE, Readable, plain_words
from dashboard.history.lines import counters, cut, line_of, means, reduced, statistics_of, with_rates
from dashboard.history.question import Question
from dashboard.history.reading import Read
from dashboard.history.steps import Kept, step_for
from dashboard.metrics.query import Gap
from dashboard.metrics.readings import Readings
from dashboard.metrics.window import Window

POINTS_MAX = 10_000
"""Points of one line: more than any screen has pixels. Who asks for more gets so many, and is told."""
POINTS_OF_STATISTICS = 1_000
KEPT_TOLERANCE_S = 86_400.0
"""A window of exactly what is kept begins a moment too early by the time it is asked for."""

Found = TypeVar("Found")
Wanted = Mapping[str, Sequence[str] | None]
"""Sources, and of each the metrics (None: all)."""
Unread = UnknownSource | UnknownMetric | HistoryUnavailable
"""Why there is nothing of one of them."""


class MetricReader:
    """Reads the store, and what is not written yet from the ring, so that past and present join without a hole.

    `down` says since when and why the database is known to be away, so that nobody waits for it in vain.
    """

    def __init__(self, database: Readable | None, ring: Readings, backlog: Backlog, kept: Kept, *,
                 clock: Callable[[], float] = time.time,
                 down: Callable[[], HistoryUnavailable | None] = lambda: None):
        self._database, self._ring, self._backlog, self._kept = database, ring, backlog, kept
        self._clock, self._down = clock, down

    @property
    def ring(self) -> Readings:
        """What it reads of memory."""
        return self._ring

    def within(self, snapshot: Readable | None) -> MetricReader:
        """A reader of the database at one moment, which begins with its first question; None: where there is none. Of
        each source memory stands still from its first question on."""
        # What was written by now is in the snapshot, or else is pending to it: rather twice than never.
        backlog = self._backlog.as_now()
        return MetricReader(snapshot, backlog.ring, backlog, self._kept, clock=self._clock, down=self._down)

    def sources(self) -> list[SourceInfo]:
        """Every source of the store and of the ring, by name."""
        return inventory.sources(self._try(inventory.stored_sources) or [], self._ring)

    def metrics(self, source: str) -> list[MetricInfo]:
        """Every metric of a source, by name. Raises UnknownSource."""
        stored = self._try(lambda connection: inventory.stored_metrics(connection, source))
        found = inventory.metrics(stored or [], self._ring, source)
        if not found:
            raise UnknownSource(source)
        return found

    def series(self, source: str, metrics: Sequence[str], start: float, end: float, points: int, *,
               gaps: Sequence[Gap] = (), rates: bool = True) -> Answer:
        """Lines for a chart of `points` pixels: raw samples where they fit, else buckets of a round width.

        From the coarsest tier that still fills the pixels: a bucket's width is the smallest round step with which the
        window takes at most `points` of them. `gaps`: recorded gaps of the feed, which no line crosses. `rates` False:
        counters as they were sent. `points` above 10,000 is taken as 10,000, and a note says so.

        With the database away the answer is what the ring has (`from_store` False).

        Raises:
            UnknownSource, UnknownMetric
            WindowError: `end` before `start`, a window that is no number or longer than what is kept.
            HistoryUnavailable: the ring does not know the source, and the database is away.
        """
        return _only(self.series_of_each({source: metrics}, start, end, points, gaps=gaps, rates=rates))

    def series_of_each(self, wanted: Wanted, start: float, end: float, points: int, *, gaps: Sequence[Gap] = (),
                       rates: bool = True) -> dict[str, Answer | Unread]:
        """The same of several sources at once. Raises WindowError; what else `series` raises of one stands there."""
        points, notes = _bounded(points)
        return {source: read if isinstance(read, Exception) else _answer(
                    source, *read, start, end, points, gaps, notes)
                for source, read in self._windows(wanted, start, end, points, rates)}

    def statistics(self, source: str, metrics: Sequence[str], start: float, end: float) -> dict[str, WindowStatistics]:
        """The same window as figures only. Raises like `series`."""
        read, _ = _only(dict(self._windows({source: metrics}, start, end, POINTS_OF_STATISTICS, True)))
        exact = _within(read, start)
        return {name: statistics_of(exact, index) for index, name in enumerate(read.names)}

    def samples(self, source: str, metrics: Sequence[str] | None, start: float, end: float, points: int
                ) -> tuple[Window, bool]:
        """Numbers as they were sent (metrics None: all), for at least `points` rows where there are so many.

        Of a window with more samples the newest of each bucket, at its own time; then True comes with it. Raises like
        `series`.
        """
        return _only(self.samples_of_each({source: metrics}, start, end, points))

    def samples_of_each(self, wanted: Wanted, start: float, end: float, points: int
                        ) -> dict[str, tuple[Window, bool] | Unread]:
        """The same of several sources at once. Raises WindowError; what else `samples` raises of one stands there."""
        points, _ = _bounded(points)
        return {source: read if isinstance(read, Exception) else _as_sent(source, read[0], start, end)
                for source, read in self._windows(wanted, start, end, points, False)}

    def matrix(self, source: str, metrics: Sequence[str] | None, start: float, end: float, points: int) -> Matrix:
        """Metrics (None: all) over one time axis of at most `points` steps, to compare them. Raises like `series`."""
        return _only(self.matrix_of_each({source: metrics}, start, end, points))

    def matrix_of_each(self, wanted: Wanted, start: float, end: float, points: int
                       ) -> dict[str, Matrix | Unread]:
        """The same of several sources at once. Raises WindowError; what else `matrix` raises of one stands there."""
        points, _ = _bounded(points)
        return {source: read if isinstance(read, Exception) else _compared(source, *read, start, end, points)
                for source, read in self._windows(wanted, start, end, points, True)}

    def _windows(self, wanted: Wanted, start: float, end: float, points: int, rates: bool
                 ) -> Iterator[tuple[str, tuple[Read, np.ndarray] | Unread]]:
        """What was read of each source, with rates, and which of its metrics those are. Some at a time: who reduces
        each as it comes never has all of it in memory."""
        if wanted:
            self._check(start, end)
        names = {source: None if metrics is None else list(dict.fromkeys(metrics))
                 for source, metrics in wanted.items()}
        for source, read in self._read(names, start, end, points):
            if isinstance(read, Exception):
                yield source, read
                continue
            about = [catalog.describe(name) for name in read.names]
            which = counters(read.block, [rates and one.cumulative for one in about], [one.counts for one in about])
            read.block = with_rates(read.block, which)
            yield source, (read, which)

    def _read(self, names: dict[str, list[str] | None], start: float, end: float, points: int
              ) -> Iterator[tuple[str, Read | Unread]]:
        now, away, left = self._clock(), self._down(), dict(names)
        if self._database is not None and away is None:
            # Before the database: rather twice than never. And not without one, where it would be all there is.
            # And what was heard before what is not written: what comes in between is then no more than that.
            heard = {source: self._ring.count(source, start, end) for source in names}
            asked = [Question(source, metrics, start, end, points, now, self._kept,
                              self._backlog.unwritten(source), frozenset(self._ring.metrics(source)), heard[source])
                     for source, metrics in names.items()]
            try:
                with self._database.reading() as connection:
                    for one, read in zip(asked, reading.read_all(connection, asked), strict=True):
                        del left[one.source]
                        yield one.source, read
            except TROUBLE as error:
                away = HistoryUnavailable(plain_words(error))
        for source, metrics in left.items():
            if len(names) > 1 and self._database is not None:  # it may be one of them that the database fails at
                yield from self._read({source: metrics}, start, end, points)
            else:
                yield source, self._in_memory(source, metrics, start, end, points, away)

    def _in_memory(self, source: str, metrics: list[str] | None, start: float, end: float, points: int,
                   away: HistoryUnavailable | None) -> Read | Unread:
        if self._ring.cut(source) is None:
            return away or UnknownSource(source)
        try:
            read = reading.from_ring(self._ring, source, metrics, start, end, points)
        except UnknownMetric as error:
            return error
        if away is not None:
            read.notes.append(f"The database is away ({away.reason}): this is what the memory of this process has.")
        return read

    def _try(self, ask: Callable[[Connection], Found]) -> Found | None:
        """What the store answers; None where it is away or switched off."""
        if self._database is None or self._down() is not None:
            return None
        try:
            with self._database.reading() as connection:
                return ask(connection)
        except TROUBLE:
            return None

    def _check(self, start: float, end: float) -> None:
        if not (math.isfinite(start) and math.isfinite(end)):
            raise WindowError("start and end are times.")
        if end < start:
            raise WindowError("end lies before start.")
        kept_s = self._kept.longest_s
        if end - start > kept_s + KEPT_TOLERANCE_S:
            raise WindowError(f"The window is longer than what is kept: {kept_s / 86_400:g} days.")
        if end < self._clock() - kept_s - KEPT_TOLERANCE_S:
            raise WindowError(f"The window is older than what is kept: {kept_s / 86_400:g} days.")


def _bounded(points: int) -> tuple[int, tuple[str, ...]]:
    if points > POINTS_MAX:
        return POINTS_MAX, (f"{points:,} points were asked for; {POINTS_MAX:,} is the most.",)
    return max(1, points), ()


def _only(found: dict[str, Found | Unread]) -> Found:
    """What there is of one source; raises what stands there instead."""
    [one] = found.values()
    if isinstance(one, Exception):
        raise one
    return one


def _answer(source: str, read: Read, which: np.ndarray, start: float, end: float, points: int, gaps: Sequence[Gap],
            notes: Sequence[str]) -> Answer:
    exact = _within(read, start)
    drawn = reduced(exact, read.step_s) if read.step_s else exact
    lines = {name: line_of(name, drawn, index, bool(which[index]), statistics_of(exact, index), gaps, read.step_s)
             for index, name in enumerate(read.names)}
    return Answer(source, start, end, points, read.tier, float(read.step_s), read.from_store, lines,
                  (*notes, *read.notes))


def _as_sent(source: str, read: Read, start: float, end: float) -> tuple[Window, bool]:
    block = cut(read.block, start) if read.tier == RAW else _within(read, start)
    times, last = block.times, block.last
    if read.tier != RAW:  # of the buckets at both ends what was sent last may lie beyond
        inside = (block.last_at >= start) & (block.last_at <= end)
        last = np.where(inside, last, np.nan)
        times = np.fmax.reduce(np.where(inside, block.last_at, np.nan), axis=0, initial=-np.inf)
    kept = np.flatnonzero(np.isfinite(times))
    columns = dict(zip(read.names, last[:, kept], strict=True))
    window = Window(source, "", 0, times[kept], columns, np.zeros(len(kept), dtype=np.int64))
    return window, read.tier != RAW or read.step_s > 0


def _compared(source: str, read: Read, which: np.ndarray, start: float, end: float, points: int) -> Matrix:
    block = _within(read, start)
    step_s = read.step_s
    if not step_s and len(block) > points:  # samples that come alternately are more times than each has
        step_s = step_for(end - start, points)
    block = reduced(block, step_s) if step_s else block
    return Matrix(source, tuple(read.names), block.times, means(block), block.count, read.tier, float(step_s),
                  frozenset(name for name, is_rate in zip(read.names, which, strict=True) if is_rate),
                  read.from_store)


def _within(read: Read, start: float) -> Block:
    """Without what was read only so that the first rate is known."""
    step_s = read.step_s
    return cut(read.block, math.floor(start / step_s) * step_s if step_s and read.tier != RAW else start)
