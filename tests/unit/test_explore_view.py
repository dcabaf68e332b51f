"""The view in the address: written and read again without loss, and read with suspicion."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.catalog import ALIASES
from dashboard.explore.compare import COMPARISONS
from dashboard.explore.heatmap import KINDS as HEAT_KINDS
from dashboard.explore.ranges import parse_range
from dashboard.explore.span import Span
from dashboard.explore.view import (
    CHARTS,
    COMPLAINTS_MOST,
    DEFAULT_RANGE,
    LINES_MOST,
    NAME_LIMIT,
    OVERLAYS,
    PANELS,
    QUERY_LIMIT,
    ExploreView,
    Line,
    brush_of,
    query_of,
    read_view,
)
from tests.unit.test_explore_ranges import ranges
from tests.unit.test_explore_times import moments

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda name: name not in ALIASES)
lines = st.lists(st.builds(Line, names, names, st.booleans(), st.booleans()), max_size=8,
                 unique_by=lambda line: line.key).map(tuple)


@st.composite
def views(draw):
    chosen = draw(lines)
    start = draw(st.integers(0, 10**12))
    numbers = tuple(draw(st.permutations(range(len(chosen) + 1)))[:len(chosen)])
    return ExploreView(
        lines=chosen, charts=draw(st.sampled_from(CHARTS)), log=draw(st.booleans()), stack=draw(st.booleans()),
        range=draw(ranges), zone=draw(st.sampled_from(["browser", "UTC", "Europe/Zurich", "Etc/GMT+5"])),
        compare=draw(st.sampled_from([None, *COMPARISONS])), anomaly=draw(st.booleans()), forecast=draw(st.booleans()),
        overlays=draw(st.frozensets(st.sampled_from(OVERLAYS))),
        brush=draw(st.sampled_from([None, Span(start / 1_000, (start + 1) / 1_000), Span(1.5, 9e8)])),
        panel=draw(st.sampled_from([None, *PANELS])), focus=draw(st.integers(0, max(0, len(chosen) - 1))),
        heat=draw(st.sampled_from(HEAT_KINDS)), at=draw(st.none() | moments),
        colours=() if numbers == tuple(range(len(chosen))) else numbers)


@settings(deadline=None)
@given(views())
def test_a_view_comes_back_from_its_address(view):
    query = query_of(view)
    assert query.isascii()
    assert not set(query) & set(" <>\"'#\n")
    assert read_view(query) == (view, ())
    assert read_view("?" + query) == (view, ())


def test_a_plain_view_has_a_short_address():
    assert query_of(ExploreView()) == ""
    assert read_view("") == (ExploreView(), ())
    view = ExploreView((Line("TickStockPL", "system.cpu_percent"), Line("a/b", "x y", right=True, hidden=True)),
                       range=parse_range("yesterday"))
    assert query_of(view) == "m=TickStockPL/system.cpu_percent&r=a%252Fb/x%2520y&range=yesterday&hide=1"


def test_an_address_written_by_hand_is_read():
    view, complaints = read_view("m=TickStockPL/system.cpu_percent&range=now-1d/d..now&zone=Europe/Zurich&log=1"
                                 "&compare=last-week&without=gap,alert&m=s/database.query_latency_ms")
    assert complaints == ()
    assert [line.metric for line in view.lines] == ["system.cpu_percent", "database.query_avg_ms"]
    assert view.range.text == "now-1d/d..now"
    assert (view.zone, view.log, view.compare) == ("Europe/Zurich", True, "last-week")
    assert view.overlays == {"threshold", "command", "annotation"}


@pytest.mark.parametrize(("query", "says"), [
    ("m=cpu", '"cpu" is no metric: a source, / and a name are'),
    ("m=/cpu", "is no metric"),
    ("m=s/", "is no metric"),
    ("m=s/%25ff", "is no metric"),
    (f"m=s/{'x' * (NAME_LIMIT + 1)}", "is no metric"),
    ("range=now-6x", 'range: "now-6x": "x" is no unit'),
    ("zone=Mars/Olympus", '"Mars/Olympus" is no zone'),
    ("zone=../../etc/passwd", '"../../etc/passwd" is no zone'),
    ("charts=pie", '"pie" is no charts'),
    ("compare=tomorrow", '"tomorrow" is no compare'),
    ("panel=admin", '"admin" is no panel'),
    ("log=yes", '"yes" is no log'),
    ("without=ghosts", '"ghosts" in without is unknown'),
    ("hide=0", '"0" in hide is unknown'),
    ("hide=-1&m=s/a", '"-1" in hide is unknown'),
    ("focus=1&m=s/a", 'focus: there is no metric "1"'),
    ("focus=x", 'focus: there is no metric "x"'),
    ("brush=1", '"1" is no brush: two Unix times in milliseconds'),
    ("brush=5-5", "is no brush"),
    ("brush=9-5", "is no brush"),
    ("brush=0-99999999999999", "is no brush"),
    ("brush=1e3-2e3", "is no brush"),
    ("heat=hot", '"hot" is no heat'),
    ("at=once", 'at: "once" is no time'),
    ("colours=1,2&m=s/a", "is not one number a metric"),
    ("colours=x&m=s/a", "is not one number a metric"),
    ("colours=40&m=s/a", "is not one number a metric"),
    ("colour=red", '"colour" is no part of a view'),
    ("m=%ff/a", "is no text, so none of it was read"),
    ("&".join(["a=1"] * 201), "more than 200 fields"),
    ("x" * (QUERY_LIMIT + 1), f"more than {QUERY_LIMIT} characters"),
])
def test_what_makes_no_sense_is_said_and_takes_its_default(query, says):
    view, complaints = read_view(query)
    assert any(says in complaint for complaint in complaints), complaints
    assert view == ExploreView(lines=view.lines)
    assert len(view.lines) <= 1


def test_too_many_metrics_and_too_many_complaints_are_bounded():
    view, complaints = read_view("&".join(f"m=s/a{number}" for number in range(LINES_MOST + 30)))
    assert len(view.lines) == LINES_MOST
    assert len(complaints) == COMPLAINTS_MOST
    assert complaints[0] == 'more than 40 metrics: "s/a40" is left out'


def test_a_metric_chosen_twice_is_one_line_and_the_first_value_of_a_field_counts():
    view, _ = read_view("m=s/a&r=s/a&range=1h&range=2h")
    assert view.lines == (Line("s", "a"),)
    assert view.range.text == "1h"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_view_that_comes_back(text):
    view, complaints = read_view(text)
    assert read_view(query_of(view)) == (view, ())
    assert all(len(complaint) < 300 for complaint in complaints)
    assert view.range == DEFAULT_RANGE or view.range


def test_lines_of_one_colour_are_refused_and_those_in_their_places_left_out():
    assert read_view("m=s/a&m=s/b&colours=0,1")[0].colours == ()
    view, complaints = read_view("m=s/a&m=s/b&colours=3,3")
    assert view.colours == () and len(complaints) == 1
    assert read_view("m=s/a&m=s/b&colours=3,0")[0].colours == (3, 0)


def test_a_brush_may_be_drawn_in_either_direction():
    assert brush_of(20.0004, 10.0006) == Span(10.001, 20.0)
    assert brush_of(10.0, 10.0004) is None
    assert brush_of(-5.0, 10.0) is None
