"""The journal's thread, step by step, with a Redis of paper: what it writes, reads, and says where it cannot."""

from __future__ import annotations

import logging
import threading

import pytest
import redis

from dashboard import own_thread
from dashboard.feed.journal import MAY_WAIT_S
from dashboard.feed.journal_status import AWAY, CONNECTED, MISTAKE, NOT_YET, OFF, no_journal
from dashboard.feed.packed import Entry
from dashboard.feed.shared_journal import BEGINNING, State, before
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


def test_what_is_heard_is_written_once_and_told_to_others(paper, one, other):
    one.hear("a", "b")
    other.hear("b", "c")
    assert one.step() and other.step() and one.step()
    assert [entry.key for entry in paper.entries] == ["a", "b", "c"]
    assert (one.taken, other.taken) == ([("c", NOW)], [("a", NOW)])
    assert one.journal.status.waiting == other.journal.status.waiting == 0
    assert (one.journal.status.recorded, other.journal.status.recorded) == (2, 1)
    assert (one.journal.status.events, one.journal.status.state) == (3, CONNECTED)


def test_alone_it_reads_nothing_of_what_it_wrote(paper, one):
    one.step()
    one.hear("a")
    one.step()
    paper.asked.clear()
    one.hear("b")
    one.step()
    one.step()
    assert "entries" not in paper.asked
    assert one.journal._place == paper.state.last


def test_at_first_everything_is_read_whole_and_later_only_what_is_unknown(paper, one):
    paper.record([Entry(f"{number}", 1.0 * number, b"%d" % number) for number in range(5)])
    paper.portion = 2
    one.step()
    assert [key for key, _ in one.taken] == ["0", "1", "2", "3", "4"]
    assert paper.asked.count("entries") == 3 and "keys" not in paper.asked
    paper.asked.clear()
    one.hear("mine")
    paper.record([Entry("mine", 1.0, b"mine")])
    one.step()
    assert "entries" not in paper.asked  # the key was enough
    assert paper.asked.count("record") == 1  # and nothing was left to be written


def test_a_redis_that_is_away_is_told_and_everything_is_written_when_it_is_back(paper, one, caplog):
    assert one.journal.status.state == AWAY and one.journal.status.reason == NOT_YET
    one.step()
    paper.error = redis.ConnectionError("refused")
    one.hear("a")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert not one.step()
    status = one.journal.status
    assert (status.state, status.reason, status.waiting) == (AWAY, "The connection to Redis failed", 1)
    assert status.since == NOW + 3.0
    assert [record.getMessage() for record in caplog.records] == ["Nothing is recorded: The connection to Redis failed"]
    paper.error = None
    assert one.step()
    assert [entry.key for entry in paper.entries] == ["a"]
    assert one.journal.status.reason is None


def test_a_journal_that_is_gone_is_written_again_by_whoever_knows_it(paper, one, other):
    one.hear("a", "b")
    one.step()
    other.step()
    other.hear("c")
    other.step()
    one.step()
    paper.forget_all()
    one.step()
    assert [entry.key for entry in paper.entries] == ["a", "b", "c"]
    other.step()
    other.step()
    assert [entry.key for entry in paper.entries] == ["a", "b", "c"]
    assert len(one.taken) == 1 and len(other.taken) == 2  # nothing is applied anew
    assert one.journal._place == other.journal._place == paper.state.last


def test_a_new_journal_of_others_is_read_and_completed(paper, one, other):
    one.hear("a")
    one.step()
    paper.forget_all()
    other.hear("b")
    other.step()
    assert paper.epoch == "epoch 2"
    one.step()
    one.step()
    assert sorted(entry.key for entry in paper.entries) == ["a", "b"]
    assert one.taken[-1][0] == "b"


def test_the_newest_entries_gone_with_a_server_are_written_again(paper, one):
    one.hear("a", "b", "c")
    one.step()
    del paper.entries[1:]  # a replica that had not got them yet took over
    one.step()
    assert [entry.key for entry in paper.entries] == ["a", "b", "c"]


def test_a_stream_that_is_gone_alone_is_noticed_once(paper, one):
    one.hear("a")
    one.step()
    gone = State(paper.epoch, paper.state.last, 0, 1)
    assert one.journal._lost(gone)
    assert one.journal._again and one.journal._place == BEGINNING
    assert not one.journal._lost(gone)


def test_too_much_to_wait_is_written_from_the_chronicle(paper, one, monkeypatch):
    monkeypatch.setattr("dashboard.feed.offered.WAITING_MOST", 3)
    one.step()
    paper.error = redis.ConnectionError("refused")
    for start in range(0, 8, 2):
        one.hear(f"{start}", f"{start + 1}")
        one.step()
    assert one.journal.status.waiting <= 3
    paper.error = None
    one.step()
    assert sorted(entry.key for entry in paper.entries) == [f"{number}" for number in range(8)]


def test_what_comes_faster_than_it_is_written_has_place_while_not_too_many_wait(paper, one, monkeypatch):
    monkeypatch.setattr("dashboard.feed.journal.BATCH_EVENTS", 2)
    monkeypatch.setattr("dashboard.feed.offered.EVENTS_MOST", 4)
    monkeypatch.setattr("dashboard.feed.offered.WAITING_MOST", 20)
    numbers, record = iter(range(1_000)), paper.record

    def recording(entries):
        one.hear(*(f"{next(numbers)}" for _ in range(3)))  # three for two that are written
        return record(entries)

    one.step()
    monkeypatch.setattr(paper, "record", recording)
    one.hear("a", "b", "c", "d")
    for _ in range(3):
        one.step()
    assert one.journal.status.unrecorded == 0 and one.journal.status.waiting > 4
    for _ in range(20):  # for good: then some are lost, are counted, and what others wrote is read all the same
        one.step()
    assert one.journal.status.unrecorded > 0 and one.journal.status.waiting <= 20 + 4
    monkeypatch.setattr(paper, "record", record)
    one.step()
    one.step()
    assert one.journal.status.waiting == 0
    assert len(paper.entries) == 4 + next(numbers) - one.journal.status.unrecorded


def test_answers_go_first_before_something_is_written(paper, one):
    one.hear("a")
    one.step()
    assert one.ways == []  # an answer of a process that has just begun waits for what this reads
    one.step()
    assert one.ways == []  # and nobody is slowed down by what has nothing to do
    one.hear("b", "c")
    one.step()
    assert one.ways == [MAY_WAIT_S]
    one.hear("d")
    one.journal.end()
    one.step()
    assert one.ways == [MAY_WAIT_S] and len(paper.entries) == 4


def test_an_interrupted_second_writing_is_begun_again(paper, one):
    one.hear("a", "b")
    one.step()
    paper.forget_all()
    missing, paper.missing = paper.missing, lambda keys: (_ for _ in ()).throw(redis.ConnectionError("gone"))
    assert not one.step()
    paper.missing = missing
    assert one.step()
    assert len(paper.entries) == 2


def test_a_mistake_of_our_own_is_told_and_ends_nothing(paper, one, caplog):
    paper.error = ZeroDivisionError("a bug")
    for _ in range(3):
        assert not one.step()
    assert one.journal.errors == {"ZeroDivisionError": 3}
    assert one.journal.status.reason == MISTAKE
    assert len([record for record in caplog.records if record.exc_info]) == 1
    paper.error = None
    assert one.step()


def test_switched_off_it_does_nothing(paper):
    process = Process(paper, journal=False)
    process.journal.start()
    assert not process.journal._thread.runs_here
    assert process.journal.status.state == OFF and process.journal.status.word is None
    assert process.journal.stop()


def test_the_thread_starts_and_stops_and_writes_what_it_can_at_the_end(paper, one):
    one.journal.start()
    thread = one.journal._thread.ident
    one.journal.start()
    assert [each.ident for each in threading.enumerate() if each.name == "monitoring-journal"] == [thread]
    for _ in range(500):
        if one.journal.status.state == CONNECTED:
            break
        threading.Event().wait(0.01)
    one.hear("a")
    assert one.journal.stop(5.0)
    assert one.journal.stop()
    assert [entry.key for entry in paper.entries] == ["a"]
    assert paper.asked[-1] == "close"


def test_a_child_leaves_to_its_parent_what_waits_and_starts_nothing(paper, one):
    one.step()
    one.hear("parents")
    lock = one.journal._stepping
    lock.acquire()
    one.journal.reset_after_fork()
    assert one.journal.status.waiting == 0 and one.journal.status.state == AWAY
    assert one.step()
    assert paper.entries == []
    assert not one.journal._thread.runs_here and one.journal.stop()  # the thread is the parent's


def test_a_process_that_only_watches_writes_nothing(paper, one, monkeypatch):
    monkeypatch.setattr(own_thread, "only_watches", lambda: True)
    one.hear("a")
    one.journal._run()
    assert paper.asked == []


@pytest.mark.parametrize(("error", "words"), [
    (redis.exceptions.OutOfMemoryError("command not allowed"), "Redis has no memory left"),
    (redis.ReadOnlyError("You can't write"), "This Redis is a replica and takes no writes"),
    (redis.exceptions.NoPermissionError("no permissions"), "Redis does not allow this user to keep the journal"),
    (redis.ResponseError("MISCONF Redis is configured"), "Redis cannot save its data and takes no writes"),
    (redis.ResponseError("NOREPLICAS Not enough good"), "Redis has not enough replicas to take writes"),
    (redis.ResponseError("WRONGTYPE Operation"), "Something else is stored in Redis under the name of the journal"),
    (redis.ResponseError("BUSY Redis is busy"), "Redis is busy with a script"),
    (redis.TimeoutError("Timeout"), "Redis did not answer in time"),
])
def test_why_it_cannot_be_used_is_told_in_plain_words(error, words):
    assert no_journal(error) == words


def test_places_are_compared_as_numbers():
    assert before("9-0", "10-0") and before("9-2", "9-10")
    assert not before("9-0", "9-0") and not before("10-0", "9-5")
