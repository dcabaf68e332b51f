"""A forecast where the trend allows one, with the width it deserves, and in words why not where it does not."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import catalog
from dashboard.explore.bounds import bounds, in_own_unit, thresholds
from dashboard.explore.forecast import LIMIT, forecast
from dashboard.explore.series import coarsened
from dashboard.explore.trend import trend_of
from tests.unit.explore_series import HUGE, START, any_numbers, numbers, steady

HOUR_S = 3_600.0
MINUTES = np.arange(360.0)  # six hours
NOW = START + 360 * 60


def noise(deviation=0.2, seed=5, count=360):
    return np.random.default_rng(seed).normal(0, deviation, count)


def hours(metric="system.disk_percent", values=None):
    return steady(values, 60.0, metric=metric)


def told(values, metric="system.disk_percent", now=NOW):
    return forecast(hours(metric, values), now)


@pytest.fixture(scope="module")
def stats():
    """A second to load: not while tests are only looked for."""
    return import_module("scipy.stats")


@settings(deadline=None)
@given(numbers(5, 40, 1e4))
def test_the_slope_is_that_of_theil_and_sen(stats, values):
    times = np.arange(len(values)) * 7.0
    found, (slope, _, low, high) = trend_of(times, np.array(values)), stats.theilslopes(values, times, 0.95)
    assert found.slope == pytest.approx(slope)
    if low < high and found.samples == len(values):  # neighbours that are not alike: nothing is widened
        assert (found.slope_low, found.slope_high) == (pytest.approx(low), pytest.approx(high))


def test_the_p_value_is_that_of_mann_and_kendall(stats):
    values = MINUTES[:60] * 0.01 + noise(1.0, 3, 60)
    found = trend_of(MINUTES[:60], values)
    wanted = stats.kendalltau(MINUTES[:60], values, method="asymptotic").pvalue
    assert found.samples == 60
    assert found.p_value == pytest.approx(wanted, rel=0.05)


def test_neighbours_that_are_alike_make_the_interval_wider():
    walk = np.cumsum(noise(1.0, 12, 200))
    apart = np.random.default_rng(1).permutation(walk)
    one, other = trend_of(MINUTES[:200], walk), trend_of(MINUTES[:200], apart)
    assert one.samples < 40 < other.samples
    assert one.slope_high - one.slope_low > 2 * (other.slope_high - other.slope_low)


def test_a_trend_of_two_points_is_none():
    assert trend_of(MINUTES[:2], MINUTES[:2]) is None
    assert trend_of(MINUTES[:9], np.ones(9)).p_value == 1.0


def test_a_disk_that_fills_reaches_its_thresholds():
    found = told(60 + MINUTES * 0.06 + noise())  # 3.6 % an hour: 81.6 now
    assert found.reason == ""
    assert [(reach.threshold, reach.level) for reach in found.reaches] == [(85, "warning"), (95, "critical"),
                                                                           (100, LIMIT)]
    warning = found.reaches[0]
    assert warning.at == pytest.approx(NOW + (85 - 81.6) / 3.6 * HOUR_S, abs=600)
    assert NOW <= warning.earliest < warning.at < warning.latest
    assert found.times[0] == NOW
    assert found.times[-1] == pytest.approx(NOW + 359 * 60)


def test_nothing_is_foretold_that_is_impossible():
    rising = told(60 + MINUTES * 0.1 + noise())
    assert rising.high.max() == rising.middle.max() == 100
    assert rising.times[np.argmax(rising.middle)] == pytest.approx(NOW + 4 / 6 * HOUR_S, rel=1e-6)
    falling = told(50 - MINUTES * 0.12 + noise(), "processing.queue_depth")
    assert falling.low.min() == falling.middle.min() == 0
    assert [reach.level for reach in falling.reaches] == [LIMIT]


def test_of_many_samples_about_as_many_fall_into_the_interval_as_it_says():
    inside = []
    for seed in range(60):
        values = 20 + np.arange(700) * 0.02 + noise(1.0, seed, 700)
        found = told(values[:360], "system.thread_count", START + 359 * 60)
        later = np.interp(START + np.arange(360, 700) * 60.0, found.times, found.low), np.interp(
            START + np.arange(360, 700) * 60.0, found.times, found.high)
        inside.append(np.mean((values[360:] >= later[0]) & (values[360:] <= later[1])))
    assert 0.92 <= np.mean(inside) <= 0.99


def test_the_interval_grows_with_the_distance():
    found = told(20 + MINUTES * 0.01 + noise(), "system.thread_count")
    width = found.high - found.low
    assert (np.diff(width) > 0).all()


def test_where_the_far_edge_does_not_arrive_it_says_perhaps_never():
    found = told(70 + MINUTES * 0.025 + noise(4.0))
    assert found.reaches[0].level == "warning"
    assert found.reaches[0].latest is None
    assert found.reaches[0].earliest < found.reaches[0].at


def test_low_is_bad_for_some():
    found = told(0.95 - MINUTES * 0.0004 + noise(0.002), "application.cache_hit_rate")
    assert [(reach.threshold, reach.level) for reach in found.reaches] == [(0.8, "warning")]
    percent = told(100 * (0.95 - MINUTES * 0.0004 + noise(0.002)), "application.cache_hit_rate")
    assert percent.middle == pytest.approx(found.middle)  # a ratio of either kind is a ratio


def test_a_threshold_is_reached_from_its_good_side_alone():
    falling = told(99 - MINUTES * 0.06 + noise())  # from above 95 to below 85, and on: that is recovery
    assert [reach for reach in falling.reaches if reach.level != LIMIT] == []
    above = told(90 + MINUTES * 0.01 + noise(0.05))
    assert [reach.threshold for reach in above.reaches] == [95]


@pytest.mark.parametrize(("values", "reason"), [
    (MINUTES[:19], "too few samples: 19, and 20 are needed"),
    ([], "too few samples: 0, and 20 are needed"),
    (np.full(360, 7.0), "it does not change"),
    (50 + noise(5.0), "no straight trend stands out from chance"),
    (500 + np.cumsum(noise(1.0, 4)), "it wanders too much by itself to tell a trend from chance"),
    (50 + 20 * np.sin(MINUTES / 360 * 1.6 * np.pi - 0.8) + noise(), "no straight trend stands out from chance"),
    (50 + 10 * (MINUTES / 360) ** 2 + noise(1.5), "the trend is not steady"),
    (np.exp(MINUTES / 90) + noise(2.0), "it wanders too much by itself to tell a trend from chance"),
    (np.where(MINUTES < 180, MINUTES * 0.03, 5.4) + noise(2.0), "the trend is not steady"),
    (np.where(MINUTES % 2, HUGE, -HUGE), "its values allow no trend"),
])
def test_where_no_forecast_is_allowed_it_says_why(values, reason):
    found = told(values, "processing.queue_depth", START + max(1, len(values)) * 60)
    assert reason in found.reason
    assert (len(found.times), found.reaches) == (0, ())


def test_of_metrics_that_only_wander_hardly_one_is_given_a_future():
    given_one = sum(not told(500 + np.cumsum(noise(1.0, seed)), "system.thread_count").reason for seed in range(100))
    assert given_one <= 5


def test_what_fell_silent_is_not_drawn_on():
    assert "nothing was heard lately" in told(60 + MINUTES * 0.06 + noise(), now=NOW + 2 * HOUR_S).reason


def test_many_samples_are_brought_to_a_few_hundred_and_buckets_are_taken_as_they_are():
    many = steady(60 + np.arange(4_320) * 0.005 + noise(0.2, 2, 4_320), 5.0, metric="system.disk_percent")
    found = forecast(many, NOW)
    assert found.trend.slope == pytest.approx(0.001, rel=0.02)
    in_buckets = forecast(coarsened(many, 60), NOW)
    assert in_buckets.trend.slope == pytest.approx(found.trend.slope, rel=0.02)
    assert in_buckets.reaches[0].at == pytest.approx(found.reaches[0].at, abs=300)
    assert found.trend.spread == pytest.approx(0.2, rel=0.15)  # of samples, not of the means


def test_a_counter_is_its_rate_and_has_no_threshold():
    found = told(np.cumsum(100 + MINUTES + noise(2.0)), "system.network_io.bytes_sent")
    assert found.reason == ""
    assert found.trend.slope == pytest.approx(1 / 60 / 60, rel=0.1)
    assert found.reaches == ()


@settings(deadline=None)
@given(any_numbers, st.floats(0, 1e6))
def test_whatever_comes_is_a_forecast_or_a_reason(values, later_s):
    found = told(values, now=START + 60 * len(values) + later_s)
    assert bool(found.reason) == (len(found.times) == 0)
    assert not np.isinf(found.middle).any()
    assert (found.low <= found.high).all()


@pytest.mark.parametrize(("name", "wanted"), [
    ("system.cpu_percent", ((70, "warning"), (85, "critical"))),
    ("application.cache_hit_rate", ((0.8, "warning"), (0.5, "critical"))),
    ("database.slow_queries_count", ((5, "warning"),)),
    ("health.score", ((75, "warning"), (60, "critical"))),
    ("system.thread_count", ()),
])
def test_thresholds_are_where_the_catalogue_changes_its_word(name, wanted):
    metric = catalog.describe(name)
    assert thresholds(metric) == wanted
    for value, word in wanted:
        beyond = value + (0.01 if metric.direction == "high-bad" else -0.01)
        assert catalog.band(metric, beyond) == word
        assert catalog.band(metric, value) != word


def test_numbers_end_where_their_unit_does_unless_they_are_beyond_it():
    inf = float("inf")
    percent, ratio = catalog.describe("a.b_percent"), catalog.describe("a.cache_hit_rate")
    assert bounds(percent, np.array([1.0, 99.0])) == (0, 100)
    assert bounds(percent, np.array([250.0])) == (0, inf)
    assert bounds(ratio, np.array([])) == (0, 1)
    assert bounds(catalog.describe("a.b_ms"), np.array([-1.0])) == (-inf, inf)
    assert bounds(catalog.describe("a.b_celsius"), np.array([1.0])) == (-inf, inf)
    assert in_own_unit(ratio, np.array([0.5, 50.0])).tolist() == [0.5, 0.5]
    assert in_own_unit(percent, np.array([0.5, 50.0])).tolist() == [0.5, 50]
