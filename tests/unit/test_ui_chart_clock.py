"""The clock of a chart: every window has its length and runs forward, also where the clocks were changed within it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui.alert_chart import Asked, alert_chart
from dashboard.ui.chart_clock import chart_clock
from dashboard.ui.times import DAY_S, HOUR_S, MINUTE_S
from dashboard.ui.view import RANGES, ZONES
from tests.unit.explore_world import asking, line
from tests.unit.ui_world import NOW, Screen, ask, hear_alert, hear_metrics, make_world, strict

BERLIN = "Europe/Berlin"
FORWARD = datetime(2026, 3, 29, 1, tzinfo=ZoneInfo("UTC")).timestamp()  # 02:00 becomes 03:00
BACK = datetime(2026, 10, 25, 1, tzinfo=ZoneInfo("UTC")).timestamp()  # 03:00 becomes 02:00


# -- the clock -------------------------------------------------------------------------------------------------------


def test_a_chart_is_drawn_by_the_clocks_of_its_zone():
    assert chart_clock("UTC", NOW).at(NOW) == NOW * 1000
    assert chart_clock(BERLIN, NOW).ms([NOW]).tolist() == [(NOW + 2 * HOUR_S) * 1000]
    assert chart_clock("Asia/Kolkata", NOW).at(NOW) == (NOW + 5.5 * HOUR_S) * 1000
    assert chart_clock("Nowhere/Land", NOW).offset_ms == chart_clock(None, NOW).offset_ms == 0
    assert chart_clock(BERLIN, NOW).ms([]).dtype == np.int64 == chart_clock(BERLIN, NOW).ms([NOW]).dtype
    assert chart_clock(BERLIN, NOW).text(NOW) == "2025-10-09T10:53:20.000"
    assert [chart_clock(zone, NOW).name for zone in (BERLIN, "America/Sao_Paulo", "UTC")] == ["CEST", "UTC-03", "UTC"]


@given(st.floats(0, 4e9), st.sampled_from([key for key, _ in ZONES if key != "browser"]))
def test_its_end_is_told_as_the_standard_library_tells_it_and_read_back_as_what_it_was(end, zone):
    clock = chart_clock(zone, end)
    local = datetime.fromtimestamp(end, ZoneInfo(zone))
    assert abs(clock.moment(clock.text(end)) - end) < 0.002
    assert abs(datetime.fromisoformat(clock.text(end)) - local.replace(tzinfo=None)).total_seconds() < 0.002


@given(st.floats(1e9, 3e9), st.floats(1, 800 * DAY_S), st.sampled_from([key for key, _ in ZONES if key != "browser"]))
def test_every_window_has_its_length(end, length_s, zone):
    low, high = chart_clock(zone, end).ms([end - length_s, end]).tolist()
    assert abs(high - low - length_s * 1000) <= 1


@pytest.mark.parametrize(("zone", "start", "end", "changes"), [
    (BERLIN, BACK - HOUR_S, BACK + HOUR_S, [BACK]), (BERLIN, FORWARD - 0.5, FORWARD + 0.5, [FORWARD]),
    (BERLIN, BACK, BACK + HOUR_S, []), (BERLIN, BACK - HOUR_S, BACK - 1, []), ("UTC", FORWARD, BACK, []),
    (BERLIN, FORWARD - 30 * DAY_S, BACK + 40 * DAY_S, [FORWARD, BACK]), (BERLIN, BACK, BACK, []),
])
def test_it_knows_when_clocks_were_changed(zone, start, end, changes):
    assert [at for at, _ in chart_clock(zone, end).changes(start, end)] == changes


def test_a_change_says_by_which_clock_the_times_are():
    assert chart_clock(BERLIN, BACK + 1).changes(BACK - 1, BACK + 1)[0][1] == "Clocks changed: times are CET"


# -- the overview ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [FORWARD, BACK])
@pytest.mark.parametrize("range_name", RANGES)
@pytest.mark.parametrize("after_s", [5 * MINUTE_S, 30 * MINUTE_S, 3 * HOUR_S])
def test_around_a_change_the_overview_runs_forward_and_its_points_lie_in_its_window(change, range_name, after_s):
    services = make_world()
    for at in np.linspace(change - HOUR_S, change + after_s, 40):
        services.clock.now = float(at)
        hear_metrics(services, system={"cpu_percent": 5})
    live = strict(ask(services, range_name=range_name, zone=BERLIN)[0])
    start, end = live["window"]
    assert end - start == RANGES[range_name] * 1000
    assert datetime.fromtimestamp(end / 1000, ZoneInfo("UTC")).replace(tzinfo=None) == datetime.fromtimestamp(
        services.clock.now, ZoneInfo(BERLIN)).replace(tzinfo=None)
    times = [live["base"] + 100 * tenths for tenths in live["lines"][0][0]]
    assert times == sorted(set(times)) and start <= times[0] and abs(times[-1] - end) < 100
    words = [gap for gap in live["gaps"] if "Clocks changed" in gap[2]]
    assert [gap[:2] for gap in words] == [[end - after_s * 1000] * 2] * (RANGES[range_name] > after_s)


def test_a_page_that_is_open_over_a_change_takes_all_its_points_anew():
    services = make_world()
    services.clock.now = BACK - 20
    hear_alert(services, "a", at=BACK - 60)
    screen = Screen(services, zone=BERLIN)
    layers = []
    for _ in range(4):
        services.clock.now += 8
        hear_metrics(services, system={"cpu_percent": 5})
        layers.append(screen.tick()[0])
    assert screen.wholes == 2
    assert np.diff(screen.lines[0][0]).tolist() == [8000, 8000, 8000]
    before, after = (layer["lane"][0][0] for layer in layers if "lane" in layer)
    assert before - after == HOUR_S * 1000


def test_a_zoom_is_drawn_by_the_clock_of_its_own_end():
    """On Sunday an alert of Saturday 20:00 is at 20:00, and so are the points."""
    saturday, services = BACK - 7 * HOUR_S, make_world()
    services.clock.now = saturday
    hear_metrics(services, system={"cpu_percent": 5})
    hear_alert(services, "a")
    services.clock.now = BACK + 8 * HOUR_S
    hear_metrics(services, system={"cpu_percent": 5})
    screen = Screen(services, zone=BERLIN, range="24h", zoomEnd=saturday + HOUR_S)
    live, _ = screen.tick()
    there = datetime(2026, 10, 24, 20, tzinfo=ZoneInfo("UTC")).timestamp() * 1000
    assert saturday * 1000 + live["offset"] == live["base"] == live["lane"][0][0] == there
    assert "lines" not in screen.tick()[0]
    del screen.view["zoomEnd"]  # back to live: by the clock of now
    live, _ = screen.tick()
    assert saturday * 1000 + live["offset"] == live["base"] == live["lane"][0][0] == there - HOUR_S * 1000


# -- Explore and the chart of an alert -------------------------------------------------------------------------------


@pytest.fixture
def half_past():
    """A world that has heard something every ten seconds for two hours, half an hour after the clocks went back."""
    services = make_world()
    for at in np.arange(BACK - 1.5 * HOUR_S, BACK + 0.5 * HOUR_S + 1, 10):
        services.clock.now = float(at)
        hear_metrics(services, system={"cpu_percent": 5})
    return services


def explored(services, *fields, **asked):
    return asking(services, line("system.cpu_percent", "pl"), *fields, ("zone", BERLIN), **asked)


def test_around_a_change_explore_runs_forward_and_a_window_that_is_drawn_is_the_one_that_is_meant(half_past):
    live = explored(half_past, ("range", "1h"))
    start, end = live["window"]
    assert end - start == HOUR_S * 1000
    first, tenths = live["times"][0]
    assert tenths == sorted(set(tenths)) and start - 10_000 <= first and first + 100 * tenths[-1] <= end
    assert live["gaps"] == [[end - 1_800_000, end - 1_800_000, "Clocks changed: times are CET"]]
    assert live["ends"] == ["2026-10-25 02:30", "2026-10-25 02:30"]  # as the clock showed it, twice

    drawn = [chart_clock(BERLIN, BACK + 1).text(BACK + at) for at in (-1200, -600)]
    assert drawn == ["2026-10-25T01:40:00.000", "2026-10-25T01:50:00.000"]
    zoomed = explored(half_past, ("range", "1h"), action={"zoom": drawn})["view"]["range"]
    assert zoomed == "2026-10-25T00:40:00Z..2026-10-25T00:50:00Z"
    assert explored(half_past, ("range", zoomed))["window"][0] == (BACK - 1200 + 2 * HOUR_S) * 1000  # now 02:40
    marked = explored(half_past, ("range", "1h"), action={"brush": drawn})["view"]["brush"]
    assert marked == [(BACK - 1200) * 1000, (BACK - 600) * 1000]
    picked = explored(half_past, ("range", "1h"), action={"moment": drawn[0]})["view"]["at"]
    assert datetime.fromisoformat(picked).timestamp() == BACK - 1200


def test_what_is_no_time_of_a_chart_is_taken_as_it_is_written(half_past):
    for text in ("9999-99-99T99:99:99.000", "0001-01-01T00:00:00.000"):
        assert explored(half_past, ("range", "1h"), action={"zoom": [text, text]})["problems"]["range"]


def test_around_a_change_the_chart_of_an_alert_runs_forward_and_says_so(half_past):
    hear_alert(half_past, "a", at=BACK - 300, message="CPU is high: system.cpu_percent")
    key = half_past.alerts.find("a")[0].key
    made = strict(alert_chart(half_past, Asked(key, BERLIN), half_past.clock()))
    layout = made["figure"]["layout"]
    assert layout["xaxis"]["range"] == ["2026-10-25T01:37:30.000", "2026-10-25T02:30:00.000"]
    assert made["x"] == sorted(set(made["x"]))
    at = {shape["name"]: shape["x0"] for shape in layout["shapes"]}
    assert (at["fired"], at["clocks"]) == ("2026-10-25T01:55:00.000", "2026-10-25T02:00:00.000")
    assert [note["text"] for note in layout["annotations"]] == ["fired", "Clocks changed: times are CET"]
