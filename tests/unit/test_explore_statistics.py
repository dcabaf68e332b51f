"""The figures of the legend: exact of samples, and honest of buckets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.series import as_rate, coarsened
from dashboard.explore.statistics import Legend, legend, mean_of, percentile
from dashboard.metrics.query import statistics
from tests.unit.explore_series import HUGE, any_numbers, numbers, steady

NAN = float("nan")
NOTHING = Legend(None, None, None, None, None, None, 0)


def test_of_samples_they_are_those_of_the_ring():
    values = np.array([NAN, 3.0, 1.0, 2.0, NAN, 8.0, 5.0])
    found, ring = legend(steady(values)), statistics(values)
    assert (found.last, found.minimum, found.maximum, found.count) == (ring.last, ring.minimum, ring.maximum, 5)
    assert found.mean == pytest.approx(ring.mean)
    assert found.p95 == pytest.approx(ring.p95)
    assert (found.change, found.approximate) == (2.0, False)


@pytest.mark.parametrize("values", [[], [NAN], [NAN, NAN]])
def test_nothing_is_none_and_not_zero(values):
    assert legend(steady(values)) == NOTHING
    assert legend(coarsened(steady(values), 60)) == NOTHING


def test_one_sample_is_all_of_them():
    assert legend(steady([7])) == Legend(7, 7, 7, 7, 7, 0, 1)


@settings(deadline=None)
@given(numbers(1), st.floats(1, 300))
def test_of_buckets_the_mean_is_weighted_and_the_p95_lies_within_its_bounds(values, step_s):
    series = steady(values)
    exact, found = legend(series), legend(coarsened(series, step_s))
    largest = max(abs(value) for value in values)
    assert found.approximate
    assert (found.count, found.last, found.minimum, found.maximum) == (
        exact.count, exact.last, exact.minimum, exact.maximum)
    assert found.mean == pytest.approx(exact.mean, rel=1e-9, abs=1e-9 * largest + 1e-300)
    room = 1e-9 * largest
    assert found.p95_low - room <= exact.p95 <= found.p95_high + room
    assert found.p95_low <= found.p95 <= found.p95_high


def test_the_p95_of_buckets_is_near_what_it_was():
    values = np.random.default_rng(7).normal(100, 10, 17_280)
    exact, found = legend(steady(values)), legend(coarsened(steady(values), 60))
    assert found.p95 == pytest.approx(exact.p95, abs=2.5)
    weighted = float(np.percentile(coarsened(steady(values), 60).values, 95))
    assert abs(found.p95 - exact.p95) < abs(weighted - exact.p95)


def test_a_bucket_with_many_samples_counts_for_more():
    series = coarsened(steady([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100]), 60)
    assert series.counts.tolist() == [12, 1]
    assert legend(series).mean == pytest.approx(100 / 13)


def test_the_rate_of_a_counter_in_buckets_is_approximate():
    counter = coarsened(steady(np.arange(120.0) ** 1.5, metric="orders_total"), 60)
    assert legend(as_rate(counter)).approximate
    assert legend(as_rate(counter)).p95_low is None


@settings(deadline=None)
@given(any_numbers, st.sampled_from((None, 20.0)))
def test_no_figure_is_a_number_that_cannot_be_shown(values, step_s):
    series = steady(values)
    found = legend(series if step_s is None else coarsened(series, step_s))
    figures = (found.last, found.minimum, found.mean, found.maximum, found.p95, found.change, found.p95_low)
    assert all(figure is None or np.isfinite(figure) for figure in figures)


def test_huge_values_keep_their_mean():
    assert mean_of(np.array([HUGE, HUGE, HUGE])) == pytest.approx(HUGE)
    assert legend(steady([HUGE, -HUGE])).change is None
    assert legend(coarsened(steady([HUGE, HUGE]), 60)).mean == pytest.approx(HUGE)


@settings(deadline=None)
@given(numbers(1, 60), st.floats(0, 1), st.data())
def test_a_weighted_percentile_is_that_of_the_repeated_values(values, share, data):
    counts = data.draw(st.lists(st.integers(1, 5), min_size=len(values), max_size=len(values)))
    wanted = float(np.percentile(np.repeat(values, counts), 100 * share))
    found = percentile(np.array(values), share, np.array(counts, dtype=float))
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-6 * max(1.0, max(map(abs, values))))
