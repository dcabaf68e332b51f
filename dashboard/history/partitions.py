"""How PostgreSQL divides the rows by time, so that a year of them is let go at once and never slows the newest.

Where TimescaleDB is in the database the tables are hypertables, and its own jobs compress and drop their chunks. Where
it is not, each table has partitions of fixed spans: made before the first row of a span is written, dropped whole when
all of it is too old. SQLite has neither: there rows are deleted, a few at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, exc, text

from dashboard.history import schema
from dashboard.history.cells import MICROSECONDS
from dashboard.history.database import Database
from dashboard.history.steps import Kept

DAY_US = 86_400 * MICROSECONDS
SPANS_US = {"monitoring_sample": DAY_US, "monitoring_bucket_5s": DAY_US, "monitoring_bucket_1m": 7 * DAY_US,
            "monitoring_bucket_5m": 7 * DAY_US, "monitoring_bucket_30m": 7 * DAY_US,
            "monitoring_bucket_1h": 100 * DAY_US, "monitoring_bucket_6h": 100 * DAY_US}
"""Time in one partition: what is kept is some 3 to 8 of them."""
COMPRESSED_AFTER = 2
"""Spans after which TimescaleDB compresses a chunk: late samples are written to those before it."""
LOCK_NOT_AVAILABLE = "55P03"
DROP_WAITS_MS = 50
"""Dropping needs the table for itself for a moment; while it waits for a reader, all others wait behind it, and must
not give up (`LOCKED_READ_S`)."""


def timed_tables(kept: Kept) -> list[tuple[Table, float]]:
    """Each table of rows by time, and how many seconds its rows are kept."""
    return [(schema.sample, kept.raw_s), (schema.fast_bucket, kept.raw_s),
            *((table, kept.of(name)) for name, table in schema.buckets.items())]


class Partitions:
    """Makes the partitions of a PostgreSQL without TimescaleDB; remembers those it has met."""

    def __init__(self, database: Database):
        self._database = database
        self._known: set[str] = set()

    def forget(self) -> None:
        """A transaction was rolled back, or somebody may have dropped some."""
        self._known.clear()

    def ensure(self, connection: Connection, table: Table, times_us: Iterable[int]) -> None:
        """There is a partition for each of these times. Within a writing transaction."""
        if self._database.is_sqlite or self._database.timescale:
            return
        span = SPANS_US[table.name]
        for start in sorted({at // span for at in times_us}):
            name = partition_name(table.name, start * span)
            if name in self._known:
                continue
            for statement in making(table.name, start * span):
                connection.execute(text(statement))
            self._known.add(name)


def partition_name(table: str, start_us: int) -> str:
    """`monitoring_sample_p20251009`: the day on which it begins."""
    return f"{table}_p{datetime.fromtimestamp(start_us / MICROSECONDS, UTC):%Y%m%d}"


def making(table: str, start_us: int) -> list[str]:
    """The statements that make a partition where there is none. Attached, not created in place: readers go on.

    It lies where its table does: another schema of the search path may have one of the same name, of another console.
    """
    name, end_us = partition_name(table, start_us), start_us + SPANS_US[table]
    return [f"""
        DO $$ DECLARE place text;
        BEGIN
          SELECT format('%I.{name}', n.nspname) INTO place FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass('{table}');
          IF to_regclass(place) IS NULL THEN
            EXECUTE 'CREATE TABLE ' || place || ' (LIKE {table} INCLUDING ALL)';
            EXECUTE 'ALTER TABLE {table} ATTACH PARTITION ' || place || ' FOR VALUES FROM ({start_us}) TO ({end_us})';
          END IF;
        END $$"""]  # nosec B608 # noqa: S608 - names and numbers of ours


def drop_old(database: Database, kept: Kept, now: float) -> list[str]:
    """Drop the partitions of which all is too old; their names. Each by itself: who cannot be had now is tried again.

    Raises what the database raises.
    """
    dropped = []
    for table, kept_s in timed_tables(kept):
        with database.reading() as connection:
            found = _partitions(connection, table.name)
        for place, name, start_us in found:
            old = start_us + SPANS_US[table.name] <= (now - kept_s) * MICROSECONDS
            if old and _dropped(database, f"{place}.{name}"):
                dropped.append(name)
    return dropped


def _dropped(database: Database, place: str) -> bool:
    """Drop a partition; False where somebody reads it just now: the next look will find it again."""
    try:
        with database.beside() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {DROP_WAITS_MS}"))
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {place}".replace("%", "%%"))
    except exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def _partitions(connection: Connection, table: str) -> list[tuple[str, str, int]]:
    """Of each its schema, as it is written in a statement, its name, and when it begins (µs)."""
    rows = connection.execute(text(
        "SELECT quote_ident(n.nspname), c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.inhparent = to_regclass(:table) ORDER BY 2"),
        {"table": table}).all()
    found = []
    for place, name in rows:
        day = datetime.strptime(name.rpartition("_p")[2], "%Y%m%d").replace(tzinfo=UTC)
        found.append((place, name, round(day.timestamp()) * MICROSECONDS))
    return found


def policies(kept: Kept) -> list[str]:
    """The statements that tell TimescaleDB what to compress and what to drop, by these settings, whatever it was told.

    Written after its documentation (2.x, integer times); not run against a TimescaleDB by our tests.
    """
    statements = []
    for table, kept_s in timed_tables(kept):
        after_us = COMPRESSED_AFTER * SPANS_US[table.name]
        statements += [
            f"SELECT remove_compression_policy('{table.name}', if_exists => true)",
            f"SELECT add_compression_policy('{table.name}', compress_after => {after_us}::bigint)",
            f"SELECT remove_retention_policy('{table.name}', if_exists => true)",
            f"SELECT add_retention_policy('{table.name}', drop_after => {round(kept_s * MICROSECONDS)}::bigint)",
        ]
    return statements


def apply_policies(connection: Connection, kept: Kept) -> None:
    """Tell TimescaleDB. Within a writing transaction."""
    for statement in policies(kept):
        connection.execute(text(statement))
