"""What is asked of the past beside metrics: alerts, commands, gaps of the feed, and operators' annotations.

Every method may wait for the database, and raises HistoryUnavailable where it is away.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from dashboard.alerts.alert import ACTIVE, RESOLVED, STATES, Alert
from dashboard.history import annotations, schema
from dashboard.history import event_questions as questions
from dashboard.history.alert_rows import readable
from dashboard.history.annotations import UNSET
from dashboard.history.answers import (
    AlertPage,
    AlertSpan,
    Annotation,
    HistoryUnavailable,
    PastCommand,
    PastEvent,
    PastGap,
    PastMoment,
)
from dashboard.history.cells import MICROSECONDS, to_us
from dashboard.history.database import TROUBLE, Database, Readable, plain_words
from dashboard.history.event_writer import HEALTH, STATUS
from dashboard.history.statements import TIMES_AT_ONCE, all_rows, chunks
from dashboard.history.texts import storable

ALERTS_MAX = 1_000
"""Alerts of one page, by the REST contract."""
OPEN_AT_MOST = 1_000
"""Alerts of one past moment, the gravest; more than a thousand nobody looks at one by one. How many more is told."""
TEXT_MAX = 150
"""Characters of a search that are looked at."""

Found = TypeVar("Found")


class EventArchive:
    """Reads what was stored of events, and keeps the annotations."""

    def __init__(self, database: Database | Readable | None, *, clock: Callable[[], float] = time.time,
                 down: Callable[[], HistoryUnavailable | None] = lambda: None, why_none: str = "There is no history"):
        self._database, self._clock, self._down, self._why_none = database, clock, down, why_none

    def within(self, snapshot: Readable) -> EventArchive:
        """One of the database at one moment, which begins with its first question; only to be read."""
        return EventArchive(snapshot, clock=self._clock, down=self._down, why_none=self._why_none)

    # Alerts

    def alerts(self, *, start: float | None = None, end: float | None = None, levels: Iterable[str] = (),
               states: Iterable[str] = (RESOLVED,), source: str | None = None, text: str | None = None,
               worst_first: bool = False, limit: int = 25, offset: int = 0) -> AlertPage:
        """Archived alerts that were there in the window, newest first; by default those that are over.

        `levels` ignore case, know the aliases of events and `other` (none of ours); each word of `text` is looked for
        in id, source, component and message.
        """
        table = schema.alert
        wanted = [*_there_in(start, end), table.c.state.in_([state for state in STATES if state in set(states)])]
        if named := tuple(levels):
            wanted.append(questions.of_levels(named))
        if source is not None:
            wanted.append(table.c.source == storable(source))
        if text:
            columns = (table.c.alert_id, table.c.source, table.c.component, table.c.message)
            wanted += [or_(*(column.icontains(word, autoescape=True) for column in columns))
                       for word in storable(text[:TEXT_MAX]).split()]

        def ask(connection: Connection) -> AlertPage:
            first, at_most = max(0, offset), min(max(1, limit), ALERTS_MAX)
            rows = connection.execute(
                select(table.c.document).where(*wanted)
                .order_by(*((questions.RANK,) if worst_first else ()), table.c.first_us.desc(), table.c.key)
                .limit(at_most).offset(first)).scalars().all()
            if len(rows) < at_most and (rows or not first):  # the last ones
                return AlertPage(tuple(readable(rows)), first + len(rows))
            total = connection.execute(select(func.count()).select_from(table).where(*wanted)).scalar_one()
            return AlertPage(tuple(readable(rows)), total)

        return self._read(ask)

    def alerts_beside(self, known: Container[str], start: float, end: float, limit: int) -> AlertPage:
        """The newest `limit` alerts that were there in the window, in any state, whose keys are not `known`: the others
        are neither read nor counted (`total`)."""
        window = {"start_us": to_us(start), "end_us": to_us(end)}

        def ask(connection: Connection) -> AlertPage:
            there = all_rows(connection, questions.alert_keys(), **window)
            keys = sorted((-first_us, key) for key, first_us in there if key not in known)
            read = (all_rows(connection, questions.documents(), keys=[key for _, key in some])
                    for some in chunks(keys[:limit], TIMES_AT_ONCE))
            found = readable(document for document, in chain.from_iterable(read))
            return AlertPage(tuple(sorted(found, key=lambda alert: (-alert.first_seen, alert.key))), len(keys))

        return self._read(ask)

    def alert(self, key: str) -> Alert | None:
        """One archived alert with its timeline; None where there is none."""
        table = schema.alert
        rows = self._read(lambda connection: connection.execute(
            select(table.c.document).where(table.c.key == storable(key))).scalars().all())
        return next(iter(readable(rows)), None)

    def find(self, id_or_key: str, source: str | None = None) -> list[Alert]:
        """The archived alert with this key, else the newest of each source that has this producer's id."""
        table, stored = schema.alert, storable(id_or_key)  # PostgreSQL holds no NUL, and the column not every length

        def ask(connection: Connection) -> Sequence[str]:
            document = select(table.c.document)
            by_key = connection.execute(document.where(table.c.key == stored)).scalars().all()
            return by_key or connection.execute(document.where(table.c.alert_id == stored).order_by(
                table.c.first_us.desc(), table.c.key).limit(OPEN_AT_MOST)).scalars().all()

        newest: dict[str, Alert] = {}
        for alert in readable(self._read(ask)):
            if source in (None, alert.source) and id_or_key in (alert.id, alert.key):
                newest.setdefault(alert.source, alert)
        return list(newest.values())

    def alert_spans(self, start: float, end: float, source: str | None = None, limit: int = 2_000) -> list[AlertSpan]:
        """Spans of alerts, open ones too, that overlap the window, oldest first; of more than `limit` the newest."""
        rows = self._rows(questions.alert_spans(source is not None), start, end, limit, **_of(source))
        return [AlertSpan(row.key, row.alert_id, row.source, row.level, row.component, row.message, row.state,
                          row.first_us / MICROSECONDS, _seconds(row.resolved_us)) for row in reversed(rows)]

    # A past moment

    def moment(self, at: float) -> PastMoment:
        """Alerts, and what each source said of itself, as they were at a time (Unix s)."""
        table = schema.alert

        def ask(connection: Connection) -> PastMoment:
            then = {"start_us": to_us(at), "end_us": to_us(at)}
            rows = connection.execute(questions.gravest(), then | {"at_most": OPEN_AT_MOST}).scalars().all()
            total = len(rows)
            if total == OPEN_AT_MOST:
                total = connection.execute(
                    select(func.count()).select_from(table).where(*_there_in(at, at))).scalar_one()
            alerts = tuple((alert, state) for alert in readable(rows) if (state := state_at(alert, at)) != RESOLVED)
            return PastMoment(at, alerts, _last_of_each(connection, STATUS, at), _last_of_each(connection, HEALTH, at),
                              max(0, total - OPEN_AT_MOST))

        return self._read(ask)

    def last_said(self, at: float, kind: str = STATUS) -> dict[str, PastEvent]:
        """What each source had said of itself last by a time (Unix s), by its stored name."""
        return self._read(lambda connection: _last_of_each(connection, kind, at))

    def said(self, start: float, end: float, kind: str = STATUS, source: str | None = None, limit: int = 5_000
             ) -> list[PastEvent]:
        """What sources said of themselves in the window, oldest first; of more than `limit` the newest."""
        rows = self._rows(questions.said(source is not None), start, end, limit, kind=kind, **_of(source))
        return [_event(row) for row in reversed(rows)]

    def said_by(self, sources: Iterable[str], start: float, end: float, kind: str = STATUS, limit: int = 5_000
                ) -> dict[str, list[PastEvent]]:
        """What `said` tells of each of these sources, in one question as a rule."""
        found = self.said(start, end, kind, limit=limit)
        if len(found) >= limit:  # one that says very much must not cost the others theirs
            return {name: self.said(start, end, kind, name, limit) for name in sources}
        by_name: dict[str, list[PastEvent]] = defaultdict(list)
        for event in found:
            by_name[event.source].append(event)
        return {name: by_name.get(storable(name), []) for name in sources}

    # Commands and gaps

    def commands(self, start: float, end: float, limit: int = 1_000) -> list[PastCommand]:
        """Commands sent in the window by any process, oldest first; of more than `limit` the newest."""
        rows = self._rows(questions.commands(), start, end, limit)
        return [PastCommand(row.request_id, row.action, row.requested_by, row.at_us / MICROSECONDS, row.receivers,
                            row.answer, row.answer_message or "", _seconds(row.answered_us)) for row in reversed(rows)]

    def gaps(self, start: float, end: float, limit: int = 2_000) -> list[PastGap]:
        """Gaps of the feed of any process that overlap the window, oldest first; of more than `limit` the newest."""
        rows = self._rows(questions.gaps(), start, end, limit)
        return [PastGap(row.process, row.start_us / MICROSECONDS, _seconds(row.end_us), row.why)
                for row in reversed(rows)]

    def listened(self, start: float, end: float) -> list[tuple[float, float]]:
        """When any process listened, as far as it overlaps the window: (since, until) in Unix s, by their starts."""
        rows = self._rows(questions.listened(), start, end)
        return [(row.since_us / MICROSECONDS, row.until_us / MICROSECONDS) for row in rows]

    # Annotations

    def annotations(self, start: float, end: float, source: str | None = None, limit: int = 1_000) -> list[Annotation]:
        """Annotations that overlap the window (of `source`, and those about all), oldest first."""
        return self._read(lambda connection: annotations.between(connection, start, end, source, limit))

    def annotate(self, start: float, end: float | None, text: str, by: str, source: str | None = None) -> Annotation:
        """Keep a new annotation. Raises ValueError: no text, more than 2,000 characters, end before start."""
        now = self._clock()
        return self._write(lambda connection: annotations.made(connection, now, start, end, text, by, source))

    def change_annotation(self, annotation_id: str, by: str, *, text: Any = UNSET, start: Any = UNSET,
                          end: Any = UNSET) -> Annotation:
        """Change what is given, in the name of whoever does it; `end` None makes a moment of it. Raises
        UnknownAnnotation, ValueError."""
        now = self._clock()
        return self._write(lambda connection: annotations.changed(connection, annotation_id, by, now, text, start, end))

    def remove_annotation(self, annotation_id: str) -> None:
        """Forget it. Raises UnknownAnnotation."""
        self._write(lambda connection: annotations.removed(connection, annotation_id))

    def ask(self, question: Callable[[Connection], Found]) -> Found:
        """What another module of the history reads. Raises HistoryUnavailable."""
        return self._with(question, writing=False)

    _read = ask

    def _rows(self, question: Select, start: float, end: float, at_most: int | None = None, **more: str
              ) -> Sequence[Row]:
        """The rows of a question of `event_questions`."""
        values: dict[str, Any] = {"start_us": to_us(start), "end_us": to_us(end)} | more
        if at_most is not None:
            values["at_most"] = at_most
        return self._read(lambda connection: connection.execute(question, values).all())

    def _write(self, ask: Callable[[Connection], Found]) -> Found:
        return self._with(ask, writing=True)

    def _with(self, ask: Callable[[Connection], Found], writing: bool) -> Found:
        away = self._down()
        if away is not None or self._database is None:
            raise away or HistoryUnavailable(self._why_none)
        try:
            with self._database.writing() if writing else self._database.reading() as connection:
                return ask(connection)
        except TROUBLE as error:
            raise HistoryUnavailable(plain_words(error)) from error


def state_at(alert: Alert, at: float) -> str:
    """The state an alert had at a time, by its timeline; resolved before it was there."""
    if at < alert.first_seen:
        return RESOLVED
    past = [entry for entry in alert.timeline if entry.at_us <= to_us(at) and entry.new]
    return past[-1].new if past else ACTIVE


def _there_in(start: float | None, end: float | None) -> list[ColumnElement[bool]]:
    table = schema.alert
    wanted: list[ColumnElement[bool]] = []
    if start is not None:
        wanted.append(or_(table.c.resolved_us.is_(None), table.c.resolved_us >= to_us(start)))
    if end is not None:
        wanted.append(table.c.first_us <= to_us(end))
    return wanted


def _of(source: str | None) -> dict[str, str]:
    return {} if source is None else {"source": storable(source)}


def _last_of_each(connection: Connection, kind: str, at: float) -> dict[str, PastEvent]:
    rows = connection.execute(questions.last_said(), {"kind": kind, "end_us": to_us(at)})
    return {row.source: _event(row) for row in rows}


def _event(row: Row) -> PastEvent:
    return PastEvent(row.source, row.at_us / MICROSECONDS, row.kind, orjson.loads(row.document))


def _seconds(us: int | None) -> float | None:
    return None if us is None else us / MICROSECONDS
