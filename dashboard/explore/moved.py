"""What else moved: of all metrics, those that are most unlike themselves in a window, against the time before it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.explore.kolmogorov_smirnov import adjusted, independent_share, p_values, statistic
from dashboard.explore.series import Series, as_rate
from dashboard.explore.span import Span
from dashboard.explore.statistics import finite_or_none, mean_of

REFERENCE_LENGTHS = 4
"""A window is held against so many times its length before it."""
LEAST_SAMPLES = 8
"""In the window and before it: with fewer, even no overlap at all could be chance among a few hundred metrics."""
THRESHOLD = 0.05
"""Of the metrics that are said to have moved, so large a share at most is there by chance."""
ROUNDING = 1e-12
"""Numbers that differ by less than this share of their size are one number, computed in two ways."""
MAD_TO_DEVIATION = 1.4826
"""The median absolute deviation times this is the standard deviation, where numbers are normally distributed."""

MOVED, NOT_CLEAR, SAME, TOO_FEW = "moved", "not-clear", "same", "too-few"
_ORDER = {MOVED: 0, NOT_CLEAR: 1, SAME: 2, TOO_FEW: 3}


@dataclass(frozen=True, eq=False, slots=True)
class Moved:
    """One metric in the window (`during`) and before it.

    `series` is what was compared: a counter as its rate; of buckets, the mean of each is one sample. `statistic` is
    the Kolmogorov–Smirnov distance, 0 to 1; `p_value` that of one metric alone, `adjusted` that among all that were
    asked about. `before` and `during` are means, `change` is their difference, and `change_scaled` counts it in robust
    standard deviations of the time before (None: it stood still then). `reason` says in words why nothing is claimed.
    """

    series: Series
    verdict: str
    samples_before: int
    samples_during: int
    statistic: float | None = None
    p_value: float | None = None
    adjusted: float | None = None
    before: float | None = None
    during: float | None = None
    change: float | None = None
    change_scaled: float | None = None
    reason: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.series.key


def reference_of(brush: Span) -> Span:
    """The time that a window is held against."""
    return Span(brush.start - REFERENCE_LENGTHS * brush.length_s, brush.start)


def whole_of(brush: Span) -> Span:
    """The window and the time that it is held against: what has to be fetched."""
    return Span(brush.start - REFERENCE_LENGTHS * brush.length_s, brush.end)


def moved(series: Sequence[Series], brush: Span, threshold: float = THRESHOLD) -> tuple[Moved, ...]:
    """All metrics, those that moved most first; those nothing can be said of at the end.

    A metric has moved where its distance is more than chance, with the samples counted as independent only as far as
    the time before lets them (see `independent_share`), and with the number of metrics taken into account. Among those
    the distance decides, then the change of the mean.
    """
    split = [_split(one, brush) for one in series]
    enough = [parts for parts in split if parts.enough]
    distances = np.array([_distance(parts.before_sorted, parts.during_sorted) for parts in enough])
    sizes = np.array([len(parts.before) * len(parts.during) / (len(parts.before) + len(parts.during))
                      for parts in enough])
    shares = np.array([independent_share(parts.before, _largest(parts.before_sorted)) for parts in enough])
    p = p_values(distances, sizes * shares)
    among_all = adjusted(p)
    naive = p_values(distances, sizes)
    found = [_judged(parts, *figures, threshold, len(enough))
             for parts, *figures in zip(enough, distances, p, among_all, naive, strict=True)]
    return tuple(sorted(found + [_too_few(parts) for parts in split if not parts.enough], key=_rank))


class _Parts:
    """A series before the window and in it."""

    def __init__(self, series: Series, edge: int):
        self.series, self.before, self.during = series, series.values[:edge], series.values[edge:]
        self.before_sorted, self.during_sorted = np.sort(self.before), np.sort(self.during)
        self.enough = min(len(self.before), len(self.during)) >= LEAST_SAMPLES


def _split(series: Series, brush: Span) -> _Parts:
    whole = as_rate(series.within(whole_of(brush))).finite()
    return _Parts(whole, bisect_left(whole.times, brush.start))


def _distance(before: np.ndarray, during: np.ndarray) -> float:
    """Of two sorted samples."""
    low, high = min(before[0], during[0]), max(before[-1], during[-1])
    # Halves, since the whole may be more than a number can be.
    if high / 2 - low / 2 <= ROUNDING * max(abs(low), abs(high)):
        return 0.0
    return statistic(before, during)


def _judged(parts: _Parts, distance: float, p: float, among_all: float, naive: float, threshold: float, tests: int
            ) -> Moved:
    verdict, reason = SAME, ""
    if among_all <= threshold:
        verdict = MOVED
    elif p <= threshold:
        verdict, reason = NOT_CLEAR, f"among {tests} metrics one may differ so much by chance"
    elif naive <= threshold:
        verdict, reason = NOT_CLEAR, "it drifts as much by itself"
    before, during = _mean(parts.before, parts.before_sorted), _mean(parts.during, parts.during_sorted)
    deviation = _deviation(parts.before_sorted)
    return Moved(parts.series, verdict, len(parts.before), len(parts.during), float(distance), float(p),
                 float(among_all), before, during, finite_or_none(during - before),
                 finite_or_none((during - before) / deviation) if deviation > 0 else None, reason)


def _largest(ordered: np.ndarray) -> float:
    """The greatest size among sorted values."""
    return max(abs(float(ordered[0])), abs(float(ordered[-1])))


def _mean(values: np.ndarray, ordered: np.ndarray) -> float:
    """`mean_of` the values, with their sorted ones at hand."""
    total = float(np.add.reduce(values))
    if not math.isfinite(total):
        return mean_of(values)
    return min(max(total / len(values), float(ordered[0])), float(ordered[-1]))


def _deviation(ordered: np.ndarray) -> float:
    """Robust; the ordinary one where more than half of the sorted values are the same, and 0 where all are."""
    largest = _largest(ordered)
    if ordered[-1] / 2 - ordered[0] / 2 <= ROUNDING * largest:
        return 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        robust = MAD_TO_DEVIATION * _median_distance(ordered, ordered[len(ordered) // 2])
        spread = robust if robust > ROUNDING * largest else float(ordered.std())
    return spread if math.isfinite(spread) else 0.0


def _median_distance(ordered: np.ndarray, middle: float) -> float:
    """`np.median(np.abs(ordered - middle))`, quicker: the numbers nearest to another lie side by side, so that the k-th
    distance is that of the run of k which reaches least far."""
    ranks = {(len(ordered) - 1) // 2, len(ordered) // 2}
    found = [float(np.maximum(middle - ordered[:len(ordered) - rank], ordered[rank:] - middle).min()) for rank in ranks]
    return sum(found) / len(found)


def _too_few(parts: _Parts) -> Moved:
    before, during = parts.before, parts.during
    return Moved(parts.series, TOO_FEW, len(before), len(during), before=mean_of(before) if len(before) else None,
                 during=mean_of(during) if len(during) else None,
                 reason=f"too few: {len(during)} samples in the window and {len(before)} before it, "
                        f"{LEAST_SAMPLES} of each are needed")


def _rank(one: Moved) -> tuple:
    scaled = math.inf if one.change_scaled is None and one.change else abs(one.change_scaled or 0.0)
    return _ORDER[one.verdict], -(one.statistic or 0.0), -scaled, one.key
