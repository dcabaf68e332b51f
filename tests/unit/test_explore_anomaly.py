"""What is usual at an hour: from enough earlier days, by the viewer's clock, and robust."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.anomaly import DAYS, LEAST_DAYS, SCORE, band, flagged, history_span
from dashboard.explore.series import coarsened, raw
from dashboard.explore.span import Span
from tests.unit.explore_series import HUGE, any_numbers, of, steady
from tests.unit.test_explore_times import at

ZURICH = "Europe/Zurich"
DAY_S = 86_400.0
MIDNIGHT = at("2026-02-20 00:00")


def past(days=DAYS, step_s=300.0, seed=4, metric="processing.queue_depth", until=MIDNIGHT + DAY_S):
    """A daily rhythm with noise, until the end of 20 February."""
    times = np.arange(MIDNIGHT - days * DAY_S, until, step_s)
    values = 100 + 40 * np.sin(2 * np.pi * times / DAY_S) + np.random.default_rng(seed).normal(0, 2, len(times))
    return of(times, values, metric)


def day(series):
    return series.within(Span(MIDNIGHT, MIDNIGHT + DAY_S - 1))


def test_the_days_to_fetch_begin_at_midnight_of_the_viewers_zone():
    span = Span(at("2026-04-05 15:00", ZURICH), at("2026-04-06 15:00", ZURICH))
    found = history_span(span, ZURICH)
    assert (found.start, found.end) == (at("2026-03-22 00:00", ZURICH), span.end)


def test_the_band_follows_the_hour_and_what_leaves_it_is_flagged():
    history = past()
    history.values[-30] += 60
    found = band(day(history), history, "UTC")
    assert found.reason == ""
    assert np.flatnonzero(found.outside).tolist() == [len(found.judged) - 30]
    assert flagged(found).values.tolist() == [history.values[-30]]
    assert found.middle.max() - found.middle.min() == pytest.approx(79, abs=4)
    inside = (found.judged.values >= found.low) & (found.judged.values <= found.high)
    assert (inside == ~found.outside).all()


def test_a_past_outlier_does_not_widen_the_band():
    calm, wild = past(), past()
    wild.values[::97] = 1e6
    today = day(past())
    one, other = band(today, calm, "UTC"), band(today, wild, "UTC")
    assert np.max(np.abs(one.high - other.high)) < 5


@pytest.mark.parametrize(("days", "there"), [(LEAST_DAYS - 1, False), (LEAST_DAYS, True)])
def test_nothing_where_too_few_earlier_days_are_known(days, there):
    history = past(days)
    found = band(day(history), history, "UTC")
    assert np.isfinite(found.middle).any() == there
    assert bool(found.reason) != there
    assert "5 of the 14 days before" in found.reason or there


def test_hours_that_were_never_heard_have_no_band():
    history = past()
    hours = (history.times // 3_600) % 24
    history = history.taken((hours < 6) | (history.times >= MIDNIGHT))
    found = band(day(history), history, "UTC")
    night = (found.judged.times // 3_600) % 24 < 6
    assert np.isfinite(found.middle[night]).all()
    assert np.isnan(found.middle[~night]).all()
    assert not found.outside[~night].any()


def test_the_same_hour_is_that_of_the_clock_on_the_wall():
    """A job runs at 3 o'clock in Zurich; after the clocks were changed that is another hour of UTC."""
    times = np.arange(at("2026-03-20 00:00", ZURICH), at("2026-03-31 00:00", ZURICH), 600.0)
    clock_ahead = np.where(times < at("2026-03-29 03:00", ZURICH), 3_600, 7_200)
    at_three = ((times + clock_ahead) // 3_600) % 24 == 3
    series = of(times, np.where(at_three, 90.0, 10.0))
    today = series.within(Span(at("2026-03-30 00:00", ZURICH), at("2026-03-30 23:00", ZURICH)))
    assert not band(today, series, ZURICH).outside.any()
    assert band(today, series, "UTC").outside.any()


def test_todays_values_do_not_make_today_usual():
    history = past()
    late = history.times >= MIDNIGHT
    history.values[late] += 500
    assert band(day(history), history, "UTC").outside.all()


def test_older_days_than_those_do_not_count():
    history = past(40)
    history.values[history.times < MIDNIGHT - DAYS * DAY_S] = 1e6
    assert not band(day(history), history, "UTC").outside.mean() > 0.02


def test_what_was_always_the_same_has_a_band_without_width():
    history = past()
    history.values[:] = 3.0
    history.values[-10] = 3.1
    found = band(day(history), history, "UTC")
    assert (found.low == found.high).all()
    assert found.outside.sum() == 1


def test_where_most_values_are_the_same_the_mean_deviation_is_taken():
    history = past()
    history.values[:] = np.where(np.arange(len(history)) % 10 == 0, 10.0, 0.0)
    found = band(day(history), history, "UTC")
    assert not found.outside.any() or (found.high > 0).all()
    assert (found.high[np.isfinite(found.high)] == pytest.approx(SCORE * 1.2533 * 1.0, rel=0.3))


def test_the_band_ends_where_the_numbers_do():
    history = past(metric="system.cpu_percent")
    history.values[:] = np.clip(history.values, 0, 100)
    found = band(day(history), history, "UTC")
    assert found.high.max() == 100
    negative = band(day(past()), past(), "UTC")
    assert negative.low.min() >= 0


def test_both_are_judged_at_the_coarser_resolution():
    history = past(step_s=60)
    found = band(day(history), coarsened(history, 600), "UTC")
    assert found.judged.step_s == 600
    assert len(found.judged) == len(found.low) == 144
    found = band(coarsened(day(history), 1_800), history, "UTC")
    assert found.judged.step_s == 1_800


def test_counters_are_judged_by_their_rate():
    history = past()
    counter = raw("s", "orders_total", history.times, np.cumsum(np.abs(history.values)))
    found = band(day(counter), counter, "UTC")
    assert found.judged.is_rate
    assert np.isfinite(found.middle).all()


def test_what_cannot_be_told_says_why():
    history = past(40, step_s=3_600, until=MIDNIGHT + 40 * DAY_S)
    assert "more than 32 days" in band(history, history, "UTC").reason
    assert "wider than an hour" in band(day(history), coarsened(history, 7_200), "UTC").reason
    assert "too little is known" in band(day(history), steady([]), "UTC").reason
    nothing = band(steady([]), history, "UTC")
    assert (len(nothing.low), bool(nothing.reason)) == (0, True)


def test_values_too_far_apart_for_a_deviation_have_no_band():
    history = past()
    history.values[:] = np.where(np.arange(len(history)) % 2, HUGE, -HUGE)
    assert "too little is known" in band(day(history), history, "UTC").reason


@settings(deadline=None)
@given(any_numbers, any_numbers, st.sampled_from((60.0, 3_600.0, 20_000.0)))
def test_whatever_comes_is_a_band_or_a_reason(values, earlier, step_s):
    series = steady(values, step_s)
    history = steady(earlier, step_s, start=float(series.times[0] if len(series) else 0) - 100 * step_s)
    found = band(series, history, ZURICH)
    assert len(found.low) == len(found.high) == len(found.outside) == len(found.judged)
    assert bool(found.reason) == (not np.isfinite(found.middle).any())
    assert not np.isinf(found.low).any()
    assert len(flagged(found)) == found.outside.sum()
    assert not np.isinf(found.high).any()
