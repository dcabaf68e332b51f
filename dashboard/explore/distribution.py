"""How the values of a metric are spread: a histogram with sensible bins, and percentiles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dashboard.explore.series import Series
from dashboard.explore.statistics import percentile

BINS_MOST = 60
"""As many bars as can be told apart on a panel of 400 pixels."""
BINS_LEAST = 5
PERCENTILES = (5, 25, 50, 75, 95, 99)


@dataclass(frozen=True, eq=False, slots=True)
class Distribution:
    """`edges` (n + 1, rising) of the bins and how many samples lie in each (`counts`, n); the last bin has both edges.

    `percentiles`: percent -> value. `approximate`: made from the means of buckets, each as often as it has samples.
    """

    edges: np.ndarray
    counts: np.ndarray
    percentiles: dict[int, float]
    count: int
    approximate: bool


def distribution(series: Series) -> Distribution | None:
    """None without a sample. Infinite values are left out."""
    series = series.finite()
    if not len(series):
        return None
    values, weights = series.values, series.counts
    edges = _edges(values, weights)
    bins = np.clip(np.searchsorted(edges, values, "right") - 1, 0, len(edges) - 2)
    counts = np.bincount(bins, weights, len(edges) - 1).astype(float)
    shares = {percent: percentile(values, percent / 100, weights) for percent in PERCENTILES}
    return Distribution(edges, counts, shares, int(counts.sum()), series.step_s is not None)


def _edges(values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    if low == high:
        room = abs(low) * 0.01 or 0.5
        # At the end of what a number can be there is room on one side alone.
        return np.array([low - room, low + room] if math.isfinite(abs(low) + room) else sorted([low / 2, low]))
    whole = high - low < BINS_MOST and bool((values == np.rint(values)).all())
    if whole:  # counts of something: one bar for each number
        return np.arange(low, high + 2) - 0.5
    # From halves, since the whole may be more than a number can be.
    edges = 2 * np.linspace(low / 2, high / 2, _bins(values, weights, low, high) + 1)
    edges[0], edges[-1] = low, high
    return np.unique(edges)  # of huge numbers that differ in their last digit, some edges are the same


def _bins(values: np.ndarray, weights: np.ndarray | None, low: float, high: float) -> int:
    """D. Freedman and P. Diaconis, "On the histogram as a density estimator: L2 theory" (1981): twice the distance of
    the quartiles over the cube root of the count; where the quartiles are one number, H. A. Sturges' rule (1926)."""
    count = float(len(values) if weights is None else weights.sum())
    quartiles = percentile(values, 0.75, weights) / 2 - percentile(values, 0.25, weights) / 2
    wanted = math.log2(count) + 1
    if quartiles > 0:
        wanted = (high / 2 - low / 2) / quartiles * count ** (1 / 3) / 2
    return int(min(max(math.ceil(min(wanted, BINS_MOST)), BINS_LEAST), BINS_MOST))
