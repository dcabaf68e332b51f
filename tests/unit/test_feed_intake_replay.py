"""What the journal tells is taken in once, with its time and counted apart; and what is accepted goes to it."""

from __future__ import annotations

import pytest

from dashboard.events import Rejected
from dashboard.feed.intake import Intake
from dashboard.feed.record import FeedRecord
from tests.unit.intake_world import Ring, Taker, World, replay


@pytest.fixture
def world():
    return World()


def test_what_is_accepted_goes_to_the_journal_and_nothing_else(world):
    recorded = []
    world.intake.record_in_journal = recorded.extend
    world.events[b"bad"] = Rejected("not-json", "line 1", 1000.0, "pl")
    for raw, via in ((b"one", "redis"), (b"one", "redis"), (b"bad", "redis"), (b"two", "http")):
        world.intake.accept(raw, 1000.0, via)
    replay(world.intake, b"three", 900.0)
    assert recorded == [("one", 1000.0, b"one"), ("two", 1000.0, b"two")]


def test_what_the_journal_tells_is_applied_once_with_its_time_and_counted_apart(world):
    world.parse_received = []
    parse = world.parse
    world.parse = lambda raw, received: world.parse_received.append(received) or parse(raw, received)
    assert not world.intake.knows("one")
    assert [replay(world.intake, b"one", 700.0), replay(world.intake, b"one", 700.0)] == ["filled", "known"]
    for raw, received in ((b"ahead", 2000.0), (b"none", float("nan")), (b"before", -1e300)):
        assert replay(world.intake, raw, received) == "filled"
    assert world.parse_received == [700.0, 700.0, 1000.0, 1000.0, 1000.0]
    assert world.intake.knows("one")
    assert len(world.ring.rows) == len(world.board.events) == len(world.alerts.events) == 4
    seen = world.record.snapshot()
    assert (seen.received, seen.accepted, seen.duplicates, seen.filled, seen.echoes) == (0, 0, 0, 4, 0)
    assert [(message.via, message.outcome) for message in world.record.raw] == [("journal", "filled")] * 4


def test_the_copy_of_what_the_journal_told_is_an_echo_and_a_second_one_a_duplicate(world):
    replay(world.intake, b"one", 1000.0)
    replay(world.intake, b"long ago", 900.0)
    assert [world.intake.accept(b"one", 1001.0) for _ in range(2)] == ["echo", "duplicate"]
    assert world.intake.accept(b"long ago", 1001.0) == "duplicate"
    replay(world.intake, b"two", 1000.0)
    assert world.intake.accept(b"two", 1000.0, "http") == "duplicate"
    seen = world.record.snapshot()
    assert (seen.received, seen.duplicates, seen.echoes) == (3, 3, 1)


def test_what_the_journal_tells_and_nobody_can_read_changes_nothing(world):
    world.events[b"bad"] = Rejected("not-json", "line 1", 1000.0, "pl")
    assert replay(world.intake, b"bad", 1000.0) == "rejected:not-json"
    assert (world.record.received, world.record.filled, world.record.raw) == (0, 0, ())


def test_a_message_without_id_and_time_is_the_same_within_the_second_and_the_next():
    intake = Intake(Ring(), Taker(), Taker(), FeedRecord())
    raw = b'{"event_type": "SYSTEM_STATUS", "status": "RUNNING"}'
    outcomes = [intake.accept(raw, received) for received in (1000.0, 1000.9, 1001.5, 1002.0, 1003.9, 1010.0)]
    assert outcomes == ["accepted", "duplicate", "duplicate", "accepted", "duplicate", "accepted"]
    assert replay(intake, raw, 1011.2) == "known"
    assert replay(intake, raw, 1012.2) == "filled"
    assert intake.accept(raw, 1013.2) == "echo"
