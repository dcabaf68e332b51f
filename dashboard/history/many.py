"""The statements about many sources at once: each of theirs, put together to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter

import numpy as np
from sqlalchemy import Connection, LargeBinary, Select, Table, Text, cast, exc, func, literal, select, union_all

from dashboard.history.cells import Fields, Rows, fields_of, together
from dashboard.history.statements import (
    AS_ONE,
    all_rows,
    as_one,
    chunks,
    count_between,
    counted_between,
    some_between,
    unpacked_between,
)

AT_ONCE = 32
"""Sources of one statement: as many as an answer is about at most. A power of two (`_rounded`)."""
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


NO_ROWS = Span(-1, 0, 0)
"""Of no source."""


def count_each(connection: Connection, table: Table, asked: Sequence[tuple[Span, int]]) -> list[int]:
    """How many rows there are in each span, counted up to the bound beside it."""
    counts: list[int] = []
    for some in chunks(asked, AT_ONCE):
        if len(some) == 1:
            [(span, at_most)] = some
            counts.append(count_between(connection, table, span.source_id, span.start_us, span.end_us, at_most))
        else:
            rounded = _rounded(some)
            found = dict(all_rows(connection, _counts(table, len(rounded)), **_values(rounded)))
            counts += [found[place] for place in range(len(some))]
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
    rounded = _rounded(asked)
    values, sources = _values(rounded), len(rounded)
    if connection.dialect.name != "sqlite":
        read = connection.execute(_rows(table, sources), values).all()
        rows = {place: [row[1:] for row in some] for place, some in groupby(read, itemgetter(0))}
        return [Fields.of(rows.get(place, [])) for place in range(len(asked))]
    if not connection.info.get(AS_ONE):
        return None
    try:
        places, times, sizes, raw = connection.execute(_rows_as_one(table, sources), values).one()
    except exc.DataError:  # together they are longer than a value may be
        return None
    if places.split(BETWEEN) != list(map(str, range(sources))):  # SQLite promises no order
        return None
    found = _apart(times.split(BETWEEN), sizes.split(BETWEEN), raw)
    return found and found[:len(asked)]


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


def _rounded(asked: Sequence[tuple[Span, int]]) -> Sequence[tuple[Span, int]]:
    """As many as a power of two: each number of sources is a statement of its own, for which SQLAlchemy needs 20 ms
    when it first meets it."""
    return [*asked, *[(NO_ROWS, 1)] * ((1 << (len(asked) - 1).bit_length()) - len(asked))]


def _values(asked: Sequence[tuple[Span, int]]) -> dict[str, int]:
    return {f"{name}{place}": value for place, (span, at_most) in enumerate(asked) for name, value in (
        ("source_id", span.source_id), ("start_us", span.start_us), ("end_us", span.end_us), ("at_most", at_most))}


@cache
def _counts(table: Table, sources: int) -> Select:
    """Place and count of each."""
    each = (select(literal(place, literal_execute=True).label("place"),
                   counted_between(table, place).scalar_subquery().label("count")) for place in range(sources))
    return select(union_all(*each).subquery())


@cache
def _rows(table: Table, sources: int) -> Select:
    """Place, time and cells of all rows, in their order."""
    each = (select(literal(place, literal_execute=True).label("place"), some_between(table, place).subquery())
            for place in range(sources))
    all_of_them = union_all(*each).subquery()
    return select(all_of_them).order_by(all_of_them.c.place, all_of_them.c.time)


@cache
def _rows_as_one(table: Table, sources: int) -> Select:
    """As `as_one`, of all sources: their places, times, sizes and fields one after the other."""
    def part(place: int) -> Select:
        one = as_one(table, place).subquery()
        return select(literal(place, literal_execute=True).label("place"), *(
            func.coalesce(column, "").label(name) for column, name in zip(
                one.c, ("times", "sizes", "raw"), strict=True)))

    every = union_all(*map(part, range(sources))).subquery()
    return select(*(func.group_concat(column, BETWEEN) for column in (every.c.place, every.c.times, every.c.sizes)),
                  cast(func.group_concat(cast(every.c.raw, Text), ""), LargeBinary))
