"""The few statements the two databases word alike, but which SQLAlchemy has once for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

TIMES_AT_ONCE = 500
"""Rows asked for by name at once: well below what any database takes as parameters."""


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, for the database of this connection."""
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], where: Any = None) -> None:
    """Write rows over those with the same primary key. `where(table, excluded)` says over which of them."""
    if not rows:
        return
    statement = insert(connection, table)
    keys = [column.name for column in table.primary_key]
    connection.execute(statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in rows[0] if name not in keys},
        where=None if where is None else where(table, statement.excluded)), list(rows))


def upsert_cells(connection: Connection, table: Table, source_id: int, rows: Iterable[tuple[int, bytes]]) -> None:
    """Write rows of (time in µs, cells) over those of the same source and time."""
    upsert(connection, table, [{"source_id": source_id, "time": at, "cells": cells} for at, cells in rows])


def cells_at(connection: Connection, table: Table, source_id: int, times: Sequence[int]) -> list[tuple[int, bytes]]:
    """The rows of exactly these times (µs), ascending."""
    found: list[tuple[int, bytes]] = []
    for start in range(0, len(times), TIMES_AT_ONCE):
        found += connection.execute(
            select(table.c.time, table.c.cells).where(
                table.c.source_id == source_id, table.c.time.in_(times[start:start + TIMES_AT_ONCE]))).all()
    found.sort()
    return found


def cells_between(connection: Connection, table: Table, source_id: int, start_us: int, end_us: int
                  ) -> Sequence[tuple[int, bytes]]:
    """The rows with start <= time <= end (µs), ascending."""
    return connection.execute(
        select(table.c.time, table.c.cells).where(
            table.c.source_id == source_id, table.c.time.between(start_us, end_us)
        ).order_by(table.c.time)).all()


def delete_oldest(connection: Connection, table: Table, source_id: int, before_us: int, at_most: int) -> int:
    """Delete the oldest rows of a source that are older than a time, so many at most; how many there were."""
    oldest = select(table.c.time).where(table.c.source_id == source_id, table.c.time < before_us)
    last = connection.execute(oldest.order_by(table.c.time).offset(at_most - 1).limit(1)).scalar()
    limit = before_us if last is None else last + 1
    return connection.execute(
        delete(table).where(table.c.source_id == source_id, table.c.time < limit)).rowcount


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items in runs of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start:start + size]
