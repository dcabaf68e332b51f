"""What operators write beside a time or a span. The one thing of the history that people make and take back."""

from __future__ import annotations

import math
import secrets
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from dashboard.history import event_questions as questions
from dashboard.history.answers import Annotation, UnknownAnnotation
from dashboard.history.cells import MICROSECONDS, to_us
from dashboard.history.schema import annotation as table
from dashboard.history.texts import storable

TEXT_CHARS = 2_000
"""As long as the note of an alert."""
BY_CHARS = 200
ANNOTATIONS_MOST = 20_000
"""Kept at all: years of a busy team's, and an end for a script gone wrong."""
UNSET: Any = object()


def made(connection: Connection, now: float, start: float, end: float | None, text: str, by: str, source: str | None
         ) -> Annotation:
    """Keep a new one. Raises ValueError."""
    _check_span(start, end)
    if connection.execute(select(func.count()).select_from(table)).scalar_one() >= ANNOTATIONS_MOST:
        raise ValueError(f"There are {ANNOTATIONS_MOST:,} annotations already, which is the most.")
    kept = Annotation(secrets.token_hex(8), start, end, _checked_text(text), storable(by, BY_CHARS), now,
                      None if source is None else storable(source))
    connection.execute(insert(table).values(
        id=kept.id, source=kept.source, start_us=to_us(start), end_us=None if end is None else to_us(end),
        text=kept.text, by_whom=kept.by, at_us=to_us(now)))
    return kept


def changed(connection: Connection, annotation_id: str, by: str, now: float, text: Any = UNSET, start: Any = UNSET,
            end: Any = UNSET) -> Annotation:
    """Change what is given: it is then what `by` wrote, now. Raises UnknownAnnotation, ValueError."""
    before = one(connection, annotation_id)
    start, end = before.start if start is UNSET else start, before.end if end is UNSET else end
    _check_span(start, end)
    text = before.text if text is UNSET else _checked_text(text)
    if (text, start, end) == (before.text, before.start, before.end):
        return before
    connection.execute(update(table).where(table.c.id == storable(annotation_id)).values(
        text=text, start_us=to_us(start), end_us=None if end is None else to_us(end), by_whom=storable(by, BY_CHARS),
        at_us=to_us(now)))
    return one(connection, annotation_id)


def removed(connection: Connection, annotation_id: str) -> None:
    """Forget one. Raises UnknownAnnotation."""
    if not connection.execute(delete(table).where(table.c.id == storable(annotation_id))).rowcount:
        raise UnknownAnnotation(annotation_id)


def one(connection: Connection, annotation_id: str) -> Annotation:
    """The one with this id. Raises UnknownAnnotation."""
    row = connection.execute(select(table).where(table.c.id == storable(annotation_id))).first()
    if row is None:
        raise UnknownAnnotation(annotation_id)
    return _read(row)


def between(connection: Connection, start: float, end: float, source: str | None, limit: int) -> list[Annotation]:
    """Those that overlap the window, oldest first; of more than `limit` the newest."""
    values = {"start_us": to_us(start), "end_us": to_us(end), "at_most": limit}
    if source is not None:
        values["source"] = storable(source)
    rows = connection.execute(questions.annotations(source is not None), values).all()
    return [_read(row) for row in reversed(rows)]


def _read(row: Row) -> Annotation:
    return Annotation(row.id, row.start_us / MICROSECONDS, _seconds(row.end_us), row.text, row.by_whom,
                      row.at_us / MICROSECONDS, row.source)


def _seconds(us: int | None) -> float | None:
    return None if us is None else us / MICROSECONDS


_LATEST_S = 2**40
"""Of a time that is still one: some 35,000 years."""


def _check_span(start: float, end: float | None) -> None:
    times = [start] if end is None else [start, end]
    if not all(math.isfinite(at) and abs(at) < _LATEST_S for at in times):
        raise ValueError("start and end are times.")
    if end is not None and end < start:
        raise ValueError("end lies before start.")


def _checked_text(text: str) -> str:
    text = storable(text, None).strip()
    if not text:
        raise ValueError("An annotation needs a text.")
    if len(text) > TEXT_CHARS:
        raise ValueError(f"An annotation has at most {TEXT_CHARS:,} characters.")
    return text
