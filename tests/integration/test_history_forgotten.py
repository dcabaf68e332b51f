"""A file of the history that lacks what was written to it: what memory has of it is written again, once."""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from dashboard.feed.coverage import Gap
from dashboard.history import schema
from dashboard.history.answers import DOWN
from dashboard.history.event_writer import Known
from dashboard.history.store import HistoryStore
from dashboard.settings import Settings
from tests.integration.history_process import NOW, Process

GAP = Gap(NOW - 100, NOW - 90, "lost connection")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "history.sqlite3"


def begun(file, rows=43_200):
    process = Process(f"sqlite:///{file}", rows=rows)
    process.store = HistoryStore(Settings(database_url=f"sqlite:///{file}"), process.ring, Known(gaps=lambda: [GAP]),
                                 clock=lambda: process.now)
    process.hear(NOW - 10, a=1.0)
    assert process.store.step()
    return process


@pytest.fixture
def one(file):
    process = begun(file)
    yield process
    process.store.database.close()


@contextmanager
def read_only(process):
    """The kernel has made the file system so: root may write to what is marked as read-only."""
    def refuse(connection, _):
        connection.execute("PRAGMA query_only = ON")

    process.store.database.close()
    event.listen(process.store.database._writer, "connect", refuse)
    yield
    event.remove(process.store.database._writer, "connect", refuse)


def is_whole(process, samples):
    assert process.store.step()
    assert process.stored() == process.stored(schema.buckets["1m"]) == samples
    with process.store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.gap)).scalar_one() == 1


def test_what_a_disk_in_trouble_has_forgotten(one, file):
    """The file is what was on the disk by the time at which it was made read-only."""
    one.store.database.close()
    on_disk = file.read_bytes()
    one.hear(NOW - 5, a=3.0)
    assert one.store.step()
    with read_only(one):
        one.hear(NOW - 4, a=4.0)
        assert not one.store.step()
        assert one.store.status.state == DOWN
    file.write_bytes(on_disk)
    is_whole(one, 3)


def test_what_went_into_a_file_that_was_there_in_between(one, file):
    """As below a mount point: the file that comes back knows nothing of it."""
    one.store.database.close()
    away = file.with_name("away")
    os.replace(file, away)
    one.hear(NOW - 5, a=3.0)
    is_whole(one, 2)
    one.store.database.close()
    os.replace(away, file)
    one.hear(NOW - 4, a=4.0)
    is_whole(one, 3)


def test_what_memory_has_no_more_by_then_is_counted(file):
    process = begun(file, rows=3)
    with read_only(process):
        for number in range(5):
            process.hear(NOW - 5 + number, a=float(number))
            assert not process.store.step()
    assert process.store.step()
    assert process.store.status.dropped == 2
    assert process.stored() == 4
    process.store.database.close()
