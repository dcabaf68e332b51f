"""What many sources are asked at once is what each of them answers alone, on real databases."""

from __future__ import annotations

import sqlite3
import tracemalloc

import numpy as np
import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from dashboard.history import many, reading, schema
from dashboard.history.answers import RAW, HistoryUnavailable, UnknownMetric, UnknownSource, WindowError
from dashboard.history.cells import SAMPLE
from dashboard.history.many import AT_ONCE, Span, count_each, unpack_each
from dashboard.history.partitions import Partitions
from dashboard.history.statements import count_between, unpacked_between, upsert_cells
from dashboard.history.steps import FAST
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from tests.integration.conftest import NOW

FIRST = round(NOW * 1e6)
CELL = bytes(range(SAMPLE.itemsize))
FIELDS = [CELL, b"", CELL * 2, b"\0" * SAMPLE.itemsize, b"somebody else's", b"\xff" * SAMPLE.itemsize]
ROWS = {source_id: 0 if source_id % 5 == 3 else source_id * 7 for source_id in range(AT_ONCE + 3)}


@pytest.fixture
def filled(store):
    """A connection to a table with ROWS of each source, a µs apart."""
    with store.database.writing() as connection:
        Partitions(store.database).ensure(connection, schema.fast_bucket, [FIRST])
        for source_id, rows in ROWS.items():
            upsert_cells(connection, schema.fast_bucket, source_id,
                         [(FIRST + at, FIELDS[(at + source_id) % len(FIELDS)]) for at in range(rows)])
        yield connection


def spans(sources, start=0, end=10_000):
    return [Span(source_id, FIRST + start, FIRST + end) for source_id in sources]


@pytest.mark.parametrize("asked", [
    pytest.param([], id="none"),
    pytest.param(spans([5]), id="one"),
    pytest.param(spans([3, 8]), id="nothing there"),
    pytest.param(spans([3, 1, 2, 99]), id="some of them"),
    pytest.param(spans(ROWS), id="more than one statement may be about"),
    pytest.param([*spans([9, 2], 5, 30), *spans([9, 4], 20, 25), *spans([9, 9], 30, 2)], id="of their own times"),
])
def test_many_spans_are_read_as_each_of_them(filled, asked, monkeypatch):
    table = schema.fast_bucket
    for bound in (0, 20, 1_000):
        assert count_each(filled, table, [(span, bound) for span in asked]) == [
            count_between(filled, table, span.source_id, span.start_us, span.end_us, bound) for span in asked]
    wanted = [unpacked_between(filled, table, span.source_id, span.start_us, span.end_us, SAMPLE) for span in asked]
    for rows_at_once in (many.ROWS_AT_ONCE, 200, 1):  # also where a source has more, as many, and fewer than its share
        monkeypatch.setattr(many, "ROWS_AT_ONCE", rows_at_once)
        found = unpack_each(filled, table, [(span, 2) for span in asked], SAMPLE)
        assert len(found) == len(asked)
        for one, other in zip(found, wanted, strict=True):
            for name in ("times", "cells", "row"):
                assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_rows_that_cannot_be_had_together_are_read_by_themselves(tmp_path):
    store = HistoryStore(Settings(database_url=f"sqlite:///{tmp_path}/history.sqlite3"), Ring(), clock=lambda: NOW)
    assert store.step()
    with store.database.writing() as connection:
        for source_id in (1, 2, 3):
            upsert_cells(connection, schema.fast_bucket, source_id, [(at, CELL * 50) for at in range(100)])
        asked = [(Span(source_id, 0, 200), 50) for source_id in (1, 2, 3)]
        found = unpack_each(connection, schema.fast_bucket, asked, SAMPLE)
        connection.connection.dbapi_connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)
        for one, other in zip(unpack_each(connection, schema.fast_bucket, asked, SAMPLE), found, strict=True):
            assert len(one) == 100 and np.array_equal(one.cells, other.cells)
    store.database.close()


def hear(ring: Ring, sources, first_s: float, every_s: float, count: int) -> None:
    for number, source in enumerate(sources):
        for step in range(count):
            ring.append(source, NOW + first_s + every_s * step + number / 1_000, {
                "cpu": float(step), f"of {source}": 1.0, "events_total": 10.0 * step})


@pytest.fixture
def heard(store, ring):
    """Slow sources, fast ones, one that became fast, and of each some samples that are not written yet."""
    hear(ring, ["slow", "rare ☃"], -3_600, 5, 700)
    hear(ring, ["turned"], -3_600, 5, 100)
    assert store.step()
    hear(ring, ["fast", "faster", "turned"], -400, 0.05, 7_800)
    assert store.step()
    hear(ring, ["slow", "fast", "turned", "new"], -2, 0.1, 15)
    return store


NAMES = ["fast", "faster", "new", "nobody", "rare ☃", "slow", "turned"]


@pytest.mark.parametrize(("start_s", "points"), [(-3_600, 1_000), (-300, 10_000), (-10, 200), (-90_000, 500)])
def test_sources_that_are_asked_at_once_answer_as_each_alone(heard, start_s, points, monkeypatch):
    """Where they are not too many samples together, of which the next test is."""
    window = NOW + start_s, NOW, points
    monkeypatch.setattr(reading, "FAST_ROWS_TOGETHER", reading.FAST_ROWS_MAX * len(NAMES))
    alone = {name: (heard.metrics.matrix(name, None, *window), heard.metrics.samples(name, ["cpu"], *window))
             for name in NAMES if name != "nobody"}
    for together in (reading.METRICS_TOGETHER, 7, 1):
        monkeypatch.setattr(reading, "METRICS_TOGETHER", together)
        with heard.look() as then:
            found = then.metrics.matrix_of_each(dict.fromkeys(NAMES), *window)
            sent = then.metrics.samples_of_each(dict.fromkeys(NAMES, ["cpu"]), *window)
            drawn = then.metrics.series_of_each({"fast": ["cpu"], "slow": ["of slow"], "new": ["of slow"]}, *window)
        assert list(found) == list(sent) == NAMES
        assert isinstance(found["nobody"], UnknownSource) and isinstance(sent["nobody"], UnknownSource)
        for name, (matrix, (samples, thinned)) in alone.items():
            assert (found[name].metrics, found[name].tier, found[name].step_s, found[name].rates) == (
                matrix.metrics, matrix.tier, matrix.step_s, matrix.rates)
            for one in ("times", "means", "counts"):
                np.testing.assert_array_equal(getattr(found[name], one), getattr(matrix, one))
            assert sent[name][1] == thinned
            np.testing.assert_array_equal(sent[name][0].columns["cpu"], samples.columns["cpu"])
        assert isinstance(drawn["new"], UnknownMetric) and drawn["new"].names == ("of slow",)
        assert drawn["fast"].notes == heard.metrics.series("fast", ["cpu"], *window).notes
    assert sum(matrix.counts.sum() for matrix, _ in alone.values()) > 100


def test_many_fast_sources_together_are_read_in_buckets_sooner_than_each_alone(store, ring):
    names = [f"s{number}" for number in range(10)]
    hear(ring, names, -60, 0.05, 1_201)  # 1,200 of each may be read singly
    hear(ring, ["slow"], -7_200, 1.5, 4_800)
    assert store.step()
    window = NOW - 3_600, NOW, 10_000
    with store.look() as then:
        alone = then.metrics.matrix("s0", ["cpu"], *window)
        few = then.metrics.matrix_of_each(dict.fromkeys(names[:9], ["cpu"]), *window)
        found = then.metrics.matrix_of_each(dict.fromkeys([*names, "slow"], ["cpu"]), *window)
        drawn = then.metrics.series_of_each(dict.fromkeys(names, ["cpu"]), *window)["s0"]
    assert alone.tier == RAW and alone.counts.sum() == 1_201
    assert [few[name].tier for name in names[:9]] == [RAW] * 9
    assert [found[name].tier for name in names] == [FAST.name] * 10 and found["s0"].step_s == FAST.span_s
    assert found["s0"].counts.sum() == 1_201, "the same samples, fewer points"
    assert found["slow"].tier == RAW, "what is not fast has no finer buckets than its samples"
    assert "5 s wide" in drawn.notes[0]


def test_many_metrics_that_come_alternately_are_read_in_buckets_sooner_than_one_of_them(store, ring):
    """Each sample is a place for every metric: read singly, a few thousand numbers would be a hundred megabytes."""
    metrics, samples = 500, 2_000
    for number in range(samples):
        ring.append("names", NOW - 400 + number / 5, {f"m{number % metrics}": float(number)})
    assert store.step()
    window = NOW - 3_600, NOW, 10_000
    one, few = (store.metrics.matrix("names", names, *window) for names in (["m0"], [f"m{n}" for n in range(100)]))
    assert (one.tier, one.counts.sum()) == (RAW, 4) and (few.tier, few.counts.sum()) == (RAW, 400)
    for start, points, tier in ((NOW - 3_600, 10_000, FAST.name), (NOW - 86_000, 1_000, "1m")):
        tracemalloc.start()
        found = store.metrics.matrix("names", None, start, NOW, points)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (found.tier, found.counts.sum()) == (tier, samples), "the same samples, fewer points"
        assert peak < metrics * samples * 8, "less than a single array of all numbers and what lies between them"


def test_more_sources_are_no_more_statements(store, ring):
    names = [f"s{number}" for number in range(20)]
    hear(ring, names, -600, 5, 100)
    assert store.step()
    asked: list[str] = []
    event.listen(store.database._reader, "before_cursor_execute", lambda *more: asked.append(more[2]))
    statements = []
    for some in (names[:2], names):
        with store.look() as then:
            then.metrics.sources()
            asked.clear()
            found = then.metrics.matrix_of_each(dict.fromkeys(some), NOW - 600, NOW, 500)
            assert all(matrix.counts.sum() > 290 for matrix in found.values())
            statements.append(len(asked))
    assert statements == [2, 2]


def test_without_the_database_each_has_what_memory_has(tmp_path):
    ring = Ring()
    hear(ring, ["a", "b"], -60, 5, 10)
    (tmp_path / "file").write_text("no folder")
    store = HistoryStore(Settings(database_url=f"sqlite:///{tmp_path}/file/of.sqlite3"), ring, clock=lambda: NOW)
    assert not store.step()
    found = store.metrics.matrix_of_each({"a": None, "b": ["cpu", "x"], "c": None}, NOW - 60, NOW, 100)
    assert found["a"].counts.sum() == 29 and not found["a"].from_store
    assert isinstance(found["b"], UnknownMetric) and isinstance(found["c"], HistoryUnavailable)


def test_nobody_is_asked_nothing(store):
    far = NOW - 10**9
    assert store.metrics.matrix_of_each({}, far, far + 60, 100) == {}
    with pytest.raises(WindowError):
        store.metrics.matrix_of_each({"a": None}, far, far + 60, 100)


def test_a_source_the_database_fails_at_costs_the_others_nothing(store, ring):
    hear(ring, ["a", "b", "c"], -60, 5, 10)
    assert store.step()
    broken = []

    def fail(_connection, _cursor, statement, parameters, *_):
        numbers = parameters.values() if isinstance(parameters, dict) else parameters
        if schema.sample.name in statement and failing in numbers:
            broken.append(statement)
            raise OperationalError("it failed", None, Exception())

    event.listen(store.database._reader, "before_cursor_execute", fail)
    with store.database.reading() as connection:
        failing = connection.execute(select(schema.source.c.id).where(schema.source.c.name == "b")).scalar_one()
    with store.look() as then:
        found = then.metrics.matrix_of_each(dict.fromkeys("abc"), NOW - 60, NOW, 100)
    assert broken and {name: matrix.from_store for name, matrix in found.items()} == {
        "a": True, "b": False, "c": True}
    assert len({matrix.counts.sum() for matrix in found.values()}) == 1


def test_a_fault_of_our_own_is_no_answer(store, ring, monkeypatch):
    hear(ring, ["a", "b"], -60, 5, 10)
    assert store.step()

    def broken(*_):
        raise KeyError("a fault")

    monkeypatch.setattr(reading, "raw_block", broken)
    with pytest.raises(KeyError):
        store.metrics.matrix_of_each(dict.fromkeys("ab"), NOW - 60, NOW, 100)


def test_many_wide_sources_need_no_more_memory_than_one_by_one(store, ring):
    """But for what two of them have: so many are read together."""
    names = [f"s{number}" for number in range(8)]
    for source in names:
        for step in range(600):
            ring.append(source, NOW - 1_300 + 2 * step, {f"m{number}": float(step) for number in range(100)})
    assert store.step()

    def peak(ask):
        tracemalloc.start()
        try:
            ask()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    with store.look() as then:
        window = NOW - 1_300, NOW, 200
        alone = peak(lambda: [then.metrics.matrix(name, None, *window) for name in names])
        together = peak(lambda: then.metrics.matrix_of_each(dict.fromkeys(names), *window))
    assert together < 2.5 * alone
