"""The period before, yesterday and last week laid over the present one, also where clocks were changed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.compare import (
    BEFORE,
    COMPARISONS,
    LAST_WEEK,
    YESTERDAY,
    aligned,
    difference,
    differences,
    reference_span,
)
from dashboard.explore.series import coarsened
from dashboard.explore.span import Span
from dashboard.explore.statistics import legend
from tests.unit.explore_series import of, steady
from tests.unit.test_explore_times import ZONES, at

ZURICH = "Europe/Zurich"


def test_the_period_before_ends_where_this_one_starts():
    assert reference_span(Span(100, 160), BEFORE, "UTC") == Span(40, 100)


def test_yesterday_is_the_same_time_by_the_clock_on_the_wall():
    span = Span(at("2026-03-29 12:00", ZURICH), at("2026-03-29 14:00", ZURICH))  # clocks leapt that night
    assert reference_span(span, YESTERDAY, ZURICH) == span.shifted(-23 * 3_600)
    assert reference_span(span, YESTERDAY, "UTC") == span.shifted(-24 * 3_600)
    assert reference_span(span, LAST_WEEK, ZURICH) == span.shifted(-(7 * 24 - 1) * 3_600)


def test_a_window_within_the_hour_that_the_clock_leaps_over_is_a_day_back():
    start = at("2026-03-30 02:10", ZURICH)  # on the 29th there was no such time
    found = reference_span(Span(start, start + 600), YESTERDAY, ZURICH)
    assert found.length_s == 600
    # From the first 2:20 of the 25th to the second: by the clock of the day before, that is one moment.
    autumn = Span(at("2026-10-25 00:50") - 1_800, at("2026-10-25 00:50") + 1_800)
    assert reference_span(autumn, YESTERDAY, ZURICH) == autumn.shifted(-86_400)


def test_an_unknown_comparison_is_an_error():
    with pytest.raises(KeyError):
        reference_span(Span(0, 1), "tomorrow", "UTC")


def test_samples_of_yesterday_lie_where_the_clock_shows_the_same():
    span = Span(at("2026-03-29 00:00", ZURICH), at("2026-03-29 23:59", ZURICH))
    hours = at("2026-03-28 00:00", ZURICH) + np.arange(24) * 3_600.0
    found = aligned(of(hours, np.arange(24)), span, YESTERDAY, ZURICH)
    # The hour from 2 to 3 is missing on the 29th: what was then lies where the clock that leapt would show it.
    assert found.times[found.values == 12][0] == at("2026-03-29 12:00", ZURICH)
    assert found.times[found.values == 1][0] == at("2026-03-29 01:00", ZURICH)
    assert (np.diff(found.times) > 0).all()


def test_an_hour_that_comes_twice_is_shown_once():
    span = Span(at("2026-10-26 00:00", ZURICH), at("2026-10-26 12:00", ZURICH))
    times = at("2026-10-25 00:00", ZURICH) + np.arange(13) * 3_600.0  # 2:00 twice
    found = aligned(of(times, np.arange(13)), span, YESTERDAY, ZURICH)
    assert len(found) == 12
    assert found.times[-1] == at("2026-10-26 11:00", ZURICH)
    assert (np.diff(found.times) > 0).all()


@settings(deadline=None)
@given(st.floats(1e9, 2e9), st.floats(1.0, 40 * 86_400), st.sampled_from(sorted(COMPARISONS)), st.sampled_from(ZONES))
def test_what_is_fetched_lies_before_and_lands_in_the_window(start, length_s, kind, zone):
    span = Span(start, start + length_s)
    reference = reference_span(span, kind, zone)
    assert reference.start < span.start
    assert reference.end < span.end or kind == BEFORE
    times = np.linspace(reference.start, reference.end, 50)
    found = aligned(of(times, np.arange(50)), span, kind, zone)
    assert (np.diff(found.times) > 0).all()
    assert len(found) == len(found.values) > 0
    room = 86_400 if kind != BEFORE else 0.001  # a clock that is changed, or a day that is skipped (Apia in 2011)
    assert found.times[0] >= span.start - room
    assert found.times[-1] <= span.end + room


def test_differences_are_those_of_the_nearest_samples():
    now, then = of([0, 10, 20, 30], [5, 6, 7, np.nan]), of([1, 12, 60], [1, 2, 3])
    found = differences(now, then)
    assert found[:3].tolist() == [4, 4, 5]
    assert np.isnan(found[3])


def test_no_sample_is_compared_with_one_far_away():
    assert np.isnan(differences(steady([1, 2, 3]), steady([1, 2], start=0.0))).all()
    assert np.isnan(differences(steady([1, 2, 3]), steady([]))).all()
    assert len(differences(steady([]), steady([1]))) == 0
    buckets = coarsened(steady(np.arange(24)), 60)
    assert differences(buckets, buckets).tolist() == [0, 0]


def test_the_legend_names_the_difference_of_the_means():
    now, then = legend(steady([20, 40])), legend(steady([20, 20]))
    assert difference(now, then) == difference(now, then)
    assert (difference(now, then).absolute, difference(now, then).percent) == (10, 50)
    assert difference(now, legend(steady([]))).absolute is None
    assert difference(legend(steady([-1, -1])), legend(steady([-2, -2]))).percent == 50
    assert difference(now, legend(steady([0, 0]))).percent is None
