"""From what was read to what is drawn: points of one width, breaks, rates and figures, and nothing invented."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.history.answers import WindowStatistics
from dashboard.history.cells import BUCKET, Block, bucket_block, raw_block, unpack
from dashboard.history.folding import as_buckets, as_rows, folded, starts_of
from dashboard.history.lines import counters, cut, joined, line_of, means, reduced, statistics_of, with_rates

NAN = math.nan
NOTHING = WindowStatistics(None, None, None, None, None, None, 0)


def raw(times, *lines) -> Block:
    return raw_block(np.array(times, dtype=float), np.array(lines, dtype=float).reshape(len(lines), len(times)))


def buckets(samples: dict[int, float], span_s: int) -> Block:
    """Samples of one metric (by second) as buckets."""
    times = np.array(list(samples), dtype=np.int64) * 1_000_000
    cells = as_buckets(times, np.ones(len(times), dtype=np.uint32), np.array(list(samples.values()), dtype=float))
    return bucket_block(unpack(as_rows(*folded(starts_of(times, span_s * 1_000_000), cells)), BUCKET), [1])


def line(block: Block, step_s: float = 0, gaps=()):
    return line_of("x", block, 0, False, statistics_of(block, 0), gaps, step_s)


samples = st.dictionaries(st.integers(0, 2_000), st.integers(-9, 9).map(float), max_size=60)


@settings(deadline=None)
@given(samples, st.sampled_from([20, 60, 100]))
def test_points_out_of_buckets_are_those_out_of_samples(found, step_s):
    ordered = dict(sorted(found.items()))
    from_samples = reduced(raw(list(ordered), list(ordered.values())), step_s)
    from_buckets = reduced(buckets(found, 20), step_s)
    for name in ("times", "count", "total", "minimum", "maximum", "last", "last_at"):
        assert np.array_equal(getattr(from_samples, name), getattr(from_buckets, name), equal_nan=True), name
    assert from_samples.count.sum() == len(found)
    assert all(time % step_s == 0 for time in from_samples.times)


def test_a_metric_that_is_rarer_than_the_points_is_absent_in_some():
    block = reduced(raw([1, 2, 11, 21], [1, 3, NAN, 5], [NAN, NAN, 7, NAN]), 10)
    assert np.array_equal(means(block), [[2, NAN, 5], [NAN, 7, NAN]], equal_nan=True)
    assert block.count.tolist() == [[2, 0, 1], [0, 1, 0]]
    drawn = line_of("y", block, 1, False, NOTHING, (), 10)
    assert (drawn.times.tolist(), drawn.mean.tolist(), drawn.count.tolist()) == ([10], [7], [1])


def test_of_samples_all_figures_are_the_sample():
    drawn = line(raw([1, 2], [4, 5]))
    assert drawn.minimum is drawn.maximum is drawn.last is drawn.mean
    assert drawn.mean.tolist() == [4, 5]


def test_a_line_of_nothing():
    drawn = line(raw([1, 2], [NAN, NAN]))
    assert len(drawn.times) == len(drawn.mean) == 0
    assert drawn.statistics == NOTHING
    assert len(reduced(raw([], []), 10)) == 0


@pytest.mark.parametrize(("missing", "broken"), [((), 0), ((7,), 1), ((3, 7), 2), ((6, 7), 1)])
def test_a_bucket_that_is_missing_among_full_ones_is_a_break(missing, broken):
    found = {second: 1.0 for second in range(0, 600, 5) if second // 60 not in missing}
    drawn = line(buckets(found, 60), 60)
    breaks = np.isnan(drawn.mean)
    assert breaks.sum() == broken
    for column in (drawn.minimum, drawn.maximum, drawn.last):
        assert np.array_equal(np.isnan(column), breaks)
    assert (drawn.count[breaks] == 0).all()
    assert drawn.count.sum() == len(found)


def test_a_metric_that_comes_rarely_is_no_row_of_breaks():
    assert not np.isnan(line(buckets(dict.fromkeys(range(0, 6000, 150), 1.0), 60), 60).mean).any()


def test_a_gap_of_the_feed_breaks_what_it_is_as_long_as():
    found = raw(range(0, 100, 5), range(20))
    assert np.isnan(line(found, gaps=[(51, 54)]).mean).sum() == 1  # nothing was heard between two samples
    full = buckets(dict.fromkeys(range(0, 600, 5), 1.0), 60)
    assert not np.isnan(line(full, 60, gaps=[(125, 128)]).mean).any()  # the buckets around it hold samples


def test_rates_are_of_all_that_was_counted():
    counted = {second: float(second * 10) for second in range(0, 600, 5)}
    for block in (raw(list(counted), list(counted.values())), buckets(counted, 60)):
        which = counters(block, [True], [True])
        assert which.tolist() == [True]
        rates = with_rates(block, which)
        assert np.isnan(rates.last[0, 0])
        assert rates.last[0, 1:].tolist() == pytest.approx([10.0] * (len(block) - 1))
        assert statistics_of(rates, 0).mean == pytest.approx(10.0)


def test_a_start_from_anew_has_no_rate():
    block = raw(range(0, 300, 10), [second * 1.0 for second in range(0, 200, 10)] + [0, *range(1, 10)])
    rates = with_rates(block, counters(block, [True], [True]))
    assert np.isnan(rates.last[0]).tolist() == [place in (0, 20) for place in range(30)]
    assert np.nanmin(rates.last) > 0


def test_what_falls_is_no_counter_and_what_may_be_none_is_not_judged():
    falling = raw(range(30), list(range(30, 0, -1)), range(30))
    assert counters(falling, [True, False], [True, True]).tolist() == [False, False]
    assert with_rates(falling, np.array([False, False])) is falling


def test_figures_of_a_window_are_exact_whatever_was_read():
    found = {second: float(second % 70) for second in range(0, 1_200, 5)}
    exact, coarse = statistics_of(raw(list(found), list(found.values())), 0), statistics_of(buckets(found, 60), 0)
    for name in ("last", "minimum", "mean", "maximum", "count"):
        assert getattr(exact, name) == pytest.approx(getattr(coarse, name))
    assert exact.change == found[1_195] - found[0]


def test_samples_of_several_places_are_joined_by_time():
    stored = np.array([1, 2, 4]), np.array([[1, NAN, 4], [10, 20, NAN]])
    times, values = joined(*stored, np.array([2, 3, 4]), np.array([[2, 3, 9], [99, 30, 40]]))
    assert times.tolist() == [1, 2, 3, 4]
    assert values.tolist() == [[1, 2, 3, 4], [10, 20, 30, 40]]  # what is stored wins
    times, values = joined(*stored, np.array([5]), np.array([[5], [NAN]]))
    assert times.tolist() == [1, 2, 4, 5]
    assert np.array_equal(values, [[1, NAN, 4, 5], [10, 20, NAN, NAN]], equal_nan=True)
    nothing = np.empty(0, np.int64), np.empty((2, 0))
    assert joined(*stored, *nothing)[0] is stored[0] and joined(*nothing, *stored)[1] is stored[1]


def test_cut():
    block = raw([1, 2, 3], [1, 2, 3])
    assert cut(block, 0) is block
    assert cut(block, 2).last.tolist() == [[2, 3]]
    assert len(cut(block, 9)) == 0
