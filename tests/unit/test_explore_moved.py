"""What else moved: the test is SciPy's, what drifts by itself is not believed, and too few samples are called that."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.kolmogorov_smirnov import adjusted, beyond, independent_share, p_values, statistic
from dashboard.explore.moved import (
    LEAST_SAMPLES,
    MOVED,
    NOT_CLEAR,
    SAME,
    TOO_FEW,
    _median_distance,
    moved,
    reference_of,
    whole_of,
)
from dashboard.explore.series import coarsened, raw
from dashboard.explore.span import Span
from tests.unit.explore_series import HUGE, START, any_numbers, numbers, steady

BRUSH = Span(START + 4_000, START + 5_000)
BEFORE, DURING = 800, 200


def series(before, during, metric="system.cpu_percent"):
    return steady(np.concatenate([before, during]), metric=metric)


def noise(seed=1, mean=50.0, deviation=5.0, count=BEFORE + DURING):
    return np.random.default_rng(seed).normal(mean, deviation, count)


def one_of(before, during, metric="system.cpu_percent"):
    found, = moved([series(before, during, metric)], BRUSH)
    return found


@pytest.fixture(scope="module")
def stats():
    """A second to load: not while tests are only looked for."""
    return import_module("scipy.stats")


@settings(deadline=None)
@given(numbers(1, 60, 20.0), numbers(1, 60, 20.0))
def test_the_statistic_is_that_of_scipy(stats, one, other):
    one, other = np.round(one), np.round(other)  # many equal values
    with np.errstate(divide="ignore"):  # SciPy's own, of its p-value
        wanted = stats.ks_2samp(one, other, method="asymp").statistic
    assert statistic(np.sort(one), np.sort(other)) == pytest.approx(wanted, abs=1e-12)


def test_the_p_values_are_those_of_kolmogorovs_limit(stats):
    distances, sizes = np.linspace(0.01, 0.99, 50), np.full(50, 1e9)
    wanted = stats.kstwobign.sf(distances / 1e4 * np.sqrt(1e9))
    assert p_values(distances / 1e4, sizes) == pytest.approx(wanted, abs=1e-4)


def test_kolmogorovs_limit_is_that_of_scipy():
    distances = np.concatenate([[0.0, 5e-324, 1e-300, 1e-3, 1.0, np.nextafter(1.0, 0), 1e200],
                                np.linspace(0.05, 12, 5_000)])
    wanted = import_module("scipy.special").kolmogorov(distances)
    assert beyond(distances) == pytest.approx(wanted, rel=1e-12, abs=1e-300)
    assert beyond(np.empty(0)).shape == (0,)


@pytest.mark.parametrize(("many", "few"), [(800, 200), (60, 15), (32, 8)])
def test_the_p_values_are_near_the_exact_ones(stats, many, few):
    generator = np.random.default_rng(11)
    for shift in (0.0, 0.3, 0.6, 1.0):
        one, other = generator.normal(0, 1, many), generator.normal(shift, 1, few)
        exact = stats.ks_2samp(one, other, method="exact")
        found = p_values(np.array([exact.statistic]), np.array([many * few / (many + few)]))[0]
        assert found == pytest.approx(exact.pvalue, rel=0.35, abs=0.02)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_the_adjustment_is_that_of_scipy(stats, p):
    assert adjusted(np.array(p)) == pytest.approx(stats.false_discovery_control(p), abs=1e-12)


def test_how_many_samples_are_independent():
    generator = np.random.default_rng(3)
    assert independent_share(generator.normal(size=5_000)) == pytest.approx(1, abs=0.06)
    walk = np.cumsum(generator.normal(size=5_000))
    assert independent_share(walk) < 0.01
    correlated = np.empty(20_000)
    correlated[0] = 0
    for place, step in enumerate(generator.normal(size=19_999), 1):
        correlated[place] = 0.6 * correlated[place - 1] + step
    assert independent_share(correlated) == pytest.approx(0.4 / 1.6, abs=0.02)
    assert independent_share(np.full(20, 7.0)) == independent_share(np.zeros(20)) == 1
    assert 0 < independent_share(np.array([HUGE, -HUGE, HUGE])) <= 1


def test_what_to_fetch():
    assert whole_of(Span(1_000, 1_100)) == Span(600, 1_100)
    assert reference_of(Span(1_000, 1_100)) == Span(600, 1_000)


def test_those_that_changed_come_first_and_the_more_the_earlier():
    values = noise(1), noise(2), noise(3), noise(4), np.full(BEFORE + DURING, 3.0)
    values[1][BEFORE:] += 4
    values[3][BEFORE:] -= 25
    found = moved([steady(one, metric=f"a.m{number}") for number, one in enumerate(values)], BRUSH)
    assert [one.key[1] for one in found[:2]] == ["a.m3", "a.m1"]
    assert [one.verdict for one in found] == [MOVED, MOVED, SAME, SAME, SAME]
    worst = found[0]
    assert (worst.samples_before, worst.samples_during) == (BEFORE, DURING)
    assert worst.statistic > 0.95
    assert worst.change == pytest.approx(-25, abs=1)
    assert worst.change_scaled == pytest.approx(-5, abs=0.5)
    assert worst.p_value <= worst.adjusted < 1e-6


def test_a_change_of_spread_alone_is_seen():
    during = noise(5, deviation=25.0, count=DURING)
    found = one_of(noise(6, count=BEFORE), during)
    assert found.verdict == MOVED
    assert abs(found.change_scaled) < 1


def test_what_drifts_by_itself_has_not_moved():
    walk = 50 + np.cumsum(noise(8, 0, 0.3))
    found, = moved([steady(walk)], BRUSH)
    assert found.statistic > 0.3
    assert found.verdict == NOT_CLEAR
    assert found.reason == "it drifts as much by itself"


def test_among_many_metrics_a_little_is_expected_by_chance():
    """Of 400 metrics of pure noise none is said to have moved; alone, twenty would be."""
    found = moved([steady(noise(seed), metric=f"a.m{seed}") for seed in range(400)], BRUSH)
    assert [one.verdict for one in found].count(MOVED) <= 1
    by_chance = [one for one in found if one.p_value <= 0.05]
    assert 5 <= len(by_chance) <= 40
    assert {one.reason for one in by_chance if one.verdict == NOT_CLEAR} == {
        "among 400 metrics one may differ so much by chance"}


def test_what_stood_still_and_then_changed_has_moved():
    found = one_of(np.full(BEFORE, 3.0), np.full(DURING, 4.0))
    assert (found.verdict, found.statistic, found.change, found.change_scaled) == (MOVED, 1.0, 1.0, None)


def test_what_always_stands_still_is_the_same():
    found = one_of(np.full(BEFORE, 0.3), np.full(DURING, 0.1 + 0.2))  # equal but for the last digit
    assert (found.verdict, found.statistic, found.change_scaled) == (SAME, 0.0, None)


def test_a_counter_is_judged_by_its_rate():
    steps = noise(9, 100, 5)
    found, = moved([steady(np.cumsum(steps), metric="orders_total")], BRUSH)
    assert (found.verdict, found.series.is_rate) == (SAME, True)
    steps[BEFORE:] *= 2
    found, = moved([steady(np.cumsum(steps), metric="orders_total")], BRUSH)
    assert found.verdict == MOVED
    assert found.before == pytest.approx(20, rel=0.02)
    assert found.during == pytest.approx(40, rel=0.02)


def test_too_few_are_called_that_and_come_last():
    few = steady(noise(count=BEFORE + LEAST_SAMPLES - 1), metric="a.few")
    late = raw("s", "a.late", few.times[BEFORE:] + 1, few.values[BEFORE:])
    nothing = raw("s", "a.nothing", np.empty(0), np.empty(0))
    found = moved([nothing, late, few, steady(noise(2), metric="a.z")], BRUSH)
    assert [one.key[1] for one in found] == ["a.z", "a.few", "a.late", "a.nothing"]
    assert found[1].reason == "too few: 7 samples in the window and 800 before it, 8 of each are needed"
    assert (found[1].verdict, found[1].p_value, found[1].change) == (TOO_FEW, None, None)
    assert found[2].during is not None
    assert (found[2].before, found[3].during) == (None, None)


def test_the_edge_belongs_to_the_window_and_what_is_older_to_nobody():
    found = one_of(np.zeros(BEFORE), np.ones(DURING))
    assert (found.before, found.during) == (0, 1)
    longer = raw("s", "a", START - 10_000 + np.arange(3_000) * 5.0, np.ones(3_000))
    assert moved([longer], BRUSH)[0].samples_before == BEFORE


def test_buckets_are_judged_by_their_means():
    found, = moved([coarsened(series(noise(1, count=BEFORE), noise(2, mean=80.0, count=DURING)), 20)], BRUSH)
    assert (found.verdict, found.samples_during) == (MOVED, 50)


def test_no_metric_is_no_error():
    assert moved([], BRUSH) == ()


@settings(deadline=None)
@given(st.lists(any_numbers, max_size=4), st.integers(5, 100))
def test_whatever_comes_is_judged_in_numbers_that_can_be_shown(lists, edge):
    chosen = [steady(values, metric=f"a.{place}") for place, values in enumerate(lists)]
    brush = Span(START + 5 * edge, START + 5 * edge + 125)
    found = moved(chosen, brush)
    assert sorted(one.key for one in found) == [one.key for one in chosen]
    for one in found:
        figures = (one.statistic, one.p_value, one.adjusted, one.before, one.during, one.change, one.change_scaled)
        assert all(figure is None or np.isfinite(figure) for figure in figures)
        assert one.statistic is None or 0 <= one.statistic <= 1
    assert moved(list(reversed(chosen)), brush) == () or [one.key for one in moved(chosen[::-1], brush)] == [
        one.key for one in found]


@settings(deadline=None)
@given(numbers(1, 60))
def test_the_median_distance_is_that_of_numpy(values):
    ordered = np.sort(np.array(values))
    middle = ordered[len(ordered) // 2]
    wanted = np.median(np.abs(ordered - middle))
    assert _median_distance(ordered, middle) == pytest.approx(wanted, rel=1e-12, abs=1e-300)
