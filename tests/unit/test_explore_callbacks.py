"""The callbacks of the Explore page as a browser calls them."""

from __future__ import annotations

import pytest

from tests.unit.explore_world import SOURCE, explored
from tests.unit.ui_world import Callbacks, props

ASKED = {"asked": 3, "query": "m=pl/system.cpu_percent&range=30m", "zone": "UTC", "points": 800}


@pytest.fixture(scope="module")
def page():
    return Callbacks(explored(), page="explore")


def test_a_window_and_what_is_listed_below_it(page):
    response = page.call("explore-answer.data", "explore-asked.data", explore_asked__data=ASKED)
    assert response["explore-answer"]["data"]["asked"] == 3
    assert "queue grows" in props(response["explore-events"]["children"])


def test_the_list(page):
    response = page.call("explore-list-answer.data", "explore-list-asked.data",
                         explore_list_asked__data={"asked": 5, "source": SOURCE})
    assert response["explore-list-answer"]["data"]["asked"] == 5
    for odd in (None, "x", {"source": 7}, {"source": "x" * 300}):
        listed = page.call("explore-list-answer.data", "explore-list-asked.data", explore_list_asked__data=odd)
        assert listed["explore-list-answer"]["data"]["source"] == SOURCE


def test_the_panel_and_the_drawer_are_told_apart(page):
    moved = page.call("explore-panel.children", "explore-panel-asked.data", explore_panel_asked__data=ASKED | {
        "query": "panel=moved"})
    assert "explore-panel" not in moved and "Mark a window" in props(moved["explore-moved-found"]["children"])
    report = page.call("explore-panel.children", "explore-panel-asked.data", explore_panel_asked__data=ASKED | {
        "query": "panel=report&range=1h"})
    assert "explore-moved-found" not in report and "by ada" in props(report["explore-panel"]["children"])


@pytest.mark.parametrize(("asked", "said"), [
    ({}, "Write what happened."), (None, "Write what happened."),
    ({"text": "x", "from": "once"}, 'From: "once" is no time'),
    ({"text": "x", "from": "now", "to": "now-1h"}, "To lies before from."),
    ({"text": "deployed"}, "MONITORING_DATABASE_URL"), ({"remove": "x"}, "MONITORING_DATABASE_URL")])
def test_an_annotation_that_cannot_be_kept_says_why(page, asked, said):
    response = page.call("explore-noted.data", "explore-note-asked.data", explore_note_asked__data=asked)
    data = response["explore-noted"]["data"]
    assert data["done"] is False and said in data["said"]
