"""Alerts that are over, as the archive keeps them: the other reader of `dashboard.alerts.past`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from dashboard.alerts.alert import RESOLVED, Alert
from dashboard.alerts.past import CLOSED, DURATION, FIRED, LEVEL, MESSAGE, ArchiveAway, Wanted
from dashboard.events import LEVELS, normal_level
from dashboard.history import schema
from dashboard.history.alert_rows import readable
from dashboard.history.answers import HistoryUnavailable
from dashboard.history.cells import to_us
from dashboard.history.event_archive import TEXT_MAX, EventArchive
from dashboard.history.event_questions import of_levels
from dashboard.history.texts import storable

PORTION = 1_000
"""Alerts that are read at once where all are asked for: some 2 MB with their timelines."""
_UNKNOWN_RANK = normal_level("")[1]

Found = TypeVar("Found")


class ClosedInArchive:
    """A `ClosedReader` over the tables of the history."""

    def __init__(self, archive: EventArchive):
        self._archive = archive

    def count(self, wanted: Wanted) -> int:
        question = select(func.count()).select_from(schema.alert).where(*_conditions(wanted))
        return self._ask(lambda connection: connection.execute(question).scalar_one())

    def page(self, wanted: Wanted, sort: str, limit: int, offset: int) -> Sequence[Alert]:
        table = schema.alert
        column = _columns()[sort.removeprefix("-")]
        order = column.desc() if sort.startswith("-") else column.asc()
        question = select(table.c.document).where(*_conditions(wanted)).order_by(
            order, table.c.resolved_us.desc(), table.c.key).limit(limit).offset(offset)
        return self._ask(lambda connection: list(readable(connection.execute(question).scalars().all())))

    def each(self, wanted: Wanted) -> Iterator[Alert]:
        table, conditions = schema.alert, _conditions(wanted)
        after: list[ColumnElement[bool]] = []
        while True:
            question = select(table.c.resolved_us, table.c.key, table.c.document).where(*conditions, *after).order_by(
                table.c.resolved_us.desc(), table.c.key).limit(PORTION)
            rows = self._ask(lambda connection, question=question: connection.execute(question).all())
            yield from readable([row.document for row in rows])
            if len(rows) < PORTION:
                return
            last_us, last_key = rows[-1].resolved_us, rows[-1].key
            # The first says nothing new, but an index can begin there.
            after = [table.c.resolved_us <= last_us, or_(table.c.resolved_us < last_us, table.c.key > last_key)]

    def get(self, key: str) -> Alert | None:
        try:
            alert = self._archive.alert(key)
        except HistoryUnavailable as away:
            raise ArchiveAway(str(away)) from away
        return alert if alert is not None and alert.state == RESOLVED else None

    def _ask(self, question: Callable[[Connection], Found]) -> Found:
        try:
            return self._archive.ask(question)
        except HistoryUnavailable as away:
            raise ArchiveAway(str(away)) from away


def _columns() -> dict[str, ColumnElement[Any]]:
    """What SORTS sort by."""
    table = schema.alert
    rank = case(*((table.c.level == level, rank) for level, rank in LEVELS.items()), else_=_UNKNOWN_RANK)
    return {CLOSED: table.c.resolved_us, FIRED: table.c.first_us, DURATION: table.c.resolved_us - table.c.first_us,
            LEVEL: rank, MESSAGE: func.lower(table.c.message)}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    table = schema.alert
    found: list[ColumnElement[bool]] = [table.c.state == RESOLVED, table.c.resolved_us.is_not(None)]
    if wanted.start is not None:
        found.append(table.c.resolved_us >= to_us(wanted.start))
    if wanted.end is not None:
        found.append(table.c.resolved_us <= to_us(wanted.end))
    if wanted.levels:
        found.append(of_levels(wanted.levels))
    if wanted.source is not None:
        found.append(table.c.source == storable(wanted.source))
    columns = (table.c.message, table.c.component, table.c.alert_id, table.c.source)
    found += [or_(*(column.icontains(word, autoescape=True) for column in columns))
              for word in storable((wanted.text or "")[:TEXT_MAX]).split()]
    return found
