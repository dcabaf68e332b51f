"""A past moment shown again: its values, alerts and commands as they were then, and what is not known of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from dashboard.feed.record import Gap
from dashboard.history import event_archive
from dashboard.history.answers import READY, PastCommand, PastEvent, PastGap, PastMoment
from dashboard.inquiry import moment
from dashboard.inquiry.moment import LOOK_BACK_S, moment_of
from dashboard.ui.explore.fetch import fetch
from dashboard.ui.explore.panels import panel
from dashboard.ui.plain import plain
from tests.unit.explore_world import RISE_S, SOURCE, STEP_S, explored
from tests.unit.ui_world import NOW, components, hear_alert, make_world, strict, texts

FIRED = NOW - RISE_S + 60


def stored(services, alerts=(), commands=(), gaps=(), left_out=0):
    """The services with an archive that has this."""
    status = PastEvent(SOURCE, NOW - 700, "system_status", {"status": "RUNNING", "state": "running", "message": "warm"})
    health = PastEvent(SOURCE, NOW - 800, "health", {"score": 60, "status": "DEGRADED", "components": {
        "database": {"status": "critical", "word": "down"}, "redis": {"status": "healthy", "word": "ok"}}})
    events = SimpleNamespace(
        moment=lambda at: PastMoment(at, tuple(alerts), {SOURCE: status}, {SOURCE: health}, left_out),
        commands=lambda start, end, limit: list(commands), gaps=lambda start, end: list(gaps),
        listened=lambda start, end: [(NOW - 3_700, NOW)])
    return replace(services, history=SimpleNamespace(
        metrics=services.history.metrics, events=events, kept=services.history.kept,
        status=SimpleNamespace(state=READY, reason=None, since=NOW)))


@pytest.fixture(scope="module")
def services():
    return explored()


def shown(services, *pairs):
    children = panel(services, {"query": urlencode([("panel", "moment"), *pairs]), "zone": "UTC"}, "ada")
    strict(plain(children))
    return children


def test_values_are_the_newest_up_to_the_moment(services):
    at = NOW - RISE_S - 3  # between two samples, before they rise
    source, = moment_of(services, at).sources
    value = source.values["processing.queue_depth"]
    assert value.number < 25 and 0 <= at - value.at < STEP_S and source.heard_at == value.at
    assert moment_of(services, NOW - 60).sources[0].values["processing.queue_depth"].number > 200
    traffic = source.values["system.network_io.bytes_sent"]
    assert traffic.is_rate and traffic.number == pytest.approx(5_000)
    assert moment_of(services, NOW).sources[0].score == 88


def test_before_a_source_was_heard_there_is_none_and_after_it_fell_silent_no_value():
    services = explored(0.5)
    assert moment_of(services, NOW - 7_200).sources == ()
    late = NOW + LOOK_BACK_S + 60
    services.clock.now = late
    source, = moment_of(services, late).sources
    assert (source.heard_at, dict(source.values)) == (None, {})
    said = texts(shown(services, ("at", "now")))
    assert "Inactive none in the 15 min before" in said and "No value was heard" in said


def test_alerts_have_the_state_and_the_story_they_had(services):
    assert moment_of(services, FIRED - 1).alerts == ()
    one, = moment_of(services, FIRED + 1).alerts
    assert (one.alert.id, one.state, [entry["action"] for entry in one.timeline]) == ("q1", "active", ["fired"])


def test_what_memory_has_of_an_alert_wins_and_the_gravest_come_first(monkeypatch):
    services = explored()
    alert, = services.alerts.all()
    hear_alert(services, "w", "warning", at=FIRED, message="mild")
    older = replace(alert, message="as it was stored")
    found = moment_of(stored(services, [(older, "acknowledged")], left_out=3), FIRED + 1)
    assert [(one.alert.id, one.state) for one in found.alerts] == [("q1", "active"), ("w", "active")]
    assert found.alerts_left_out == 3
    monkeypatch.setattr(moment, "OPEN_AT_MOST", 1)
    found = moment_of(stored(services, left_out=3), FIRED + 1)
    assert (len(found.alerts), found.alerts_left_out) == (1, 4)
    assert "4 more alerts are left out." in texts(shown(stored(services, left_out=3), ("at", str(FIRED + 1))))
    assert event_archive.OPEN_AT_MOST == 1_000


def test_commands_of_the_hour_before_newest_first_with_their_answers(monkeypatch):
    services = explored()
    services.clock.now = NOW - 300
    services.commands.send("CLEAR_CACHE", "ada")
    services.clock.now = NOW
    own, = services.commands.recent
    answered = PastCommand(own.request_id, own.action, "ada", own.at, 1, "done")
    early = PastCommand("e", "FORCE_GC", "bob", NOW - 900, 0)
    world = stored(services, commands=[early, answered])
    found = moment_of(world, NOW - 200)
    assert [(one.request_id, getattr(one, "answer", None)) for one in found.commands] == [
        (own.request_id, "done"), ("e", None)]
    assert [one.request_id for one in moment_of(world, NOW - 400).commands] == ["e"]
    monkeypatch.setattr(moment, "COMMANDS_MOST", 1)
    found = moment_of(world, NOW - 200)
    assert ([one.request_id for one in found.commands], found.commands_left_out) == ([own.request_id], 1)


def test_the_page_shows_the_moment_that_the_address_names(services):
    said = texts(shown(stored(services), ("at", "now-5m")))
    for words in ("State at 2025-10-09 08:48:20 UTC", "5 min ago", "Active", "database down", "RUNNING: warm",
                  "pl: 6 values", "queue grows", "unacknowledged, open for 4 min", "Timeline up to then: 1 entry",
                  "Commands in the hour before None."):
        assert words in said, words
    assert "redis ok" not in said and "The end of the window" not in said
    link, = [one.href for one in components(shown(stored(services), ("at", "now-5m"))) if type(one).__name__ == "A"]
    assert "/alerts/?alert=" in link
    assert "The end of the window" in texts(shown(services, ("range", "now-30m..now-20m")))
    assert "State at 2025-10-09 08:33:20" in texts(shown(services, ("range", "now-30m..now-20m")))


def test_what_is_not_known_of_a_moment_is_said(services):
    assert "MONITORING_DATABASE_URL" in texts(shown(services)) or "history" in texts(shown(services)).lower()
    deaf = stored(services, gaps=[PastGap("p", NOW - 10_000, NOW - 4_000, "Redis was away")])
    said = texts(shown(deaf, ("at", "now-2h")))
    assert "The console itself heard nothing then: Redis was away." in said
    assert "No source had been heard by then." in said
    assert "No alert was open." in said
    for written, words in (("now+1h", "in the future"), ("now-9y", "are kept")):
        assert words in texts(shown(services, ("at", written)))


def test_a_silent_source_is_unknown_while_the_console_heard_nothing():
    services = explored()
    services.clock.now = NOW + 300
    assert "Inactive 5 min before" in texts(shown(stored(services), ("at", "now")))
    deaf = stored(services, gaps=[Gap(NOW + 1, None, "Redis is away")])
    assert "Unknown 5 min before" in texts(shown(deaf, ("at", "now")))


def test_a_stopped_source_is_called_stopped():
    services = explored()
    stop = PastEvent(SOURCE, NOW - 1, "system_status", {"status": "STOPPED", "state": "stopped", "message": ""})
    world = stored(services)
    world.history.events.moment = lambda at: PastMoment(at, (), {SOURCE: stop})
    assert "Stopped 1 s before" in texts(shown(world, ("at", "now")))


def test_what_a_source_had_said_is_found_by_its_name_as_a_database_holds_it():
    services = make_world()
    services.ring.append("pl\ufffe", NOW - 5, {"system.cpu_percent": 40.0})
    world = stored(services)
    said = PastEvent("pl?", NOW - 9, "system_status", {"status": "RUNNING", "state": "running", "message": ""})
    world.history.events.moment = lambda at: PastMoment(at, (), {"pl?": said}, {"pl?": said})
    source, = moment_of(world, NOW).sources
    assert (source.source, source.status, source.health) == ("pl\ufffe", said, said)


def test_a_moment_is_an_action_and_what_is_wrong_with_it_is_told_beside_its_field(services):
    def acted(text, query=""):
        live, _ = fetch(services, {"asked": 1, "query": query, "zone": "Europe/Zurich", "points": 100,
                                   "actions": [{"moment": text}]})
        return live["view"]["at"], live["view"]["panel"], live["at"], live["problems"]

    assert acted("2025-10-09 10:00") == ("2025-10-09T08:00:00Z", "moment", "2025-10-09 10:00", {})
    assert acted("now-1h") == ("now-1h", "moment", "now-1h", {})
    assert acted("", "at=now-1h") == (None, "moment", "", {})
    assert acted(7) == (None, "moment", "", {})
    for text, words in (("once", '"once" is no time'), ("now+2h", "in the future"), ("now-2d", "are kept")):
        at, open_panel, _, problems = acted(text)
        assert (at, open_panel) == (None, None) and words in problems["at"]


def test_nothing_heard_invents_nothing():
    said = texts(shown(make_world()))
    assert "No source had been heard by then." in said and "No alert was open." in said
