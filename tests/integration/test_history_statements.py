"""Rows by their times, and buckets of a source that turns out to be fast, on real databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from sqlalchemy import bindparam, event, null, select

from dashboard.history import inventory, schema
from dashboard.history.answers import Line
from dashboard.history.backlog import Backlog
from dashboard.history.cells import SAMPLE, unpack
from dashboard.history.partitions import Partitions
from dashboard.history.samples import rows_at_once
from dashboard.history.statements import (
    FEW,
    ROWS_AS_ONE,
    SHORT_ROWS_AS_ONE,
    all_rows,
    cells_at,
    cells_between,
    first_rows,
    unpacked_between,
    upsert_cells,
)
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.named_numbers import NamedNumbers
from dashboard.settings import Settings
from tests.integration.conftest import NOW


@pytest.mark.parametrize("wanted", [
    pytest.param([], id="none"),
    pytest.param([30, 5, 9_999], id="few"),
    pytest.param(list(range(0, 400, 2)), id="close together"),
    pytest.param(list(range(100, 100 + FEW + 1)), id="one run"),
    pytest.param(list(range(0, 2_000, 20)), id="far apart"),
    pytest.param([*range(1_990, 1_995), *range(5_000, 5_020)], id="most of them not there"),
])
def test_rows_of_exactly_these_times(store, wanted):
    table, first = schema.fast_bucket, round(NOW * 1e6)
    with store.database.writing() as connection:
        Partitions(store.database).ensure(connection, table, [first])
        upsert_cells(connection, table, 1, [(first + at, b"old") for at in range(1_000)])
        upsert_cells(connection, table, 1, [(first + at, b"%d" % at) for at in range(2_000)])
        upsert_cells(connection, table, 2, [(first + at, b"another source") for at in range(2_000)])
        upsert_cells(connection, table, 1, [])
        found = cells_at(connection, table, 1, np.array([first + at for at in wanted], np.int64))
    assert [(at - first, cells) for at, cells in found.rows()] == [
        (at, b"%d" % at) for at in sorted(wanted) if at < 2_000]


@pytest.mark.parametrize("at_most", [0, 1, ROWS_AS_ONE, ROWS_AS_ONE + 1, 2 * ROWS_AS_ONE, 10_000])
def test_rows_that_are_read_as_one_are_the_rows(store, at_most):
    """Also those with bytes that end a text, are none in UTF-8, or are not there at all."""
    table, first, cells = schema.fast_bucket, round(NOW * 1e6), (b"\0a\0", b"\xff\xfe,", b"", bytes(range(256)))
    rows = [(first + at, cells[at % 4]) for at in range(0, 4_400, 2)]
    with store.database.writing() as connection:
        Partitions(store.database).ensure(connection, table, [first])
        upsert_cells(connection, table, 1, rows)
        upsert_cells(connection, table, 2, [(first + at, b"another source") for at in range(50)])
        for start, end in ((0, 5_000), (1, 4_000), (4_000, 4_001), (4_399, 9_000), (9, 3)):
            found = first_rows(connection, table, 1, first + start, first + end, at_most)
            wanted = [row for row in rows if first + start <= row[0] <= first + end][:at_most]
            assert [(at, bytes(some)) for at, some in found] == wanted
        assert len(cells_between(connection, table, 1, first, first + 5_000)) == 2_200


def test_rows_that_are_too_long_to_be_one_are_read_one_by_one(tmp_path):
    store = HistoryStore(Settings(database_url=f"sqlite:///{tmp_path}/history.sqlite3"), Ring(), clock=lambda: NOW)
    assert store.step()
    rows = [(at, bytes([at % 256]) * 600) for at in range(ROWS_AS_ONE + 20)]
    with store.database.writing() as connection:
        upsert_cells(connection, schema.fast_bucket, 1, rows)
        connection.connection.dbapi_connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)
        assert cells_between(connection, schema.fast_bucket, 1, 0, 5_000) == rows
    store.database.close()


def test_rows_become_cells_at_once(store):
    """Whatever lengths they have: a field that is no whole number of cells is somebody else's."""
    table, first, cell = schema.fast_bucket, round(NOW * 1e6), bytes(range(SAMPLE.itemsize))
    kinds = {1: [cell, b"", cell * 2], 2: [cell, b"somebody else's", cell * 3], 3: []}
    with store.database.writing() as connection:
        Partitions(store.database).ensure(connection, table, [first])
        for source_id, fields in kinds.items():
            rows = [(first + at, fields[at % 3]) for at in range(SHORT_ROWS_AS_ONE + 2_000)] if fields else []
            upsert_cells(connection, table, source_id, rows)
            for end in (0, ROWS_AS_ONE, 4_000, SHORT_ROWS_AS_ONE + 2_000):
                found = unpacked_between(connection, table, source_id, first, first + end, SAMPLE)
                wanted = unpack(rows[:end + 1], SAMPLE)
                for name in ("times", "cells", "row"):
                    assert np.array_equal(getattr(found, name), getattr(wanted, name)), (source_id, end, name)


def test_any_rows_of_texts_and_numbers(store):
    names = ["plain", 'quotes " and \\', "Zürich ☃", "comma, [1]"]
    with store.database.writing() as connection:
        connection.execute(schema.metric.insert(), [{"name": name} for name in names])
        question = select(schema.metric.c.name, schema.metric.c.id, null().label("absent"))
        assert sorted(map(tuple, all_rows(connection, question))) == sorted(
            (name, number, None) for number, name in enumerate(names, 1))
        one = question.where(schema.metric.c.name == bindparam("name"))
        for name in names:
            assert [row[0] for row in all_rows(connection, one, name=name)] == [name]
        assert not all_rows(connection, one, name="none")


@pytest.fixture
def theirs(tmp_path):
    """Settings with a file that somebody else has made, whose texts are no UTF-8."""
    file = tmp_path / "theirs.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA encoding = 'UTF-16'")
        connection.execute("CREATE TABLE something (of, theirs)")
    return Settings(database_url=f"sqlite:///{file}")


def test_a_file_whose_texts_are_no_utf8_gives_its_cells_as_they_are(theirs):
    ring = Ring()
    store = HistoryStore(theirs, ring, clock=lambda: NOW)
    values = [(-1.0) ** step / (step + 1) ** 3 for step in range(1_200)]
    for step, value in enumerate(values):
        ring.append("pl", NOW - 1_201 + step, {"a": value})
    assert store.step()
    store.backlog.restart()
    answer = HistoryStore(theirs, Ring(), clock=lambda: NOW).metrics.series("pl", ["a"], NOW - 1_300, NOW, 2_000)
    line = answer.lines["a"].mean
    assert line[~np.isnan(line)].tolist() == values
    store.database.close()


def test_a_name_that_such_a_file_cannot_hold_does_not_stop_the_history(theirs):
    ring = Ring()
    store = HistoryStore(theirs, ring, clock=lambda: NOW)
    ring.append("pl\ufffe", NOW - 20, {"a\uffff": 1.0, "b": 2.0})
    ring.append("other", NOW - 10, {"a": 3.0})
    assert store.step() and store.status.state == "ready"
    after = HistoryStore(theirs, Ring(), clock=lambda: NOW)
    assert [one.name for one in after.metrics.sources()] == ["other", "pl?"]
    # Who has heard it has it once, by its own name.
    assert [(one.name, one.metrics) for one in store.metrics.sources()] == [("other", 1), ("pl\ufffe", 2)]
    assert [(one.name, one.last) for one in store.metrics.metrics("pl\ufffe")] == [("a\uffff", 1.0), ("b", 2.0)]
    for asked, source, metric, value in ((store, "pl\ufffe", "a\uffff", 1.0), (after, "pl\ufffe", "b", 2.0),
                                         (after, "pl?", "a?", 1.0), (after, "other", "a", 3.0)):
        line = asked.metrics.series(source, [metric], NOW - 100, NOW, 100).lines[metric].mean
        assert line[~np.isnan(line)].tolist() == [value]
    ring.append("pl?", NOW - 5, {"a?": 4.0})  # another one, though the database cannot tell
    ring.append("pl\ufffe", NOW - 4, {"a?": 5.0, "a\uffff": 6.0})
    assert [one.name for one in store.metrics.sources()] == ["other", "pl?", "pl\ufffe"]
    assert [(one.name, one.last) for one in store.metrics.metrics("pl\ufffe")] == [
        ("a?", 5.0), ("a\uffff", 6.0), ("b", 2.0)]
    after.database.close()
    store.database.close()


def test_a_source_is_as_old_as_its_newest_bucket_also_where_its_samples_are_gone(store, ring):
    ring.append("pl", NOW - 1_000.5, {"a": 1.0})
    ring.append("pl", NOW - 900.25, {"a": 2.0, "b": 3.0})
    assert store.step()
    empty = Ring()
    with store.database.writing() as connection:
        known = inventory.sources(inventory.stored_sources(connection), empty)
        connection.execute(schema.sample.delete().where(schema.sample.c.time > (NOW - 950) * 1e6))  # as after an import
        assert inventory.sources(inventory.stored_sources(connection), empty) == known
        connection.execute(schema.sample.delete())
        assert inventory.sources(inventory.stored_sources(connection), empty) == known
        assert [(one.name, one.first_at, one.last_at, one.metrics) for one in known] == [
            ("pl", NOW - 1_000.5, NOW - 900.25, 2)]
        connection.execute(inventory.COARSEST.delete())
        assert not inventory.stored_sources(connection)


def test_a_fast_source_with_few_samples_in_a_window_is_read_as_finely_as_a_slow_one(store, ring):
    for step in range(3_600):
        ring.append("pl", NOW - 1_800 + step / 2, {"a": float(step)})
    assert store.step()
    assert fast_times(store)[1] > 0
    answer = store.metrics.series("pl", ["a"], NOW - 1_800, NOW, 1_000)
    assert (answer.tier, answer.step_s, answer.notes) == ("raw", 2, ())
    assert answer.lines["a"].statistics.count == 3_600


def test_a_source_that_was_fast_once_is_asked_no_more_than_one_that_never_was(store, ring):
    """A burst of two seconds is nothing to read buckets for that are thrown away."""
    for step in range(1_800):
        for source in ("slow", "once"):
            ring.append(source, NOW - 9_000 + 5 * step, {"a": float(step)})
    assert store.step()
    for step in range(20):
        ring.append("once", NOW - 3_000 + step / 10, {"a": 1.0})
    assert store.step()
    asked: list[str] = []
    event.listen(store.database._reader, "before_cursor_execute", lambda *more: asked.append(more[2]))
    for start, samples in ((NOW - 9_000, 1_819), (NOW - 1_000, 200)):  # from before it was fast, and from after
        found = {}
        for source in ("slow", "once"):
            asked.clear()
            matrix = store.metrics.matrix(source, None, start, NOW, 1_000)
            found[source] = matrix.tier, matrix.step_s, list(asked)
        assert found["once"] == found["slow"]
        assert matrix.counts.sum() == samples


def test_what_memory_has_too_is_not_counted_in_the_database(store, ring, database_url):
    """Another process that has heard nothing counts, and gives the same answer."""
    other = HistoryStore(Settings(database_url=database_url), Ring(), clock=lambda: NOW)
    hear_much(ring, NOW - 2_000)
    assert store.step()
    counted, found = zip(*(counting(one, NOW - 2_000) for one in (store, other)), strict=True)
    other.database.close()
    assert not counted[0] and counted[1]
    assert [line.statistics.count for line in found] == [MUCH, MUCH]
    assert np.array_equal(found[0].mean, found[1].mean)


def test_memory_says_nothing_of_what_is_not_written_yet(store, ring):
    hear_much(ring, NOW - 2_000)
    assert store.step()
    hear_much(ring, NOW - 1_000)
    counted, line = counting(store, NOW - 1_000)
    assert counted and line.statistics.count == MUCH


def test_what_is_heard_while_a_question_is_put_is_not_taken_for_stored(store, ring, monkeypatch):
    ring.append_all("pl", [(NOW - 2_000 + step / 10, NamedNumbers.of({"a": 1.0})) for step in range(5_990)])
    assert store.step()
    unwritten = Backlog.unwritten

    def late(self, source):
        ring.append_all("pl", [(NOW - 1_000 + step / 10, NamedNumbers.of({"a": 1.0})) for step in range(20)])
        found = unwritten(self, source)
        ring.append_all("pl", [(NOW - 900 + step / 10, NamedNumbers.of({"a": 1.0})) for step in range(20)])
        return found

    monkeypatch.setattr(Backlog, "unwritten", late)
    counted, _ = counting(store, NOW - 2_000)
    assert counted  # 5,990 are stored, which is fewer than those that need not be counted


MUCH = 6_500


def hear_much(ring: Ring, since: float) -> None:
    ring.append_all("pl", [(since + step / 10, NamedNumbers.of({"a": float(step)})) for step in range(MUCH)])


def counting(store: HistoryStore, since: float) -> tuple[list[str], Line]:
    """The statements that counted samples for a window of it, and what it told."""
    asked: list[str] = []
    event.listen(store.database._reader, "before_cursor_execute", lambda *more: asked.append(more[2]))
    line = store.metrics.series("pl", ["a"], since, NOW, 1_000).lines["a"]
    return [statement for statement in asked if "count(" in statement], line


def fast_times(store: HistoryStore) -> tuple[float, int]:
    """From when on a source has buckets of 5 s (seconds before now), and how many it has."""
    with store.database.reading() as connection:
        fast_us = connection.exec_driver_sql("SELECT fast_us FROM monitoring_source").scalar_one()
        buckets = connection.exec_driver_sql("SELECT count(*) FROM monitoring_bucket_5s").scalar_one()
    return NOW - fast_us / 1e6, buckets


def test_a_new_source_that_is_fast_has_all_its_samples_in_quick_buckets(store, ring):
    for step in range(1_500):
        ring.append("pl", NOW - 21 + step / 1_000, {"a": float(step)})
    assert store.step()
    assert fast_times(store) == (25.0, 2)
    answer = store.metrics.series("pl", ["a"], NOW - 600, NOW, 120)
    assert answer.lines["a"].statistics.count == 1_500


def test_a_source_that_becomes_fast_has_its_newest_samples_in_quick_buckets(store, ring):
    """The window before that is read from the samples themselves: nothing is missing, nothing counts twice."""
    slow = rows_at_once(1) + 500
    for step in range(slow):
        ring.append("pl", NOW - 20_000 + 4 * step, {"a": 1.0})
    assert store.step()
    for step in range(200):
        ring.append("pl", NOW - 20 + step / 10, {"a": 2.0})
    assert store.step()
    began_s, buckets = fast_times(store)
    assert (began_s, buckets) == (17_200.0, 3_800 * 4 // 5 + 4)
    for step in range(7_000):
        ring.append("pl", NOW + step / 1_000, {"a": 3.0})
    assert store.step()
    answer = store.metrics.series("pl", ["a"], NOW - 19_990, NOW + 10, 4_000)
    assert (answer.tier, answer.step_s) == ("5s", 5)
    assert answer.lines["a"].statistics.count == 4_500 - 3 + 200 + 7_000
    assert answer.lines["a"].statistics.mean == pytest.approx((4_497 + 2 * 200 + 3 * 7_000) / 11_697)
