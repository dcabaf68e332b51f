"""What happened is there to be shown again: alerts with their timelines, commands, gaps, annotations, a past moment."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select, update

from dashboard.alerts import lifecycle
from dashboard.alerts.alert import STATES
from dashboard.alerts.past import Wanted
from dashboard.commands import SentCommand
from dashboard.events import AlertTriggered, CommandResult, Component, HealthCheck, HealthReport, SystemStatus
from dashboard.feed.coverage import Gap, Heard
from dashboard.history import schema
from dashboard.history.answers import (
    HistoryUnavailable,
    PastCommand,
    PastGap,
    UnknownAnnotation,
    UnknownSource,
)
from dashboard.history.closed import ClosedInArchive
from dashboard.history.event_writer import HEALTH, Known
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from tests.alert_events import resolution, trigger
from tests.hostile import LINES, STATEMENTS

NOW = 1_760_000_000.0


class Alerts:
    """Documents of the lifecycle, as the store of alerts would hold them."""

    def __init__(self) -> None:
        self.documents: dict[str, lifecycle.Document] = {}

    def take(self, event) -> None:
        document = lifecycle.document_for(event)
        document = self.documents.get(document.identity, document)
        change = lifecycle.triggered if isinstance(event, AlertTriggered) else lifecycle.resolved
        self.documents[document.identity] = change(document, event)

    def all(self):
        return tuple(alert for document in self.documents.values() for alert in lifecycle.alerts_of(document))


class Process:
    def __init__(self, url: str, alerts: Alerts | None = None, **settings):
        self.alerts, self.sent, self.broken, self.heard = alerts or Alerts(), [], [], []
        self.now, self.has_lost, self.taken = NOW, False, []
        known = Known(alerts=self.alerts.all, alerts_revision=lambda: repr(self.alerts.all()),
                      may_lack_alerts=lambda: self.has_lost, alerts_wanted=lambda: self.has_lost,
                      take_up=self.taken.append, commands=lambda: self.sent, gaps=lambda: self.broken,
                      listened=lambda: self.heard)
        self.store = HistoryStore(Settings(database_url=url, **settings), Ring(), known, clock=lambda: self.now)
        self.events = self.store.events

    def step(self) -> None:
        assert self.store.step(), self.store.status


@pytest.fixture
def process(database_url):
    made = []

    def make(*arguments, **more) -> Process:
        made.append(Process(database_url, *arguments, **more))
        return made[-1]

    yield make
    for each in made:
        each.store.database.close()


def test_an_alert_is_kept_with_its_timeline(process):
    one = process()
    one.alerts.take(trigger("disk", at=NOW - 100, level="WARNING", component="db", message="50 % slow"))
    one.step()
    one.alerts.take(trigger("disk", at=NOW - 50, level="CRITICAL", component="db", message="50 % slow"))
    one.alerts.take(resolution("disk", at=NOW - 10))
    one.step()
    alert, = one.alerts.all()
    page = one.events.alerts()
    assert (page.total, page.alerts) == (1, (alert,))
    assert [entry.action for entry in page.alerts[0].timeline] == ["fired", "severity", "resolve"]
    assert one.events.alert(alert.key) == alert
    assert one.events.alert("nobody") is None


def test_processes_agree_whoever_writes_last(process):
    """One has heard less: what it writes later does not take anything back."""
    more, less = process(), process()
    for each in (more, less):
        each.alerts.take(trigger("disk", at=NOW - 100))
    more.alerts.take(resolution("disk", at=NOW - 10))
    more.step()
    less.step()
    assert [alert.state for alert in less.events.alerts().alerts] == ["resolved"]
    assert less.events.alerts(states=["active"]).total == 0


def test_an_alert_whose_key_comes_again_leaves_the_earlier_one_in_place(process):
    """Once nobody remembers it, the next alert of the identity is its first again, and has the first one's key."""
    before, after = process(), process()
    before.alerts.take(trigger("disk", at=NOW - 1_000, message="in summer"))
    before.alerts.take(trigger("disk", at=NOW - 990, message="in summer"))
    before.alerts.take(resolution("disk", at=NOW - 900))
    before.step()
    (earlier,) = before.alerts.all()
    after.alerts.take(trigger("disk", at=NOW - 100, message="in autumn"))
    after.step()
    after.step()
    assert [alert.message for alert in after.events.alerts(states=["active"]).alerts] == ["in autumn"]
    (kept,) = after.events.alerts().alerts
    assert kept == dataclasses.replace(earlier, key=f"{earlier.key}-{int((NOW - 1_000) * 1e6)}")
    assert after.events.alert(kept.key) == kept and after.events.alert(earlier.key).message == "in autumn"
    after.alerts.take(resolution("disk", at=NOW - 50))
    process(after.alerts).step()
    before.store._event_writer.restart()  # who wakes up after a long time, and knows nothing of what has followed
    before.step()
    assert [alert.message for alert in after.events.alerts().alerts] == ["in autumn", "in summer"]
    assert after.events.find("disk")[0].message == "in autumn"


def test_a_later_alert_that_looks_like_the_forgotten_one_is_written_all_the_same(process):
    """By the process that had written that one: as often, and as much done to it."""
    one = process()
    for at, message in ((NOW - 1_000, "in summer"), (NOW - 500, "in autumn")):
        one.alerts.documents.clear()
        one.alerts.take(trigger("disk", at=at, message=message))
        one.alerts.take(resolution("disk", at=at + 10))
        one.step()
    assert [alert.message for alert in one.events.alerts().alerts] == ["in autumn", "in summer"]


@pytest.mark.parametrize("document", ["no JSON", '{"version": 9}', '{"version": 2, "alert": []}'])
def test_one_that_cannot_be_read_makes_room_as_it_is(process, document):
    """Of a later version, say: it takes nothing else with it."""
    one = process()
    one.alerts.take(trigger("disk", at=NOW - 1_000))
    one.alerts.take(resolution("disk", at=NOW - 900))
    one.step()
    with one.store.database.writing() as connection:
        connection.execute(update(schema.alert).values(document=document))
    one.alerts.documents.clear()
    one.alerts.take(trigger("disk", at=NOW - 100))
    one.step()
    with one.store.database.reading() as connection:
        rows = connection.execute(select(schema.alert.c.document).order_by(schema.alert.c.first_us)).scalars().all()
    assert rows[0] == document and len(rows) == 2


def test_an_older_state_of_the_earlier_one_does_not_take_the_place_of_the_later(process):
    """From a file that was written while it was open, say."""
    older, one = process(), process()
    for step in range(4):
        older.alerts.take(trigger("disk", at=NOW - 1_000 + step, message="in summer"))
        one.alerts.take(trigger("disk", at=NOW - 1_000 + step, message="in summer"))
    one.alerts.take(resolution("disk", at=NOW - 900))
    one.step()
    one.alerts.documents.clear()
    one.alerts.take(trigger("disk", at=NOW - 100, message="in autumn"))
    one.step()
    older.step()
    assert [(alert.message, alert.state) for alert in one.events.alerts(states=STATES).alerts] == [
        ("in autumn", "active"), ("in summer", "resolved")]


def test_clocks_that_do_not_agree_make_no_second_alert_of_one(process):
    """A person resolved it by a clock that is behind: that is before it began."""
    one, other = process(), process()
    one.alerts.take(trigger("disk", at=NOW))
    document, = one.alerts.documents.values()
    over = lifecycle.resolve(document, one.alerts.all()[0].key, "anna", NOW - 120)
    one.alerts.documents[over.identity] = other.alerts.documents[over.identity] = over
    one.step()
    other.step()
    assert one.events.alerts(states=STATES).total == 1


def test_open_alerts_are_handed_back_where_they_are_lost_and_nothing_is_written_over_them(process, monkeypatch):
    before, after = process(), process()
    for name in ("disk", "over"):
        before.alerts.take(trigger(name, at=NOW - 500, level="ERROR"))
        before.alerts.take(trigger(name, at=NOW - 499, level="INFO"))
    before.alerts.take(resolution("over", at=NOW - 100))
    before.step()
    after.has_lost = True
    for step in range(3):
        after.alerts.take(trigger("disk", at=NOW - 10 + step, message="nobody knows that there was one"))
    after.step()
    (disk,) = [alert for alert in before.alerts.all() if alert.is_open]
    assert after.taken == [[disk]] and after.events.alert(disk.key) == disk
    before.alerts.take(trigger("worse", at=NOW - 600, level="CRITICAL"))
    before.step()
    monkeypatch.setattr("dashboard.history.alert_rows.OPEN_AT_MOST", 1)
    after.step()
    assert [alert.id for alert in after.taken[-1]] == ["worse"]


def test_an_alert_of_which_processes_know_different_parts_is_one(process):
    """The end of it comes late to one: what began within a minute of it is no other alert of the same key."""
    one, other = process(), process()
    one.alerts.take(trigger("disk", at=NOW - 100))
    one.alerts.take(resolution("disk", at=NOW - 50))
    one.step()
    other.alerts.take(trigger("disk", at=NOW - 5))
    other.step()
    assert [(alert.key, alert.state) for alert in one.events.alerts(states=STATES).alerts] == [
        (one.alerts.all()[0].key, "resolved")]


@pytest.fixture
def archive(process):
    one = process()
    for number in range(10):
        start = NOW - 1_000 + number * 100
        one.alerts.take(trigger(f"a{number}", at=start, level="ERROR" if number % 2 else "INFO",
                                  source="pl" if number < 5 else "other", message=f"message {number} of 100%_"))
        if number < 8:
            one.alerts.take(resolution(f"a{number}", at=start + 50, source="pl" if number < 5 else "other"))
    one.step()
    return one.events


def ids(page) -> list[str]:
    return [alert.id for alert in page.alerts]


def test_alerts_are_found_by_time_level_source_and_text(archive):
    assert ids(archive.alerts()) == [f"a{number}" for number in range(7, -1, -1)]
    assert ids(archive.alerts(start=NOW - 500, end=NOW - 400)) == ["a6", "a5"]
    assert ids(archive.alerts(start=NOW - 540, end=NOW - 500)) == ["a5"]
    assert ids(archive.alerts(levels=["ERR"])) == ["a7", "a5", "a3", "a1"]
    assert ids(archive.alerts(source="other")) == ["a7", "a6", "a5"]
    assert ids(archive.alerts(text="MESSAGE 3")) == ["a3"]
    assert ids(archive.alerts(text="3 error")) == []
    assert ids(archive.alerts(text="%_")) == [f"a{number}" for number in range(7, -1, -1)]
    assert ids(archive.alerts(text="0_")) == []
    assert ids(archive.alerts(states=["active"])) == ["a9", "a8"]
    assert ids(archive.alerts(states=["nonsense"])) == []
    page = archive.alerts(limit=3, offset=6)
    assert (ids(page), page.total) == (["a1", "a0"], 8)


@pytest.mark.parametrize("alert_id", ["a\0b", "a\ufffeb", "x" * 10_000, "<b>'\"/"])
def test_an_alert_is_found_by_whatever_id_its_producer_gave_it(process, alert_id):
    one = process()
    one.alerts.take(trigger(alert_id, at=NOW - 100, source="p\0l"))
    one.alerts.take(resolution(alert_id, at=NOW - 10, source="p\0l"))
    one.step()
    kept, = one.alerts.all()
    for found in (one.events.find(kept.id), one.events.find(kept.key), one.events.find(kept.id, "p\0l"),
                  one.events.alerts(source="p\0l", text=kept.id[:5]).alerts):
        assert [alert.key for alert in found] == [kept.key]
    for other in (kept.id.replace("\0", "?") + "?", "x" * 9_999, "no\0such"):
        assert one.events.find(other) == []
    assert [span.key for span in one.events.alert_spans(NOW - 200, NOW, source="p\0l")] == [kept.key]


def test_a_text_is_looked_for_as_it_is_whatever_it_means_to_a_database(process, archive):
    everything = archive.alerts().total
    for text in (*STATEMENTS, *LINES):
        assert ids(archive.alerts(source=text)) == [] and ids(archive.alerts(levels=[text])) == []
        found = archive.alerts(text=text)
        assert all(word in " ".join((one.id, one.source, one.component, one.message)).lower()
                   for one in found.alerts for word in text.replace("\0", "?").lower().split()), text
        assert archive.find(text) == [] and archive.find(text, text) == [] and archive.alert(text) is None
        assert archive.alert_spans(0, NOW, text) == [] and archive.said(0, NOW, source=text) == []
        for wanted in (Wanted(levels=(text,)), Wanted(source=text)):
            assert list(ClosedInArchive(archive).each(wanted)) == []
        with pytest.raises(UnknownAnnotation):
            archive.change_annotation(text, text=text)
        with pytest.raises(UnknownAnnotation):
            archive.remove_annotation(text)
        archive.annotate(NOW - 1, None, f"{text}.", text, text)
        assert f"{text}.".replace("\0", "?").strip() in [
            note.text for note in archive.annotations(NOW - 5, NOW, text)]
        with pytest.raises(UnknownSource):
            process().store.metrics.series(text, [text], NOW - 60, NOW, 10)
    assert archive.alerts().total == everything


def test_spans_of_alerts_open_ones_too(archive):
    spans = archive.alert_spans(NOW - 260, NOW)
    assert [(span.id, span.start, span.end, span.state) for span in spans] == [
        ("a7", NOW - 300, NOW - 250, "resolved"), ("a8", NOW - 200, None, "active"), ("a9", NOW - 100, None, "active")]
    assert archive.alert_spans(NOW - 5_000, NOW - 2_000) == []
    assert [span.id for span in archive.alert_spans(NOW - 5_000, NOW, source="pl", limit=2)] == ["a3", "a4"]


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
    changed = one.events.change_annotation(note.id, text="deployed 4.3", end=NOW - 99)
    assert (changed.text, changed.start, changed.end, changed.by) == ("deployed 4.3", NOW - 100, NOW - 99, "ann")
    assert one.events.change_annotation(note.id, end=None).end is None
    one.events.remove_annotation(note.id)
    assert one.events.annotations(NOW - 200, NOW) == [span]
    for attempt in (lambda: one.events.remove_annotation(note.id),
                    lambda: one.events.change_annotation(note.id, text="x")):
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
