"""A window is answered from the coarsest tier that fills its pixels, in points of a round width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.history.steps import DAY, HOUR, MINUTE, STEPS_S, TIERS, Kept, plan, step_for

NOW = 1_760_000_000.0
KEPT = Kept(48 * HOUR, 30 * DAY, 730 * DAY)


@pytest.mark.parametrize(("window_s", "tier", "step_s"), [
    (300, "raw", 1), (HOUR, "raw", 5), (8 * HOUR, "raw", 30), (12 * HOUR, "1m", 60), (DAY, "1m", 120),
    (7 * DAY, "5m", 900), (14 * DAY, "30m", 1800), (30 * DAY, "1h", HOUR), (90 * DAY, "1h", 3 * HOUR),
    (365 * DAY, "6h", 12 * HOUR), (730 * DAY, "6h", DAY)])
def test_up_to_now(window_s, tier, step_s):
    found = plan(NOW - window_s, NOW, 1_000, NOW, KEPT)
    assert (found.tier, found.step_s, found.coarser) == (tier, step_s, False)


@pytest.mark.parametrize(("age_s", "window_s", "tier", "step_s"), [
    (10 * DAY, HOUR, "1m", 60),  # the samples are gone
    (60 * DAY, DAY, "1h", HOUR),  # the minutes too
    (60 * DAY, 90 * MINUTE, "1h", HOUR)])
def test_of_long_ago_only_what_is_kept(age_s, window_s, tier, step_s):
    found = plan(NOW - age_s, NOW - age_s + window_s, 1_000, NOW, KEPT)
    assert (found.tier, found.step_s, found.coarser) == (tier, step_s, True)


def test_more_than_is_kept_is_answered_from_the_longest():
    assert plan(NOW - 731 * DAY, NOW, 1_000, NOW, KEPT).tier == "1h"
    assert plan(NOW - 731 * DAY, NOW, 1_000, NOW, KEPT).step_s == DAY


windows = st.floats(1, 730 * DAY)


@given(windows, st.integers(50, 10_000))
def test_points_fill_the_pixels_and_are_never_more(window_s, points):
    step = step_for(window_s, points)
    assert window_s / step <= points
    if STEPS_S[0] < step <= 3 * DAY:
        assert window_s / step >= points / 2 * (1 - 1e-9)


@given(windows, st.floats(0, 730 * DAY))
def test_every_point_is_made_of_whole_buckets_and_of_few(window_s, age_s):
    start = max(NOW - age_s - window_s, NOW - 729 * DAY)
    found = plan(start, start + window_s, 1_000, NOW, KEPT)
    if found.tier != "raw":
        assert found.step_s % found.span_s == 0
        assert window_s / found.span_s <= 3_000 + 1
        assert NOW - start <= KEPT.of(found.tier)


def test_each_tier_is_made_of_whole_ones_of_the_finer():
    for finer, coarser in zip(TIERS, TIERS[1:], strict=False):
        assert coarser.span_s % finer.span_s == 0


def test_steps_are_at_most_a_factor_of_two_apart_up_to_days():
    days = [step for step in STEPS_S if step <= 3 * DAY]
    assert all(later <= 2 * earlier for earlier, later in zip(days, days[1:], strict=False))


def test_beyond_the_last_step_whole_weeks():
    assert step_for(730 * DAY, 10) == 77 * DAY
