"""The way from page to page."""

from __future__ import annotations

import pytest

from dashboard.settings import Settings
from dashboard.ui import navigation
from dashboard.ui.layout.frame import frame
from dashboard.ui.navigation import OVERVIEW, Place, path_of, tabs_of, top_of, way
from tests.unit.ui_world import components


@pytest.fixture
def places(monkeypatch):
    """A console of four pages, two of them tabs."""
    monkeypatch.setattr(navigation, "PLACES", {
        OVERVIEW: Place("", "Overview"), "work": Place("work", "Work"), "past": Place("work/past", "Past", "work"),
        "far": Place("far", "Far")})
    monkeypatch.setattr("dashboard.ui.layout.strip.PLACES", navigation.PLACES)


def test_relative_ways_hold_wherever_the_host_lies(places):
    assert path_of(OVERVIEW) == "/" and path_of("past") == "/work/past/"
    assert way(OVERVIEW, OVERVIEW) == "./"
    assert way(OVERVIEW, "past") == "work/past/"
    assert way("past", OVERVIEW) == "../../"
    assert way("past", "work") == "../../work/"
    assert way("work", "far") == "../far/"


def test_an_alert_is_opened_by_its_own_page_or_by_the_overview(places, monkeypatch):
    assert navigation.alert_path() == "/"
    monkeypatch.setitem(navigation.PLACES, navigation.ALERTS, Place("alerts", "Alerts"))
    assert navigation.alert_path() == "/alerts/"


def test_tabs_share_a_row(places):
    assert (top_of("past"), top_of("work"), top_of("far")) == ("work", "work", "far")
    assert tabs_of("past") == tabs_of("work") == ["work", "past"]
    assert tabs_of("far") == [] == tabs_of(OVERVIEW)


def links(here):
    page = frame(Settings(), here, ("there", "there"), None)
    return [(one.children, one.href, getattr(one, "aria-current", None)) for one in components(page)
            if type(one).__name__ == "A" and one.href.startswith(".") or getattr(one, "aria-current", None)]


def test_the_strip_marks_the_page_and_the_tabs_mark_the_tab(places):
    assert links("past") == [
        ("Overview", "../../", None), ("Work", "../../work/", "page"), ("Far", "../../far/", None),
        ("Work", "../../work/", None), ("Past", "../../work/past/", "page")]


def test_one_page_alone_has_no_way_to_others(monkeypatch):
    monkeypatch.setattr(navigation, "PLACES", {OVERVIEW: Place("", "Overview")})
    monkeypatch.setattr("dashboard.ui.layout.strip.PLACES", navigation.PLACES)
    assert links(OVERVIEW) == []
