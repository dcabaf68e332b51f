"""Ranges: their text for a URL, what is wrong with those that cannot be shown, stepping and zooming out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.ranges import (
    FUTURE_TOLERANCE_S,
    PRESETS,
    RANGE_LIMIT,
    WORDS,
    Range,
    of_span,
    parse_ends,
    parse_range,
    resolve,
    resolve_moment,
    stepped,
    zoomed_out,
)
from dashboard.explore.span import Span
from dashboard.explore.times import LATEST_S, NOW, Relative, Step, TimeError, parse_moment
from tests.unit.test_explore_times import ZONES, at, moments

ZURICH = "Europe/Zurich"
NOW_S = at("2026-03-18 12:34:56", ZURICH)
HOUR_S, DAY_S = 3_600.0, 86_400.0
KEPT_S = 730 * DAY_S


def span_of(text: str, now: float = NOW_S, kept_s: float = KEPT_S) -> Span:
    return resolve(parse_range(text, ZURICH), now, ZURICH, kept_s)


@pytest.mark.parametrize(("text", "start", "end"), [
    ("6h", "2026-03-18 06:34:56", "2026-03-18 12:34:56"),
    ("last 6 hours", "2026-03-18 06:34:56", "2026-03-18 12:34:56"),
    ("last hour", "2026-03-18 11:34:56", "2026-03-18 12:34:56"),
    ("2 days", "2026-03-16 12:34:56", "2026-03-18 12:34:56"),
    ("now-6h", "2026-03-18 06:34:56", "2026-03-18 12:34:56"),
    ("now-6h..now-1h", "2026-03-18 06:34:56", "2026-03-18 11:34:56"),
    ("now-6h to now-1h", "2026-03-18 06:34:56", "2026-03-18 11:34:56"),
    ("today", "2026-03-18 00:00", "2026-03-18 12:34:56"),
    ("now/d..now/d", "2026-03-18 00:00", "2026-03-18 12:34:56"),
    ("Yesterday", "2026-03-17 00:00", "2026-03-18 00:00"),
    ("last  week", "2026-03-09 00:00", "2026-03-16 00:00"),
    ("this week", "2026-03-16 00:00", "2026-03-18 12:34:56"),
    ("last month", "2026-02-01 00:00", "2026-03-01 00:00"),
    ("last year", "2025-01-01 00:00", "2026-01-01 00:00"),
    ("2026-03-01..2026-03-02", "2026-03-01 00:00", "2026-03-02 00:00"),
    ("2026-03-18 10:00", "2026-03-18 10:00", "2026-03-18 12:34:56"),
])
def test_what_a_range_means(text, start, end):
    assert span_of(text) == Span(at(start, ZURICH), at(end, ZURICH))


@pytest.mark.parametrize(("name", "title"), PRESETS)
def test_presets_are_ranges_until_now_under_their_own_name(name, title):
    chosen = parse_range(name)
    assert chosen.live
    assert chosen.text == name
    assert chosen == parse_range(title)


@pytest.mark.parametrize(("text", "says"), [
    ("now-1h..now-6h", "end lies 5 h before start"),
    ("now-1h..now-1h", "start and end are the same moment"),
    ("now/d..now-1d/d", "start and end are the same moment"),  # yesterday ends where today begins
    ("now+1h", "start lies 1 h in the future"),
    ("2026-03-19..2026-03-20", "in the future"),
    ("now-1h..now+2h", "end lies 2 h in the future"),
    ("now+2h/d", "start and end are the same moment"),
    ("now+1d/d..now+1d/d", "start lies 11.4 h in the future"),
    ("3y", "start lies 1096 d back, and 730 d are kept"),
    ("now-6x..now", 'start: "now-6x": "x" is no unit'),
    ("now-6h..then", 'end: "then" is no time'),
    ("..now", "start: a time is missing"),
    ("now-60y..now", "start: \"now-60y\" lies outside the years 1970 to 2199"),
    ("0h", '"0h" is no time'),
    ("", "a time is missing"),
    ("a" * (RANGE_LIMIT + 1), f"a range has at most {RANGE_LIMIT} characters"),
])
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(TimeError) as error:
        span_of(text, at("2026-03-18 00:00", ZURICH) if text == "now+2h/d" else NOW_S)
    assert says in str(error.value)


def test_a_clock_that_is_a_little_ahead_is_cut_to_now():
    assert resolve(of_span(NOW_S - 60, NOW_S + FUTURE_TOLERANCE_S - 1), NOW_S, "UTC", KEPT_S).end == NOW_S
    with pytest.raises(TimeError, match="end lies 61 s in the future"):
        resolve(of_span(NOW_S - 60, NOW_S + FUTURE_TOLERANCE_S + 1), NOW_S, "UTC", KEPT_S)


def test_all_that_is_kept_can_be_asked_for_and_no_more():
    assert span_of("24h", kept_s=DAY_S).length_s == DAY_S
    with pytest.raises(TimeError, match="start lies 25 h back, and 1 d are kept"):
        span_of("25h", kept_s=DAY_S)


def test_without_an_end_it_is_now():
    assert parse_ends("now-6h", "  ") == parse_range("6h")


ranges = st.one_of(st.builds(Range, moments, moments), st.builds(Range, moments), st.sampled_from(list(WORDS.values())))


@settings(deadline=None)
@given(ranges, st.sampled_from(ZONES))
def test_the_canonical_form_is_read_as_what_it_was(chosen, zone):
    assert len(chosen.text) <= RANGE_LIMIT
    assert parse_range(chosen.text, zone) == chosen


@settings(deadline=None)
@given(st.text(max_size=150), st.sampled_from(ZONES))
def test_any_text_is_a_range_or_a_plain_error(text, zone):
    try:
        span = resolve(parse_range(text, zone), NOW_S, zone, KEPT_S)
    except TimeError as error:
        assert str(error)
    else:
        assert NOW_S - KEPT_S <= span.start < span.end <= NOW_S


def test_a_zoom_becomes_a_range_that_holds_it():
    chosen = of_span(1_769_853_700.0004, 1_769_853_700.0005)
    assert chosen.text == "2026-01-31T10:01:40Z..2026-01-31T10:01:40.001Z"
    with pytest.raises(TimeError):
        of_span(-5.0, 5.0)


def steps(text: str, count: int, kept_s: float = KEPT_S) -> str:
    return stepped(parse_range(text, ZURICH), count, NOW_S, ZURICH, kept_s).text


@pytest.mark.parametrize(("text", "count", "wanted"), [
    ("6h", -1, "2026-03-17T23:34:56Z..2026-03-18T05:34:56Z"),
    ("6h", 1, "6h"),
    ("6h", 0, "6h"),
    ("today", -1, "yesterday"),
    ("now/d..now/d", -1, "yesterday"),
    ("yesterday", -1, "now-2d/d..now-2d/d"),
    ("now-2d/d..now-2d/d", 1, "yesterday"),
    ("yesterday", 1, "today"),
    ("yesterday", 5, "today"),
    ("last week", -1, "now-2w/w..now-2w/w"),
    ("last month", 1, "this month"),
    ("2026-03-18T05:34:56Z..2026-03-18T07:34:56Z", 1, "2026-03-18T07:34:56Z..2026-03-18T09:34:56Z"),
    ("2026-03-18T05:34:56Z..2026-03-18T10:34:56Z", 1, "5h"),  # arrives at the present, and stays there
    ("now-3h..now-90m", 1, "90m"),
    ("now-2d..now/d", -1, "2026-03-14T11:34:56Z..2026-03-16T11:34:56Z"),
])
def test_stepping(text, count, wanted):
    assert steps(text, count) == wanted


def test_no_step_leads_beyond_what_is_kept():
    assert steps("18h", -1, kept_s=DAY_S) == "2026-03-17T11:34:56Z..2026-03-18T05:34:56Z"
    assert steps("today", -1, kept_s=DAY_S) == "today"


@pytest.mark.parametrize(("text", "kept_s", "wanted"), [
    ("6h", KEPT_S, "12h"),
    ("18h", DAY_S, "24h"),
    ("24h", DAY_S, "24h"),
    ("2026-03-18T05:00:00Z..2026-03-18T07:00:00Z", KEPT_S, "2026-03-18T04:00:00Z..2026-03-18T08:00:00Z"),
    ("2026-03-18T09:34:56Z..2026-03-18T11:30:00Z", KEPT_S, "13808s"),
    ("2026-03-17T12:00:00Z..2026-03-17T14:00:00Z", DAY_S, "2026-03-17T11:34:56Z..2026-03-17T15:34:56Z"),
])
def test_zooming_out(text, kept_s, wanted):
    assert zoomed_out(parse_range(text), NOW_S, "UTC", kept_s).text == wanted


@settings(deadline=None)
@given(st.floats(0, KEPT_S * 0.99), st.floats(0.01, KEPT_S), st.floats(60.0, KEPT_S), st.integers(-3, 3))
def test_whatever_is_stepped_or_zoomed_out_can_be_shown(back_s, length_s, kept_s, count):
    end = NOW_S - min(back_s, kept_s * 0.9)
    chosen = of_span(max(end - length_s, NOW_S - kept_s + 0.002), end)
    span = resolve(chosen, NOW_S, "UTC", kept_s)
    for other in (stepped(chosen, count, NOW_S, "UTC", kept_s), zoomed_out(chosen, NOW_S, "UTC", kept_s)):
        found = resolve(other, NOW_S, "UTC", kept_s)
        assert parse_range(other.text) == other
        assert found.end <= NOW_S
        assert found.start >= NOW_S - kept_s
    wider = resolve(zoomed_out(chosen, NOW_S, "UTC", kept_s), NOW_S, "UTC", kept_s)
    assert wider.length_s >= 0.999 * span.length_s - 1


def test_a_range_of_one_step_forward_has_no_short_form():
    forward = Range(Relative((Step(1, "h"),)), NOW)
    assert forward.text == "now+1h..now"
    assert LATEST_S > NOW_S


@pytest.mark.parametrize(("text", "at"), [
    ("now-1h", NOW_S - HOUR_S), ("now", NOW_S), ("now+30s", NOW_S), (str(NOW_S - 7), NOW_S - 7)])
def test_a_moment_that_has_been(text, at):
    assert resolve_moment(parse_moment(text), NOW_S, "UTC", DAY_S) == at


@pytest.mark.parametrize(("text", "says"), [
    ("now+2m", "2 min in the future"), ("now-2d", "2 d back, and 1 d are kept")])
def test_a_moment_of_which_nothing_is_known(text, says):
    with pytest.raises(TimeError, match=says):
        resolve_moment(parse_moment(text), NOW_S, "UTC", DAY_S)
