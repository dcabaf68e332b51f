"""Series of samples and of buckets, whatever they come from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.series import Series, as_rate, coarsened, of_line, of_matrix, raw
from dashboard.explore.span import Span
from dashboard.history.answers import Line, Matrix, WindowStatistics
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


NONE = WindowStatistics(None, None, None, None, None, None, 0)


def line(is_rate):
    numbers = (np.array([1.0, np.nan, 3.0]) + more for more in (0, -1, 1, 0.5))
    return Line("a.b_total", np.array([60.0, 90.0, 120.0]), *numbers, np.array([12, 0, 12]), is_rate, NONE)


def test_a_line_of_the_history_in_buckets_comes_without_its_breaks():
    found = of_line("s", line(is_rate=True), 60.0)
    assert (found.step_s, found.bucketed, found.is_rate, found.described.unit) == (60.0, True, True, "1/s")
    assert [part.tolist() for part in (found.times, found.values, found.minima, found.maxima, found.lasts)] == [
        [60, 120], [1, 3], [0, 2], [2, 4], [1.5, 3.5]]


def test_a_raw_line_of_the_history_has_no_buckets():
    found = of_line("s", line(is_rate=False), 0.0)
    assert (found.step_s, found.bucketed, found.described.unit) == (None, False, "count")


def test_a_matrix_of_the_history():
    matrix = Matrix("s", ("a", "b"), np.array([0.0, 60.0]), np.array([[1.0, 2.0], [np.nan, 7.0]]),
                    np.array([[3, 3], [0, 3]]), "1m", 60.0, frozenset("b"))
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
