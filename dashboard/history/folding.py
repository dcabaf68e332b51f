"""Samples into buckets, and buckets into coarser ones. Pure; the same whoever does it, and in whatever order.

Each sample goes into its buckets once, by whoever stored it, in the transaction that stored it. So rollups need no
leader and no second pass, are as new as the samples themselves, and a late sample is no special case.
"""

from __future__ import annotations

import numpy as np

from dashboard.history.cells import BUCKET, Rows, pieces


def as_buckets(times_us: np.ndarray, metrics: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Each sample as a bucket of one (BUCKET, in the order given)."""
    cells = np.empty(len(values), BUCKET)
    cells["metric"], cells["count"], cells["last_us"] = metrics, 1, times_us
    for name in ("sum", "min", "max", "last"):
        cells[name] = values
    return cells


def starts_of(times_us: np.ndarray, span_us: int) -> np.ndarray:
    """Where the bucket of each time begins: whole multiples of the span since 1970."""
    return times_us - times_us % span_us


def folded(starts: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells of the same bucket and metric as one. `starts` (int64) says whose each is; sorted by (start, metric)."""
    if len(cells) == 0:
        return starts, cells
    order = np.lexsort((cells["last_us"], cells["metric"], starts))
    starts, cells = starts[order], cells[order]
    new = np.empty(len(cells), dtype=bool)
    new[0] = True
    new[1:] = (starts[1:] != starts[:-1]) | (cells["metric"][1:] != cells["metric"][:-1])
    first = np.flatnonzero(new)
    newest = np.append(first[1:], len(cells)) - 1
    groups = cells[newest]  # a copy: of each group the cell with the newest sample
    groups["count"] = np.add.reduceat(cells["count"], first)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the greatest there are have no sum
        groups["sum"] = np.add.reduceat(cells["sum"], first)
    groups["min"] = np.minimum.reduceat(cells["min"], first)
    groups["max"] = np.maximum.reduceat(cells["max"], first)
    return starts[first], groups


def folded_samples(times_us: np.ndarray, metrics: np.ndarray, values: np.ndarray, span_us: int
                   ) -> tuple[np.ndarray, np.ndarray]:
    """Samples as the cells of their buckets: what `folded` makes of each as a bucket of one, without sorting them.

    `times_us` ascend, `metrics` are numbers, `values` is metrics × times, NaN where there is none.
    """
    starts = starts_of(times_us, span_us)
    if not len(starts):
        return starts, np.empty(0, BUCKET)
    first = np.append(0, (starts[1:] != starts[:-1]).nonzero()[0] + 1)
    order = np.argsort(metrics)
    metrics, values = metrics[order], values[order]
    absent = np.isnan(values)
    if absent.any():
        present = ~absent
        count = np.add.reduceat(present, first, axis=1, dtype=np.uint32)
        newest = np.maximum.reduceat(np.where(present, np.arange(len(times_us)), -1), first, axis=1)
        summands = np.where(present, values, 0.0)
    else:  # as a rule: each event has the same metrics
        ends, shape, summands = np.append(first[1:], len(starts)), (len(metrics), len(first)), values
        count, newest = np.broadcast_to(ends - first, shape), np.broadcast_to(ends - 1, shape)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the greatest there are have no sum
        total = np.add.reduceat(summands, first, axis=1)
    bucket, line = np.nonzero(count.T)
    place = line * len(first) + bucket  # one number tells a place quicker than two
    cells, last = np.empty(len(line), BUCKET), newest.reshape(-1)[place]
    cells["metric"], cells["count"], cells["sum"] = metrics[line], count.reshape(-1)[place], total.reshape(-1)[place]
    cells["min"] = np.fmin.reduceat(values, first, axis=1).reshape(-1)[place]
    cells["max"] = np.fmax.reduceat(values, first, axis=1).reshape(-1)[place]
    cells["last"], cells["last_us"] = values.reshape(-1)[line * len(times_us) + last], times_us[last]
    return starts[first][bucket], cells


def merged(stored: Rows, starts: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Buckets as stored with others added to them: (starts, cells), sorted by (start, metric)."""
    return folded(np.concatenate([stored.times[stored.row], starts]), np.concatenate([stored.cells, cells]))


def as_rows(starts: np.ndarray, cells: np.ndarray) -> list[tuple[int, bytes]]:
    """Sorted cells as rows of (start in µs, field)."""
    at, lengths = np.unique(starts, return_counts=True)
    return list(zip(at.tolist(), pieces(cells, lengths), strict=True))


def to_rows(starts: np.ndarray, cells: np.ndarray) -> Rows:
    """Sorted cells as what reading them would give."""
    at, row = np.unique(starts, return_inverse=True)
    return Rows(at, cells, row)
