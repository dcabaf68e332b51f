"""The numbers that sources and metrics have in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select

from dashboard.history import schema
from dashboard.history.answers import SourceInfo
from dashboard.history.statements import all_rows, chunks, insert
from dashboard.history.texts import storable

ASKED_AT_ONCE = 500
"""Names in one question: well below what any database takes as parameters."""
REMEMBERED = "found out"
"""In the options of a connection: what is remembered on it."""


def plain(name: str) -> str:
    """A name as every database can hold it, no longer than its column."""
    return storable(name, schema.NAME_CHARS)


def find(connection: Connection, table: Table, names: Iterable[str]) -> dict[str, int]:
    """name -> number, of those that have one."""
    wanted = list(dict.fromkeys(plain(name) for name in names))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        question = select(table.c.name, table.c.id).where(table.c.name.in_(wanted[start:start + ASKED_AT_ONCE]))
        found.update(connection.execute(question).all())
    return found


def metrics_of(connection: Connection, source: str) -> Sequence[Sequence[Any]]:
    """Of each metric of a source: the source's number and `fast_us`, then number, name and first time (µs) of the
    metric. These three are None in the one row of a source that has none; there is no row of one that is not known."""
    return metrics_of_each(connection, [source])[plain(source)]


def metrics_of_each(connection: Connection, sources: Iterable[str]) -> dict[str, list[Sequence[Any]]]:
    """The same of several sources in one question, by the plain name of each. What the connection remembers is not
    asked for again."""
    memory = remembered(connection)
    known = {} if memory is None else memory.metrics
    found: dict[str, list[Sequence[Any]]] = {name: [] for name in map(plain, sources) if name not in known}
    for some in chunks(list(found), ASKED_AT_ONCE):
        for name, *row in all_rows(connection, _metrics_of(), sources=some):
            found[name].append(row)
    known.update(found)
    return known


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was found out on a connection on which all is of one moment. `sources`: those of the store, once they were
    asked for. `metrics`: what `metrics_of` tells, by source.
    By the number of a source: `newest`, time (µs) and cells of its newest bucket of the coarsest tier, and `last_us`,
    the time of its newest sample, None where none is kept."""

    sources: list[SourceInfo] = field(default_factory=list)
    metrics: dict[str, list[Sequence[Any]]] = field(default_factory=dict)
    newest: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    last_us: dict[int, int | None] = field(default_factory=dict)


def remembering(connection: Connection) -> Connection:
    """A connection on which all is of one moment, from now on with what is found out on it."""
    return connection.execution_options(**{REMEMBERED: Remembered()})


def remembered(connection: Connection) -> Remembered | None:
    """None where each question is of a moment of its own."""
    return connection.get_execution_options().get(REMEMBERED)


@cache
def _metrics_of() -> Select:
    source, seen, metric = schema.source, schema.source_metric, schema.metric
    return (select(source.c.name, source.c.id, source.c.fast_us, metric.c.id.label("metric_id"),
                   metric.c.name.label("metric"), seen.c.first_us)
            .outerjoin(seen, seen.c.source_id == source.c.id).outerjoin(metric, metric.c.id == seen.c.metric_id)
            .where(source.c.name.in_(bindparam("sources", expanding=True))))


class Numbers:
    """The numbers one process has met, so that it need not ask again: they never change.

    Only for a writing transaction. Where that is rolled back, `forget` must be called.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[str, int]] = {}
        self._first: dict[tuple[int, int], int] = {}

    def forget(self) -> None:
        """A transaction was rolled back: what was given out in it is void."""
        self._known.clear()
        self._first.clear()

    def of(self, connection: Connection, table: Table, names: Sequence[str]) -> list[int]:
        """The numbers of these names, given out where they have none yet."""
        known = self._known.setdefault(table.name, {})
        missing = [name for name in names if name not in known]
        if missing:
            found = find(connection, table, missing)
            new = list(dict.fromkeys(name for name in map(plain, missing) if name not in found))
            if new:
                connection.execute(insert(connection, table).on_conflict_do_nothing(), [{"name": name} for name in new])
                found |= find(connection, table, new)
            known.update((name, found[plain(name)]) for name in missing)
        return [known[name] for name in names]

    def seen(self, connection: Connection, source_id: int, first_us: Mapping[int, int]) -> None:
        """A source has sent metrics, by their numbers, from these times on: the earliest is kept."""
        news = [{"source_id": source_id, "metric_id": metric_id, "first_us": at} for metric_id, at in first_us.items()
                if at < self._first.get((source_id, metric_id), at + 1)]
        if not news:
            return
        table = schema.source_metric
        known = dict(connection.execute(select(table.c.metric_id, table.c.first_us).where(
            table.c.source_id == source_id)).all())
        self._first.update(((source_id, metric_id), at) for metric_id, at in known.items())
        news = [row for row in news if row["first_us"] < known.get(row["metric_id"], row["first_us"] + 1)]
        if news:
            statement = insert(connection, table)
            connection.execute(statement.on_conflict_do_update(
                index_elements=["source_id", "metric_id"], set_={"first_us": statement.excluded.first_us}), news)
            self._first.update(((source_id, row["metric_id"]), row["first_us"]) for row in news)
