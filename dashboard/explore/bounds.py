"""Where a metric's numbers end: what is physically possible, and from where on it is bad."""

from __future__ import annotations

import math

import numpy as np

from dashboard.catalog import Metric

_FULL = {"%": 100.0, "ratio": 1.0, "score": 100.0}
_ANY_SIGN = frozenset(("", "°C"))
"""Units of which a number may as well be below zero."""


def bounds(metric: Metric, values: np.ndarray) -> tuple[float, float]:
    """The lowest and the highest possible number, in the metric's own unit; infinite where there is no such end.

    An end that `values` lie beyond is none: some count CPU by the core, and have 250 %.
    """
    low = -math.inf if metric.unit in _ANY_SIGN else 0.0
    high = _FULL.get(metric.unit, math.inf)
    if len(values) and np.nanmin(values) < low:
        low = -math.inf
    if len(values) and np.nanmax(values) > high:
        high = math.inf
    return low, high


def in_own_unit(metric: Metric, values: np.ndarray) -> np.ndarray:
    """`catalog.in_unit` of an array: ratios that came as percent become ratios."""
    return np.where(values > 1, values / 100.0, values) if metric.unit == "ratio" else values


def thresholds(metric: Metric) -> tuple[tuple[float, str], ...]:
    """(number in the metric's own unit, "warning" or "critical"), the graver one last; none where nothing is bad.

    The same reading of the bands as `catalog.band`: with three of a metric whose high values are bad, the first only
    tints the gauge.
    """
    bands = metric.bands
    if not bands or metric.direction == "neutral":
        return ()
    if len(bands) == 1:
        return ((bands[0], "warning"),)
    warning, critical = (bands[1], bands[0]) if metric.direction == "low-bad" else bands[-2:]
    return ((warning, "warning"), (critical, "critical"))
