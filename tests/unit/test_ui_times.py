"""One formatter of times: zones with their changes of the clock, ages in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.explore.span import Span
from dashboard.explore.zones import find_zone, zone_of
from dashboard.ui import times
from dashboard.ui.explore.words import span_words
from dashboard.ui.times import DAY_S, HOUR_S, MINUTE_S, clock, iso, largest, span, stamp
from dashboard.ui.view import ZONES
from tests.unit.ui_world import NOW  # 2025-10-09T08:53:20Z

ZURICH = "Europe/Zurich"
CLOCKS_FORWARD = datetime(2025, 3, 30, 1, tzinfo=ZoneInfo("UTC")).timestamp()  # 02:00 becomes 03:00 in Zurich
CLOCKS_BACK = datetime(2025, 10, 26, 1, tzinfo=ZoneInfo("UTC")).timestamp()  # 03:00 becomes 02:00


@pytest.mark.parametrize("name", [None, "", "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "browser", "\x00",
                                  "UTC\n", "Europe", "a" * 200, "\ud800"])
def test_an_unknown_zone_is_utc(name):
    assert zone_of(name).key == "UTC"
    assert clock(NOW, name) == "08:53:20"


@pytest.mark.parametrize("name", [key for key, _ in ZONES if key != "browser"])
def test_every_zone_on_offer_exists(name):
    assert zone_of(name).key == name


@pytest.mark.parametrize("name", ["europe/zurich", "EUROPE/ZURICH", "Europe/zurich"])
def test_a_zone_may_be_spelled_as_a_browser_takes_it(name):
    assert zone_of(name).key == ZURICH
    assert clock(NOW, name) == "10:53:20"


def test_the_memory_for_zones_is_bounded():
    for number in range(200):
        zone_of(f"Nowhere/{number}")
    assert find_zone.cache_info().currsize <= 64


def test_an_hour_that_comes_twice_is_told_with_the_zone():
    assert clock(CLOCKS_FORWARD - 1, ZURICH) == "01:59:59" and clock(CLOCKS_FORWARD, ZURICH) == "03:00:00"
    assert stamp(CLOCKS_BACK - 1800, ZURICH) == "2025-10-26 02:30:00 CEST"
    assert stamp(CLOCKS_BACK + 1800, ZURICH) == "2025-10-26 02:30:00 CET"


def test_a_clock_tells_the_date_only_of_another_day_in_the_viewers_zone():
    assert clock(NOW, "UTC", NOW + HOUR_S) == "08:53:20"
    assert clock(NOW, "UTC", NOW + DAY_S) == "2025-10-09 08:53:20"
    late = NOW + 14 * HOUR_S  # 22:53 in UTC, the next day in Zurich
    assert clock(NOW, "UTC", late) == "08:53:20"
    assert clock(NOW, ZURICH, late) == "2025-10-09 10:53:20"


def test_absent_is_a_dash():
    assert (clock(None, "UTC"), stamp(None, "UTC"), span(None), iso(None)) == ("–", "–", "–", None)


def test_an_iso_time_is_utc_to_the_millisecond():
    assert iso(NOW + 0.25) == "2025-10-09T08:53:20.250Z"
    assert iso(0) == "1970-01-01T00:00:00.000Z"


@pytest.mark.parametrize(("seconds", "words"), [
    (-5, "0 s"), (0, "0 s"), (0.9, "0 s"), (59.9, "59 s"), (MINUTE_S, "1 min"), (HOUR_S - 1, "59 min"), (HOUR_S, "1 h"),
    (HOUR_S + 5 * MINUTE_S + 59, "1 h 5 min"), (DAY_S - 1, "23 h 59 min"), (DAY_S, "1 d"),
    (4 * DAY_S + 2 * HOUR_S + 30, "4 d 2 h"), (1000 * DAY_S, "1000 d"),
])
def test_ages_in_the_two_largest_units(seconds, words):
    assert span(seconds) == words


def test_nothing_else_formats_times_on_the_page():
    """One formatter, so that table, charts and panels agree."""
    from pathlib import Path

    for path in Path(times.__file__).parent.rglob("*.py"):
        if path.name != "times.py":
            assert "strftime" not in path.read_text(), path


@pytest.mark.parametrize(("seconds", "words"), [
    (8, "8 s"), (200, "3 min"), (6_400, "1 h"), (400_000, "4 d"), (None, "–")])
def test_the_largest_unit_where_room_is_narrow(seconds, words):
    assert largest(seconds) == words


def test_a_window_over_a_change_of_clocks_names_both_zones():
    """From midnight to 6 it was seven hours that night in Zurich, the first three by the clock of summer."""
    midnight, three, six = (CLOCKS_BACK + hours * HOUR_S for hours in (-3, 1, 4))
    assert span_words(Span(midnight, six), ZURICH) == "2025-10-26 00:00 CEST to 06:00 CET"
    assert span_words(Span(three, six), ZURICH) == "2025-10-26 03:00 to 06:00 CET"
    assert span_words(Span(midnight, six), "UTC") == "2025-10-25 22:00 to 2025-10-26 05:00 UTC"
