"""What the legend says of a line: last, min, mean, max, p95, change. Of buckets it says what they still tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dashboard.explore.series import Series
from dashboard.history.answers import WindowStatistics

P95 = 0.95
_EDGE_SHARE = 1e-9
"""A step of the distribution that is narrower than this share of the range is a jump."""


@dataclass(frozen=True, slots=True)
class Legend(WindowStatistics):
    """Over the finite values of a series; None where there are none. `count` is that of samples, not of buckets.

    `approximate`: the series is in buckets, so `p95` is an estimate (what is
    true lies from `p95_low` to `p95_high`, None where that is not known) and `change` begins at the mean of the first
    bucket.
    """

    approximate: bool = False
    p95_low: float | None = None
    p95_high: float | None = None


def legend(series: Series) -> Legend:
    """The row of the legend."""
    series = series.finite()
    if not len(series):
        return Legend(None, None, None, None, None, None, 0)
    if not series.bucketed:
        return _of_values(series)
    counts = series.counts
    low, high = (percentile(part, P95, counts) for part in (series.minima, series.maxima))
    with np.errstate(over="ignore", invalid="ignore"):
        estimate = _estimate(series.minima, series.values, series.maxima, counts)
    if not math.isfinite(estimate):  # numbers so far apart that their difference is none
        estimate = percentile(series.values, P95, counts)
    estimate = min(max(estimate, low), high)
    # Divided first: a sum of huge values would be infinite, and their mean is not.
    mean = float(np.sum(series.values * (counts / counts.sum())))
    minimum, maximum, last = float(series.minima.min()), float(series.maxima.max()), float(series.lasts[-1])
    return Legend(last, minimum, min(max(mean, minimum), maximum), maximum, estimate,
                  finite_or_none(last - float(series.values[0])), int(counts.sum()), True, low, high)


def finite_or_none(value: float) -> float | None:
    """A number that can be shown; None for what is none, such as a difference beyond all numbers."""
    return float(value) if math.isfinite(value) else None


def mean_of(values: np.ndarray) -> float:
    """The mean of finite values, at least one, which lies between them: also of huge ones."""
    return float(np.clip(np.sum(values / len(values)), values.min(), values.max()))


def _of_values(series: Series) -> Legend:
    values = series.values
    last = float(values[-1])
    return Legend(last, float(values.min()), mean_of(values), float(values.max()), percentile(values, P95),
                  finite_or_none(last - float(values[0])), len(values), series.step_s is not None)


def percentile(values: np.ndarray, share: float, counts: np.ndarray | None = None) -> float:
    """`numpy.percentile` of finite values, one or more, each repeated as often as its count (from 1; None: once)."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    upto = np.arange(1.0, len(values) + 1) if counts is None else np.cumsum(counts[order])
    at = share * (upto[-1] - 1)
    below, above = (float(ordered[min(np.searchsorted(upto, np.floor(at) + more, side="right"), len(upto) - 1)])
                    for more in (0, 1))
    part = float(at - np.floor(at))
    return below * (1 - part) + above * part


def _estimate(minima: np.ndarray, means: np.ndarray, maxima: np.ndarray, counts: np.ndarray) -> float:
    """The p95 if each bucket is spread evenly from its minimum to its mean, and evenly from there to its maximum.

    The two parts weigh so that the mean is what it is: the plainest distribution that agrees with all that is kept.
    """
    width = maxima - minima
    # What follows divides by widths: a bucket of one value becomes one that is all but as narrow.
    narrow = _EDGE_SHARE * max(float(np.max(np.abs([minima, maxima]))), np.finfo(float).tiny)
    flat = width <= 4 * narrow
    low, high = np.where(flat, means - narrow, minima), np.where(flat, means + narrow, maxima)
    middle = np.clip(means, low + (high - low) * 1e-6, high - (high - low) * 1e-6)
    below = (high - middle) / (high - low)
    weights = counts / counts.sum()
    density_below, density_above = weights * below / (middle - low), weights * (1 - below) / (high - middle)
    edges = np.concatenate([low, middle, high])
    slopes = np.concatenate([density_below, density_above - density_below, -density_above])
    order = np.argsort(edges, kind="stable")
    edges, density = edges[order], np.cumsum(slopes[order])[:-1]
    share = np.concatenate([[0.0], np.cumsum(np.clip(density, 0.0, None) * np.diff(edges))])
    return float(np.interp(P95 * share[-1], share, edges))
