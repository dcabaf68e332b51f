"""Moments as people write them: what they mean in a zone, what is wrong with those that mean nothing."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.times import (
    LATEST_S,
    NOW,
    STEPS_LIMIT,
    TEXT_LIMIT,
    UNITS,
    Absolute,
    Relative,
    Step,
    TimeError,
    absolute,
    length_words,
    moment_s,
    parse_moment,
)

ZONES = ("UTC", "Europe/Zurich", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana",
         "Asia/Beirut", "Pacific/Apia", "Nonsense/Nowhere")
steps = st.one_of(st.builds(Step, st.integers(-99_999, 99_999).filter(bool), st.sampled_from(UNITS)),
                  st.builds(Step, st.none(), st.sampled_from(UNITS)))
moments = st.one_of(st.builds(Absolute, st.integers(0, int(LATEST_S * 1_000) - 1)),
                    st.builds(Relative, st.lists(steps, max_size=STEPS_LIMIT).map(tuple)))


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def seconds(text: str, now: float, zone: str = "UTC", *, as_end: bool = False) -> float:
    return moment_s(parse_moment(text, zone), now, zone, as_end=as_end)


NOON = at("2026-03-18 12:34:56", "Europe/Zurich")  # a Wednesday


@pytest.mark.parametrize(("text", "wanted", "as_end"), [
    ("now", "2026-03-18 12:34:56", "2026-03-18 12:34:56"),
    ("NOW - 6h", "2026-03-18 06:34:56", "2026-03-18 06:34:56"),
    ("now-90s", "2026-03-18 12:33:26", "2026-03-18 12:33:26"),
    ("now/d", "2026-03-18 00:00", "2026-03-19 00:00"),
    ("today", "2026-03-18 00:00", "2026-03-19 00:00"),
    ("now-1d/d", "2026-03-17 00:00", "2026-03-18 00:00"),
    (" Yesterday ", "2026-03-17 00:00", "2026-03-18 00:00"),
    ("now/w", "2026-03-16 00:00", "2026-03-23 00:00"),
    ("now/M", "2026-03-01 00:00", "2026-04-01 00:00"),
    ("now-1M/M", "2026-02-01 00:00", "2026-03-01 00:00"),
    ("now/y", "2026-01-01 00:00", "2027-01-01 00:00"),
    ("now/h", "2026-03-18 12:00", "2026-03-18 13:00"),
    ("now/m", "2026-03-18 12:34", "2026-03-18 12:35"),
    ("now/s", "2026-03-18 12:34:56", "2026-03-18 12:34:57"),
    ("now/d+8h", "2026-03-18 08:00", "2026-03-18 08:00"),
    ("now-1y", "2025-03-18 12:34:56", "2025-03-18 12:34:56"),
    ("now-0d", "2026-03-18 12:34:56", "2026-03-18 12:34:56"),
    ("2026-01-31", "2026-01-31 00:00", "2026-01-31 00:00"),
    ("2026-01-31 10:00", "2026-01-31 10:00", "2026-01-31 10:00"),
])
def test_what_is_written_is_meant_in_the_viewers_zone(text, wanted, as_end):
    zone = "Europe/Zurich"
    assert seconds(text, NOON, zone) == at(wanted, zone)
    assert seconds(text, NOON, zone, as_end=True) == at(as_end, zone)


@pytest.mark.parametrize(("text", "wanted"), [
    ("2026-01-31T10:00:00Z", at("2026-01-31 10:00")),
    ("2026-01-31T10:00:00.250Z", at("2026-01-31 10:00") + 0.25),
    ("2026-01-31T10:00:00+01:00", at("2026-01-31 09:00")),
    ("2026-01-31T10:00:00 01:00", at("2026-01-31 09:00")),  # a + that a query made a space
    ("1769853700", 1_769_853_700.0),
    ("1769853700.5", 1_769_853_700.5),
    ("1769853700250", 1_769_853_700.25),
    ("20260131", at("2026-01-31 00:00")),
])
def test_iso_and_unix_times(text, wanted):
    assert seconds(text, NOON) == wanted


def test_a_day_is_what_the_calendar_says_and_an_hour_is_an_hour():
    zone = "Europe/Zurich"
    now = at("2026-03-29 12:00", zone)  # the clock leapt from 2 to 3 this morning
    assert seconds("now-1d", now, zone) == at("2026-03-28 12:00", zone) == now - 23 * 3_600
    assert seconds("now-24h", now, zone) == now - 86_400
    assert seconds("now/d", now, zone, as_end=True) - seconds("now/d", now, zone) == 23 * 3_600
    autumn = at("2026-10-25 12:00", zone)
    assert seconds("now/d", autumn, zone, as_end=True) - seconds("now/d", autumn, zone) == 25 * 3_600
    assert seconds("now/w", autumn, zone, as_end=True) - seconds("now/w", autumn, zone) == 169 * 3_600


def test_a_month_that_is_shorter_ends_with_its_last_day():
    assert seconds("now-1M", at("2026-03-31 10:00")) == at("2026-02-28 10:00")
    assert seconds("now-1y", at("2028-02-29 10:00")) == at("2027-02-28 10:00")


def test_a_day_without_a_midnight_begins_with_its_first_moment():
    zone = "Asia/Beirut"  # at 0:00 of 29 March 2026 the clock shows 1:00
    now = at("2026-03-29 15:00", zone)
    first = seconds("now/d", now, zone)
    assert datetime.fromtimestamp(first, ZoneInfo(zone)).hour == 1
    assert datetime.fromtimestamp(first - 1, ZoneInfo(zone)).day == 28
    assert seconds("now/d", now, zone, as_end=True) == at("2026-03-30 00:00", zone)
    assert seconds("now-1d/d", now, zone, as_end=True) == first


def test_a_midnight_that_comes_twice_begins_the_day_the_first_time():
    zone = "America/Havana"  # at 1:00 of 1 November 2026 the clock goes back to 0:00
    now = at("2026-11-01 15:00", zone)
    assert seconds("now/d", now, zone) == datetime(2026, 11, 1, 4, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(("text", "says"), [
    ("", "a time is missing: write now-6h"),
    ("   ", "a time is missing"),
    ("x" * (TEXT_LIMIT + 1), f"a time has at most {TEXT_LIMIT} characters"),
    (" " * 100_000, f"a time has at most {TEXT_LIMIT} characters"),
    ("soon", '"soon" is no time: write now-6h, now/d, yesterday, 2026-01-31 10:00 or Unix seconds'),
    ("now-6", '"now-6": a unit is missing at the end; there are s, m, h, d, w, M, y'),
    ("now-6x", '"now-6x": "x" is no unit; there are s, m, h, d, w, M, y'),
    ("now-h", '"now-h": a number is missing before h'),
    ("now-", '"now-": a unit is missing at the end'),
    ("now6h", '"now6h": after now comes -, + or /, as in now-6h or now/d'),
    ("now-123456h", '"now-123456h": a step has at most 5 digits'),
    ("now/6h", '"now/6h": after / comes a unit, as in now/h'),
    ("now" + "-1h" * 7, "has more than 6 steps"),
    ("now-99999y", '"now-99999y" lies outside the years 1970 to 2199'),
    ("now+99999y", "lies outside the years 1970 to 2199"),
    ("now+99999w", "lies outside the years 1970 to 2199"),
    ("now-60y", "lies outside the years 1970 to 2199"),
    ("1960-01-01", '"1960-01-01" lies outside the years 1970 to 2199'),
    ("9999-12-31", "lies outside the years 1970 to 2199"),
    ("12345678901234567890123", "lies outside the years 1970 to 2199"),
    ("2026", '"2026" is no time'),
    ("2026-02-30", '"2026-02-30" is no time'),
    ("1e9", '"1e9" is no time'),
    ("nan", '"nan" is no time'),
    ("١٧٦٩٨٥٣٧٠٠", "is no time"),
    ("1_769_853_700", "is no time"),
    ("<script>", '"<script>" is no time'),
])
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(TimeError) as error:
        seconds(text, NOON)
    assert says in str(error.value)


@settings(deadline=None)
@given(moments, st.sampled_from(ZONES))
def test_the_canonical_form_is_read_as_what_it_was(moment, zone):
    assert len(moment.text) <= TEXT_LIMIT
    assert parse_moment(moment.text, zone) == moment


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(ZONES))
def test_any_text_is_a_moment_or_a_plain_error(text, zone):
    try:
        found = moment_s(parse_moment(text, zone), NOON, zone)
    except TimeError as error:
        assert str(error)
    else:
        assert math.isfinite(found)


@settings(deadline=None)
@given(st.lists(steps, max_size=STEPS_LIMIT).map(tuple), st.floats(0, LATEST_S - 1), st.sampled_from(ZONES),
       st.booleans())
def test_any_steps_from_any_moment_lead_somewhere_or_are_refused(chosen, now, zone, as_end):
    try:
        found = moment_s(Relative(chosen), now, zone, as_end=as_end)
    except TimeError as error:
        assert "lies outside the years" in str(error)
    else:
        assert 0 <= found < LATEST_S


@settings(deadline=None)
@given(st.floats(1e8, 4e9), st.sampled_from(("d", "w", "M", "y")), st.sampled_from(ZONES))
def test_the_unit_around_a_moment_holds_it_and_the_next_one_begins_where_it_ends(now, unit, zone):
    moment = Relative((Step(None, unit),))
    begin, end = moment_s(moment, now, zone), moment_s(moment, now, zone, as_end=True)
    assert begin <= now < end
    assert moment_s(moment, end, zone) == end
    assert moment_s(moment, begin, zone) == begin


def test_absolute_moments_are_of_the_years_that_clocks_show():
    assert absolute(0.0).text == "1970-01-01T00:00:00Z"
    for wrong in (-0.001, LATEST_S, math.nan, math.inf):
        with pytest.raises(TimeError, match="outside the years"):
            absolute(wrong)


def test_now_is_now():
    assert NOW.text == "now"
    assert moment_s(NOW, 12.5, "UTC") == 12.5


@pytest.mark.parametrize(("length_s", "words"), [
    (0.5, "0.5 s"), (60, "1 min"), (90, "90 s"), (5_400, "90 min"), (86_400, "1 d"), (90_000, "25 h"),
    (365 * 86_400, "365 d")])
def test_lengths_in_words(length_s, words):
    assert length_words(length_s) == words
