"""Statements that SQLAlchemy has once for each database, and those that SQLite is asked in another way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    exc,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.history.cells import Fields, Rows, fields_of, together

TIMES_AT_ONCE = 500
"""Rows asked for by name at once: well below what any database takes as parameters."""
ROWS_TOGETHER = 300
"""Rows of one statement: SQLite takes 999 values at least, and a row has three."""
ROWS_AS_ONE = 1_000
"""Rows of SQLite that are read as one: 2.4 MB of samples with 200 metrics each, 10 MB of buckets."""
SHORT_ROWS_AS_ONE, BYTES_AS_ONE = 16_000, 1_000_000
"""So many of a few metrics each, as the rows before them tell."""
AS_ONE = "rows as one"
"""In the `info` of a connection: whether it is one to SQLite whose cells may be read as one."""
MANY = 2**31 - 1
"""As many rows as there are."""
FEW = 8
"""Rows that are as quickly asked for by name."""


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
    """Write rows of (time in µs, cells) over those of the same source and time.

    In the driver's own words: of thousands of rows SQLAlchemy would look at each value. SQLite is given
    many rows in one statement: after each statement this thread waits for its turn among the others.
    """
    given = [(source_id, at, cells) for at, cells in rows]
    into = f"INSERT INTO {table.name} (source_id, time, cells) VALUES"  # noqa: S608 - the name of a table of ours
    over = " ON CONFLICT (source_id, time) DO UPDATE SET cells = excluded.cells"
    if connection.dialect.name != "sqlite":
        if given:
            connection.exec_driver_sql(f"{into} (%s, %s, %s){over}", given)
        return
    for some in chunks(given, ROWS_TOGETHER):
        places = ", ".join(["(?, ?, ?)"] * len(some))
        connection.exec_driver_sql(f"{into} {places}{over}", tuple(chain.from_iterable(some)))


def cells_at(connection: Connection, table: Table, source_id: int, times: np.ndarray) -> Fields:
    """The rows of exactly these times (int64, µs).

    What is asked for lies together as a rule, and little else between: then it is one look at that stretch of time.
    """
    if len(times) > FEW:
        at_most = 2 * len(times)
        near = Fields.together(list(_portions(
            connection, table, source_id, int(times.min()), int(times.max()), at_most)))
        if len(near) < at_most:
            return near.at(times)
    found: list[tuple[int, bytes]] = []
    for some in chunks(times.tolist(), TIMES_AT_ONCE):
        found += connection.execute(named(table), {"source_id": source_id, "times": some}).all()
    found.sort()
    return Fields.of(found)


def cells_between(connection: Connection, table: Table, source_id: int, start_us: int, end_us: int
                  ) -> Sequence[tuple[int, bytes]]:
    """The rows with start <= time <= end (µs), ascending."""
    return first_rows(connection, table, source_id, start_us, end_us, MANY)


def all_rows(connection: Connection, question: Select, **values: Any) -> Sequence[Sequence[Any]]:
    """The rows of a question for texts and numbers, in any order; of SQLite as one, as `first_rows` has them.

    The question is one that is put together once, `values` are those of its parameters.
    """
    if connection.dialect.name != "sqlite":
        return connection.execute(question, values).all()
    return orjson.loads(connection.execute(_all_as_one(question), values).scalar_one())


def first_rows(connection: Connection, table: Table, source_id: int, start_us: int, end_us: int, at_most: int
               ) -> list[tuple[int, bytes]]:
    """The first rows with start <= time <= end (µs), so many at most, ascending."""
    return list(chain.from_iterable(portion.rows() for portion in _portions(
        connection, table, source_id, start_us, end_us, at_most)))


def unpacked_between(connection: Connection, table: Table, source_id: int, start_us: int, end_us: int, kind: np.dtype
                     ) -> Rows:
    """The rows with start <= time <= end (µs), their fields as cells of that kind."""
    found = [portion.unpack(kind) for portion in _portions(connection, table, source_id, start_us, end_us, MANY)]
    return found[0] if len(found) == 1 else together(found)


def _portions(connection: Connection, table: Table, source_id: int, start_us: int, end_us: int, at_most: int
              ) -> Iterator[Fields]:
    """The first rows of a time, in runs.

    Of SQLite many are asked for as one: after each row that it gives, this thread waits for its turn among the others,
    for milliseconds where one of them is busy.
    """
    asked = {"source_id": source_id, "start_us": start_us, "end_us": end_us}
    if not connection.info.get(AS_ONE):
        yield Fields.of(connection.execute(some_between(table), asked | {"at_most": at_most}).all())
        return
    left, as_one = at_most, ROWS_AS_ONE
    while left > 0:
        asked["at_most"] = min(left, as_one)
        some = _fields(connection, table, asked)
        yield some
        if len(some) < asked["at_most"]:
            return
        left -= len(some)
        asked["start_us"] = int(some.times[-1]) + 1
        as_one = max(ROWS_AS_ONE, min(SHORT_ROWS_AS_ONE, BYTES_AS_ONE * len(some) // max(1, len(some.raw))))


def _fields(connection: Connection, table: Table, asked: dict[str, int]) -> Fields:
    """So many rows of SQLite, as one if they can be."""
    try:
        times, sizes, raw = connection.execute(as_one(table), asked).one()
    except exc.DataError:  # thousands of metrics each: together they are longer than a value may be
        found = None
    else:
        found = Fields.of([]) if times is None else fields_of(times, sizes, raw)
    return Fields.of(connection.execute(some_between(table), asked).all()) if found is None else found


def count_between(connection: Connection, table: Table, source_id: int, start_us: int, end_us: int, at_most: int
                  ) -> int:
    """How many rows that are, counted up to a bound."""
    return connection.execute(counted_between(table), {
        "source_id": source_id, "start_us": start_us, "end_us": end_us, "at_most": at_most}).scalar_one()


# Each is put together once.


@cache
def named(table: Table) -> Select:
    """The rows of a source at these `times`, in any order."""
    return select(table.c.time, table.c.cells).where(
        table.c.source_id == bindparam("source_id"), table.c.time.in_(bindparam("times", expanding=True)))


@cache
def some_between(table: Table) -> Select:
    """The first rows of a source with start_us <= time <= end_us, so many at most (`at_most`), ascending."""
    return select(table.c.time, table.c.cells).where(_is_between(table)).order_by(table.c.time).limit(
        bindparam("at_most", type_=Integer))


@cache
def as_one(table: Table) -> Select:
    """The same as one row of SQLite, for `fields_of`."""
    some = some_between(table).subquery()
    return select(func.group_concat(some.c.time), func.group_concat(func.length(some.c.cells)),
                  cast(func.group_concat(cast(some.c.cells, Text), ""), LargeBinary))


@cache
def _all_as_one(question: Select) -> Select:
    return select(func.json_group_array(func.json_array(*question.subquery().c)))


@cache
def counted_between(table: Table) -> Select:
    """How many there are, counted up to `at_most`."""
    some = select(table.c.time).where(_is_between(table)).limit(bindparam("at_most", type_=Integer))
    return select(func.count()).select_from(some.subquery())


def _is_between(table: Table) -> ColumnElement[bool]:
    return and_(table.c.source_id == bindparam("source_id"),
                table.c.time.between(bindparam("start_us"), bindparam("end_us")))


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
