"""Where a metric usually is at this hour, and when it is not: a robust z-score over the same hour of earlier days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from dashboard.explore.bounds import bounds
from dashboard.explore.series import Series, as_rate, coarsened
from dashboard.explore.span import Span
from dashboard.explore.zones import instant, wall, wall_times

DAYS = 14
"""Earlier days that are looked at: two of each weekday, and not last season's habits."""
LEAST_DAYS = 5
"""Of fewer days nobody can tell what is usual."""
LEAST_SAMPLES = 10
SCORE = 3.5
"""From this robust z-score on a value is outside, as in B. Iglewicz and D. C. Hoaglin, "How to detect and handle
outliers" (1993)."""
LONGEST_S = 32 * 86_400.0
"""Of longer windows an hour is narrower than a pixel."""
_MAD_TO_DEVIATION, _MEAN_AD_TO_DEVIATION = 1.4826, 1.2533
_ROUNDING = 1e-9
_FAR = 1_000_000  # more than any number of days since 1970


@dataclass(frozen=True, eq=False, slots=True)
class Band:
    """What is usual at the times of `judged`: from `low` to `high` around `middle`; NaN where too few days are known.

    `judged` is the series at the coarser of its own resolution and that of its past, since means of minutes spread
    less than the samples they are made of. `outside`: which of its values lie outside. `reason` says why there is no
    band at all; empty where there is one.
    """

    judged: Series
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray
    outside: np.ndarray
    reason: str = ""


def history_span(span: Span, zone: str) -> Span:
    """The earlier days that a band over `span` needs: from DAYS before its first day until it ends."""
    day = wall(span.start, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return Span(instant(day - timedelta(days=DAYS), zone), span.end)


def band(series: Series, history: Series, zone: str) -> Band:
    """The usual range of `series`, from `history`: the same metric over `history_span`, at any resolution.

    A value is held against the DAYS days before its own day, at the same hour by the zone's clock: their median, and
    SCORE deviations (of the median absolute deviation; where more than half of the values are the same, of the mean
    one) to both sides. A metric that was always the same has a band without width.
    """
    history = as_rate(history)
    series = as_rate(series, counts=history.is_rate)
    step_s = max(series.step_s or 0.0, history.step_s or 0.0)
    if step_s > 0:
        series, history = coarsened(series, step_s), coarsened(history, step_s)
    series, history = series.finite(), history.finite()
    if len(series) and series.times[-1] - series.times[0] > LONGEST_S:
        return _none(series, f"a window of more than {LONGEST_S / 86_400:g} days is too long for the hours of a day")
    if step_s > 3_600:
        return _none(series, "the earlier days are kept in buckets wider than an hour")
    low, middle, high = _usual(series, history, zone)
    known = np.isfinite(middle)
    if not known.any():
        return _none(series, f"too little is known of this hour: {LEAST_DAYS} of the {DAYS} days before and "
                              f"{LEAST_SAMPLES} samples are needed")
    least, most = bounds(series.described, np.concatenate([series.values, history.values]))
    rounding = _ROUNDING * np.abs(middle)
    outside = known & ((series.values < low - rounding) | (series.values > high + rounding))
    return Band(series, np.clip(low, least, most), middle, np.clip(high, least, most), outside)


def flagged(found: Band) -> Series:
    """The values outside the band, as a series of its own."""
    return found.judged.taken(found.outside)


def _none(series: Series, reason: str) -> Band:
    nothing = np.full(len(series), np.nan)
    return Band(series, nothing, nothing, nothing, np.zeros(len(series), dtype=bool), reason)


def _usual(series: Series, history: Series, zone: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    days, hours = _day_and_hour(series.times, zone)
    past_days, past_hours = _day_and_hour(history.times, zone)
    order = np.lexsort((past_days, past_hours))
    # One rising number for each hour of each day, sorted by hour first, so that one search finds an hour's days.
    past = past_hours[order] * _FAR + past_days[order]
    values = history.values[order]
    slots, of_slot = np.unique(hours * _FAR + days, return_inverse=True)
    first, last = np.searchsorted(past, slots - DAYS), np.searchsorted(past, slots)
    found = np.array([_of_hour(past[begin:end], values[begin:end]) for begin, end in zip(first, last, strict=True)])
    found = found.reshape(len(slots), 3)[of_slot]
    return found[:, 0], found[:, 1], found[:, 2]


def _day_and_hour(times: np.ndarray, zone: str) -> tuple[np.ndarray, np.ndarray]:
    """Days since 1970 and hours, by the zone's clock (int64)."""
    hours = wall_times(times, zone).to_numpy().astype("datetime64[h]").astype("int64")
    return hours // 24, hours % 24


def _of_hour(days: np.ndarray, values: np.ndarray) -> tuple[float, float, float]:
    if len(values) < LEAST_DAYS or 1 + np.count_nonzero(np.diff(days)) < LEAST_DAYS or len(values) < LEAST_SAMPLES:
        return np.nan, np.nan, np.nan
    middle = float(np.median(values))
    with np.errstate(over="ignore"):
        apart = np.abs(values - middle)
        deviation = _MAD_TO_DEVIATION * float(np.median(apart)) or _MEAN_AD_TO_DEVIATION * float(apart.mean())
    if not np.isfinite(SCORE * deviation):
        return np.nan, np.nan, np.nan
    return middle - SCORE * deviation, middle, middle + SCORE * deviation
