"""What goes into a field comes out of it; what somebody else wrote there harms nothing."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dashboard.history.batch import Batch, News, batch_of, news_of, samples_lacking
from dashboard.history.cells import (
    BUCKET,
    SAMPLE,
    Fields,
    bucket_block,
    fields_of,
    pack_samples,
    raw_block,
    sample_values,
    times_us,
    to_us,
    unpack,
)
from dashboard.history.folding import as_buckets, as_rows, folded
from dashboard.metrics.ring import Ring

NAN = math.nan
NONE = Fields.of([])
shapes = st.tuples(st.integers(1, 5), st.integers(0, 8))
matrices = shapes.flatmap(lambda shape: arrays.arrays(
    np.float64, shape, elements=st.one_of(st.just(NAN), st.floats(-1e9, 1e9))))


@settings(deadline=None)
@given(matrices)
def test_there_and_back(values):
    ids = np.arange(len(values)) * 7 + 3
    fields = pack_samples(ids, values)
    assert sum(map(len, fields)) == 12 * np.isfinite(values).sum()
    rows = unpack(list(enumerate(fields)), SAMPLE)
    assert np.array_equal(sample_values(rows, ids.tolist()), values, equal_nan=True)
    some = ids[::2].tolist()
    assert np.array_equal(sample_values(rows, some), values[::2], equal_nan=True)


def test_a_metric_nobody_stored_is_absent():
    rows = unpack([(1, pack_samples(np.array([5]), np.array([[2.0]]))[0])], SAMPLE)
    assert np.isnan(sample_values(rows, [4, 6, 900])).all()
    assert sample_values(rows, []).shape == (0, 1)
    assert sample_values(unpack([], SAMPLE), [5]).shape == (1, 0)


def test_a_field_of_no_whole_cells_is_left_out():
    field = pack_samples(np.array([5]), np.array([[2.0]]))[0]
    rows = unpack([(1, field), (2, field[:-1]), (3, b""), (4, field)], SAMPLE)
    assert rows.times.tolist() == [1, 3, 4]
    assert np.array_equal(sample_values(rows, [5]), [[2.0, NAN, 2.0]], equal_nan=True)


def test_times_of_the_feed_are_exact():
    """A producer's times have microseconds at most: what is read back is the very number the ring has."""
    seconds = np.array([1_760_000_000.123456, 1_760_000_000.1, 0.0, 1_900_000_000.999999])
    assert np.array_equal(times_us(seconds) / 1e6, seconds)
    assert to_us(1_760_000_000.123456) == 1_760_000_000_123_456


def test_blocks():
    block = raw_block(np.array([1.0, 1.5, 2.0]), np.array([[5.0, NAN, NAN], [NAN, NAN, 6.0]]))
    assert block.times.tolist() == [1.0, 2.0]  # at the other time there is nothing
    assert block.count.tolist() == [[1, 0], [0, 1]]
    assert np.array_equal(block.last_at, [[1.0, NAN], [NAN, 2.0]], equal_nan=True)
    starts, cells = folded(np.array([0, 0]), as_buckets(np.array([10, 20]), np.array([3, 3]), np.array([4.0, 2.0])))
    block = bucket_block(unpack(as_rows(starts, cells), BUCKET), [3, 9])
    assert block.count.tolist() == [[2], [0]]
    found = [float(column[0, 0]) for column in (block.total, block.minimum, block.maximum, block.last, block.last_at)]
    assert found == [6.0, 2.0, 4.0, 2.0, 20e-6]
    assert np.isnan(block.total[1, 0])


def batch(times: list[int], **columns: list[float]) -> Batch:
    return Batch("s", np.array(times, dtype=np.int64), list(columns), np.array(list(columns.values()), dtype=float))



def told(news: News) -> list[tuple[int, int, float | None]]:
    """Time, metric and value (None: not new), metric by metric."""
    return [(at, metric, None if np.isnan(value) else float(value))
            for metric, line in zip(news.metrics.tolist(), news.values, strict=True)
            for at, value in zip(news.times.tolist(), line, strict=True)]


def test_of_a_batch_only_what_is_missing_is_news():
    first = news_of(batch([10, 20], a=[1.0, NAN], b=[2.0, 3.0]), [1, 2], NONE)
    assert [at for at, _ in first.rows] == [10, 20]
    assert (told(first), first.count) == ([(10, 1, 1.0), (20, 1, None), (10, 2, 2.0), (20, 2, 3.0)], 3)
    assert news_of(batch([10, 20], a=[1.0, NAN], b=[2.0, 3.0]), [1, 2], Fields.of(first.rows)).count == 0
    read = samples_lacking(batch([10, 20], a=[1.0, 7.0], b=[2.0, NAN]), [1, 2], Fields.of(first.rows))
    assert (read.rows, told(read), read.count) == ([], [(20, 1, 7.0), (20, 2, None)], 1)
    # The first value of a time stays.
    second = news_of(batch([10, 15, 20], a=[9.0, 4.0, 5.0]), [1], Fields.of(first.rows))
    assert told(second) == [(15, 1, 4.0), (20, 1, 5.0)]
    assert (told(second.since(16)), second.since(16).count, second.since(16).rows) == ([(20, 1, 5.0)], 1, [])
    rows = unpack(dict(first.rows + second.rows).items(), SAMPLE)
    assert rows.times.tolist() == [10, 20, 15]
    assert np.array_equal(sample_values(rows, [1, 2]), [[1.0, 5.0, 4.0], [2.0, 3.0, NAN]], equal_nan=True)


def test_fields_follow_each_other_and_are_chosen_by_their_times():
    one, other = Fields.of([(10, b"abc"), (20, b""), (30, b"de")]), Fields.of([(40, b"\xff")])
    both = Fields.together([one, other])
    assert both.rows() == [(10, b"abc"), (20, b""), (30, b"de"), (40, b"\xff")]
    assert both.at(np.array([5, 10, 20, 40])).rows() == [(10, b"abc"), (20, b""), (40, b"\xff")]
    assert both.at(np.array([30])).rows() == [(30, b"de")]
    assert both.at(np.array([35])).rows() == NONE.at(np.array([10])).rows() == []
    assert both.at(np.arange(100)).rows() == both.rows()


def test_an_event_without_numbers_is_no_row():
    assert news_of(batch([10, 20], a=[NAN, 1.0]), [1], NONE).rows[0][0] == 20
    assert news_of(batch([10], a=[NAN]), [1], NONE).rows == []


def test_samples_of_the_ring_within_a_microsecond_are_one():
    ring = Ring()
    for at, value in ((1.0000001, 1.0), (1.0000003, 2.0), (1.5, 3.0)):
        ring.append("s", at, {"a": value})
    found = batch_of(ring.window("s"))
    assert (found.times.tolist(), found.values.tolist()) == ([1_000_000, 1_500_000], [[2.0, 3.0]])
    assert len(batch_of(Ring().window("s"))) == 0


def test_fields_that_came_in_another_order_or_not_whole():
    assert fields_of("30,10,20", "1,0,2", b"abc").rows() == [(10, b""), (20, b"bc"), (30, b"a")]
    assert fields_of("10,20", "1,2", b"a") is None
    late = 2**62 + 1
    assert fields_of(f"10,{late}", "0,2", b"ab").rows() == [(10, b""), (late, b"ab")]
