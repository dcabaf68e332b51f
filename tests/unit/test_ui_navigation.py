"""The way from page to page."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from dash import html

from dashboard.settings import Settings
from dashboard.ui import navigation
from dashboard.ui.layout.frame import frame
from dashboard.ui.navigation import ALERTS, OVERVIEW, Place, alert_way, path_of, tabs_of, top_of, way
from tests.unit.ui_world import components


@pytest.fixture
def places(monkeypatch):
    """A console of four pages, two of them tabs."""
    monkeypatch.setattr(navigation, "PLACES", {
        OVERVIEW: Place("", "Overview"), ALERTS: Place("alerts", "Alerts"),
        "past": Place("alerts/past", "Past", ALERTS), "far": Place("far", "Far")})
    monkeypatch.setattr("dashboard.ui.layout.strip.PLACES", navigation.PLACES)


def test_relative_ways_hold_wherever_the_host_lies(places):
    assert path_of(OVERVIEW) == "/" and path_of("past") == "/alerts/past/"
    assert way(OVERVIEW, OVERVIEW) == "./"
    assert way(OVERVIEW, "past") == "alerts/past/"
    assert way("past", OVERVIEW) == "../../"
    assert way("past", ALERTS) == "../../alerts/"
    assert way(ALERTS, "far") == "../far/"


@pytest.mark.parametrize("prefix", ["/admin/monitoring", "/ops"])
@pytest.mark.parametrize("here", [OVERVIEW, "past"])
def test_the_title_leads_to_the_application_under_whatever_path_it_lies(places, prefix, here):
    def leads_to(**settings):
        around = frame(Settings(page_prefix=prefix, **settings), here, ("main", "the page"), html.Main())
        way_home = next(one.href for one in components(around) if getattr(one, "title", "").startswith("Back to"))
        return urljoin(f"http://host/below{prefix}{path_of(here)}", way_home)

    assert leads_to() == leads_to(home_url="/") == "http://host/below/"
    assert leads_to(home_url="/start") == "http://host/start"


def test_an_alert_has_its_address_on_every_page(places):
    assert alert_way(OVERVIEW, "k 1") == "alerts/?alert=k+1"
    assert alert_way("past", "k") == "../../alerts/?alert=k"


def test_tabs_share_a_row(places):
    assert (top_of("past"), top_of(ALERTS), top_of("far")) == (ALERTS, ALERTS, "far")
    assert tabs_of("past") == tabs_of(ALERTS) == [ALERTS, "past"]
    assert tabs_of("far") == [] == tabs_of(OVERVIEW)


def links(here):
    page = frame(Settings(home_url="/start"), here, ("there", "there"), None)
    return [(one.children, one.href, getattr(one, "aria-current", None)) for one in components(page)
            if type(one).__name__ == "A" and one.href.startswith(".") or getattr(one, "aria-current", None)]


def test_the_strip_marks_the_page_and_the_tabs_mark_the_tab(places):
    assert links("past") == [
        ("Overview", "../../", None), ("Alerts", "../../alerts/", "page"), ("Far", "../../far/", None),
        ("Alerts", "../../alerts/", None), ("Past", "../../alerts/past/", "page")]


