"""The statements about many sources at once: each of theirs, put together to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby
from operator import itemgetter
from string import Template

import numpy as np
from sqlalchemy import Connection, CursorResult, Table, exc

from dashboard.history.cells import Fields, Rows, fields_of, together
from dashboard.history.statements import AS_ONE, chunks, count_between, unpacked_between

AT_ONCE = 32
"""Sources of one statement: as many as an answer is about at most."""
ROWS_AT_ONCE, BYTES_AT_ONCE = 64_000, 16_000_000
"""Of one statement. Of a source that has more than its share the others are asked for by themselves."""


BETWEEN = ";"
"""Between what is of one source and what is of the next."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time (µs, both ends within) of one source."""

    source_id: int
    start_us: int
    end_us: int


def count_each(connection: Connection, table: Table, asked: Sequence[tuple[Span, int]]) -> list[int]:
    """How many rows there are in each span, counted up to the bound beside it."""
    counts: list[int] = []
    for some in chunks(asked, AT_ONCE):
        if len(some) == 1:
            [(span, at_most)] = some
            counts.append(count_between(connection, table, span.source_id, span.start_us, span.end_us, at_most))
        else:
            counts += _ask(connection, _counts, table, some).one()
    return counts


def unpack_each(connection: Connection, table: Table, asked: Sequence[tuple[Span, int]], kind: np.dtype) -> list[Rows]:
    """The rows of each span; the number beside it: how many metrics a row may have."""
    found: list[Rows] = []
    for some in chunks(asked, AT_ONCE):
        spans = [(span, _at_once(metrics * kind.itemsize, len(some))) for span, metrics in some]
        beginnings = _beginnings(connection, table, spans) if len(some) > 1 else None
        for place, (span, at_most) in enumerate(spans):
            start_us, rows = span.start_us, []
            if beginnings is not None:
                rows.append(beginnings[place].unpack(kind))
                start_us = int(beginnings[place].times[-1]) + 1 if len(beginnings[place]) == at_most else None
            if start_us is not None:
                rows.append(unpacked_between(connection, table, span.source_id, start_us, span.end_us, kind))
            found.append(rows[0] if len(rows) == 1 else together(rows))
    return found


def _at_once(row_bytes: int, sources: int) -> int:
    """How many rows of each source are asked for together."""
    return max(1, min(ROWS_AT_ONCE, BYTES_AT_ONCE // max(1, row_bytes)) // sources)


def _beginnings(connection: Connection, table: Table, asked: Sequence[tuple[Span, int]]) -> list[Fields] | None:
    """The first rows of each span, as many as stand beside it; None where they cannot be had together."""
    if connection.dialect.name != "sqlite":
        rows = {place: [row[1:] for row in some]
                for place, some in groupby(_ask(connection, _rows, table, asked).all(), itemgetter(0))}
        return [Fields.of(rows.get(place, [])) for place in range(len(asked))]
    if not connection.info.get(AS_ONE):
        return None
    try:
        places, times, sizes, raw = _ask(connection, _rows_as_one, table, asked).one()
    except exc.DataError:  # together they are longer than a value may be
        return None
    if places.split(BETWEEN) != list(map(str, range(len(asked)))):  # SQLite promises no order
        return None
    return _apart(times.split(BETWEEN), sizes.split(BETWEEN), raw)


def _apart(times: Sequence[str], sizes: Sequence[str], raw: bytes) -> list[Fields] | None:
    """Each source's rows of what came in one piece; None where bytes are missing."""
    found, first = [], 0
    for some_times, some_sizes in zip(times, sizes, strict=True):
        length = int(np.fromstring(some_sizes, np.int64, sep=",").sum())
        fields = fields_of(some_times, some_sizes, raw[first:first + length])
        if fields is None:
            return None
        found.append(fields)
        first += length
    return found if first == len(raw) else None


def _ask(connection: Connection, words: Callable[[str, int], str], table: Table, asked: Sequence[tuple[Span, int]]
         ) -> CursorResult:
    """One statement about all spans, in the driver's own words: SQLAlchemy would need 20 to 100 ms of processor for
    each number of sources that it first meets, in every new process."""
    statement = words(table.name, len(asked))
    if connection.dialect.name != "sqlite":
        statement = statement.replace("?", "%s")
    return connection.exec_driver_sql(statement, tuple(chain.from_iterable(
        (span.source_id, span.start_us, span.end_us, at_most) for span, at_most in asked)))


# Of each a part for every source: `$table` is the name of one of ours, `$some` its rows, `$place` which source it is.

_SOME = Template("SELECT time, cells FROM $table WHERE source_id = ? AND time >= ? AND time <= ? ORDER BY time LIMIT ?")
_COUNT = Template("(SELECT count(*) FROM ("
                  "SELECT time FROM $table WHERE source_id = ? AND time >= ? AND time <= ? LIMIT ?) AS s$place)")
_ROWS = Template("SELECT $place AS place, s$place.time, s$place.cells FROM ($some) AS s$place")
_ROWS_AS_ONE = Template(
    "SELECT $place AS place, coalesce(group_concat(time), '') AS times, "
    "coalesce(group_concat(length(cells)), '') AS sizes, "
    "coalesce(CAST(group_concat(CAST(cells AS TEXT), '') AS BLOB), '') AS raw FROM ($some)")
_ALL_AS_ONE = Template(
    "SELECT group_concat(place, '$between'), group_concat(times, '$between'), group_concat(sizes, '$between'), "
    "CAST(group_concat(CAST(raw AS TEXT), '') AS BLOB) FROM ($each)")


@cache
def _counts(table: str, sources: int) -> str:
    """A row with the count of each."""
    return "SELECT " + ", ".join(_parts(_COUNT, table, sources))


@cache
def _rows(table: str, sources: int) -> str:
    """Place, time and cells of all rows, in their order."""
    return " UNION ALL ".join(_parts(_ROWS, table, sources)) + " ORDER BY place, time"


@cache
def _rows_as_one(table: str, sources: int) -> str:
    """As `statements.as_one` of all sources, in SQLite: places, times, sizes and fields one after the other."""
    return _ALL_AS_ONE.substitute(between=BETWEEN, each=" UNION ALL ".join(_parts(_ROWS_AS_ONE, table, sources)))


def _parts(part: Template, table: str, sources: int) -> Iterator[str]:
    some = _SOME.substitute(table=table)
    return (part.substitute(table=table, some=some, place=place) for place in range(sources))
