"""Rows by their times, and buckets of a source that turns out to be fast, on real databases."""

from __future__ import annotations

import pytest

from dashboard.history import schema
from dashboard.history.partitions import Partitions
from dashboard.history.samples import rows_at_once
from dashboard.history.statements import FEW, cells_at, upsert_cells
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings

NOW = 1_760_000_000.0


@pytest.fixture
def ring():
    return Ring()


@pytest.fixture
def store(database_url, ring):
    made = HistoryStore(Settings(database_url=database_url), ring, clock=lambda: NOW)
    assert made.step()
    yield made
    made.database.close()


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
        found = cells_at(connection, table, 1, [first + at for at in wanted])
    assert [(at - first, bytes(cells)) for at, cells in found] == [
        (at, b"%d" % at) for at in sorted(wanted) if at < 2_000]


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
