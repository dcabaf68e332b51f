"""Buckets are what their samples say, in whatever order and portions those came."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.history.cells import BUCKET, unpack
from dashboard.history.folding import as_buckets, as_rows, folded, folded_samples, merged, starts_of, to_rows

SPAN_US = 60
samples = st.dictionaries(st.tuples(st.integers(0, 300), st.integers(1, 3)), st.integers(-5, 5).map(float), max_size=80)


def arrays_of(items: list[tuple[tuple[int, int], float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (np.array([at for (at, _), _ in items], dtype=np.int64),
            np.array([metric for (_, metric), _ in items], dtype=np.uint32), np.array([value for _, value in items]))


def fold(items) -> tuple[np.ndarray, np.ndarray]:
    times, metrics, values = arrays_of(items)
    return folded(starts_of(times, SPAN_US), as_buckets(times, metrics, values))


def expected(found: dict[tuple[int, int], float]) -> dict[tuple[int, int], tuple]:
    buckets: dict[tuple[int, int], list] = {}
    for (at, metric), value in sorted(found.items()):
        buckets.setdefault((at // SPAN_US * SPAN_US, metric), []).append((at, value))
    return {key: (len(held), sum(v for _, v in held), min(v for _, v in held), max(v for _, v in held), held[-1][1],
                  held[-1][0]) for key, held in buckets.items()}


def found_in(starts: np.ndarray, cells: np.ndarray) -> dict[tuple[int, int], tuple]:
    return {(int(start), cell[0]): cell[1:] for start, cell in zip(starts, cells.tolist(), strict=True)}


@settings(deadline=None)
@given(samples, st.randoms(use_true_random=False), st.integers(1, 5))
def test_any_order_any_portions(found, chance, portions):
    items = list(found.items())
    chance.shuffle(items)
    rows = unpack([], BUCKET)
    for part in range(portions):
        starts, cells = merged(rows, *fold(items[part::portions]))
        rows = unpack(as_rows(starts, cells), BUCKET)
    assert found_in(rows.times[rows.row], rows.cells) == expected(found)  # whole numbers: their sums are exact


@settings(deadline=None)
@given(samples, st.permutations([1, 2, 3]))
def test_samples_side_by_side_are_folded_as_each_by_itself(found, metrics):
    times = np.unique(np.array([at for at, _ in found], dtype=np.int64))
    values = np.array([[found.get((at, metric), np.nan) for at in times.tolist()] for metric in metrics])
    starts, cells = folded_samples(times, np.array(metrics, np.uint32), values, SPAN_US)
    assert found_in(starts, cells) == expected(found)
    direct, each = fold(list(found.items()))
    assert (starts.tolist(), cells.tolist()) == (direct.tolist(), each.tolist())


@settings(deadline=None)
@given(samples)
def test_coarser_buckets_out_of_finer_ones(found):
    starts, cells = fold(list(found.items()))
    coarse = folded(starts_of(starts, SPAN_US * 5), cells)
    times, metrics, values = arrays_of(list(found.items()))
    direct = folded(starts_of(times, SPAN_US * 5), as_buckets(times, metrics, values))
    assert found_in(*coarse) == found_in(*direct)


def test_rows_as_if_read():
    starts, cells = fold([((5, 1), 1.0), ((65, 2), 2.0), ((66, 1), 3.0)])
    rows, read = to_rows(starts, cells), unpack(as_rows(starts, cells), BUCKET)
    assert rows.times.tolist() == read.times.tolist() == [0, 60]
    assert rows.row.tolist() == read.row.tolist() == [0, 1, 1]
    assert rows.cells.tolist() == read.cells.tolist()
