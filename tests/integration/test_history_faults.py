"""A database that is locked, read-only, full, gone or not there yet: told, never fatal, and made good afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import threading

import pytest
from sqlalchemy import event

from dashboard.history import database as databases
from dashboard.history import schema
from dashboard.history.answers import DOWN, OPENING, READY, HistoryUnavailable
from dashboard.history.place import Place
from dashboard.history.upgrade import upgrade, version_of
from tests.forked import begin
from tests.integration.history_process import NOW, Process
from tests.servers import WAIT_LIMIT_S, PostgresServer, wait_for

WRITER = "tests.integration.hosts.history_writer"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "history.sqlite3"


@pytest.fixture
def one(file, monkeypatch):
    monkeypatch.setattr(databases, "BUSY_S", 0.05)
    process = Process(f"sqlite:///{file}")
    process.hear(NOW - 10, a=1.0)
    yield process
    process.store.database.close()


def check_down(process: Process, reason: str) -> None:
    """The store says why, the ring goes on, and what is asked is answered from it."""
    process.now += 1
    assert not process.store.step()
    status = process.store.status
    assert (status.state, status.reason) == (DOWN, reason)
    process.hear(process.now - 1, a=2.0)
    answer = process.series("a", process.now - 1, process.now)
    assert (answer.from_store, answer.lines["a"].mean.tolist()) == (False, [2.0])
    assert any(reason in note for note in answer.notes)
    with pytest.raises(HistoryUnavailable, match=re.escape(reason)):
        process.store.events.commands(NOW - 1, NOW)
    process.now += 5
    assert not process.store.step()
    assert process.store.status.since == status.since  # since when, however often it was tried
    assert process.store.status.behind_s >= 5


def check_up(process: Process, samples: int) -> None:
    assert process.store.step()
    assert process.store.status.state == READY
    assert process.store.status.behind_s == 0
    assert process.stored() == samples
    assert process.stored(schema.buckets["1m"]) == samples


def test_a_locked_file(one, file):
    assert one.store.step()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        one.hear(NOW - 5, a=3.0)
        check_down(one, "The file is locked by another program")
        other.execute("ROLLBACK")
    check_up(one, 3)


def test_a_file_that_cannot_be_written_to(one, file):
    assert one.store.step()
    one.hear(NOW - 5, a=3.0)

    def refuse(connection, _):
        connection.execute("PRAGMA query_only = ON")  # root may write to what is marked as read-only

    one.store.database.close()
    event.listen(one.store.database._writer, "connect", refuse)
    check_down(one, "The file cannot be written to")
    event.remove(one.store.database._writer, "connect", refuse)
    check_up(one, 3)


def test_a_full_disk(one):
    assert one.store.step()
    full = [True]

    def bound(connection, _):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages if full[0] else 2**30}")

    one.store.database.close()
    event.listen(one.store.database._writer, "connect", bound)
    for step in range(2_000):
        one.hear(NOW - 9 + step / 1_000, a=float(step))
    check_down(one, "The disk is full")
    full[0] = False
    check_up(one, 2_002)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    process = Process(f"sqlite:///{tmp_path}/file/folder/history.sqlite3")
    process.hear(NOW - 10, a=1.0)
    check_down(process, "The folder cannot be used (Not a directory)")
    (tmp_path / "file").unlink()
    check_up(process, 2)
    process.store.database.close()


@pytest.mark.parametrize(("content", "reason"), [
    (b"this is no database at all, and long enough to be read as one" * 20, "The file is no SQLite database")])
def test_a_file_that_is_something_else(file, content, reason):
    file.write_bytes(content)
    process = Process(f"sqlite:///{file}")
    process.hear(NOW - 10, a=1.0)
    check_down(process, reason)
    assert file.read_bytes() == content
    process.store.database.close()


def test_a_file_that_is_taken_away_is_made_anew_with_all_that_is_known(one, file):
    assert one.store.step()
    for path in file.parent.glob("history.sqlite3*"):
        path.unlink()
    one.hear(NOW - 5, a=3.0)
    check_up(one, 2)


def test_a_database_of_a_later_version_is_left_alone(one, file):
    assert one.store.step()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")
    one.store._lost(OSError())
    check_down(one, "The database was made by a later version of the console")


def test_a_start_never_waits_for_the_database(file):
    process = Process("postgresql://nobody:secret@192.0.2.1/none")  # an address that never answers
    process.store.start()
    try:
        process.hear(NOW - 1, a=1.0)
        # Where its network says at once that there is no way, it is down at once.
        assert process.store.status.state in ("opening", "down")
        assert "secret" not in repr(process.store.status) + repr(process.store.database.place)
    finally:
        process.store.stop(0.0)


@pytest.fixture(scope="module")
def own_server():
    """A PostgreSQL that is stopped and started again."""
    server = PostgresServer()
    yield server
    server.close()


def test_a_server_that_is_gone_and_comes_back(own_server):
    process = Process(own_server.new_database())
    process.hear(NOW - 10, a=1.0)
    assert process.store.step()
    own_server.stop()
    process.hear(NOW - 5, a=3.0)
    check_down(process, process_reason(process))
    own_server.start()
    check_up(process, 3)
    process.store.database.close()


def process_reason(process: Process) -> str:
    """Which words it is depends on what the server still said when it went."""
    assert not process.store.step()
    reason = process.store.status.reason
    assert reason in ("The database is not running", "The database is shutting down")
    return reason if not process.store.step() and process.store.status.reason == reason else process.store.status.reason


def test_a_database_that_was_not_there_at_the_start_fills_the_ring_later(own_server):
    url = own_server.new_database()
    before = Process(url)
    before.hear(NOW - 10, a=1.0)
    assert before.store.step()
    own_server.stop()
    after = Process(url)
    after.hear(NOW - 5, a=2.0)
    assert not after.store.step()
    own_server.start()
    assert after.store.step()
    assert after.ring.window("pl").columns["a"].tolist() == [1.0, 2.0]
    for each in (before, after):
        each.store.database.close()


def test_a_wrong_password_is_said_without_it():
    place = Place("postgresql", url="postgresql+psycopg://u:hunter2@127.0.0.1:1/none")
    with pytest.raises(databases.TROUBLE) as error, databases.Database(place).reading():
        pass
    assert databases.plain_words(error.value) == "The database is not running, or refuses connections"
    assert "hunter2" not in place.words + repr(place)


def test_many_processes_start_at_once(database_url):
    """All bring the database to its tables; one does it, none fails."""
    processes = [begin(WRITER, database_url, variables={}, piped=True) for _ in range(4)]
    for each in processes:
        each.stdin.write("now\n")
        each.stdin.close()
    assert [each.stdout.read().strip() for each in processes] == ["True"] * 4
    for each in processes:
        each.stdout.close()
        assert each.wait(100) == 0
    after = Process(database_url)
    with after.store.database.reading() as connection:
        assert version_of(connection) == schema.VERSION
    assert after.stored() == 1
    assert not upgrade(after.store.database)
    after.store.database.close()


def test_killed_while_writing_nothing_is_corrupt(file):
    """A process that writes as fast as it can is killed, several times; another one has heard the same."""
    written = 0
    for _ in range(3):
        child = begin(WRITER, f"sqlite:///{file}", str(written), variables={}, piped=True)
        for _ in range(5):
            written = int(child.stdout.readline())
        child.kill()
        assert child.wait(100) == -signal.SIGKILL
        with child.stdin, child.stdout:
            rest = child.stdout.read().splitlines()
        written = int(rest[-1]) if rest and rest[-1].isdigit() else written
    other = Process(f"sqlite:///{file}")
    assert other.store.step()
    with other.store.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    known = other.stored()
    assert known >= 2 * (written + 1)  # all that a step had said to be written
    for number in range(written + 100):
        other.hear(NOW - 100_000 + number * 0.5, a=float(number), b=1.0)
    assert other.store.step()
    assert other.stored() == other.stored(schema.buckets["1h"]) == 2 * (written + 100)
    other.store.database.close()


def test_the_thread_writes_and_ends(file):
    process = Process(f"sqlite:///{file}")
    process.store.start()
    process.store.start()
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("monitoring-history") == 1
    wait_for(lambda: process.store.status.state == READY, what="the history")
    process.hear(NOW - 1, a=1.0)
    assert process.store.stop(10)
    assert process.stored() == 1  # what was left is written at the end
    assert "monitoring-history" not in [thread.name for thread in threading.enumerate()]
    process.store.start()
    assert process.store.stop(10)


def test_the_thread_lets_what_is_urgent_go_first(file):
    process, urgent = Process(f"sqlite:///{file}"), threading.Event()
    process.hear(NOW - 1, a=1.0)
    process.store.start(after=lambda: urgent.wait(WAIT_LIMIT_S))
    assert process.store.status.state == OPENING
    assert not file.exists()
    urgent.set()
    wait_for(lambda: process.store.status.state == READY, what="the history")
    assert process.store.stop(10)
    assert process.stored() == 1


def test_a_forked_child_has_connections_of_its_own(file):
    process = Process(f"sqlite:///{file}")
    process.hear(NOW - 10, a=1.0)
    assert process.store.step()
    child = os.fork()
    if child == 0:
        process.store.reset_after_fork()
        process.hear(NOW - 5, a=2.0)
        os._exit(0 if process.store.step() and process.stored() == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
    process.hear(NOW - 4, a=3.0)
    assert process.store.step()
    assert process.stored() == 3
    process.store.database.close()
