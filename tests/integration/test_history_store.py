"""The history on real databases: what goes in comes out, once, whoever writes it and in whatever order."""

from __future__ import annotations

import numpy as np
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select

from dashboard.history import schema
from dashboard.history import store as history_store
from dashboard.history.answers import OPENING, READY
from dashboard.history.steps import TIERS
from dashboard.history.upgrade import config_of, version_of
from dashboard.right_of_way import Patience
from tests.integration.conftest import NOW
from tests.servers import wait_for


def test_what_was_heard_is_there_after_a_restart(process):
    before = process()
    for step in range(60):
        before.hear(NOW - 300 + step * 5, a=float(step))
        if step % 2:
            before.hear(NOW - 300 + step * 5, source="other", a=-1.0, b=float(step))
    assert before.store.status.state == OPENING
    assert before.store.step()
    assert (before.store.status.state, before.store.status.written) == (READY, 120)

    after = process()
    assert after.store.step()
    assert after.ring.sources() == ["other", "pl"]
    window, known = after.ring.window("pl"), before.ring.window("pl")
    assert np.array_equal(window.times, known.times)
    assert np.array_equal(window.columns["a"], known.columns["a"])
    assert after.ring.latest("other") == before.ring.latest("other")
    assert after.store.status.filled == 90
    assert after.store.status.written == after.store.status.known == 0  # nobody writes what came from there


def test_what_was_heard_before_the_database_was_there_stays_in_order(process):
    before = process()
    for step in range(10):
        before.hear(NOW - 100 + step, a=float(step))
    before.store.step()
    after = process()
    after.hear(NOW - 50, a=50.0)
    after.store.step()
    window = after.ring.window("pl")
    assert window.columns["a"].tolist() == [*map(float, range(10)), 50.0]
    assert after.stored() == 11


def test_what_lies_between_what_was_heard_comes_from_the_database_too(process):
    """The journal, or another process, has already brought some of the day when the database is open."""
    before = process()
    for step in range(100):
        before.hear(NOW - 1_000 + step * 10, a=float(step))
    before.store.step()
    after = process()
    for step in (10, 11, 12, 99):
        after.hear(NOW - 1_000 + step * 10, a=float(step))
    after.store.step()
    assert after.ring.window("pl").columns["a"].tolist() == list(map(float, range(100)))
    assert after.store.status.filled == 96
    assert after.ring.counters.duplicates == 0
    assert after.stored() == 100


def test_a_source_that_fills_memory_is_written_before_it_is_time(process, monkeypatch):
    monkeypatch.setattr(history_store, "FLUSH_S", 3_600.0)
    one = process(rows=1_000)
    one.store.start()
    try:
        wait_for(lambda: one.store.status.state == READY, what="the database")
        for step in range(600):
            one.hear(NOW - 600 + step, a=float(step))
        wait_for(lambda: one.store.status.written == 600, what="what was heard")
    finally:
        assert one.store.stop(10)
    assert one.store.status.dropped == 0


def test_two_processes_store_each_sample_once(process):
    one, two = process(), process()
    for step in range(100):
        for each in (one, two):
            each.hear(NOW - 500 + step * 5, a=1.0, b=float(step))
        if step % 7 == 0:
            one.store.step()
        if step % 11 == 0:
            two.store.step()
    one.store.step()
    two.store.step()
    assert one.stored() == 200
    assert [one.stored(table) for table in schema.buckets.values()] == [200] * len(TIERS)
    statuses = [each.store.status for each in (one, two)]
    assert sum(status.written for status in statuses) == 200
    assert sum(status.known for status in statuses) == 200


def test_different_metrics_of_one_time_share_its_row(process):
    one, two = process(), process()
    one.hear(NOW - 5, a=1.0)
    one.store.step()
    two.hear(NOW - 5, a=9.0, b=2.0)
    two.store.step()
    assert two.stored() == 2
    assert one.values("a", NOW - 10, NOW) == [1.0]  # of two values the first one counts
    assert one.values("b", NOW - 10, NOW) == [2.0]


def test_late_samples_are_in_every_tier(process):
    one = process()
    for minute in range(120):
        one.hear(NOW - 7_200 + minute * 60, a=10.0)
    one.store.step()
    one.hear(NOW - 7_000, a=500.0)
    one.store.step()
    assert [one.stored(table) for table in schema.buckets.values()] == [121] * len(TIERS)
    answer = one.series("a", NOW - 7_200, NOW, points=30)
    assert answer.tier == "5m"
    line = answer.lines["a"]
    assert np.nanmax(line.maximum) == 500.0
    assert line.statistics.maximum == 500.0
    assert line.statistics.count == 121
    assert line.statistics.mean == pytest.approx((120 * 10 + 500) / 121)


def test_a_sample_that_is_changed_in_the_ring_counts_once(process):
    one = process()
    one.hear(NOW - 5, a=1.0)
    one.store.step()
    one.hear(NOW - 5, a=2.0)
    one.store.step()
    assert one.stored() == 1
    assert [one.stored(table) for table in schema.buckets.values()] == [1] * len(TIERS)


def test_samples_older_than_any_raw_one_is_kept_are_refused_and_counted(process):
    one = process()
    one.hear(NOW - 50 * 3_600, a=1.0)
    one.hear(NOW - 5, a=2.0)
    one.store.step()
    assert one.stored() == 1
    assert one.store.status.too_old == 1


def test_a_flood_of_names_is_numbered_once(process):
    one = process()
    one.ring.append("pl", NOW - 5, {f"m{number}": 1.0 for number in range(500)})
    one.store.step()
    two = process()
    two.ring.append("pl", NOW - 4, {f"m{number}": 1.0 for number in range(500)})
    two.store.step()
    with one.store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.metric)).scalar() == 500


def test_a_database_of_the_first_version_is_brought_up_to_date(process):
    one = process()
    one.hear(NOW - 5, a=1.0)
    assert one.store.step()
    with one.store.database.writing() as connection:
        command.downgrade(config_of(connection), "0001")
        assert version_of(connection) == "0001"
    two = process()
    two.hear(NOW - 4, a=2.0)
    assert two.store.step()
    assert two.values("a", NOW - 10, NOW) == [1.0, 2.0]


def test_what_the_migrations_make_is_what_the_tables_are(process):
    one = process()
    assert one.store.step()
    with one.store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": schema.VERSION_TABLE})
        assert compare_metadata(context, schema.metadata) == []
        assert version_of(connection) == schema.VERSION


def test_answers_go_first_while_samples_can_wait(process):
    one, waits = process(), []

    def give_way(most_s):
        waits.append(most_s)
        return 0.75 * history_store.MAY_WAIT_S

    one.store._patience = Patience(history_store.MAY_WAIT_S, give_way)
    for source in ("pl", "other", "third"):
        one.hear(NOW - 10, source=source, a=1.0)
    assert one.store.step()
    assert waits == pytest.approx([history_store.MAY_WAIT_S, 0.25 * history_store.MAY_WAIT_S])
    waits.clear()
    one.store.backlog.is_pressing = lambda: True
    one.hear(NOW - 7, a=1.0)
    assert one.store.step() and waits == []
    del one.store.backlog.is_pressing
    one.hear(NOW - 6, source="wide", **{f"m{number}": 1.0 for number in range(history_store.WIDE + 1)})
    assert one.store.step() and waits == []
    one.hear(NOW - 5, a=1.0)
    one.store.end()
    assert one.store.step()  # what is written at the end waits for nobody
    assert (waits, one.stored()) == ([], 5 + history_store.WIDE + 1)
