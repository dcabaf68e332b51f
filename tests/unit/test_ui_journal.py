"""What the page says of the journal: what came from it, that it is away, and which gaps are whose."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from dashboard.feed.coverage import Heard
from dashboard.feed.journal_status import AWAY, CONNECTED, OFF, JournalStatus
from dashboard.feed.packed import Entry
from dashboard.ui import ids
from dashboard.ui.moment import RECORDED_WITHIN_S, read_moment
from dashboard.ui.view import View
from tests.unit.test_ui_layout import said
from tests.unit.ui_world import NOW, hear_metrics, make_world

FULL = "Redis has no memory left"


def world(state=CONNECTED, reason=None, since=NOW - 3600, unrecorded=0):
    status = JournalStatus(state=state, since=since, reason=reason, events=5, bytes=500, waiting=0, recorded=5,
                           unrecorded=unrecorded)
    return replace(make_world(), journal=SimpleNamespace(status=status))


def test_a_journal_that_is_away_is_told_with_the_reason():
    services = world(AWAY, FULL)
    hear_metrics(services, system={"cpu_percent": 1})
    assert f"What is heard is not recorded: {FULL}." in said(services, ids.NOTICE)
    assert f"Journal {FULL}" in said(services, ids.FEED)


@pytest.mark.parametrize("services", [
    world(), world(OFF), world(AWAY, FULL, since=NOW - RECORDED_WITHIN_S + 1)], ids=["connected", "off", "a moment"])
def test_a_journal_that_works_or_is_not_wanted_or_is_away_for_a_moment_is_no_news(services):
    hear_metrics(services, system={"cpu_percent": 1})
    assert "recorded" not in said(services, ids.NOTICE)


def test_where_redis_is_away_that_is_what_is_told():
    services = world(AWAY, "Nothing answers at the address of Redis")
    services.record.lost(NOW - 60, "Nothing answers at the address of Redis")
    told = said(services, ids.NOTICE)
    assert "No connection to Redis" in told and "recorded" not in told


def test_what_came_from_the_journal_is_counted_beside_what_was_heard():
    services = world(unrecorded=7)
    hear_metrics(services, system={"cpu_percent": 1})
    services.intake.replay([Entry(
        "", NOW - 100, b'{"event_type": "METRIC_UPDATE", "metrics": {"a": 1}, "timestamp": 1}')])
    told = said(services, ids.FEED)
    for words in ("Received 1", "Accepted 1", "From the journal 1", "Journal connected", "Not recorded 7"):
        assert words in told
    assert "Journal" not in said(world(OFF), ids.FEED)


def test_a_gap_in_which_a_source_recorded_itself_is_not_drawn_over_its_charts():
    services = world()
    hear_metrics(services, system={"cpu_percent": 1}, source="records")
    hear_metrics(services, system={"cpu_percent": 1}, source="plain")
    services.record.lost(NOW - 300, "killed")
    services.record.subscribed()
    services.record.fill([], {"records": (Heard(NOW - 400, NOW - 100),)})

    def drawn(source):
        return [(start, end) for start, end, _ in read_moment(services, View(source=source), NOW).gaps]

    assert drawn("plain") == [(NOW - 300, NOW)]
    assert drawn("records") == [(NOW - 100, NOW)]


def test_the_feed_names_its_redis_and_the_servers_at_which_it_listens():
    services = world()
    hear_metrics(services, system={"cpu_percent": 1})
    assert "Listening at" not in said(services, ids.FEED)
    services.record.server = "redis+sentinel://one:26379/main/0"
    services.record.places_of_lines = lambda: ("one:6379",)
    told = said(services, ids.FEED)
    assert "Redis redis+sentinel://one:26379/main/0" in told and "Listening at one:6379" in told
