"""Samples on their way into the database: what is new of them, and what becomes of their rows. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dashboard.history.cells import SAMPLE, Fields, Rows, pack_samples, sample_values, times_us
from dashboard.metrics.window import Window


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """Samples of one source: `times` (int64, µs, each once), `names`, `values` (metrics × times, NaN where absent)."""

    source: str
    times: np.ndarray
    names: list[str]
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.times)

    @property
    def samples(self) -> int:
        """Numbers in it."""
        return int((~np.isnan(self.values)).sum())

    def rows(self, chosen: np.ndarray | slice) -> Batch:
        return Batch(self.source, self.times[chosen], self.names, self.values[:, chosen])


def batch_of(window: Window) -> Batch:
    """A window of the ring as a batch. Of two samples within a microsecond the newer one is taken."""
    names = list(window.columns)
    values = window.cells
    if values is None:
        values = np.array(list(window.columns.values())).reshape(len(names), len(window))
    batch = Batch(window.source, times_us(window.times), names, values)
    newest = batch.times[1:] != batch.times[:-1]
    return batch if newest.all() else batch.rows(np.flatnonzero(np.append(newest, True)))


@dataclass(frozen=True, eq=False, slots=True)
class News:
    """What of a batch is not stored yet, and the `rows` to write.

    `times` (int64, µs) ascend, `metrics` are numbers, `values` is metrics × times, NaN where nothing is new.
    """

    rows: list[tuple[int, bytes]]
    times: np.ndarray
    metrics: np.ndarray
    values: np.ndarray

    @property
    def count(self) -> int:
        """How many samples are new."""
        return self.values.size - int(np.count_nonzero(np.isnan(self.values)))

    def since(self, at_us: int) -> News:
        """The new samples from a time on, without their rows."""
        first = bisect_left(self.times, at_us)
        return _news([], self.times[first:], self.metrics, self.values[:, first:])


def _news(rows: list[tuple[int, bytes]], times: np.ndarray, metrics: Sequence[int] | np.ndarray, values: np.ndarray
          ) -> News:
    return News(rows, times, np.asarray(metrics, np.uint32), values)


def news_of(batch: Batch, ids: Sequence[int], stored: Fields) -> News:
    """What `stored`, the rows of the batch's times, lacks. What is stored stays: of two values the first one counts.

    `ids` are the numbers of `batch.names`.
    """
    news = _lacking(batch, ids, stored)
    rows = list(zip(news.times.tolist(), pack_samples(news.metrics, news.values), strict=True))
    kept = {at: field for at, field in stored.rows() if len(field) % SAMPLE.itemsize == 0}
    if kept:
        rows = [(at, kept.get(at, b"") + field) for at, field in rows]
    return replace(news, rows=rows)


def samples_lacking(batch: Batch, ids: Sequence[int], stored: Fields | None) -> News:
    """The same for who writes nothing: without rows. There may be times of which nothing is new."""
    return _lacking(batch, ids, stored) if stored else _news([], batch.times, ids, batch.values)


def _lacking(batch: Batch, ids: Sequence[int], stored: Fields) -> News:
    missing = _missing(batch, ids, stored)
    chosen = np.flatnonzero(missing.any(axis=0))
    return _news([], batch.times[chosen], ids, np.where(missing[:, chosen], batch.values[:, chosen], np.nan))


def all_of(rows: Rows) -> News:
    """Stored samples as if all were new."""
    metrics = np.unique(rows.cells["metric"])
    return _news([], rows.times, metrics, sample_values(rows, metrics))


def _missing(batch: Batch, ids: Sequence[int], stored: Fields) -> np.ndarray:
    """Which of the batch's values (metrics × times) are in none of the rows."""
    missing = ~np.isnan(batch.values)
    if stored:
        known = stored.unpack(SAMPLE)
        missing[:, np.searchsorted(batch.times, known.times)] &= np.isnan(sample_values(known, ids))
    return missing
