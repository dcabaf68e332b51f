"""Where a metric is heading, and when it reaches a threshold: only where its trend allows to say so."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from dashboard.explore.bounds import bounds, in_own_unit, thresholds
from dashboard.explore.series import Series, as_rate, coarsened
from dashboard.explore.trend import Trend, chance_of, trend_of

POINTS_MOST = 200
"""Values a trend is found from: all their pairs are 20,000 slopes."""
POINTS_LEAST = 20
CHANCE_MOST = 0.01
"""A trend that would come by chance more often than this is none."""
INDEPENDENT_SHARE = 1 / 3
"""Where fewer of the samples are independent, the metric may be one that wanders: a random walk looks like a trend more
often than not. There the trend must stand out from a walk, too: the mean of its steps from chance."""
STEADY_SHARE = 0.1
"""So far the slope of the second half may be off, beyond its own interval, and the trend still counts as steady."""
SILENT_SHARE = 0.1
"""Of the window: what has been silent for longer at its end is no longer known."""
HORIZON_MOST_S = 90 * 86_400.0
"""A trend is drawn on for as long as it was seen, and never for longer than this."""
HORIZON_POINTS = 100
LIMIT = "limit"
"""The level of the end of what is possible: a disk at 100 %."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Reach:
    """When the trend reaches `threshold` (in the metric's own unit), Unix seconds.

    `level`: warning, critical or limit. `at` is when the line does, `earliest` when the near edge of its 95 % interval
    does, `latest` when the far one does; None: not as far as the forecast goes, so perhaps never.
    """

    threshold: float
    level: str
    at: float
    earliest: float
    latest: float | None


@dataclass(frozen=True, eq=False, slots=True)
class Forecast:
    """The line of the trend (`middle`) and its 95 % interval for a sample (`low` to `high`), in the metric's own unit,
    at `times` (Unix seconds, from now on). Empty where there is none: then `reason` says why.

    `trend` is what it was made of, also where it is not steady enough to be drawn on.
    """

    times: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray
    reaches: tuple[Reach, ...] = ()
    trend: Trend | None = None
    reason: str = ""


def forecast(series: Series, now: float) -> Forecast:
    """What follows from the trend of the whole series, for as long ahead as it is long.

    Nothing where there are too few samples, where nothing was heard lately, where no trend stands out from chance, or
    where the trend of its second half is another one. What is impossible (below 0, above 100 %) is cut off.
    """
    series = as_rate(series).finite()
    span_s = float(series.times[-1] - series.times[0]) if len(series) else 0.0
    if len(series) < POINTS_LEAST:
        return _none(f"too few samples: {len(series)}, and {POINTS_LEAST} are needed")
    if now - float(series.times[-1]) > max(SILENT_SHARE * span_s, 2 * (series.step_s or 0.0)):
        return _none("nothing was heard lately")
    points = coarsened(series, span_s / POINTS_MOST) if len(series) > POINTS_MOST else series
    metric = series.described
    values = in_own_unit(metric, points.values)
    largest = float(np.max(np.abs(values)))
    if not math.isfinite(2 * largest) or len(points) < POINTS_LEAST:
        return _none("its values allow no trend")
    if float(np.ptp(values)) <= _ROUNDING * largest:
        return _none("it does not change")
    times = points.times + (points.step_s or 0.0) / 2
    trend = trend_of(times, values)
    reason = _why_not(trend, times, values)
    if reason:
        return _none(reason, trend)
    # What is foretold is a sample, and those spread wider than the means the line was found from.
    trend = replace(trend, spread=trend.spread_of(series.times + (series.step_s or 0.0) / 2,
                                                  in_own_unit(metric, series.values)))
    ahead = now + np.linspace(0.0, min(span_s, HORIZON_MOST_S), HORIZON_POINTS)
    middle, half = trend.at(ahead), trend.half_width(ahead)
    least, most = bounds(metric, values)
    goals = [*thresholds(metric), *((end, LIMIT) for end in (least, most) if math.isfinite(end))]
    reaches = [reach for goal in goals if (reach := _reach(*goal, trend, ahead, half, metric.direction))]
    low, line, high = (np.clip(edge, least, most) for edge in (middle - half, middle, middle + half))
    return Forecast(ahead, low, line, high, tuple(sorted(reaches, key=lambda reach: reach.at)), trend)


def _none(reason: str, trend: Trend | None = None) -> Forecast:
    nothing = np.empty(0)
    return Forecast(nothing, nothing, nothing, nothing, trend=trend, reason=reason)


def _why_not(trend: Trend, times: np.ndarray, values: np.ndarray) -> str:
    if trend.p_value > CHANCE_MOST or trend.slope == 0 or trend.slope_low * trend.slope_high <= 0:
        return "no straight trend stands out from chance"
    if trend.samples < INDEPENDENT_SHARE * len(times) and _chance_of_walk(values) > CHANCE_MOST:
        return "it wanders too much by itself to tell a trend from chance"
    half = len(times) // 2
    later = trend_of(times[half:], values[half:])
    room = STEADY_SHARE * abs(trend.slope)
    if not later.slope_low - room <= trend.slope <= later.slope_high + room:
        return "the trend is not steady: the second half of the window has another one"
    return ""


def _chance_of_walk(values: np.ndarray) -> float:
    """How likely a walk whose steps lead nowhere on average comes as far, up or down."""
    steps = np.diff(values)
    deviation = float(steps.std(ddof=1))
    return chance_of(float(steps.mean()) * math.sqrt(len(steps)) / deviation) if deviation > 0 else 0.0


def _reach(threshold: float, level: str, trend: Trend, ahead: np.ndarray, half: np.ndarray, direction: str
           ) -> Reach | None:
    """None where the line has passed it, leads away from it, or does not come to it in time.

    A threshold is only reached from its good side.
    """
    rising = trend.slope > 0
    if level != LIMIT and rising != (direction == "high-bad"):
        return None
    sign = 1.0 if rising else -1.0
    middle = sign * trend.at(ahead)
    goal = sign * threshold
    if middle[0] >= goal or middle[-1] < goal:
        return None
    earliest, at, latest = (_crossing(ahead, edge, goal) for edge in (middle + half, middle, middle - half))
    return Reach(threshold, level, at, earliest, latest)


def _crossing(ahead: np.ndarray, edge: np.ndarray, goal: float) -> float | None:
    """When `edge` first comes to `goal`; None where it does not."""
    above = np.flatnonzero(edge >= goal)
    if not len(above):
        return None
    first = int(above[0])
    if first == 0:
        return float(ahead[0])
    share = (goal - edge[first - 1]) / (edge[first] - edge[first - 1])
    return float(ahead[first - 1] + share * (ahead[first] - ahead[first - 1]))
