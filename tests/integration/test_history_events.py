"""What happened is there to be shown again: commands with answers, gaps, annotations, a past moment, who listened."""

from __future__ import annotations

import pytest

from dashboard.commands import SentCommand
from dashboard.events import CommandResult, Component, HealthCheck, HealthReport, SystemStatus
from dashboard.feed.coverage import Gap, Heard
from dashboard.history.answers import HistoryUnavailable, PastCommand, PastGap, UnknownAnnotation
from dashboard.history.event_writer import HEALTH
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from tests.alert_events import resolution, trigger
from tests.integration.event_process import processes
from tests.integration.history_process import NOW


@pytest.fixture
def process(database_url):
    with processes(database_url) as make:
        yield make


def test_a_past_moment(process):
    one = process()
    one.alerts.take(trigger("disk", at=NOW - 100))
    one.alerts.take(resolution("disk", at=NOW - 10))
    more = {"source": "pl", "time": None}
    one.store.offer(SystemStatus(kind="system_status", key="s1", received=NOW - 90, status="RUNNING",
                                 lifecycle="running", **more))
    one.store.offer(SystemStatus(kind="system_status", key="s2", received=NOW - 20, status="bye", lifecycle="stopping",
                                 **more))
    for key, at, word in (("h1", NOW - 80, "ok"), ("h2", NOW - 70, "ok"), ("h3", NOW - 60, "down")):
        report = HealthReport(88.0, "HEALTHY", None, (Component("db", "healthy", word),))
        one.store.offer(HealthCheck(kind="health_check", key=key, received=at, report=report, **more))
    one.step()
    then = one.events.moment(NOW - 50)
    assert [(alert.id, state) for alert, state in then.alerts] == [("disk", "active")]
    assert then.statuses["pl"].document["state"] == "running"
    assert then.healths["pl"].document["components"]["db"]["word"] == "down"
    assert one.events.moment(NOW - 5).alerts == ()
    assert one.events.moment(NOW - 5).statuses["pl"].document["status"] == "bye"
    assert one.events.moment(NOW - 500).statuses == {}
    assert one.events.last_said(NOW - 5) == one.events.moment(NOW - 5).statuses
    assert [event.at for event in one.events.said(NOW - 100, NOW)] == [NOW - 90, NOW - 20]
    # The second check says what the first one said.
    assert [event.at for event in one.events.said(NOW - 100, NOW, HEALTH, "pl")] == [NOW - 80, NOW - 60]
    assert one.events.said(NOW - 100, NOW, HEALTH, "nobody") == []
    one.store.offer(SystemStatus(kind="system_status", key="s3", received=NOW - 15, status="RUNNING", source="two",
                                 lifecycle="running", time=None))
    one.step()
    for limit in (1, 2, 3, 5_000):  # below three each source is asked about by itself
        of_each = one.events.said_by(["pl", "two", "nobody"], NOW - 100, NOW, limit=limit)
        assert of_each == {name: one.events.said(NOW - 100, NOW, source=name, limit=limit)
                           for name in ("pl", "two", "nobody")}
        assert [len(said) for said in of_each.values()] == [min(2, limit), 1, 0]


def result(request_id: str, at: float, status: str) -> CommandResult:
    return CommandResult(kind="command_result", source="pl", key=f"{request_id}{at}", time=at, received=at,
                         request_id=request_id, status=status, message="well")


def test_commands_with_their_answers_whichever_comes_first(process):
    one, two = process(), process()
    one.sent.append(SentCommand("CLEAR_CACHE", "ann", NOW - 50, "r1", 1))
    two.store.offer(result("r1", NOW - 48, "done"))
    two.store.offer(result("r1", NOW - 49, "received"))
    two.step()
    assert two.events.commands(NOW - 100, NOW) == []  # an answer alone is no command yet
    one.step()
    one.store.offer(result("r1", NOW - 49, "received"))
    one.step()
    assert one.events.commands(NOW - 100, NOW) == [
        PastCommand("r1", "CLEAR_CACHE", "ann", NOW - 50, 1, "done", "well", NOW - 48)]
    assert one.events.commands(NOW - 40, NOW) == []


def test_gaps_of_each_process(process):
    one, two = process(), process()
    one.broken = [Gap(NOW - 90, NOW - 80, "Redis was away")]
    two.broken = [Gap(NOW - 90, None, "Redis was away")]
    one.step()
    two.step()
    first, second = one.events.gaps(NOW - 100, NOW)
    assert first.process != second.process
    assert {first.end, second.end} == {NOW - 80, None}
    two.broken = [Gap(NOW - 90, NOW - 70, "Redis was away")]
    two.step()
    assert {gap.end for gap in one.events.gaps(NOW - 100, NOW)} == {NOW - 80, NOW - 70}
    assert one.events.gaps(NOW - 75, NOW) == [PastGap(two.events.gaps(NOW - 75, NOW)[0].process, NOW - 90, NOW - 70,
                                                      "Redis was away")]
    assert one.events.gaps(NOW - 60, NOW) == []


def test_annotations(process):
    one = process()
    one.step()
    note = one.events.annotate(NOW - 100, None, "  deployed\0 4.2 ", "ann")
    span = one.events.annotate(NOW - 90, NOW - 50, "load test", "bob", "pl")
    assert (note.text, note.at, note.end, note.source) == ("deployed? 4.2", NOW, None, None)
    assert one.events.annotations(NOW - 200, NOW) == [note, span]
    assert one.events.annotations(NOW - 200, NOW, "other") == [note]
    assert one.events.annotations(NOW - 60, NOW) == [span]
    assert one.events.annotations(NOW - 40, NOW) == []
    assert one.events.change_annotation(note.id, "bob") == note  # nothing was changed, so it is still what ann wrote
    changed = one.events.change_annotation(note.id, "bob", text="deployed 4.3", end=NOW - 99)
    assert (changed.text, changed.start, changed.end, changed.by) == ("deployed 4.3", NOW - 100, NOW - 99, "bob")
    assert one.events.change_annotation(note.id, "bob", end=None).end is None
    one.events.remove_annotation(note.id)
    assert one.events.annotations(NOW - 200, NOW) == [span]
    for attempt in (lambda: one.events.remove_annotation(note.id),
                    lambda: one.events.change_annotation(note.id, "bob", text="x")):
        with pytest.raises(UnknownAnnotation):
            attempt()
    for wrong, words in (
            ((NOW, None, " ", "ann"), "needs a text"), ((NOW, NOW - 1, "x", "ann"), "end lies before start"),
            ((float("nan"), None, "x", "ann"), "are times"), ((NOW, None, "x" * 2_001, "ann"), "2,000")):
        with pytest.raises(ValueError, match=words):
            one.events.annotate(*wrong)


def test_nothing_is_known_where_there_is_no_database():
    events = HistoryStore(Settings(database_url="off"), Ring()).events
    with pytest.raises(HistoryUnavailable, match="Switched off"):
        events.alerts()
    with pytest.raises(HistoryUnavailable):
        events.annotate(NOW, None, "x", "ann")


def test_when_each_process_listened(process):
    """A span that goes on is written every ten seconds; one that has ended as it is known in the end."""
    one, other = process(), process()
    one.heard = [Heard(NOW - 100, NOW - 50)]
    one.step()
    one.heard = [Heard(NOW - 100, NOW - 45)]
    one.step()
    assert one.events.listened(NOW - 200, NOW) == [(NOW - 100, NOW - 50)]
    one.heard = [Heard(NOW - 100, NOW - 40)]
    one.step()
    assert one.events.listened(NOW - 200, NOW) == [(NOW - 100, NOW - 40)]
    one.heard = [Heard(NOW - 100, NOW - 42, "Redis went away"), Heard(NOW - 30, NOW - 29)]
    one.step()
    other.heard = [Heard(NOW - 60, NOW)]
    other.step()
    assert other.events.listened(NOW - 200, NOW) == [
        (NOW - 100, NOW - 42), (NOW - 60, NOW), (NOW - 30, NOW - 29)]
    assert other.events.listened(NOW - 41, NOW - 31) == [(NOW - 60, NOW)]


def test_what_the_database_refuses_is_left_out_counted_and_told(process):
    """A time beyond 64 bits is no possible value: what stands beside it is written all the same."""
    one = process()
    for key, at in (("s1", NOW - 20), ("s2", 1e15), ("s3", NOW - 10)):
        one.store.offer(SystemStatus(kind="system_status", key=key, source="pl", time=None, received=at, status=key,
                                     lifecycle="running"))
    one.sent += [SentCommand("CLEAR_CACHE", "ada", NOW - 5, "r1", 1), SentCommand("CLEAR_CACHE", "ada", 1e15, "r2", 1)]
    one.broken.append(Gap(-1e15, NOW - 50, "odd"))
    one.step()
    assert [event.document["status"] for event in one.events.said(NOW - 100, NOW)] == ["s1", "s3"]
    assert [command.request_id for command in one.events.commands(NOW - 100, NOW)] == ["r1"]
    status = one.store.status
    assert (status.state, status.dropped, sum(status.errors.values())) == ("ready", 3, 3)
    one.step()  # and not tried for ever
    assert one.store.status.dropped == 3
