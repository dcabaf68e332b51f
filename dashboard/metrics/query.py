"""What charts and tables ask of a window: gaps, rates, fewer points, statistics. Pure functions over numpy arrays.

Times are Unix seconds, ascending. NaN means "no sample": a line is broken there, nothing is ever filled in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from tsdownsample import MinMaxLTTBDownsampler

from dashboard.metrics.ring import Ring
from dashboard.metrics.window import Window

# A recorded feed gap: from, to (Unix s); to is None while it lasts.
Gap = tuple[float, "float | None"]

# A sample may come late or be lost once without that being an outage worth a broken line.
GAP_STEPS = 3
GAP_AT_LEAST_S = 15.0
# The downsampler panics below 3 points (first, last, and one between); 5 leave room for a gap after each but the last.
POINTS_AT_LEAST = 5
# A counter that starts again from zero falls once in a long while, to well under where it was.
COUNTER_SAMPLES = 3
COUNTER_STEPS_PER_FALL = 20
COUNTER_FALLS_BELOW = 0.5

_downsampler = MinMaxLTTBDownsampler()


def downsample(times: np.ndarray, values: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray]:
    """At most `points` of the given points, extremes kept; no line crosses a gap (NaN between numbers).

    The finite points are thinned and the gaps put back between them. `NaNMinMaxLTTBDownsampler` keeps gaps too, but
    gives up a bin's minimum and maximum for the NaN in it: the spike just before an outage would not be seen.

    Raises:
        ValueError: `points` below 5.
    """
    if points < POINTS_AT_LEAST:
        raise ValueError(f"points is {POINTS_AT_LEAST} or more")
    if len(times) <= points:
        return times, values
    finite = np.flatnonzero(~np.isnan(values))
    marks = finite[:-1][np.diff(finite) > 1] + 1  # the first NaN of each gap
    wanted = max(points - len(marks), (points + 1) // 2)  # n points have at most n - 1 gaps between them
    if len(finite) > wanted:
        # Arrays of their own: the downsampler takes neither gaps nor strides.
        finite = finite[_downsampler.downsample(times[finite], values[finite], n_out=wanted)]
    if len(marks) == 0:
        return times[finite], values[finite]
    places = np.searchsorted(finite, marks)
    inside = (places > 0) & (places < len(finite))
    places, first = np.unique(places[inside], return_index=True)  # several gaps between two kept points are one
    kept = np.insert(finite, places, marks[inside][first])
    return times[kept], values[kept]


def break_gaps(times: np.ndarray, values: np.ndarray, gaps: Sequence[Gap] = (),
               limit_s: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Put a NaN in the middle of every hole, so that a line never crosses it.

    A hole is a step longer than `limit_s` (default: three times the median step, at least 15 s), or one in which the
    feed had a gap. A gap with samples in it (had back from the journal) is judged by the lengths of its steps alone.
    """
    holes = hole_places(times, gaps, limit_s)
    return insert_breaks(times, holes), np.insert(values, holes, np.nan)


def is_counter(values: np.ndarray, *, counts: bool = True) -> bool | None:
    """Whether a series never falls, but for starts from anew; None where fewer than 3 finite samples cannot tell.

    `counts`: its name says that it counts. Then one that rests is a counter too; without it, only what rises is.
    A start from anew is a fall to under half, and at most one step in twenty is one: a producer that was restarted has
    not turned its counter into something else.
    """
    finite = values[~np.isnan(values)]
    if len(finite) < COUNTER_SAMPLES:
        return None if counts else False
    steps = np.diff(finite)
    if not counts and not (steps > 0).any():
        return False
    falls = np.flatnonzero(steps < 0)
    return len(falls) * COUNTER_STEPS_PER_FALL <= len(steps) and bool(
        (finite[falls + 1] < finite[falls] * COUNTER_FALLS_BELOW).all())


def rate(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The growth per second since the finite sample before; NaN for the first, and where a counter fell.

    All NaN for fewer than 3 finite samples, of which nobody can tell whether they are a counter's.
    """
    rates = np.full(len(values), np.nan)
    finite = np.flatnonzero(~np.isnan(values))
    if len(finite) < COUNTER_SAMPLES:
        return rates
    growth = np.diff(values[finite])
    growth[growth < 0] = np.nan
    rates[finite[1:]] = growth / np.diff(times[finite])
    return rates


@dataclass(frozen=True)
class Statistics:
    """Over the finite values of a series; None where there are none."""

    last: float | None
    minimum: float | None
    mean: float | None
    maximum: float | None
    p95: float | None
    count: int


def statistics(values: np.ndarray) -> Statistics:
    finite = values[~np.isnan(values)]
    if len(finite) == 0:
        return Statistics(None, None, None, None, None, 0)
    return Statistics(float(finite[-1]), float(finite.min()), float(finite.mean()), float(finite.max()),
                      float(np.percentile(finite, 95)), len(finite))


def series(ring: Ring, source: str, metrics: Sequence[str], start: float | None, end: float | None, points: int,
           gaps: Sequence[Gap] = (), as_rate: Callable[[str], bool] = lambda name: False,
           ) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """metric -> (times, values) for a line chart: at most `points` points, broken at gaps.

    Each metric is judged by its own samples: one that comes every 30 s is whole, in a source that sends every 5 s.
    A metric for which `as_rate` says so is given as growth per second, unless its series is found to be no counter's.
    A metric without a sample in the window has two empty arrays.
    """
    return series_of(ring.window(source, metrics, start, end), points, gaps, as_rate)


def series_of(window: Window, points: int, gaps: Sequence[Gap] = (),
              as_rate: Callable[[str], bool] = lambda name: False, *, judged: bool = False,
              ) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The same for a window that was already taken (of several charts, or a delta).

    `judged`: `as_rate` names counters, found to be such over more than this window; they are not judged again.
    """
    lines: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    # Metrics of one message are present in the same rows: their times and holes are worked out once.
    shared: dict[bytes, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    for name, values in window.columns.items():
        present = ~np.isnan(values)
        key = np.packbits(present).tobytes()
        if key not in shared:
            times = window.times[present]
            holes = hole_places(times, gaps, None)
            shared[key] = times, holes, insert_breaks(times, holes)
        times, holes, broken = shared[key]
        values = values[present]
        if as_rate(name) and (judged or is_counter(values) is not False):
            values = rate(times, values)
        if len(holes):
            values = np.insert(values, holes, np.nan)
        lines[name] = downsample(broken, values, points)
    return lines


@dataclass(frozen=True, slots=True)
class Bucket:
    """One row of an answer: `time` (Unix s) of its newest sample, and the numbers by metric."""

    time: float
    metrics: dict[str, float]


def buckets(window: Window, points: int) -> list[Bucket]:
    """At most `points` rows, oldest first: the last real sample of each metric in each of `points` equal spans of time.

    Real data only: every number was sent as it stands, none is a mean and none is filled in; `time` is that of the
    newest sample in the span, so that a number is older than its row by less than a span, and not at all where the
    window holds no more than `points` samples: those are given as they are. Samples without any number are left out.

    Raises:
        ValueError: `points` below 1.
    """
    if points < 1:
        raise ValueError("points is 1 or more")
    names = list(window.columns)
    cells = np.array([window.columns[name] for name in names]).reshape(len(names), len(window))
    times = window.times if names else np.empty(0)
    some_absent = np.isnan(cells).any()
    if some_absent:
        rows = np.flatnonzero(~np.isnan(cells).all(axis=0))
        times, cells = times[rows], cells[:, rows]
    if len(times) > points:
        span = (times[-1] - times[0]) / points
        places = np.minimum(((times - times[0]) / span).astype(np.intp), points - 1)
        times, cells = _last_of_each(times, cells, places, some_absent)
    return [Bucket(time, sample) for time, sample in zip(times.tolist(), _rows_of(names, cells), strict=True)]


def _rows_of(names: list[str], cells: np.ndarray) -> list[dict[str, float]]:
    """The numbers of each row by name. Of many names each row may have a few: only what is there is touched."""
    by_row = cells.T
    present = ~np.isnan(by_row)
    if present.all():
        return [dict(zip(names, row, strict=True)) for row in by_row.tolist()]
    rows: list[dict[str, float]] = [{} for _ in range(len(by_row))]
    places, which = np.nonzero(present)
    for place, name, value in zip(places.tolist(), which.tolist(), by_row[present].tolist(), strict=True):
        rows[place][names[name]] = value
    return rows


def _last_of_each(times: np.ndarray, cells: np.ndarray, places: np.ndarray, some_absent: bool
                  ) -> tuple[np.ndarray, np.ndarray]:
    """Of rows with the same place, which ascend: the newest time, and of each metric the last number."""
    first = np.flatnonzero(np.diff(places, prepend=-1))
    newest = np.append(first[1:], len(places)) - 1
    if not some_absent:  # as a rule: each event has the same metrics
        return times[newest], cells[:, newest]
    # All metrics in one step: after each that takes a while, this thread waits for its turn among the others.
    last = np.maximum.reduceat(np.where(np.isnan(cells), -1, np.arange(len(times))), first, axis=1)
    return times[newest], np.where(last < 0, np.nan, np.take_along_axis(cells, last, axis=1))


def hole_places(times: np.ndarray, gaps: Sequence[Gap], limit_s: float | None) -> np.ndarray:
    """The indices before which a line is to be broken; see `break_gaps`."""
    if len(times) < 2:
        return np.empty(0, dtype=np.intp)
    steps = np.diff(times)
    limit = max(GAP_AT_LEAST_S, GAP_STEPS * float(np.median(steps))) if limit_s is None else limit_s
    holes = np.flatnonzero(steps > limit) + 1
    recorded = []
    for begin, finish in gaps:
        after = bisect_right(times, begin)
        if 0 < after < len(times) and (finish is None or times[after] >= finish):
            recorded.append(after)
    return np.union1d(holes, recorded).astype(np.intp) if recorded else holes


def insert_breaks(times: np.ndarray, holes: np.ndarray) -> np.ndarray:
    """The times with one in the middle of each of these holes."""
    return np.insert(times, holes, (times[holes - 1] + times[holes]) / 2) if len(holes) else times
