"""Samples on their way into the database: what is new of them, and what becomes of their rows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.history.cells import SAMPLE, pack_samples, sample_values, times_us, unpack
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
    values = np.array(list(window.columns.values())).reshape(len(names), len(window))
    times = times_us(window.times)
    keep = np.flatnonzero(np.append(times[1:] != times[:-1], True)) if len(times) else slice(0)
    return Batch(window.source, times[keep], names, values[:, keep])


@dataclass(frozen=True, eq=False, slots=True)
class News:
    """What of a batch is not stored yet: `rows` to write, and the samples in them that are new, one by one."""

    rows: list[tuple[int, bytes]]
    times: np.ndarray
    metrics: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def since(self, at_us: int) -> News:
        """The new samples from a time on, without their rows."""
        chosen = self.times >= at_us
        return News([], self.times[chosen], self.metrics[chosen], self.values[chosen])


def news_of(batch: Batch, ids: Sequence[int], stored: Sequence[tuple[int, bytes]]) -> News:
    """What `stored`, the rows of the batch's times, lacks. What is stored stays: of two values the first one counts.

    `ids` are the numbers of `batch.names`.
    """
    missing = _missing(batch, ids, stored)
    chosen = np.flatnonzero(missing.any(axis=0))
    values = np.where(missing[:, chosen], batch.values[:, chosen], np.nan)
    times = batch.times[chosen]
    kept = {at: bytes(field) for at, field in stored if len(field) % SAMPLE.itemsize == 0}
    rows = [(at, kept.get(at, b"") + field)
            for at, field in zip(times.tolist(), pack_samples(np.asarray(ids, np.uint32), values), strict=True)]
    return _one_by_one(batch, ids, missing, rows)


def samples_lacking(batch: Batch, ids: Sequence[int], stored: Sequence[tuple[int, bytes]]) -> News:
    """The same for who writes nothing: without rows."""
    return _one_by_one(batch, ids, _missing(batch, ids, stored), [])


def _missing(batch: Batch, ids: Sequence[int], stored: Sequence[tuple[int, bytes]]) -> np.ndarray:
    """Which of the batch's values (metrics × times) are in none of the rows."""
    missing = ~np.isnan(batch.values)
    if stored:
        known = unpack(stored, SAMPLE)
        missing[:, np.searchsorted(batch.times, known.times)] &= np.isnan(sample_values(known, ids))
    return missing


def _one_by_one(batch: Batch, ids: Sequence[int], missing: np.ndarray, rows: list[tuple[int, bytes]]) -> News:
    column, line = np.nonzero(missing.T)
    return News(rows, batch.times[column], np.asarray(ids, np.uint32)[line], batch.values[line, column])
