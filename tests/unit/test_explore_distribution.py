"""Heat map and distribution: every sample in the right place, and nothing where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.explore.distribution import BINS_MOST, distribution
from dashboard.explore.heatmap import KINDS, MAXIMUM, MEAN, MEDIAN, heatmap
from dashboard.explore.series import coarsened, raw
from tests.unit.explore_series import HUGE, any_numbers, numbers, of, steady
from tests.unit.test_explore_times import ZONES, at

DAY_S = 86_400.0


def test_each_sample_lies_in_its_hour_of_the_week():
    times = [at("2026-02-02 00:30"), at("2026-02-02 00:40"), at("2026-02-08 23:59")]  # Monday, Monday, Sunday
    found = heatmap(of(times, [1, 4, 7]), "UTC")
    assert (found.values[0, 0], found.values[6, 23], found.counts[0, 0]) == (2.5, 7, 2)
    assert np.isnan(found.values).sum() == 7 * 24 - 2
    assert found.counts.sum() == 3
    zurich = heatmap(of(times, [1, 4, 7]), "Europe/Zurich")
    assert (zurich.values[0, 1], zurich.values[0, 0]) == (2.5, 7)
    assert heatmap(of(times, [1, 4, 7]), "Asia/Kolkata").values[0, 6] == 2.5


@pytest.mark.parametrize(("kind", "wanted"), [(MEAN, 4), (MEDIAN, 2), (MAXIMUM, 9)])
def test_mean_median_and_maximum(kind, wanted):
    times = at("2026-02-02 05:00") + np.array([0.0, 60, 120])
    assert heatmap(of(times, [1, 2, 9]), "UTC", kind).values[0, 5] == wanted


def test_of_buckets_the_means_are_weighted_and_the_maxima_exact():
    times = at("2026-02-02 05:00") + np.array([0.0, 10, 20, 60])
    minutes = coarsened(of(times, [1, 2, 9, 0]), 60)
    assert heatmap(minutes, "UTC").values[0, 5] == 3
    assert heatmap(minutes, "UTC", MAXIMUM).values[0, 5] == 9
    assert [heatmap(minutes, "UTC", kind).approximate for kind in KINDS] == [False, True, False]
    assert heatmap(minutes, "UTC").counts[0, 5] == 4


def test_hours_that_a_zone_cuts_in_half_are_approximate():
    hours = coarsened(steady(np.arange(2_000)), 3_600)
    assert heatmap(hours, "Asia/Kolkata").approximate
    assert not heatmap(hours, "Europe/Zurich").approximate


def test_where_nothing_can_be_shown_it_says_why():
    assert heatmap(steady([]), "UTC").reason == "there is no sample"
    days = coarsened(steady(np.arange(3_000), 60), DAY_S)
    found = heatmap(days, "UTC")
    assert found.reason == "the samples of this window are kept in buckets wider than an hour"
    assert np.isnan(found.values).all()
    with pytest.raises(ValueError, match="mean, median, max"):
        heatmap(days, "UTC", "mode")


def test_the_median_of_two_huge_numbers_lies_between_them():
    found = heatmap(steady([9e307, 1.1e308]), "UTC", "median")
    assert np.nanmax(found.values) == pytest.approx(1e308)


@settings(deadline=None)
@given(any_numbers, st.floats(1, 50_000), st.sampled_from(ZONES), st.sampled_from(KINDS))
def test_no_sample_is_lost_in_the_heat_map(values, step_s, zone, kind):
    found = heatmap(steady(values, step_s), zone, kind)
    assert found.counts.sum() == np.isfinite(values).sum()
    assert (np.isfinite(found.values) == (found.counts > 0)).all()


def test_the_bins_follow_the_spread():
    found = distribution(steady(np.random.default_rng(2).normal(50, 5, 1_000)))
    assert 15 <= len(found.counts) <= 40  # Freedman and Diaconis: 6.7 / 10 wide over some 33
    assert found.percentiles[50] == pytest.approx(50, abs=0.5)
    assert found.percentiles[95] == pytest.approx(50 + 1.645 * 5, abs=1)
    assert not found.approximate


def test_counts_of_something_have_a_bar_each():
    found = distribution(steady([1, 2, 2, 5]))
    assert found.counts.tolist() == [1, 2, 0, 0, 1]
    assert found.edges.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]


@pytest.mark.parametrize("value", [0.0, 7.0, -3.5, 1e300, HUGE, -HUGE, 5e-324])
def test_one_value_is_one_bar_around_it(value):
    found = distribution(steady([value] * 4))
    assert found.counts.tolist() == [4]
    assert found.edges[0] <= value <= found.edges[1]
    assert found.edges[0] < found.edges[1]


def test_an_outlier_does_not_make_a_million_bins():
    assert len(distribution(steady([*np.linspace(0, 1, 500), 1e12])).counts) <= BINS_MOST
    assert len(distribution(steady([0.5] * 500 + [0.25, 99.5])).counts) <= BINS_MOST  # quartiles that are one number


def test_buckets_count_for_what_they_hold():
    series = coarsened(steady([0.5] * 12 + [9.5]), 60)
    found = distribution(series)
    assert found.approximate
    assert (found.count, found.counts[0], found.counts[-1]) == (13, 12, 1)
    assert found.percentiles[50] == 0.5


def test_nothing_has_no_distribution():
    assert distribution(steady([])) is None
    assert distribution(steady([float("nan"), float("inf")])) is None


@settings(deadline=None)
@example([-1.79e308])
@example([1.79e308])
@given(any_numbers)
def test_every_sample_lies_in_a_bin(values):
    found = distribution(steady(values))
    finite = np.array([value for value in values if np.isfinite(value)])
    if found is None:
        assert len(finite) == 0
        return
    assert found.counts.sum() == found.count == len(finite)
    assert len(found.counts) == len(found.edges) - 1 <= BINS_MOST + 1
    assert (np.diff(found.edges) > 0).all()
    assert np.isfinite(found.edges).all()
    assert found.edges[0] <= finite.min()
    assert found.edges[-1] >= finite.max()


@settings(deadline=None)
@given(numbers(1, 80, 1e6))
def test_the_bars_are_those_of_numpy(values):
    found = distribution(raw("s", "a", np.arange(len(values)), np.array(values)))
    wanted, _ = np.histogram(values, found.edges)
    assert found.counts.tolist() == wanted.tolist()
