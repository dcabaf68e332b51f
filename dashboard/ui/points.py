"""Points for the charts: the whole window at first, afterwards only what came since. Pure, arrays in, lists out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.ui.chart_clock import ChartClock
from dashboard.ui.structure import Line

POINTS = 600  # a line: two to a pixel of the widest chart on a desk
TENTH_MS = 100  # times of a whole window travel as tenths of a second after its first: half the bytes
SIGNIFICANT = 5  # digits of the largest value: finer than a pixel, and a third of the bytes of a float64
SHOWN = 4  # digits of every other, however small: what a tooltip tells, and finer than a pixel of a log axis
DECIMALS = 15  # at most: what is smaller is what arithmetic left of a zero, and would lie far down a log axis
_NOTHING = 10.0 ** -DECIMALS
_POWERS = 10.0 ** np.arange(DECIMALS + 1)  # each of them exact, so that what was rounded by it is written short

Series = Mapping[str, tuple[np.ndarray, np.ndarray]]


def whole_lines(lines: Sequence[Line], series: Series, clock: ChartClock) -> tuple[int, list[list[list]]]:
    """All points of all lines: (first time in wall-clock ms, [[tenths of a second after it], [values]] a line)."""
    walls = [clock.ms(series[line.metric][0]) if line.metric in series else np.empty(0, "int64")
             for line in lines]
    base = min((int(wall[0]) for wall in walls if len(wall)), default=0)
    return base, [
        [((wall - base) // TENTH_MS).tolist(), numbers(_scaled(line, series))]
        for line, wall in zip(lines, walls, strict=True)
    ]


def new_points(lines: Sequence[Line], series: Series, first: float, last: float,
               clock: ChartClock) -> tuple[list[int], list[Any]]:
    """What lies from `first` to `last` (Unix s): (times in wall-clock ms, one entry a line).

    An entry is the list of values at those times; `{"x": [...], "y": [...]}` for a line with times of its own; 0 for
    a line with nothing new. A None among values is a break; one that leads up to `first` comes along.
    """
    cut = [_between(line, series, first, last) for line in lines]
    common = max((times for times, _ in cut), key=len, default=np.empty(0))
    entries: list[Any] = []
    for times, values in cut:
        if not len(times):
            entries.append(0)
        elif np.array_equal(times, common):
            entries.append(numbers(values))
        else:
            entries.append({"x": clock.ms(times).tolist(), "y": numbers(values)})
    return clock.ms(common).tolist(), entries


def _between(line: Line, series: Series, first: float, last: float) -> tuple[np.ndarray, np.ndarray]:
    times, _ = series.get(line.metric, (np.empty(0), np.empty(0)))
    values = _scaled(line, series)
    start, end = int(np.searchsorted(times, first)), int(np.searchsorted(times, last, side="right"))
    if 0 < start < end and np.isnan(values[start - 1]):
        start -= 1
    return times[start:end], values[start:end]


def numbers(values: np.ndarray) -> list[float | None]:
    """float64 (n) -> JSON numbers, NaN and infinities as None: the largest of SIGNIFICANT digits, the others as fine
    as it and of SHOWN digits at least. What stands before the point is kept whole."""
    finite = np.isfinite(values)
    is_whole = finite.all()
    sizes = np.abs(values if is_whole else np.where(finite, values, 0.0))
    exponents = np.floor(np.log10(np.maximum(sizes, _NOTHING))).astype("int64")
    decimals = np.maximum(SHOWN - 1 - exponents, SIGNIFICANT - 1 - exponents.max(initial=-DECIMALS))
    power = _POWERS.take(decimals, mode="clip")
    rounded = (np.rint(values * power) / power).tolist()
    return rounded if is_whole else [
        value if keep else None for value, keep in zip(rounded, finite.tolist(), strict=True)]


def _scaled(line: Line, series: Series) -> np.ndarray:
    values = series[line.metric][1] if line.metric in series else np.empty(0)
    if line.share:  # some producers send 0.93, some 93
        values = np.where(values > 1, values / 100, values)
    return values if line.factor == 1 else values * line.factor
