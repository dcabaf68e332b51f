"""Each event goes to everybody once, whatever fails on the way; what is no event is counted and goes nowhere."""

from __future__ import annotations

import logging

import orjson
import pytest

from dashboard.events import HealthCheck, HealthReport, OtherEvent, Rejected, SystemStatus
from dashboard.feed.intake import HEALTH_SCORE, Intake, samples
from dashboard.named_numbers import NamedNumbers
from tests.unit.intake_world import BASE, World, metric


@pytest.fixture
def world():
    return World()


def test_an_event_goes_to_everybody_once(world):
    assert world.intake.accept(b"one", 1000.0) == "accepted"
    assert world.ring.rows == [("pl", 990.0, {"system.cpu_percent": 1.0})]
    assert len(world.board.events) == len(world.alerts.events) == 1
    assert world.record.lag_s == 10.0


def test_an_event_seen_again_changes_nothing(world):
    world.intake.accept(b"one", 1000.0)
    assert world.intake.accept(b"one", 1001.0, "http") == "duplicate"
    assert len(world.ring.rows) == len(world.board.events) == len(world.alerts.events) == 1
    assert (world.record.received, world.record.accepted, world.record.duplicates) == (2, 1, 1)


def test_what_is_heard_together_is_taken_in_in_order_and_once(world):
    world.events[b"bad"] = Rejected("not-json", "line 1", 1000.0, "pl")
    assert world.intake.accept_together([b"one", b"two", b"one", b"bad", b"three"]) == [
        "accepted", "accepted", "duplicate", "rejected:not-json", "accepted"]
    assert [event.key for event in world.board.events] == [event.key for event in world.alerts.events] == [
        "one", "two", "three"]
    assert len(world.ring.rows) == 3
    assert [message.text for message in world.record.raw] == ["one", "two", "one", "bad", "three"]
    assert (world.record.received, world.record.accepted, world.record.duplicates) == (5, 3, 1)


@pytest.mark.parametrize("broken", ["ring", "board", "alerts"])
def test_one_event_that_fails_among_many_costs_only_itself(world, broken):
    taken = []

    def take(events):
        for event in events:
            if event.key == "two":
                raise RuntimeError("handler")
            if event.key not in taken:
                taken.append(event.key)

    if broken == "ring":
        world.events |= {b"%d" % number: metric(key=str(number), number=number) for number in range(3)}
        world.ring.append_all = lambda source, samples: take([
            metric(key=("one", "two", "three")[int(values["number"])]) for _, values in samples])
        raws = [b"0", b"1", b"2"]
    else:
        raws = [b"one", b"two", b"three"]
        world.board.apply_all = take if broken == "board" else world.board.apply_all
        world.intake._appliers[1] = ("board", world.board.apply_all)
        if broken == "alerts":
            world.intake._takers[0] = ("alerts", lambda event: take([event]))
    assert world.intake.accept_together(raws) == ["accepted"] * 3
    assert taken == ["one", "three"]
    assert world.record.handler_errors == {broken: 1}


def test_a_failure_of_all_together_is_counted_though_each_by_itself_is_taken(world):
    def take(events):
        if len(events) > 1:
            raise RuntimeError("together")
        world.board.events += events

    world.intake._appliers[1] = ("board", take)
    assert world.intake.accept_together([b"one", b"two"]) == ["accepted"] * 2
    assert [event.key for event in world.board.events] == ["one", "two"]
    assert world.record.handler_errors == {"board": 1}


def test_the_memory_of_keys_is_bounded_and_forgets_the_oldest():
    world = World(keys_kept=3)
    for raw in (b"1", b"2", b"3", b"4"):
        world.intake.accept(raw, 1000.0)
    assert [world.intake.accept(raw, 1000.0) for raw in (b"4", b"3", b"2")] == ["duplicate"] * 3
    assert world.intake.accept(b"1", 1000.0) == "accepted"
    assert len(world.intake._known) == 3


def test_a_rejected_message_is_counted_by_reason_and_applied_to_nobody(world):
    world.events[b"bad"] = Rejected("not-json", "line 1", 1000.0, "pl")
    assert world.intake.accept(b"bad", 1000.0) == "rejected:not-json"
    assert world.intake.accept(b"bad", 1000.0) == "rejected:not-json"
    assert world.record.rejected == {"not-json": 2}
    assert world.board.events == []
    assert world.record.raw[0].source == "pl"


def test_an_unknown_kind_is_accepted_and_counted_by_name(world):
    world.events[b"new"] = OtherEvent(kind="novelty", key="n", **BASE)
    assert world.intake.accept(b"new", 1000.0) == "accepted"
    assert world.record.unknown == {"novelty": 1}
    assert world.ring.rows == []


@pytest.mark.parametrize("broken", ["ring", "board", "alerts"])
def test_a_failing_applier_is_counted_and_stops_nobody(world, broken, caplog):
    def fail(*_):
        raise RuntimeError("handler")

    {"ring": world.ring, "board": world.board, "alerts": world.alerts}[broken].error = RuntimeError("handler")
    world.ring.append_all = fail if broken == "ring" else world.ring.append_all
    with caplog.at_level(logging.ERROR):
        for number in range(3):
            assert world.intake.accept(b"%d" % number, 1000.0) == "accepted"
    assert world.record.handler_errors == {broken: 3}
    assert world.record.accepted == 3
    assert len(caplog.records) == 1
    assert [len(world.ring.rows), len(world.board.events), len(world.alerts.events)] == [
        0 if broken == name else 3 for name in ("ring", "board", "alerts")]


def test_a_failure_is_logged_again_after_a_while(world, caplog):
    world.board.error = RuntimeError("handler")
    for second in (0.0, 59.0, 61.0):
        world.now = second
        world.intake.accept(b"%f" % second, 1000.0)
    world.board.error = KeyError("another kind")
    world.intake.accept(b"more", 1000.0)
    assert len(caplog.records) == 3
    assert world.record.handler_errors == {"board": 4}


def test_an_event_whose_handler_failed_is_not_applied_again(world):
    world.board.error = RuntimeError("handler")
    world.intake.accept(b"one", 1000.0)
    world.board.error = None
    assert world.intake.accept(b"one", 1000.0) == "duplicate"
    assert world.board.events == []


def test_a_parser_that_raises_rejects_the_message(world):
    world.events[b"odd"] = ValueError("parser")
    assert world.intake.accept(b"odd", 1000.0) == "rejected:parser-error"
    assert world.record.handler_errors == {"parser": 1}
    assert world.record.received == 1


def test_without_alerts_and_without_a_time(world):
    intake = Intake(world.ring, world.board, None, world.record, lambda: 1234.0, parse=world.parse_together)
    assert intake.accept(b"one") == "accepted"
    assert world.record.last_message_at == 1234.0


def test_what_is_sampled():
    report = HealthReport(88.0, "good", None)
    assert samples(metric(a=1.0)) == {"a": 1.0}
    assert samples(metric(a=1.0, health=report)) == {"a": 1.0, HEALTH_SCORE: 88.0}
    assert samples(metric(a=1.0, health=HealthReport(None, "good", None))) == {"a": 1.0}
    assert samples(metric(a=1.0, health=HealthReport(0.0, "bad", None)))[HEALTH_SCORE] == 0.0
    assert samples(metric(**{HEALTH_SCORE: 7.0, "a": 1.0}, health=report)) == {"a": 1.0, HEALTH_SCORE: 88.0}
    check = {"kind": "health_check", "key": "k", "report": report, **BASE}
    assert samples(HealthCheck(**check)) == {HEALTH_SCORE: 88.0}
    one = NamedNumbers.of({"db.rate": 3.0})
    assert samples(HealthCheck(**check, metrics=one)) == {"db.rate": 3.0, HEALTH_SCORE: 88.0}
    assert samples(SystemStatus(kind="system_status", key="k", status="RUNNING", lifecycle="running", **BASE)) == {}


def test_sampling_leaves_the_event_alone():
    event = metric(a=1.0, health=HealthReport(88.0, None, None))
    samples(event)
    assert event.metrics == {"a": 1.0}


def test_new_locks_and_a_memory_that_was_cut_in_the_middle(world):
    world.intake.accept(b"one", 1000.0)
    world.intake._known._keys.add("half")  # the parent was between its two steps
    world.intake._lock.acquire()
    world.intake.reset_locks()
    assert world.intake.accept(b"half", 1000.0) == "accepted"
    assert world.intake.accept(b"one", 1000.0) == "duplicate"


def test_with_the_real_parser():
    world = World()
    intake = Intake(world.ring, world.board, world.alerts, world.record)
    raw = orjson.dumps({"event_type": "METRIC_UPDATE", "source": "pl", "timestamp": "2026-01-05T10:00:00Z",
                        "metrics": {"system": {"cpu_percent": 41.5}}, "health_score": {"overall": 88}})
    assert [intake.accept(raw), intake.accept(raw), intake.accept(b"{")] == [
        "accepted", "duplicate", "rejected:not-json"]
    assert world.ring.rows == [("pl", 1767607200.0, {"system.cpu_percent": 41.5, HEALTH_SCORE: 88.0})]
