"""What a browser may send with a tick, and what is made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui.alert_question import Filter
from dashboard.ui.tick import answer
from dashboard.ui.view import RANGES, View, read_view
from tests.unit.ui_world import Screen, ask, hear_metrics, make_world, strict

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3), max_leaves=8)
FIELDS = ("source", "range", "zone", "epoch", "cursor", "last", "structure", "revisions", "asked",
          "table")


def test_a_tick_is_read():
    view = read_view({"source": "pl", "range": "6h", "zone": "Asia/Tokyo", "epoch": "e", "cursor": 7, "last": 5.5,
                      "structure": "s", "revisions": {"health": "h"}, "asked": 3})
    assert view == View("pl", "6h", "Asia/Tokyo", "e", 7, 5.5, "s", {"health": "h"}, 3)
    assert view.range_s == 21_600
    assert read_view({"table": ["all", "INFO", "all", " a ", 2, []]}).table == Filter("all", "INFO", "", "a", 2, ())


@pytest.mark.parametrize("tick", [None, 5, "tick", [], [1], {}, {"range": None}, {"range": "9y", "cursor": -1},
                                  {"range": ["15m"], "zone": 5, "source": "", "epoch": {}, "revisions": []},
                                  {"range": {}, "asked": True, "cursor": 1.5, "last": "now", "source": "x" * 201},
                                  {"table": ["open"]}, {"table": "sixsix"},
                                  {"last": float("inf")}, {"last": float("nan")}, {"last": -1}, {"last": True}])
def test_what_makes_no_sense_takes_its_default(tick):
    assert read_view(tick) in (View(), View(revisions={}))


@given(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)))
def test_no_tick_is_an_error(tick):
    view = read_view(tick)
    assert view.range_s in RANGES.values()


WORLD = make_world()
hear_metrics(WORLD, system={"cpu_percent": 4, "network_io": {"bytes_sent": 1}}, a={"b": 2})


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)))
def test_every_tick_has_an_answer_that_can_be_sent(tick):
    live, _ = answer(WORLD, read_view(tick), WORLD.clock())
    strict(live)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [
    2**53, 2**63, 10**30, 1e300, "\ud800", "<script>alert(1)</script>", "' OR 1=1", {"health": 5}, {"lane": ["x"]},
    [["x"]], "Europe/../UTC", "a\x00b", ["\ud800"] * 6, [{}, [], 5, None, 2**63, {"column_id": []}]])
def test_hostile_values_change_no_more_than_the_answer_to_whoever_sent_them(field, value):
    live, sections = answer(WORLD, read_view({field: value}), WORLD.clock())
    strict(live)
    assert set(sections)
    assert WORLD.board.names() == ["pl"] == WORLD.ring.sources()


def test_a_page_that_claims_the_future_is_given_the_whole():
    screen = Screen(WORLD)
    screen.tick()
    screen.held["cursor"] = 10**9
    live, _ = screen.tick()
    assert "lines" in live
    screen.held |= {"epoch": "another", "last": 4e9}
    assert "lines" in screen.tick()[0]


def test_the_range_is_what_was_asked_for():
    for name, seconds in RANGES.items():
        live, _ = ask(WORLD, range_name=name)
        assert live["window"][1] - live["window"][0] == seconds * 1000
