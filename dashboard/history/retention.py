"""Lets go of what is too old: in small steps, by one process for all, so that writing never waits long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from dashboard.history import schema
from dashboard.history.cells import MICROSECONDS, to_us
from dashboard.history.database import Database
from dashboard.history.partitions import drop_old, timed_tables
from dashboard.history.statements import delete_oldest, upsert
from dashboard.history.steps import TIERS, Kept

CLAIM = "retention"
EVERY_S = 60.0
"""How often some process looks; a minute of samples is a few rows."""
ROWS_AT_ONCE = 500
"""Rows of one transaction: 300 kB, some 5 ms."""
TRANSACTIONS_AT_ONCE = 5
"""Between two flushes: so that a great deal to let go of delays no sample."""
AHEAD_AT_MOST_S = 86_400.0
RAW_MARGIN_S = 3_600.0
"""Raw rows outlive their time by this: hosts whose clocks differ less refuse a sample before its row is gone."""

Task = Callable[[Connection], int]


class Retention:
    """`step` after each flush. `alerts_kept` and `alerts_kept_s`: resolved alerts, how many and for how long."""

    def __init__(self, database: Database, kept: Kept, alerts_kept: int, alerts_kept_s: float):
        self._database, self._kept = database, kept
        self._alerts_kept, self._alerts_kept_s = alerts_kept, alerts_kept_s
        self._due = 0.0
        self._tasks: list[Task] = []

    def step(self, now: float) -> bool:
        """Do a little, if it is time and no other process does it; True where more is to be done at once.

        Raises what the database raises.
        """
        if not self._tasks:
            if 0 <= self._due - now <= EVERY_S:
                return False
            self._due = now + EVERY_S
            with self._database.writing() as connection:
                if not claimed(connection, CLAIM, now, EVERY_S):
                    return False
            self._tasks = self.tasks(self.believed(now))
        return self._work()

    def all_at_once(self, now: float, done: Callable[[int], Any] = lambda rows: None) -> int:
        """Everything, one step after the other, claimed or not; how many rows went. For the command line."""
        self._tasks, rows = self.tasks(self.believed(now)), 0
        while self._tasks:
            went = self._one()
            rows += went
            done(went)
        return rows

    def believed(self, now: float) -> float:
        """The time things are too old by: ours, but not more than a day after the newest that is stored.

        A clock that was set years ahead by mistake must not cost two years of history. Where nothing new comes, nothing
        has to go either.
        """
        table = schema.buckets[TIERS[-1].name]
        with self._database.reading() as connection:
            newest_us = connection.execute(select(func.max(table.c.time))).scalar()
        if newest_us is None:
            return now
        return min(now, newest_us / MICROSECONDS + TIERS[-1].span_s + AHEAD_AT_MOST_S)

    def _work(self) -> bool:
        for _ in range(TRANSACTIONS_AT_ONCE):
            while self._tasks and not self._one():
                pass  # nothing to let go of there: look at the next
        return bool(self._tasks)

    def _one(self) -> int:
        """One transaction of the first task; a task that is through is taken off."""
        with self._database.writing() as connection:
            rows = self._tasks[0](connection)
        if rows < ROWS_AT_ONCE:
            self._tasks.pop(0)
        return rows

    def tasks(self, now: float) -> list[Task]:
        """What to look at, each a step that deletes at most ROWS_AT_ONCE rows and says how many."""
        database = self._database
        tasks: list[Task] = []
        if database.is_sqlite:
            with database.reading() as connection:
                sources = connection.execute(select(schema.source.c.id)).scalars().all()
            for table, kept_s in timed_tables(self._kept):
                margin_s = RAW_MARGIN_S if table is schema.sample else 0.0
                before = to_us(now - kept_s - margin_s)
                tasks += [_rows_of(table, source_id, before) for source_id in sources]
        elif not database.timescale:
            drop_old(database, self._kept, now)
        oldest = to_us(now - self._kept.hour_s)
        tasks += [
            _older(schema.alert, schema.alert.c.resolved_us, to_us(now - self._alerts_kept_s)),
            self._alerts_beyond,
            _older(schema.alert, schema.alert.c.last_us, oldest),  # open for ever: nobody will ever say it is over
            _older(schema.command, schema.command.c.at_us, oldest), _older(schema.gap, schema.gap.c.start_us, oldest),
            _older(schema.listening, schema.listening.c.until_us, oldest),
            _older(schema.event, schema.event.c.at_us, oldest),
            _older(schema.annotation, func.coalesce(schema.annotation.c.end_us, schema.annotation.c.start_us), oldest),
        ]
        return tasks

    def _alerts_beyond(self, connection: Connection) -> int:
        resolved = schema.alert.c.resolved_us
        first_beyond = connection.execute(
            select(resolved).where(resolved.is_not(None)).order_by(resolved.desc())
            .offset(self._alerts_kept).limit(1)).scalar()
        return 0 if first_beyond is None else _older(schema.alert, resolved, first_beyond + 1)(connection)


def claimed(connection: Connection, name: str, now: float, for_s: float) -> bool:
    """Whether this process may do a work now; then nobody else may for a while. In a writing transaction.

    A claim that reaches further into the future than any does was made by a clock that was wrong.
    """
    table = schema.claim
    until = connection.execute(select(table.c.until_us).where(table.c.name == name)).scalar()
    if until is not None and 0 <= until - to_us(now) <= to_us(for_s):
        return False
    upsert(connection, table, [{"name": name, "until_us": to_us(now + for_s)}])
    return True


def _rows_of(table: Table, source_id: int, before_us: int) -> Task:
    return lambda connection: delete_oldest(connection, table, source_id, before_us, ROWS_AT_ONCE)


def _older(table: Table, column: Any, before_us: int) -> Task:
    keys = list(table.primary_key)

    def task(connection: Connection) -> int:
        old = connection.execute(
            select(*keys).where(column < before_us).order_by(column).limit(ROWS_AT_ONCE)).all()
        for row in old:
            connection.execute(delete(table).where(
                *(key == value for key, value in zip(keys, row, strict=True))))
        return len(old)

    return task
