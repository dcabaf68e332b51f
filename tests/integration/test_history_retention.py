"""What is too old goes, in small steps, by one process for all; what is kept stays whole."""

from __future__ import annotations

import time

import numpy as np
import psycopg
import pytest
from sqlalchemy import event, select, text

from dashboard.history import partitions, retention, schema
from dashboard.history.partitions import partition_name
from dashboard.history.statements import upsert_cells
from dashboard.history.steps import TIERS
from tests.alert_events import resolution, trigger
from tests.integration.event_process import Alerts
from tests.integration.event_process import Process as Archive
from tests.integration.history_process import NOW, Process

HOUR, DAY = 3_600.0, 86_400.0


@pytest.fixture
def one(database_url):
    process = Process(database_url)
    yield process
    process.store.database.close()


def times_of(process: Process, table) -> list[float]:
    with process.store.database.reading() as connection:
        return [at / 1e6 for at in connection.execute(select(table.c.time).order_by(table.c.time)).scalars()]


def tidy(process: Process) -> None:
    """Steps as the thread takes them, a few minutes long."""
    for _ in range(50):
        process.now += 2
        assert process.store.step()


def test_each_tier_is_let_go_of_when_its_time_has_come(one):
    for age_h in range(0, 48, 4):
        one.hear(NOW - age_h * HOUR, a=float(age_h))
    one.store.step()
    one.now = NOW + 24 * HOUR
    tidy(one)
    raw = times_of(one, schema.sample)
    if one.store.database.is_sqlite:
        assert min(raw) >= one.now - 49 * HOUR
    else:
        assert min(raw) >= one.now - 72 * HOUR  # whole days go
    assert len(times_of(one, schema.buckets["1m"])) == 12
    one.now = NOW + 40 * DAY
    one.hear(one.now, a=1.0)
    tidy(one)
    assert len(times_of(one, schema.sample)) == len(times_of(one, schema.buckets["1m"])) == 1
    assert len(times_of(one, schema.buckets["1h"])) == 13
    one.now = NOW + 900 * DAY
    one.hear(one.now, a=1.0)
    tidy(one)
    assert [len(times_of(one, table)) for table in schema.buckets.values()] == [1] * len(TIERS)


def test_a_clock_that_is_years_ahead_costs_nothing(one):
    one.hear(NOW - 10, a=1.0)
    assert one.store.step()
    one.now = NOW + 3_000 * DAY
    tidy(one)
    assert [one.stored(table) for table in (schema.sample, *schema.buckets.values())] == [1] * (1 + len(TIERS))


def test_a_great_deal_goes_in_small_steps(tmp_path, monkeypatch):
    """Many rows are no long transaction, and samples are written between the steps. PostgreSQL drops whole days."""
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 20)
    one = Process(f"sqlite:///{tmp_path}/history.sqlite3")
    one.hear(NOW, a=1.0)
    one.store.step()
    with one.store.database.writing() as connection:
        upsert_cells(connection, schema.sample, 1, [(round((NOW - 50 * HOUR + at) * 1e6), b"") for at in range(1_000)])
    one.now = NOW + 61
    steps = 0
    while len(times_of(one, schema.sample)) > steps + 1:
        before = len(times_of(one, schema.sample))
        one.now += 2
        one.hear(one.now, a=2.0)
        assert one.store.step()
        steps += 1
        assert before - len(times_of(one, schema.sample)) <= 20 * retention.TRANSACTIONS_AT_ONCE
    assert 10 <= steps <= 15
    one.store.database.close()


def test_one_process_does_it_for_all(database_url):
    processes = [Process(database_url) for _ in range(3)]
    processes[0].hear(NOW - 10, a=1.0)
    for each in processes:
        each.now = NOW + 100
        assert each.store.step()
    with processes[0].store.database.writing() as connection:
        assert not retention.claimed(connection, retention.CLAIM, NOW + 101, retention.EVERY_S)
        assert retention.claimed(connection, retention.CLAIM, NOW + 161, retention.EVERY_S)
        # A clock that was wrong by years must not keep all others from it.
        assert retention.claimed(connection, retention.CLAIM, NOW - 10 * DAY, retention.EVERY_S)
    for each in processes:
        each.store.database.close()


@pytest.fixture
def archive(database_url):
    archive = Archive(database_url, Alerts(), history_alerts=5, history_alerts_days=30)
    yield archive
    archive.store.database.close()


def test_resolved_alerts_by_number_and_by_age_open_ones_stay(archive):
    for number in range(10):
        archive.alerts.take(trigger(f"a{number}", at=NOW - 1_000 + number))
        if number != 2:
            archive.alerts.take(resolution(f"a{number}", at=NOW - 500 + number))
    archive.step()
    archive.now += 61
    archive.step()
    kept = archive.events.alerts(states=["active", "resolved"])
    assert [alert.id for alert in kept.alerts] == ["a9", "a8", "a7", "a6", "a5", "a2"]
    archive.now = NOW + 31 * DAY
    archive.step()
    assert [alert.id for alert in archive.events.alerts(states=["active", "resolved"]).alerts] == ["a2"]


def test_annotations_and_the_rest_stay_as_long_as_the_hours(archive):
    archive.step()
    old = archive.events.annotate(NOW - 700 * DAY, NOW - 10, "long", "ann")
    archive.events.annotate(NOW - 731 * DAY, None, "too old", "ann")
    archive.now += 61
    archive.step()
    assert archive.events.annotations(NOW - 2_000 * DAY, NOW) == [old]


# PostgreSQL's own partitions


@pytest.fixture
def on_postgresql(postgres_server):
    process = Process(postgres_server.new_database())
    yield process
    process.store.database.close()


def partitions_of(process: Process, table: str) -> list[str]:
    with process.store.database.reading() as connection:
        return list(connection.execute(text(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(:table) ORDER BY 1"),
            {"table": table}).scalars())


def test_samples_lie_in_partitions_of_a_day(on_postgresql):
    one = on_postgresql
    for hours in (0, 10, 30, 47):
        one.hear(NOW - hours * HOUR, a=1.0)
    assert one.store.step()
    expected = sorted({partition_name("monitoring_sample", round((NOW - hours * HOUR) // DAY * DAY * 1e6))
                       for hours in (0, 10, 30, 47)})
    assert partitions_of(one, "monitoring_sample") == expected
    assert len(partitions_of(one, "monitoring_bucket_1m")) in (1, 2)
    with one.store.database.reading() as connection:  # each query touches those of its window alone
        plan = "\n".join(connection.execute(text(
            f"EXPLAIN SELECT cells FROM monitoring_sample WHERE source_id = 1 AND time > {round((NOW - 60) * 1e6)}"
        )).scalars())
    assert expected[-1] in plan and expected[0] not in plan


def test_a_partition_is_dropped_whole(on_postgresql):
    one = on_postgresql
    for hours in (0, 24, 47):
        one.hear(NOW - hours * HOUR, a=1.0)
    assert one.store.step()
    before = partitions_of(one, "monitoring_sample")
    dropped = partitions.drop_old(one.store.database, one.store.kept, NOW + 2 * DAY)
    assert dropped and set(dropped) < set(before)
    assert partitions_of(one, "monitoring_sample") == [name for name in before if name not in dropped]


def test_a_dropped_partition_that_is_needed_is_made_again(on_postgresql):
    """Another process dropped it after this one had met it."""
    one = on_postgresql
    one.hear(NOW - 40 * HOUR, a=1.0)
    assert one.store.step()
    with one.store.database.writing() as connection:
        for name in partitions_of(one, "monitoring_sample"):
            connection.execute(text(f"DROP TABLE {name}"))
    one.hear(NOW - 40 * HOUR + 1, a=1.0)
    one.store.step()
    assert one.store.step()
    assert one.stored() >= 1


def test_a_reader_holds_up_neither_writing_nor_for_long_dropping(on_postgresql, monkeypatch):
    monkeypatch.setattr(partitions, "DROP_WAITS_MS", 100)
    one = on_postgresql
    for hours in (0, 47):
        one.hear(NOW - hours * HOUR, a=1.0)
    assert one.store.step()
    with one.store.database.reading() as connection:
        connection.execute(select(schema.sample.c.time)).all()
        one.hear(NOW + 1, a=1.0)
        assert one.store.step()
        began = time.monotonic()
        assert partitions.drop_old(one.store.database, one.store.kept, NOW + 3 * DAY) == []
        assert time.monotonic() - began < 30
    assert partitions.drop_old(one.store.database, one.store.kept, NOW + 3 * DAY)


# TimescaleDB: what it is told


def test_what_timescaledb_is_told():
    """By the settings."""
    told = partitions.policies(Process("off").store.kept)
    assert "SELECT add_retention_policy('monitoring_sample', drop_after => 172800000000::bigint)" in told
    assert "SELECT add_compression_policy('monitoring_sample', compress_after => 172800000000::bigint)" in told
    assert "SELECT add_retention_policy('monitoring_bucket_1m', drop_after => 2592000000000::bigint)" in told
    assert "SELECT add_retention_policy('monitoring_bucket_6h', drop_after => 63072000000000::bigint)" in told
    assert len(told) == 4 * (2 + len(TIERS))
    assert np.all([statement.startswith("SELECT ") for statement in told])


def test_timescaledb_is_told_when_the_database_has_it(postgres_server):
    """A PostgreSQL that believes to have the extension, with functions of its names that write down their arguments.

    So the statements are ones PostgreSQL can read, with arguments of the types the documentation names. What
    TimescaleDB makes of them is not tried: there is none here.
    """
    url = postgres_server.new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PRETENDED)
    process = Process(url)
    compressions = []

    @event.listens_for(process.store.database._writer, "before_cursor_execute", retval=True)
    def compressed(connection, cursor, statement, parameters, context, many):
        if "timescaledb.compress" in statement:  # its own grammar: no PostgreSQL without it takes this
            compressions.append(statement)
            return "SELECT 1", parameters
        return statement, parameters

    process.hear(NOW - 5, a=1.0)
    assert process.store.step(), process.store.status
    assert process.store.database.timescale
    with process.store.database.reading() as connection:
        told = connection.execute(text("SELECT said FROM told ORDER BY number")).scalars().all()
    tables = ["monitoring_sample", schema.fast_bucket.name, *(table.name for table in schema.buckets.values())]
    assert {f"hypertable {name}" for name in tables} == {" ".join(said.split()[:2]) for said in told if "hyper" in said}
    assert "hypertable monitoring_sample time 86400000000" in told
    assert "retention monitoring_sample 172800000000" in told
    assert "compression monitoring_bucket_1h 17280000000000" in told
    assert sorted({statement.split()[2] for statement in compressions}) == sorted(tables)
    assert partitions_of(process, "monitoring_sample") == []  # chunks are its own business
    process.now += 61
    assert process.store.step()
    process.store.database.close()


def test_tables_that_were_there_before_timescaledb_stay_as_they_are(postgres_server):
    """Partitioned, written and let go of as ever: an extension that comes later changes nothing."""
    url = postgres_server.new_database()
    before = Process(url)
    before.hear(NOW - 5, a=1.0)
    assert before.store.step()
    before.store.database.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PRETENDED)
    process = Process(url, now=NOW + 2 * DAY)
    process.hear(process.now - 5, a=2.0)
    assert process.store.step(), process.store.status
    assert not process.store.database.timescale
    with process.store.database.reading() as connection:
        assert connection.execute(text("SELECT said FROM told")).scalars().all() == []
    assert len(partitions_of(process, "monitoring_sample")) == 2
    process.store.database.close()


PRETENDED = """
    SET allow_system_table_mods = on;
    INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
      SELECT 999999, 'timescaledb', extowner, extnamespace, false, '2.17' FROM pg_extension LIMIT 1;
    CREATE TABLE told (number serial, said text);
    CREATE FUNCTION create_hypertable(relation regclass, time_column name, chunk_time_interval bigint) RETURNS void
      LANGUAGE sql AS $$ INSERT INTO told (said)
        VALUES ('hypertable ' || relation || ' ' || time_column || ' ' || chunk_time_interval) $$;
    CREATE FUNCTION set_integer_now_func(hypertable regclass, integer_now_func regproc) RETURNS void
      LANGUAGE sql AS $$ INSERT INTO told (said) VALUES ('now ' || hypertable || ' ' || integer_now_func) $$;
    CREATE FUNCTION add_compression_policy(hypertable regclass, compress_after bigint) RETURNS integer
      LANGUAGE sql AS $$ INSERT INTO told (said)
        VALUES ('compression ' || hypertable || ' ' || compress_after) RETURNING 1 $$;
    CREATE FUNCTION remove_compression_policy(hypertable regclass, if_exists boolean) RETURNS boolean
      LANGUAGE sql AS $$ SELECT true $$;
    CREATE FUNCTION add_retention_policy(relation regclass, drop_after bigint) RETURNS integer
      LANGUAGE sql AS $$ INSERT INTO told (said) VALUES ('retention ' || relation || ' ' || drop_after) RETURNING 1 $$;
    CREATE FUNCTION remove_retention_policy(relation regclass, if_exists boolean) RETURNS void
      LANGUAGE sql AS $$ SELECT $$;
"""
