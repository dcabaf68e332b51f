"""From what was read to what is drawn: rates, points of one width, breaks, statistics. Pure functions over arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from dashboard.history.answers import Line, WindowStatistics
from dashboard.history.cells import Block
from dashboard.metrics.query import GAP_AT_LEAST_S, GAP_STEPS, Gap, hole_places, insert_breaks, is_counter

EMPTY_BUCKETS = 1.5
"""Widths of a bucket between two of them from which on one is missing in between."""


def cut(block: Block, start: float) -> Block:
    """The block from a time on (Unix s)."""
    first = bisect_left(block.times, start)
    if first == 0:
        return block
    return Block(block.times[first:], block.count[:, first:], block.total[:, first:], block.minimum[:, first:],
                 block.maximum[:, first:], block.last[:, first:], block.last_at[:, first:], block.raw)


def counters(block: Block, may_be: Sequence[bool], counts: Sequence[bool]) -> np.ndarray:
    """Which metrics are shown as their growth: judged like the page judges them (`metrics.query.is_counter`).

    `may_be` and `counts` are the catalogue's `cumulative` and `counts` of each.
    """
    return np.array([bool(cumulative) and is_counter(last, counts=by_name) is not False
                     for last, cumulative, by_name in zip(block.last, may_be, counts, strict=True)], dtype=bool)


def with_rates(block: Block, which: np.ndarray) -> Block:
    """The block with these metrics as growth per second since the newest sample of the bucket before.

    NaN for the first, and where a counter began anew. The growth between two samples counts once, so that the mean of
    several buckets is the mean of their rates.
    """
    if not which.any():
        return block
    columns = [np.array(column) for column in (block.count, block.total, block.minimum, block.maximum, block.last)]
    for line in np.flatnonzero(which):
        rates = _growth(block.last_at[line], block.last[line])
        columns[0][line] = ~np.isnan(rates)
        for column in columns[1:]:
            column[line] = rates
    count, total, minimum, maximum, last = columns
    return Block(block.times, count, total, minimum, maximum, last, block.last_at, block.raw)


def _growth(at: np.ndarray, last: np.ndarray) -> np.ndarray:
    rates = np.full(len(last), np.nan)
    finite = np.flatnonzero(~np.isnan(last))
    if len(finite) < 2:
        return rates
    growth, elapsed = np.diff(last[finite]), np.diff(at[finite])
    growth[(growth < 0) | (elapsed <= 0)] = np.nan
    rates[finite[1:]] = growth / np.where(elapsed > 0, elapsed, 1.0)
    return rates


def reduced(block: Block, step_s: float) -> Block:
    """Buckets `step_s` wide out of narrower ones, or out of samples. Times that hold nothing are not there."""
    if len(block) == 0:
        return block
    places = np.floor(block.times / step_s)
    first = np.flatnonzero(np.append(True, places[1:] != places[:-1]))
    if not block.raw and np.array_equal(places * step_s, block.times):
        return block  # they are so wide already
    present = block.count > 0
    rows = np.arange(len(block))
    newest = np.maximum.reduceat(np.where(present, rows, -1), first, axis=1)
    some = newest >= 0
    line = np.arange(len(newest))[:, None]
    return Block(
        places[first] * step_s,
        np.add.reduceat(block.count, first, axis=1),
        np.where(some, _sums(np.where(present, block.total, 0.0), first), np.nan),
        np.fmin.reduceat(block.minimum, first, axis=1), np.fmax.reduceat(block.maximum, first, axis=1),
        np.where(some, block.last[line, newest], np.nan), np.where(some, block.last_at[line, newest], np.nan))


def _sums(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the greatest there are have no sum
        return np.add.reduceat(values, first, axis=1)


def means(block: Block) -> np.ndarray:
    """The mean of each bucket: metrics × times."""
    return block.total / np.where(block.count > 0, block.count, 1)


def line_of(name: str, block: Block, index: int, is_rate: bool, statistics: WindowStatistics, gaps: Sequence[Gap],
            step_s: float) -> Line:
    """One metric of a block, without the times at which it has nothing, broken at holes; `step_s` 0: samples."""
    present = np.flatnonzero(block.count[index] > 0)
    times, count = block.times[present], block.count[index][present]
    if step_s:  # between two buckets that hold something, a gap shorter than they are is no hole
        gaps = [(begin, finish) for begin, finish in gaps if finish is None or finish - begin >= step_s]
    broken = hole_places(times, gaps, _hole_s(times, count, step_s))
    mean = block.total[index][present] / count  # of a sample the count is 1

    def put(values: np.ndarray) -> np.ndarray:
        return np.insert(values, broken, np.nan) if len(broken) else values

    mean = put(mean)
    if block.raw:
        minimum = maximum = last = mean
    else:
        minimum, maximum, last = (put(column[index][present]) for column in (block.minimum, block.maximum, block.last))
    return Line(name, insert_breaks(times, broken), mean, minimum, maximum, last,
                np.insert(count, broken, 0) if len(broken) else count, is_rate, statistics)


def _hole_s(times: np.ndarray, count: np.ndarray, step_s: float) -> float | None:
    """From how long a step on there is a hole; None: as for samples.

    A bucket that is missing among such as hold many samples is a hole; where a bucket holds one or two, only what is
    longer than three times their distance.
    """
    if not step_s or not len(times):
        return None
    apart_s = step_s / max(1.0, float(np.median(count)))
    if len(times) > 1:  # rarer than a bucket each
        apart_s = max(apart_s, float(np.median(np.diff(times))) if np.median(count) <= 1 else apart_s)
    return max(EMPTY_BUCKETS * step_s, GAP_STEPS * apart_s, GAP_AT_LEAST_S)


def statistics_of(block: Block, index: int) -> WindowStatistics:
    """Over a window, exact but for p95, which is of the means of the buckets read."""
    present = block.count[index] > 0
    if not present.any():
        return WindowStatistics(None, None, None, None, None, None, 0)
    count, total = block.count[index][present], block.total[index][present]
    last = block.last[index][present]
    points = total if block.raw else total / count
    first = points[0]
    return WindowStatistics(
        float(last[-1]), float(block.minimum[index][present].min()), float(total.sum() / count.sum()),
        float(block.maximum[index][present].max()), float(np.percentile(points, 95)), float(last[-1] - first),
        int(count.sum()))


def joined(times: np.ndarray, values: np.ndarray, more_times: np.ndarray, more_values: np.ndarray
           ) -> tuple[np.ndarray, np.ndarray]:
    """Samples of the same metrics from two places as one: by time, each once; of two values the first place's wins.

    Times ascend, values are metrics × times.
    """
    if not len(times) or not len(more_times):
        return (times, values) if len(times) else (more_times, more_values)
    if times[-1] < more_times[0]:
        return np.concatenate([times, more_times]), np.concatenate([values, more_values], axis=1)
    every = np.unique(np.concatenate([times, more_times]))
    found = np.full((len(values), len(every)), np.nan)
    for own_times, own in ((more_times, more_values), (times, values)):
        at = np.searchsorted(every, own_times)
        found[:, at] = np.where(np.isnan(own), found[:, at], own)
    return every, found
