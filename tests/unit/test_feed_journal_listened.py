"""Who listened when, as the journal's thread tells others and is told: what is left of a gap, and when it is filled."""

from __future__ import annotations

import pytest
import redis

from dashboard.feed.coverage import Gap, Heard
from dashboard.feed.shared_journal import EVERYBODY
from tests.unit.journal_world import NOW, Paper, Process


@pytest.fixture
def paper():
    return Paper()


@pytest.fixture
def one(paper):
    return Process(paper)


@pytest.fixture
def other(paper):
    return Process(paper)


def test_who_listened_when_is_told_and_fills_the_gaps_of_others(paper, one, other):
    one.step()
    other.step()
    start = one.now
    one.record.lost(start, "killed")
    one.now = other.now = start + 10
    one.record.subscribed()
    other.hear("missed")
    other.step()
    assert one.record.gaps == (Gap(start, start + 10, "killed"),)
    one.step(3.0)
    assert one.taken[-1][0] == "missed"
    assert one.record.gaps == ()
    assert paper.heard[EVERYBODY][0] == Heard(NOW, NOW + 1.5)


def test_a_gap_is_not_filled_before_all_was_read(paper, one, other):
    one.step()
    other.step()
    one.record.lost(one.now, "killed")
    one.now += 10
    one.record.subscribed()
    other.now = one.now
    other.hear("missed")
    other.step()
    paper.keys_after = lambda place: (_ for _ in ()).throw(redis.ConnectionError("gone"))
    one.step()
    assert len(one.record.gaps) == 1
    del paper.keys_after
    one.step()
    assert one.record.gaps == () and one.taken


def test_spans_are_told_once_and_the_last_one_as_it_grows(paper, one):
    one.step()
    one.record.lost(one.now, "killed")
    one.now += 5
    one.record.subscribed()
    told = []
    paper.note = lambda spans: told.extend(spans[EVERYBODY])
    one.step()
    one.step()
    assert told == [Heard(NOW, NOW + 1.5, "killed"), Heard(NOW + 6.5, NOW + 8.0), Heard(NOW + 6.5, NOW + 9.5)]


def test_spans_are_asked_for_every_second_or_after_a_new_subscription(paper, one):
    one.step()
    paper.asked.clear()
    one.step(0.1)
    assert "spans" not in paper.asked and "note" not in paper.asked
    one.journal.catch_up()
    one.step(0.1)
    assert "spans" in paper.asked and "note" in paper.asked
    one.step(1.1)
    assert paper.asked.count("spans") == 2


def test_what_a_lost_redis_said_about_who_listened_is_not_forgotten(paper, one):
    paper.heard = {EVERYBODY: [Heard(50_000, 60_000, "killed")], "it": [Heard(1, 2)]}
    one.hear("a")
    one.step()
    paper.forget_all()
    one.step()
    one.step()
    assert Heard(50_000, 60_000, "killed") in paper.heard[EVERYBODY]
    assert paper.heard["it"] == [Heard(1, 2)]


def test_until_when_it_listened_is_told_at_the_end_too(paper, one):
    one.step()
    paper.asked.clear()
    one.now += 0.1
    one.journal._thread.stopping.set()
    one.journal._run()
    assert paper.asked.count("note") == 1
