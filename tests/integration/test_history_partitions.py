"""Partitions of a day on a real PostgreSQL, dropped whole and made again when needed; and what TimescaleDB is told."""

from __future__ import annotations

import time

import numpy as np
import psycopg
import pytest
from sqlalchemy import event, select, text

from dashboard.history import partitions, schema
from dashboard.history.partitions import partition_name
from dashboard.history.steps import TIERS
from tests.integration.history_process import DAY, HOUR, NOW, Process

LIMITS = ("statement_timeout", "lock_timeout")


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


def test_nothing_is_left_behind_in_a_session_that_a_pooler_may_hand_to_another(on_postgresql):
    one, database = on_postgresql, on_postgresql.store.database
    for number in range(8):  # more often than a driver takes to prepare a statement of its own accord
        one.hear(NOW - number * HOUR, a=1.0)
        assert one.store.step()
        one.store.events.gaps(NOW - HOUR, NOW)
    partitions.drop_old(database, one.store.kept, NOW + 2 * DAY)
    for transaction, limits, engine in ((database.reading, ["5s", "100ms"], database._reader),
                                        (database.writing, ["30s", "5s"], database._writer)):
        with transaction() as connection:
            assert [connection.execute(text(f"SHOW {name}")).scalar_one() for name in LIMITS] == limits
        session = engine.raw_connection()
        with session.cursor() as cursor:
            assert [cursor.execute(f"SHOW {name}").fetchone()[0] for name in LIMITS] == ["0", "0"]
            assert cursor.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0] == 0
        session.close()


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


def test_each_of_two_consoles_with_a_schema_of_its_own_has_its_own_partitions(postgres_server):
    """One of them has that of the other in its search path, behind its own."""
    url = postgres_server.new_database()
    own = f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D%22own%25%22,public"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "own%"')
    staging, production = Process(own), Process(url)
    for process in (staging, production):
        assert process.store.step(), process.store.status
    for process in (production, staging):
        process.hear(NOW - 47 * HOUR, a=1.0)
        assert process.store.step(), process.store.status
        assert process.stored() == 1
    name, = partitions_of(production, "monitoring_sample")
    assert partitions_of(staging, "monitoring_sample") == [name]
    assert name in partitions.drop_old(staging.store.database, staging.store.kept, NOW + 3 * DAY)
    assert (staging.stored(), production.stored()) == (0, 1)
    assert not partitions.drop_old(staging.store.database, staging.store.kept, NOW + 3 * DAY)
    for process in (production, staging):
        process.store.database.close()


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
