"""Pictures of what is shown: lines, their axes and what lies over them, all of it inside."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.drawing import (
    HEIGHT,
    LEFT,
    PLAIN_COLOUR,
    POINTS_MOST,
    WIDTH,
    DrawnChart,
    DrawnLine,
    chart_svg,
    safe_colour,
)
from dashboard.explore.overlays import ALERT, ANNOTATION, COMMAND, GAP, Overlay
from dashboard.explore.series import coarsened
from dashboard.explore.span import Span
from dashboard.explore.ticks import powers_of_ten, round_numbers, round_times
from tests.unit.explore_series import HOUR, HUGE, START, ZURICH, any_numbers, steady
from tests.unit.test_explore_times import ZONES, at


def chart(*lines, **more):
    return DrawnChart("System", tuple(lines), "%", **more)


def drawn(*lines, overlays=(), **more):
    text = chart_svg(chart(*lines, **more), HOUR, ZURICH, overlays)
    return ElementTree.fromstring(text.replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def test_a_line_is_drawn_from_left_to_right_and_broken_where_nothing_was_heard():
    values = np.full(720, 50.0)
    series = steady(values).taken(np.r_[0:300, 400:720])
    path = drawn(DrawnLine(series, "CPU", "#2f7fd1")).find("path")
    assert path.get("stroke") == "#2f7fd1"
    assert path.get("d").count("M") == 2
    assert path.get("d").startswith(f"M{LEFT:.1f} ")


def test_a_missing_bucket_breaks_the_line():
    series = coarsened(steady(np.full(720, 50.0)), 60).taken(np.r_[0:20, 21:60])
    svg = drawn(DrawnLine(series, "CPU"))
    assert svg.find("path").get("d").count("M") == 2
    assert len(svg.findall("polygon")) == 2


def test_many_points_are_as_many_as_pixels():
    series = steady(np.random.default_rng(1).normal(50, 5, 20_000), 0.18)
    assert drawn(DrawnLine(series, "CPU")).find("path").get("d").count("L") <= POINTS_MOST


def test_thresholds_right_axis_and_comparison():
    svg = drawn(DrawnLine(steady([50] * 720), "CPU"),
                DrawnLine(steady([2_048] * 720, metric="system.memory_mb"), "Memory", right=True, dashed=True),
                thresholds=((70, "warning"), (85, "critical"), (1e9, "warning")), right_unit="GB")
    titles = [title.text for title in svg.iter("title")]
    assert titles == ["warning 70", "critical 85"]  # one far away would press the line flat
    assert svg.findall("path")[1].get("stroke-dasharray")
    texts = [text.text for text in svg.findall("text")]
    assert {"%", "GB", "2", "80", "11:30"} <= set(texts)


def test_a_logarithmic_axis_leaves_out_what_has_no_logarithm():
    svg = drawn(DrawnLine(steady([0, -5, 1, 10, 1_000]), "CPU"), log=True, thresholds=((0, "warning"),))
    assert svg.find("path").get("d").count("M") == 1
    assert {"1", "10", "100", "1,000"} <= {text.text for text in svg.findall("text")}
    assert drawn(DrawnLine(steady([0, -5]), "CPU"), log=True).find("path").get("d") == ""


def test_overlays_lie_where_they_were():
    start = START + 900
    svg = drawn(overlays=[Overlay(GAP, start, None, "gap"), Overlay(ALERT, 0.0, start, "alert", level="CRITICAL"),
                          Overlay(COMMAND, start, start, "command"), Overlay(ANNOTATION, start, start, "note"),
                          Overlay(ANNOTATION, start, start + 60, "span")])
    assert [title.text for title in svg.iter("title")] == ["gap", "alert", "command", "note", "span"]
    gap, alert = svg.findall("rect")[:2]
    assert float(gap.get("x")) + float(gap.get("width")) == pytest.approx(WIDTH - LEFT)
    assert (float(alert.get("x")), alert.get("fill")) == (LEFT, "#c8372f")


@settings(deadline=None)
@given(any_numbers, st.booleans(), st.sampled_from((None, 30.0)), st.sampled_from(ZONES), st.floats(0.01, 1e8))
def test_whatever_comes_is_drawn_inside_the_picture(values, log, step_s, zone, length_s):
    series = steady(values) if step_s is None else coarsened(steady(values), step_s)
    text = chart_svg(chart(DrawnLine(series, "CPU"), log=log, thresholds=((70, "warning"),)),
                     Span(START, START + length_s), zone)
    ElementTree.fromstring(text)
    assert "nan" not in text.lower()
    assert not re.search(r"\binf\b", text)
    for across, down in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", text):
        assert LEFT - 1 <= float(across) <= WIDTH
        assert -1 <= float(down) <= HEIGHT


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", '#123456"', "", "url(x)", "#１２３４５６"])
def test_a_colour_is_a_colour(colour):
    assert safe_colour(colour) == PLAIN_COLOUR
    assert safe_colour("#2F7fd1") == "#2F7fd1"


@settings(deadline=None)
@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12))
def test_round_numbers_lie_on_the_axis(low, width):
    found = round_numbers(low, low + width)
    assert len(found) <= 25
    room = 1e-6 * (abs(low) + width)
    assert all(low - room <= number <= low + width + room for number in found)


def test_round_numbers_of_a_percentage():
    assert round_numbers(0, 100) == [0, 20, 40, 60, 80, 100]
    assert round_numbers(5, 5) == [5]
    assert round_numbers(-HUGE, HUGE) == [-HUGE]
    assert powers_of_ten(0.5, 2_000) == [1, 10, 100, 1_000]


@settings(deadline=None)
@given(st.floats(1e6, 4e9), st.floats(1, 4e8), st.sampled_from(ZONES))
def test_round_times_lie_on_the_axis(start, length_s, zone):
    span = Span(start, start + length_s)
    found = round_times(span, zone)
    assert len(found) <= 8
    assert all(span.start <= moment <= span.end for moment, _ in found)
    assert [moment for moment, _ in found] == sorted({moment for moment, _ in found})
    if length_s > 8:
        assert len(found) >= 2


def test_round_times_are_those_of_the_clock_on_the_wall():
    span = Span(at("2026-01-31 09:50", ZURICH), at("2026-01-31 15:50", ZURICH))
    assert [label for _, label in round_times(span, ZURICH)] == ["10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]
    week = Span(at("2026-03-26 09:50", ZURICH), at("2026-04-01 15:50", ZURICH))  # over a change of the clocks
    assert [label for _, label in round_times(week, ZURICH)][:4] == ["2026-03-27", "2026-03-28", "2026-03-29",
                                                                     "2026-03-30"]
    assert all(moment == at(label, ZURICH) for moment, label in round_times(week, ZURICH))
