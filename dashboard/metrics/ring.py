"""The recent past in memory: numbers by source, time and metric, bounded in every direction.

One writer (the feed) appends, many readers (page, REST) take windows; whoever looks has what was only held written
first. Inside are numpy columns, at the surface pandas where it is asked for: appending to a DataFrame costs about a
millisecond a sample, here it is microseconds.

Bounds: rows a source, metrics a source, sources. What a bound refuses is counted, in bounded space. A metric that was
not written in all that is kept of its source gives its place back, so does a source that was silent for a day.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from threading import Lock

import numpy as np

from dashboard.event_types import FUTURE_TOLERANCE_S
from dashboard.metrics import table as outcome
from dashboard.metrics.block import Cut
from dashboard.metrics.readings import Readings, Still
from dashboard.metrics.refused_names import RefusedNames
from dashboard.metrics.table import Table
from dashboard.metrics.window import Window
from dashboard.named_numbers import NamedNumbers

__all__ = ["Ring", "RingCounters", "Window"]

# A producer that names itself anew with each start must not fill the table of sources for ever; a day is what is kept.
SOURCE_IDLE_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class RingCounters:
    """What became of the samples: `appended` is the sum of `stored` to `samples_refused`, whenever it is read.

    `metrics_refused` and `sources_refused` count different names, up to 4,096 (meaning: that many or more).
    """

    appended: int
    stored: int
    late: int
    merged: int
    duplicates: int
    too_old: int
    empty: int
    samples_refused: int
    cells_refused: int
    metrics_refused: int
    metrics_refused_examples: tuple[str, ...]
    sources_refused: int
    sources_refused_examples: tuple[str, ...]


class Ring(Readings):
    """The last `rows` samples of each source, of at most `metrics` metrics each, for at most `sources` sources.

    `clock` (Unix s; None: there is none) tells what is yet to come: it was filed before our clock was set back, and
    where no end is named it is left out, since what came after it would else be taken for older.

    Raises:
        ValueError: a bound below 1.
    """

    def __init__(self, *, rows: int = 43_200, metrics: int = 512, sources: int = 32, epoch: str | None = None,
                 clock: Callable[[], float] | None = None) -> None:
        if min(rows, metrics, sources) < 1:
            raise ValueError("rows, metrics and sources are 1 or more")
        self.rows, self.max_metrics, self.max_sources = rows, metrics, sources
        self._tables: dict[str, Table] = {}
        self._outcomes: Counter[str] = Counter()
        self._refused_metrics = RefusedNames()
        self._refused_sources = RefusedNames()
        self._retired_number = 0
        self._clock = clock
        self._lock = Lock()
        self.epoch = epoch or secrets.token_hex(8)

    def reset_locks(self) -> None:
        """After a fork: a new lock, and a new epoch, since from here on parent and child hear different things."""
        self._lock = Lock()
        self.epoch = secrets.token_hex(8)

    def append(self, source: str, at: float, values: Mapping[str, float]) -> str:
        """File the finite numbers of `values` under `at` (Unix s).

        Returns "stored" (newest of its source), "late" (placed among older ones), "merged" (a sample of that time is
        there and got other cells), "duplicate" (it has them all), "too-old" (older than all that is kept by a full
        ring), "empty" (no finite number) or "refused" (a bound, or a time that is no number).
        """
        with self._lock:
            result = self._append(source, at, values)
            self._outcomes[result] += 1
            return result

    def append_all(self, source: str, samples: Sequence[tuple[float, NamedNumbers]]) -> None:
        """File these samples (Unix s, values) one after the other, as `append` does each."""
        with self._lock:
            first = 0
            while first < len(samples):
                table = self._tables.get(source)
                stored = table.hold(samples, first) if table is not None else 0
                if stored:
                    self._outcomes[outcome.STORED] += stored
                else:
                    self._outcomes[self._append(source, *samples[first])] += 1
                first += stored or 1

    def prepend(self, source: str, times: np.ndarray, columns: Mapping[str, np.ndarray]) -> tuple[int, int]:
        """Put what is known from before a start in front of a source's samples, within the bounds.

        `times` (Unix s) ascend; `columns`: metric -> values, NaN where a sample lacks it. What is not older than all
        the ring has is left out. Returns the numbers the samples got: (the one before the first, the last).
        """
        with self._lock:
            table = self._tables.get(source)
            if table is None:
                if not len(times) or len(self._tables) >= self.max_sources:
                    return 0, 0
                table = Table(self.rows, self.max_metrics, self._refused_metrics, self._retired_number)
            numbers = table.prepend(times, columns)
            if table.length:
                self._tables[source] = table
            return numbers

    @property
    def counters(self) -> RingCounters:
        with self._lock:
            count = self._outcomes
            return RingCounters(
                appended=count.total(), stored=count[outcome.STORED], late=count[outcome.LATE],
                merged=count[outcome.MERGED], duplicates=count[outcome.DUPLICATE], too_old=count[outcome.TOO_OLD],
                empty=count[outcome.EMPTY], samples_refused=count[outcome.REFUSED],
                cells_refused=self._refused_metrics.times, metrics_refused=self._refused_metrics.distinct,
                metrics_refused_examples=tuple(self._refused_metrics.examples),
                sources_refused=self._refused_sources.distinct,
                sources_refused_examples=tuple(self._refused_sources.examples))

    def sources(self) -> list[str]:
        with self._lock:
            return sorted(self._tables)

    def length(self, source: str) -> int:
        with self._lock:
            table = self._tables.get(source)
            return table.length if table else 0

    def cursor(self, source: str) -> int:
        """The number of the newest change; 0: there is none."""
        with self._lock:
            table = self._tables.get(source)
            return table.number if table else 0

    def still(self) -> Still:
        """The ring for one answer: of each source what there was when that was first asked for."""
        return Still(self)

    def _append(self, source: str, at: float, values: Mapping[str, float]) -> str:
        if not isfinite(at):
            return outcome.REFUSED
        table = self._tables.get(source)
        if table is not None:
            return table.append(at, values)
        idle = None
        if len(self._tables) >= self.max_sources:
            idle = min(self._tables, key=lambda name: self._tables[name].newest)
            if self._tables[idle].newest >= at - SOURCE_IDLE_S:
                self._refused_sources.add(source)
                return outcome.REFUSED
        # Numbers go on where a retired source ended: its old cursors must not fit a source of the same name.
        start = max(self._retired_number, self._tables[idle].number if idle is not None else 0)
        table = Table(self.rows, self.max_metrics, self._refused_metrics, start)
        result = table.append(at, values)
        if table.length:
            if idle is not None:
                del self._tables[idle]
                self._retired_number = start
            self._tables[source] = table
        return result

    def now(self) -> float | None:
        """The last time that is not yet to come (Unix s); None: nobody knows."""
        return None if self._clock is None else self._clock() + FUTURE_TOLERANCE_S

    def cut(self, source: str) -> Cut | None:
        with self._lock:
            table = self._tables.get(source)
            return table.cut() if table else None
