"""One line of the page: raw samples, or buckets of them. What everything else here takes and gives."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace

import numpy as np

from dashboard import catalog
from dashboard.catalog import Metric
from dashboard.explore.span import Span
from dashboard.history.answers import Line, Matrix
from dashboard.metrics.query import is_counter, rate

_OF_BUCKETS = ("counts", "minima", "maxima", "lasts")


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """A metric of a source over time. All arrays are float64 of one length, times ascending.

    `times` in Unix seconds: of samples; of buckets where each begins. `values`: samples, or the means of buckets; NaN
    where there is none. `step_s`: the width of the buckets, None of raw samples. `counts`, `minima`, `maxima`, `lasts`
    are known of buckets that came from the store or `coarsened`, else None. `is_rate`: a counter, given as its growth
    per second.
    """

    source: str
    metric: str
    times: np.ndarray
    values: np.ndarray
    step_s: float | None = None
    counts: np.ndarray | None = None
    minima: np.ndarray | None = None
    maxima: np.ndarray | None = None
    lasts: np.ndarray | None = None
    is_rate: bool = False

    def __len__(self) -> int:
        return len(self.times)

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.metric

    @property
    def bucketed(self) -> bool:
        """Whether it knows how its buckets are filled, and not only how wide they are."""
        return self.counts is not None

    @property
    def described(self) -> Metric:
        """The metric, with the unit of the values as they are here."""
        metric = catalog.describe(self.metric)
        return catalog.as_rate(metric) if self.is_rate else metric

    def taken(self, rows: np.ndarray | slice) -> Series:
        """Some of its samples or buckets."""
        parts = {name: part[rows] for name in _OF_BUCKETS if (part := getattr(self, name)) is not None}
        return replace(self, times=self.times[rows], values=self.values[rows], **parts)

    def within(self, span: Span) -> Series:
        """The samples with start <= time <= end, or the buckets that lie in part inside."""
        begin = span.start if self.step_s is None else np.nextafter(span.start - self.step_s, np.inf)
        return self.taken(slice(bisect_left(self.times, begin), bisect_right(self.times, span.end)))

    def finite(self) -> Series:
        """Without the times at which there is no number."""
        present = np.isfinite(self.values)
        return self if present.all() else self.taken(present)


def raw(source: str, metric: str, times: np.ndarray, values: np.ndarray) -> Series:
    """A series of samples."""
    return Series(source, metric, np.asarray(times, dtype=float), np.asarray(values, dtype=float))


def of_line(source: str, line: Line, step_s: float) -> Series:
    """A line of the history's answer, without the rows of NaN that break it at holes. `step_s` is the answer's, 0 where
    every point is a sample."""
    present = line.count > 0
    times, values = line.times[present], line.mean[present]
    if not step_s:
        return Series(source, line.metric, times, values, is_rate=line.is_rate)
    return Series(source, line.metric, times, values, step_s, line.count[present].astype(float),
                  line.minimum[present], line.maximum[present], line.last[present], line.is_rate)


def of_matrix(matrix: Matrix) -> list[Series]:
    """Each metric of a matrix without the times at which it has nothing. A bucket's mean counts as one sample."""
    found = []
    for place, metric in enumerate(matrix.metrics):
        present = matrix.counts[place] > 0
        if present.all():
            present = slice(None)  # as a rule: nothing has to be copied
        found.append(Series(matrix.source, metric, matrix.times[present], matrix.means[place][present],
                            matrix.step_s or None, is_rate=metric in matrix.rates))
    return found


def as_rate(series: Series, counts: bool | None = None) -> Series:
    """A counter as its growth per second since the number before; any other series as it is.

    `counts`: whether it is one, where that was found out over more than this series; None: judged here. Of a counter
    in buckets, their last numbers are compared; how its rate was spread within a bucket is not known.
    """
    metric = catalog.describe(series.metric)
    if series.is_rate or not metric.cumulative:
        return series
    numbers = series.values if series.lasts is None else series.lasts
    if counts is None:
        counts = is_counter(numbers, counts=metric.counts) is not False
    if not counts:
        return series
    rates = rate(series.times, numbers)
    return replace(series, values=rates, is_rate=True, **dict.fromkeys(_OF_BUCKETS)).finite()


def coarsened(series: Series, step_s: float) -> Series:
    """The series in buckets of `step_s`, counted from 1970; the same series where its own are as wide already.

    Of a rate in buckets all buckets weigh the same.

    Raises:
        ValueError: `step_s` is not above 0.
    """
    if not step_s > 0:
        raise ValueError("a bucket is wider than nothing")
    if series.step_s is not None and series.step_s >= step_s:
        return series
    series = series.finite()
    places = np.floor(series.times / step_s)
    firsts = np.flatnonzero(np.diff(places, prepend=-np.inf))
    weights = np.ones(len(series)) if series.counts is None else series.counts
    minima, maxima, lasts = (series.values if part is None else part
                             for part in (series.minima, series.maxima, series.lasts))
    if not len(series):
        return replace(series, step_s=float(step_s), counts=weights, minima=minima, maxima=maxima, lasts=lasts)
    ends = np.append(firsts[1:], len(series)) - 1
    counts = np.add.reduceat(weights, firsts)
    # Shares of a mean: a sum of huge values would be infinite, and their mean is not.
    shares = weights / np.repeat(counts, np.diff(np.append(firsts, len(series))))
    minima, maxima = np.minimum.reduceat(minima, firsts), np.maximum.reduceat(maxima, firsts)
    means = np.clip(np.add.reduceat(shares * series.values, firsts), minima, maxima)
    return Series(series.source, series.metric, places[firsts] * step_s, means, float(step_s), counts, minima, maxima,
                  lasts[ends], series.is_rate)
