"""Series of samples and of buckets, whatever they come from."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.series import Series, as_rate, buckets, coarsened, of_line, of_matrix, of_window, raw
from dashboard.explore.span import Span
from dashboard.metrics.ring import Ring
from tests.unit.explore_series import numbers, of, steady


def test_a_span_ends_after_it_starts():
    span = Span(10.0, 20.0)
    assert span.length_s == 10
    assert span.shifted(-5) == Span(5.0, 15.0)
    assert [span.overlaps(*one) for one in ((0, 9), (0, 10), (20, 20), (21, None), (0, None))] == [
        False, True, True, False, True]
    assert [span.seconds_of(*one) for one in ((0, 15), (12, 13), (15, None), (30, 40))] == [5, 1, 5, 0]
    for wrong in ((1.0, 1.0), (2.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))):
        with pytest.raises(ValueError, match="ends after it starts"):
            Span(*wrong)


def test_a_window_of_the_ring_is_a_series_for_each_metric_without_what_it_lacks():
    ring = Ring()
    ring.append("s", 1.0, {"a": 1.0})
    ring.append("s", 2.0, {"a": 2.0, "b": 5.0})
    found = {one.metric: one for one in of_window(ring.window("s"))}
    assert found["a"].times.tolist() == [1, 2]
    assert found["b"].times.tolist() == [2]
    assert found["b"].key == ("s", "b")
    assert not found["b"].bucketed


def line(**more):
    made = {"metric": "a.b_total", "times": np.array([60.0, 90.0, 120.0]), "mean": np.array([1.0, np.nan, 3.0]),
            "minimum": np.array([0.0, np.nan, 2.0]), "maximum": np.array([2.0, np.nan, 4.0]),
            "last": np.array([1.5, np.nan, 3.5]), "count": np.array([12, 0, 12]), "is_rate": True}
    return SimpleNamespace(**{**made, **more})


def test_a_line_of_the_history_in_buckets():
    found = of_line("s", line(), 60.0)
    assert (found.step_s, found.bucketed, found.is_rate, found.described.unit) == (60.0, True, True, "1/s")
    assert np.isnan(found.values[1])
    assert found.finite().maxima.tolist() == [2, 4]


def test_a_raw_line_of_the_history_has_no_buckets():
    found = of_line("s", line(is_rate=False), 0.0)
    assert (found.step_s, found.bucketed, found.described.unit) == (None, False, "count")


def test_a_matrix_of_the_history():
    matrix = SimpleNamespace(source="s", metrics=("a", "b"), times=np.array([0.0, 60.0]), step_s=60.0,
                             means=np.array([[1.0, 2.0], [np.nan, 7.0]]), rates=frozenset("b"))
    one, other = of_matrix(matrix)
    assert one.values.tolist() == [1, 2]
    assert (other.times.tolist(), other.is_rate, other.step_s, other.bucketed) == ([60], True, 60.0, False)


def test_within_a_span_are_samples_from_its_start_to_its_end_and_buckets_that_reach_into_it():
    samples = of([0, 10, 20, 30], [1, 2, 3, 4])
    assert samples.within(Span(10, 20)).values.tolist() == [2, 3]
    in_buckets = coarsened(samples, 10)
    assert in_buckets.within(Span(15, 20)).values.tolist() == [2, 3]
    assert in_buckets.within(Span(20, 25)).values.tolist() == [3]


def test_a_counter_becomes_its_rate_and_nothing_else_does():
    counter = raw("s", "redis.messages_published", np.arange(4) * 10.0, np.array([0.0, 50.0, 60.0, 90.0]))
    rates = as_rate(counter)
    assert (rates.is_rate, rates.values.tolist(), rates.times.tolist()) == (True, [5, 1, 3], [10, 20, 30])
    assert as_rate(rates) is rates
    gauge = of([0, 10, 20], [1, 2, 3])
    assert as_rate(gauge) is gauge
    falls = raw("s", "system.network_io.bytes_sent", np.arange(4) * 10.0, np.array([9.0, 8.5, 9.0, 8.0]))
    assert as_rate(falls) is falls
    assert as_rate(counter, counts=False) is counter


def test_the_rate_of_a_counter_in_buckets_is_that_of_its_last_numbers():
    counter = coarsened(raw("s", "orders_total", np.arange(6) * 10.0, np.arange(6) * 20.0), 20)
    rates = as_rate(counter)
    assert (rates.values.tolist(), rates.step_s, rates.bucketed) == ([2, 2], 20, False)


def test_a_bucket_without_a_sample_has_no_number():
    found = buckets("s", "m", [0, 60], 60, counts=[2, 0], sums=[3, 0], minima=[1, 0], maxima=[2, 0], lasts=[2, 0])
    assert found.values[0] == 1.5
    assert all(np.isnan(part[1]) for part in (found.values, found.minima, found.maxima, found.lasts))


@settings(deadline=None)
@given(numbers(1, 60), st.floats(0.5, 100))
def test_wider_buckets_hold_the_same_samples(values, step_s):
    series = steady(values, 3.0)
    once = coarsened(series, step_s)
    twice = coarsened(once, 2 * step_s)
    for found in (once, twice):
        assert found.counts.sum() == len(series)
        assert (np.diff(found.times) > 0).all()
        assert found.minima.min() == series.values.min()
        assert found.maxima.max() == series.values.max()
        assert found.lasts[-1] == series.values[-1]
        assert ((found.minima <= found.values) & (found.values <= found.maxima)).all()
        total = (found.values * found.counts).sum()
        assert total == pytest.approx(series.values.sum(), rel=1e-9, abs=1e-3)


def test_buckets_are_never_made_narrower():
    series = coarsened(steady([1, 2, 3, 4]), 60)
    assert coarsened(series, 30) is series
    with pytest.raises(ValueError, match="wider than nothing"):
        coarsened(series, 0)


def test_nothing_stays_nothing():
    nothing = raw("s", "orders_total", np.empty(0), np.empty(0))
    assert [len(found) for found in (coarsened(nothing, 60), as_rate(nothing), nothing.within(Span(0, 1)))] == [0, 0, 0]
    assert isinstance(coarsened(nothing, 60), Series)
    assert coarsened(nothing, 60).bucketed
