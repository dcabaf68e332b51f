"""Gaps stay gaps, extremes stay, counters become rates, and nothing is invented."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dashboard.metrics.query import (
    Bucket,
    break_gaps,
    buckets,
    downsample,
    is_counter,
    rate,
    series,
    statistics,
)
from dashboard.metrics.ring import Ring

NAN = math.nan
values_or_nan = st.lists(st.one_of(st.just(NAN), st.floats(-1e6, 1e6)), max_size=300)


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def ring_of(samples: dict[float, dict[str, float]]) -> Ring:
    ring = Ring()
    for at, values in samples.items():
        ring.append("s", at, values)
    return ring


@settings(deadline=None)
@given(values_or_nan, st.integers(5, 60))
def test_downsample_keeps_bounds_extremes_and_gaps(values, points):
    values = np.array(values, dtype=float)
    times = np.arange(len(values)) * 5.0
    kept_times, kept = downsample(times, values, points)
    assert len(kept) == len(kept_times) <= max(points, 0)
    assert (np.diff(kept_times) > 0).all()
    # What is kept is a point of the original.
    assert np.array_equal(values[(kept_times / 5).astype(int)], kept, equal_nan=True)
    # No two neighbours that are numbers have a NaN between them in the original.
    where = (kept_times / 5).astype(int)
    for left, right in zip(where, where[1:], strict=False):
        if np.isfinite(values[left]) and np.isfinite(values[right]):
            assert np.isfinite(values[left:right + 1]).all()
    finite = values[np.isfinite(values)]
    assert len(finite) == 0 or np.isfinite(kept).any()


def test_downsample_keeps_a_spike_beside_a_gap():
    values = np.zeros(17_280)
    values[5001], values[5003] = 1e6, NAN
    times, kept = downsample(np.arange(17_280) * 5.0, values, 1000)
    assert np.nanmax(kept) == 1e6 and np.isnan(kept).sum() == 1 and len(kept) <= 1000


def test_downsample_of_what_fits_and_what_cannot():
    times, values = array(1, 2, 3), array(1, NAN, 3)
    assert downsample(times, values, 5)[1] is values
    assert len(downsample(np.arange(9.0), np.full(9, NAN), 5)[0]) == 0
    with pytest.raises(ValueError):
        downsample(times, values, 4)


def test_break_gaps_by_the_step_of_the_series():
    times = array(0, 5, 10, 40, 45)
    broken, values = break_gaps(times, array(1, 2, 3, 4, 5))
    assert list(broken) == [0, 5, 10, 25, 40, 45]
    assert np.array_equal(values, array(1, 2, 3, NAN, 4, 5), equal_nan=True)
    slow = np.arange(10) * 30.0
    assert len(break_gaps(slow, slow)[0]) == 10
    assert len(break_gaps(times, times, limit_s=60.0)[0]) == 5
    assert len(break_gaps(times, times, limit_s=4.0)[0]) == 9


@pytest.mark.parametrize("count", [0, 1])
def test_break_gaps_of_next_to_nothing(count):
    times = np.arange(float(count))
    assert len(break_gaps(times, times, [(0.0, None)])[0]) == count


def test_a_line_never_crosses_a_recorded_gap():
    times = np.arange(10) * 5.0
    broken, values = break_gaps(times, times, [(11.0, 13.0), (21.0, 24.0), (44.0, None), (50.0, 60.0), (-9.0, -3.0)])
    assert list(broken[np.isnan(values)]) == [12.5, 22.5, 42.5]


def test_a_gap_that_was_filled_later_is_whole_again():
    times = np.arange(10) * 5.0
    assert len(break_gaps(times, times, [(12.0, 31.0)])[0]) == 10
    half = np.delete(times, [5, 6, 7])
    broken, values = break_gaps(half, half, [(12.0, 38.0)])
    assert np.isnan(values).sum() == 1 and broken[np.isnan(values)][0] == 30.0


def test_the_next_sample_just_at_the_end_of_a_gap():
    assert np.isnan(break_gaps(array(0, 5), array(0, 5), [(1.0, 5.0)])[1]).sum() == 1
    assert np.isnan(break_gaps(array(0, 5), array(0, 5), [(0.0, 0.0)])[1]).sum() == 1


@pytest.mark.parametrize(("values", "expected"), [
    ([], None), ([1, 2], None), ([2, 1], None), ([1, NAN, 2], None), ([NAN, NAN, NAN], None), ([1, 1, 1], True),
    ([1, 2, 3], True), ([1, 1, NAN, 2], True), ([3, 2, 1], False), ([1, 3, 2], False),
    ([*range(100, 140), *range(20)], True),  # started anew once
    ([*range(100, 140), *range(90, 110)], False),  # fell, but not to under half
    ([5, 1, 7, 2, 9, 1, 8, 3] * 5, False),  # per interval
])
def test_is_counter(values, expected):
    assert is_counter(array(*values)) is expected


@pytest.mark.parametrize(("values", "expected"), [
    ([], False), ([1, 2], False), ([1, 1, 1], False), ([1, 1, 2], True), ([1, 2, 1], False)])
def test_what_is_not_named_a_counter_must_rise_to_be_one(values, expected):
    assert is_counter(array(*values), counts=False) is expected


def test_rate_is_per_second_and_never_negative():
    rates = rate(array(0, 5, 10, 15, 20), array(0, 50, NAN, 250, 10))
    assert np.array_equal(rates, array(NAN, 10, NAN, 20, NAN), equal_nan=True)
    assert len(rate(array(), array())) == 0
    assert np.isnan(rate(array(1), array(1))).all()
    assert np.isnan(rate(array(0, 5, 10), array(1, NAN, 9))).all()  # two samples: a counter, or not
    assert rate(array(0, 5, 10), array(7, 7, 7))[1:].tolist() == [0, 0]


@settings(deadline=None)
@given(values_or_nan)
def test_rate_of_anything_is_not_negative(values):
    rates = rate(np.arange(len(values)) * 2.0, np.array(values, dtype=float))
    assert len(rates) == len(values) and not (rates < 0).any()


def test_statistics_over_finite_values():
    found = statistics(array(NAN, 1, 2, 3, NAN))
    assert (found.last, found.minimum, found.mean, found.maximum, found.count) == (3, 1, 2, 3, 3)
    assert found.p95 == pytest.approx(2.9)
    assert statistics(array(NAN)).last is None and statistics(array()).count == 0


def test_series_judges_each_metric_by_its_own_step():
    ring = ring_of({n * 5.0: {"fast": 1.0} | ({"slow": 1.0} if n % 6 == 0 else {}) for n in range(100)})
    lines = series(ring, "s", ["fast", "slow", "nobody"], None, None, 1000)
    assert len(lines["fast"][0]) == 100 and len(lines["slow"][0]) == 17
    assert not np.isnan(lines["slow"][1]).any()
    assert len(lines["nobody"][0]) == len(lines["nobody"][1]) == 0


def test_series_breaks_where_samples_are_missing_and_where_the_feed_was_away():
    ring = ring_of({n * 5.0: {"a": 1.0, "b": 1.0} if not 20 <= n < 40 else {"a": 1.0} for n in range(100)})
    lines = series(ring, "s", ["a", "b"], None, None, 1000, gaps=[(301.0, 303.0)])
    assert np.isnan(lines["a"][1]).sum() == 1
    assert np.isnan(lines["b"][1]).sum() == 2


def test_series_shows_counters_as_rates_only_where_asked():
    ring = ring_of({n * 5.0: {"sent": n * 100.0, "symbols": n * 1.0, "busy": float(n % 2)} for n in range(10)})
    lines = series(ring, "s", ["sent", "symbols", "busy"], None, None, 1000, as_rate=lambda name: name != "symbols")
    assert math.isnan(lines["sent"][1][0]) and (lines["sent"][1][1:] == 20.0).all()
    assert list(lines["symbols"][1]) == list(range(10))
    assert set(lines["busy"][1]) == {0.0, 1.0}


def test_series_of_one_sample_and_of_none():
    ring = ring_of({5.0: {"a": 1.0}})
    times, values = series(ring, "s", ["a"], None, None, 1000)["a"]
    assert list(times) == [5.0] and list(values) == [1.0]
    assert len(series(ring, "s", ["a"], 6.0, 9.0, 1000)["a"][0]) == 0
    assert len(series(ring, "unknown", ["a"], None, None, 1000)["a"][0]) == 0


def test_series_of_a_day_is_thinned():
    ring = ring_of({n * 5.0: {"a": float(n % 7), "sent": float(n)} for n in range(5000)})
    lines = series(ring, "s", ["a", "sent"], None, None, 1000, as_rate=lambda name: name == "sent")
    assert all(len(times) == len(values) <= 1000 for times, values in lines.values())
    assert np.isfinite(lines["sent"][1]).all()


def test_buckets_of_what_fits_are_the_samples_themselves():
    ring = ring_of({0.0: {"a": 1.0}, 5.0: {"b": 2.0}, 10.0: {"a": 3.0, "b": 4.0}})
    assert buckets(ring.window("s"), 3) == [
        Bucket(0.0, {"a": 1.0}), Bucket(5.0, {"b": 2.0}), Bucket(10.0, {"a": 3.0, "b": 4.0})]
    assert buckets(ring.window("s", ["b"]), 3) == [Bucket(5.0, {"b": 2.0}), Bucket(10.0, {"b": 4.0})]
    assert buckets(ring.window("s", ["nobody"]), 3) == buckets(ring.window("x"), 3) == []
    with pytest.raises(ValueError):
        buckets(ring.window("s"), 0)


def test_a_bucket_loses_no_metric_that_comes_less_often():
    ring = ring_of({n * 5.0: {"fast": float(n)} | ({"slow": float(n)} if n % 6 == 0 else {}) for n in range(60)})
    rows = buckets(ring.window("s"), 5)
    assert [row.time for row in rows] == [55.0, 115.0, 175.0, 235.0, 295.0]
    assert rows[0].metrics == {"fast": 11.0, "slow": 6.0}


@settings(deadline=None)
@given(st.dictionaries(st.floats(0, 1e6), st.dictionaries(st.sampled_from("ab"), st.floats(-10, 10), min_size=1),
                       min_size=1, max_size=80), st.integers(1, 30))
def test_buckets_hold_only_what_was_sent(samples, points):
    assume(len(samples) > 1)
    rows = buckets(ring_of(samples).window("s"), points)
    times, cells = [row.time for row in rows], [(row.time, *cell) for row in rows for cell in row.metrics.items()]
    assert 1 <= len(rows) <= points or len(samples) <= points
    assert times == sorted(set(times)) and set(times) <= set(samples) and times[-1] == max(samples)
    for time, name, value in cells:
        assert value in [sent[name] for at, sent in samples.items() if name in sent and at <= time]


@pytest.mark.parametrize("points", [1, 3, 7, 20, 25])
def test_rows_of_samples_that_have_all_metrics_are_those_of_samples_of_which_one_lacks_something(points):
    """What is always there is taken in one step: it gives the same rows."""
    every = {float(at): {"a": at * 1.5, "b": -float(at)} for at in range(0, 60, 3)}
    whole = buckets(ring_of(every).window("s", ["a", "b"]), points)
    one_by_one = buckets(ring_of(every).window("s", ["a", "b", "never there"]), points)
    assert whole == one_by_one
    assert len(whole) == min(points, len(every))
