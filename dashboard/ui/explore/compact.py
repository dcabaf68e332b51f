"""Points as they travel: times of several lines once, as tenths of a second after their first. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.catalog import Metric
from dashboard.explore.charts import Axis
from dashboard.explore.series import Series
from dashboard.history.answers import Line
from dashboard.metrics.query import break_gaps
from dashboard.ui.chart_clock import ChartClock
from dashboard.ui.points import TENTH_MS, numbers


class Times:
    """The time axes of an answer: lines of one source mostly share theirs."""

    def __init__(self, clock: ChartClock) -> None:
        self._clock = clock
        self._places: dict[bytes, int] = {}
        self.shown: list[list[Any]] = []

    def place(self, times: np.ndarray) -> int:
        """The number of these times (Unix seconds, ascending) in `shown`: [[first in wall-clock ms, [tenths]], …]."""
        key = times.tobytes()
        if key not in self._places:
            walls = self._clock.ms(times)
            base = int(walls[0]) if len(walls) else 0
            self._places[key] = len(self.shown)
            self.shown.append([base, ((walls - base) // TENTH_MS).tolist()])
        return self._places[key]


def line_points(line: Line, metric: Metric, axis: Axis, step_s: float, until: float, times: Times) -> dict[str, Any]:
    """`t`: number of its times, `y`: means; `lo` and `hi` as well where it is in buckets. None is a break.

    `until`: where the window ends (Unix seconds); its last bucket is not over yet.
    """
    # A bucket is drawn in its middle: at its start the line would run ahead of what happened.
    at = np.minimum(line.times + step_s / 2, until) if step_s else line.times
    shown = {"t": times.place(at), "y": numbers(axis.shown(metric, line.mean))}
    if step_s and (line.count > 1).any():
        shown |= {"lo": numbers(axis.shown(metric, line.minimum)), "hi": numbers(axis.shown(metric, line.maximum))}
    return shown


def series_points(series: Series, axis: Axis, times: Times) -> dict[str, Any]:
    """The same for a series that was reckoned with, broken where it has a hole."""
    middle = series.times + (series.step_s or 0.0) / 2
    at, values = break_gaps(middle, series.values, (), 3 * series.step_s if series.step_s else None)
    return {"t": times.place(at), "y": numbers(axis.shown(series.described, values))}
