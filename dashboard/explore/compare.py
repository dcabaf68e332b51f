"""The same metric at another time: the period before, yesterday, last week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from dashboard.explore.series import Series
from dashboard.explore.span import Span
from dashboard.explore.statistics import Legend
from dashboard.explore.zones import instant, offsets_s, wall

BEFORE, YESTERDAY, LAST_WEEK = "before", "yesterday", "last-week"
COMPARISONS = {BEFORE: "Period before", YESTERDAY: "Yesterday", LAST_WEEK: "Last week"}
"""What a window can be compared with, and its title."""
_DAYS = {YESTERDAY: 1, LAST_WEEK: 7}
_DAY_S = 86_400.0
NEAR_STEPS = 1.5
"""A sample is compared with the nearest one of the other period, unless that lies further off than so many steps."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two means, in the metric's unit and in percent of the earlier one; None where there is nothing to compare."""

    absolute: float | None
    percent: float | None


def reference_span(span: Span, kind: str, zone: str) -> Span:
    """The window that `span` is compared with. Days are those of the zone's clock: the same time of the day before.

    Raises:
        KeyError: a kind that is none of COMPARISONS.
    """
    if kind == BEFORE:
        return span.shifted(-span.length_s)
    days = timedelta(days=_DAYS[kind])
    start, end = (instant(wall(at, zone).replace(tzinfo=None) - days, zone) for at in (span.start, span.end))
    # Within the hour that a clock leaps over or shows twice, both ends may come to the same moment.
    return Span(start, end) if start < end else span.shifted(-days.total_seconds())


def aligned(series: Series, span: Span, kind: str, zone: str) -> Series:
    """The series of the other window with its times moved onto `span`, ready to be drawn over it.

    A day is moved by its wall clock; what a clock shows a second time, when it is set back, is left out.
    """
    if kind == BEFORE:
        return replace(series, times=series.times + span.length_s)
    shift_s = _DAYS[kind] * _DAY_S
    moved = series.times + shift_s
    if not len(moved):
        return series
    moved = moved + offsets_s(series.times, zone) - offsets_s(moved, zone)
    earlier = np.maximum.accumulate(np.concatenate([[-np.inf], moved[:-1]]))
    return replace(series, times=moved).taken(moved > earlier)


def differences(series: Series, reference: Series) -> np.ndarray:
    """For each value of `series` how much it is above the nearest value of the aligned `reference`; NaN without one.

    Nothing is interpolated: both numbers were measured.
    """
    found = np.full(len(series), np.nan)
    reference = reference.finite()
    if not len(reference) or not len(series):
        return found
    after = np.searchsorted(reference.times, series.times)
    left, right = np.clip(after - 1, 0, None), np.clip(after, None, len(reference) - 1)
    off_left, off_right = (np.abs(series.times - reference.times[index]) for index in (left, right))
    nearest = np.where(off_left <= off_right, left, right)
    near = np.minimum(off_left, off_right) <= NEAR_STEPS * max(_step_s(series), _step_s(reference))
    found[near] = series.values[near] - reference.values[nearest[near]]
    return found


def difference(now: Legend, then: Legend) -> Difference:
    """Of the means of two windows."""
    if now.mean is None or then.mean is None:
        return Difference(None, None)
    absolute = now.mean - then.mean
    return Difference(absolute, 100.0 * absolute / abs(then.mean) if then.mean != 0 else None)


def _step_s(series: Series) -> float:
    if series.step_s is not None:
        return series.step_s
    return float(np.median(np.diff(series.times))) if len(series) > 1 else 0.0
