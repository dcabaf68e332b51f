"""Hour of the day × day of the week, as the viewer's clock shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.explore.series import Series
from dashboard.explore.zones import offsets_s, wall_times

MEAN, MEDIAN, MAXIMUM = "mean", "median", "max"
KINDS = (MEAN, MEDIAN, MAXIMUM)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS, _CELLS = 24, 7 * 24
_HOUR_S = 3_600.0


@dataclass(frozen=True, eq=False, slots=True)
class Heatmap:
    """`values` and `counts` (samples): float64, 7 weekdays from Monday × 24 hours; a cell without a sample is NaN.

    `approximate`: the series is in buckets, and their kind or the zone asks for more than they tell. `reason` says why
    nothing is shown at all; empty where something is.
    """

    values: np.ndarray
    counts: np.ndarray
    kind: str
    zone: str
    approximate: bool = False
    reason: str = ""


def heatmap(series: Series, zone: str, kind: str = MEAN) -> Heatmap:
    """The mean, median or maximum of each hour of the week.

    Of buckets: their means are weighted by their counts, their maxima are exact, a median is that of their means.

    Raises:
        ValueError: a kind that is none of KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    series = series.finite()
    nothing = Heatmap(np.full((7, _HOURS), np.nan), np.zeros((7, _HOURS)), kind, zone)
    if not len(series):
        return _without(nothing, "there is no sample")
    width_s = series.step_s or 0.0
    if width_s > _HOUR_S:
        return _without(nothing, "the samples of this window are kept in buckets wider than an hour")
    walls = wall_times(series.times + width_s / 2, zone)
    cells = (walls.day_of_week * _HOURS + walls.hour).to_numpy()
    weights = np.ones(len(series)) if series.counts is None else series.counts
    counts = np.bincount(cells, weights, _CELLS)
    values = np.full(_CELLS, np.nan)
    if kind == MEAN:
        with np.errstate(invalid="ignore"):
            shares = weights / counts[cells]  # first, so that no sum of huge values is infinite
        means = np.bincount(cells, shares * series.values, _CELLS)
        values[counts > 0] = means[counts > 0]
    else:
        order = np.argsort(cells, kind="stable")
        numbers = series.maxima if kind == MAXIMUM and series.maxima is not None else series.values
        used, first = np.unique(cells[order], return_index=True)
        reduce = np.max if kind == MAXIMUM else _median
        values[used] = [reduce(part) for part in np.split(numbers[order], first[1:])]
    split_hours = width_s > 0 and bool((offsets_s(series.times[[0, -1]], zone) % width_s).any())
    approximate = series.step_s is not None and (split_hours or kind == MEDIAN or series.maxima is None)
    return Heatmap(values.reshape(7, _HOURS), counts.reshape(7, _HOURS), kind, zone, approximate)


def _median(values: np.ndarray) -> float:
    """Of halves, since the sum of the two in the middle may be more than a number can be."""
    return 2 * float(np.median(values / 2))


def _without(heatmap: Heatmap, reason: str) -> Heatmap:
    return Heatmap(heatmap.values, heatmap.counts, heatmap.kind, heatmap.zone, reason=reason)
