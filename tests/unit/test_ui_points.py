"""The points of the charts: whole at first, then only what is new, and both together the same picture."""

from __future__ import annotations

import json
from itertools import dropwhile

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dashboard.ui.chart_clock import chart_clock
from dashboard.ui.points import new_points, numbers, whole_lines
from dashboard.ui.structure import Line, structure_of
from tests.unit.ui_world import NOW, Screen, hear_metrics, make_world, strict

A, B = Line("a", "A"), Line("b", "B")
NAN = float("nan")
UTC = chart_clock("UTC", NOW)


def series(**lines):
    return {name: (np.array(times, dtype=float), np.array(values, dtype=float))
            for name, (times, values) in lines.items()}


# -- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("values", "written"), [
    ([], []), ([0.0], [0.0]), ([NAN, float("inf"), -float("inf"), 1.0], [None, None, None, 1.0]),
    ([123456.789], [123457.0]), ([1.23456789], [1.2346]), ([0.000123456], [0.00012346]), ([-41.55555], [-41.556]),
    ([1e308, -1e308], [1e308, -1e308]), ([NAN], [None]), ([1e-300], [0.0]),
])
def test_numbers_are_short_and_strict(values, written):
    assert numbers(np.array(values, dtype=float)) == pytest.approx(written)


@given(st.lists(st.floats()))
def test_numbers_are_json_whatever_they_were_and_near_enough(values):
    written = numbers(np.array(values, dtype=float))
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    for value, short in zip(values, written, strict=True):
        assert (short is None) == (not np.isfinite(value))
        assert short is None or abs(short - value) <= abs(value) * 5.01e-4 + 1e-15


def test_a_small_value_beside_a_large_one_keeps_its_digits():
    """A log axis has no place for a 0, and a tooltip says what it is given."""
    values = [0.2, 0.4, 3.0, 20000.0, -0.000123456, 0.0, NAN, 1e300, 5.5e-17]
    assert numbers(np.array(values)) == [0.2, 0.4, 3.0, 20000.0, -0.0001235, 0.0, None, 1e300, 0.0]


def test_numbers_of_one_size_are_no_longer_than_a_tooltip_needs():
    assert numbers(np.array([130.123456, 41.555555, 9.8765432])) == [130.12, 41.56, 9.877]


# -- whole lines -----------------------------------------------------------------------------------------------------


def test_a_whole_line_counts_in_tenths_of_a_second_from_the_first_of_all():
    base, lines = whole_lines([A, B], series(a=([10, 10.5], [1, 2]), b=([9], [3])), UTC)
    assert (base, lines) == (9000, [[[10, 15], [1, 2]], [[0], [3]]])


def test_whole_lines_without_points_are_empty():
    assert whole_lines([A, B], series(a=([], [])), UTC) == (0, [[[], []], [[], []]])
    assert whole_lines([], {}, UTC) == (0, [])


def test_whole_lines_are_in_the_viewers_time():
    base, _ = whole_lines([A], series(a=([NOW], [1])), chart_clock("Europe/Zurich", NOW))
    assert base == (NOW + 7200) * 1000  # October: summer time


def test_lines_are_scaled_to_the_unit_of_their_chart():
    share = Line("a", "A", factor=100, share=True)
    gigabytes = Line("b", "B", factor=1 / 1024)
    _, lines = whole_lines([share, gigabytes], series(a=([1, 2, 3], [0.5, 50, NAN]), b=([1], [2048])), UTC)
    assert [values for _, values in lines] == [[50, 50, None], [2]]


# -- new points ------------------------------------------------------------------------------------------------------


def test_new_points_share_their_times_where_they_can():
    found = series(a=([1, 2, 3], [1, 2, 3]), b=([1, 2, 3], [4, NAN, 6]))
    assert new_points([A, B], found, 2, 3, UTC) == ([2000, 3000], [[2, 3], [None, 6]])


def test_a_line_with_times_of_its_own_brings_them_and_one_without_news_says_nothing():
    found = series(a=([1, 2, 3], [1, 2, 3]), b=([3], [6]), c=([1], [7]))
    times, entries = new_points([A, B, Line("c", "C"), Line("d", "D")], found, 2, 3, UTC)
    assert times == [2000, 3000]
    assert entries == [[2, 3], {"x": [3000], "y": [6]}, 0, 0]


def test_a_break_before_the_first_new_point_comes_along():
    found = series(a=([1, 5, 9], [1, NAN, 2]))
    assert new_points([A], found, 9, 9, UTC) == ([5000, 9000], [[None, 2]])


def test_a_break_without_a_point_behind_it_does_not():
    assert new_points([A], series(a=([1, 5, 9], [1, NAN, 2])), 10, 12, UTC) == ([], [0])


# -- both together ---------------------------------------------------------------------------------------------------

SAMPLE = st.fixed_dictionaries({
    "cpu": st.integers(0, 100), "sent": st.integers(0, 1000), "used": st.integers(0, 1000),
    "tick": st.booleans(), "late": st.integers(0, 40), "restart": st.integers(0, 40)})
# A run of samples, then silence: too short to be a hole, or long; with the feed down or only the producer quiet.
RUN = st.tuples(st.lists(SAMPLE, min_size=5, max_size=12), st.sampled_from([0, 5, 60, 150, 280, 400]), st.booleans())


def drawn(screen, start):
    """[(time in ms, value)] of each line from `start` on; what was drawn before has left the picture."""
    return [[(x, y) for x, y in zip(*line, strict=True) if x >= start] for line in screen.lines]


def breaks_that_count(points):
    """A break before the first point breaks nothing, and several in a row are one."""
    points = list(dropwhile(lambda point: point[1] is None, points))
    return [point for before, point in zip([None, *points], points, strict=False)
            if before is None or before[1] is not None or point[1] is not None]


def assert_same_picture(screen, fresh, start):
    for joined, whole in zip(drawn(screen, start), drawn(fresh, start), strict=True):
        if whole and whole[0][1] is None:  # the rate of the first sample in the window: not known to the whole alone
            joined, whole = [point for point in joined if point[0] > whole[0][0] + 100], whole[1:]
        joined, whole = breaks_that_count(joined), breaks_that_count(whole)
        size = max((abs(y) for _, y in whole if y is not None), default=0)
        assert len(joined) == len(whole), (joined, whole)
        for (x, y), (whole_x, whole_y) in zip(joined, whole, strict=True):
            assert abs(x - whole_x) <= 100, (joined, whole)
            assert (y is None) == (whole_y is None), (joined, whole)
            assert y is None or abs(y - whole_y) <= size * 1e-3, (joined, whole)


class Story:
    """A producer's life, told through the real door: a gauge, a counter, a number by interval, one that is rare."""

    def __init__(self):
        self.services = make_world()
        self.counter = self.told = 0

    def sample(self, sample):
        self.services.clock.now += 5
        self.told += 1
        self.counter = 0 if sample["restart"] == 23 else self.counter + sample["sent"]
        system = {"cpu_percent": sample["cpu"],
                  "network_io": {"bytes_sent": self.counter, "bytes_recv": sample["used"]}}
        if self.told % 7:
            system["thread_count"] = self.told
        at = self.services.clock.now - (7.5 if sample["late"] == 23 else 0)
        hear_metrics(self.services, at=at, system=system)

    def silence(self, pause_s, feed_is_down):
        clock, record = self.services.clock, self.services.record
        if feed_is_down and pause_s:
            record.lost(clock.now + 1, "Redis closed the connection")
        clock.now += pause_s
        if feed_is_down and pause_s:
            record.subscribed()


# Without shrinking, which would take minutes here.
@settings(deadline=None, max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(RUN, min_size=2, max_size=8), st.sampled_from(["15m", "1h"]))
def test_a_page_that_took_every_delta_shows_what_a_new_page_shows(runs, range_name):
    story = Story()
    for number in range(12):
        story.sample({"cpu": number, "sent": number, "used": 50 + number % 2, "late": 1, "restart": 1})
    screen = Screen(story.services, range=range_name)
    for run, pause_s, feed_is_down in runs:
        for sample in run:
            story.sample(sample)
            if sample["tick"]:
                screen.tick()
        story.silence(pause_s, feed_is_down)
    screen.tick()
    fresh = Screen(story.services, range=range_name)
    live, _ = fresh.tick()
    assert_same_picture(screen, fresh, live["window"][0])


@pytest.mark.parametrize("silence_s", [60, 200, 285, 299, 400, 1200])
@pytest.mark.parametrize("feed_is_down", [True, False])
def test_no_delta_draws_a_line_across_a_silence_however_long(silence_s, feed_is_down):
    story, sample = Story(), {"cpu": 1, "sent": 1, "used": 1, "late": 1, "restart": 1}
    for _ in range(30):
        story.sample(sample)
    screen = Screen(story.services, range="1h")
    screen.tick()
    story.silence(silence_s, feed_is_down)
    for _ in range(2):
        story.sample(sample)
        live, _ = screen.tick()
        assert "t" in live
    assert screen.wholes == 1
    for _, values in screen.lines:
        assert values[-3] is None
        assert values[-2:] == [pytest.approx(value, abs=0.3) for value in values[-2:]]


def test_a_counter_that_rests_longer_than_the_tail_stays_a_rate():
    story, sample = Story(), {"cpu": 1, "sent": 100, "used": 1, "late": 1, "restart": 1}
    for _ in range(10):
        story.sample(sample)
    screen = Screen(story.services, range="1h")
    for number in range(100):
        story.sample(sample | {"sent": 0, "used": number % 2})
        screen.tick()
    sent = [line.metric for line in screen_structure(story.services).lines].index("system.network_io.bytes_sent")
    assert screen.lines[sent][1][2:] == [20] * 8 + [0] * 100
    assert screen.wholes == 1


def test_a_young_counter_is_drawn_anew_once_it_is_known_to_be_one():
    services = make_world()
    screen, seen = Screen(services), []
    for total in (1e9, 1e9 + 500, 1e9 + 1000, 1e9 + 1500):
        services.clock.now += 5
        hear_metrics(services, system={"network_io": {"bytes_sent": total}})
        screen.tick()
        seen.append(list(screen.lines[0][1]))
    assert {*seen[0], *seen[1]} == {None}
    assert seen[2] == [None, 100, 100]
    assert seen[3] == [None, 100, 100, 100]


def screen_structure(services):
    return structure_of("pl", services.ring.metrics("pl"))


def test_a_late_sample_brings_the_whole_window():
    services = make_world()
    screen = Screen(services)
    for second in (10, 20, 30):
        services.clock.now = NOW + second
        hear_metrics(services, system={"cpu_percent": second})
        screen.tick()
    assert screen.wholes == 1
    hear_metrics(services, at=NOW + 15, system={"cpu_percent": 15})
    screen.tick()
    assert screen.wholes == 2
    assert screen.lines[0][1] == [10, 15, 20, 30]


def test_a_feed_gap_breaks_the_line_in_a_delta_too():
    services = make_world()
    screen = Screen(services)
    hear_metrics(services, system={"cpu_percent": 1})
    screen.tick()
    services.clock.now += 2
    services.record.lost(NOW + 1, "away")
    services.record.subscribed()
    services.clock.now += 1
    hear_metrics(services, system={"cpu_percent": 2})
    live, _ = screen.tick()
    assert live["y"][0] == [None, 2]
    assert [row[2] for row in strict(live)["gaps"]] == ["away"]
