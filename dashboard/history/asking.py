"""Questions that need one thing after the other of the database: asked alone, or many of them at the same time. No SQL.

A question is a generator. It yields what it needs next, is sent it, and returns its answer. What many questions need
next is asked for in one statement (rows by name are not: they are rare): each is a way to the database and back, and
lets other threads go first.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Connection, Table

from dashboard.history.answers import UnknownMetric, UnknownSource
from dashboard.history.cells import Fields, Rows
from dashboard.history.many import Span, count_each, unpack_each
from dashboard.history.statements import cells_at

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a table lie in a span, counted up to a bound. Sent: int."""

    table: Table
    span: Span
    at_most: int


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The rows of a table in a span, of some `metrics` each. Sent: Rows."""

    table: Table
    span: Span
    kind: np.dtype
    metrics: int


@dataclass(frozen=True, slots=True)
class CellsAt:
    """The rows of a table of exactly these times (int64, µs). Sent: Fields."""

    table: Table
    source_id: int
    times: np.ndarray


Need = Count | Unpacked | CellsAt
Asking = Generator[Need, Any, Answer]


def at_once(connection: Connection, asked: Sequence[Asking[Answer]]) -> list[Answer | UnknownSource | UnknownMetric]:
    """The answer of each question, or which of the two it raised. Raises what the database does."""
    answers: list[Any] = [None] * len(asked)
    sent: dict[int, Any] = dict.fromkeys(range(len(asked)))
    while sent:
        needs: dict[int, Need] = {}
        for place, value in sent.items():
            try:
                needs[place] = asked[place].send(value)
            except StopIteration as over:
                answers[place] = over.value
            except (UnknownSource, UnknownMetric) as error:
                answers[place] = error
        sent = _met(connection, needs)
    return answers


def _met(connection: Connection, needs: dict[int, Need]) -> dict[int, Any]:
    """What is needed, for each; of one kind and one table in one statement."""
    alike: dict[Any, list[int]] = {}
    for place, need in needs.items():
        alike.setdefault((type(need), need.table), []).append(place)
    met: dict[int, Any] = {}
    for (kind, table), places in alike.items():
        met.update(zip(places, _ASK[kind](connection, table, [needs[place] for place in places]), strict=True))
    return met


def _counts(connection: Connection, table: Table, needs: Sequence[Count]) -> list[int]:
    return count_each(connection, table, [(need.span, need.at_most) for need in needs])


def _rows(connection: Connection, table: Table, needs: Sequence[Unpacked]) -> list[Rows]:
    return unpack_each(connection, table, [(need.span, need.metrics) for need in needs], needs[0].kind)


def _cells(connection: Connection, table: Table, needs: Sequence[CellsAt]) -> list[Fields]:
    return [cells_at(connection, table, need.source_id, need.times) for need in needs]


_ASK: dict[type, Callable[[Connection, Table, Sequence[Any]], list[Any]]] = {
    Count: _counts, Unpacked: _rows, CellsAt: _cells}
