"""What the archive of events asks of a window: each question is put together once, which takes longer than its answer.

Parameters: `start_us`, `end_us` (µs), `at_most` rows, and `source` where there is one. The newest come first.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, String, and_, bindparam, case, func, or_, select

from dashboard.alerts.query import OTHER
from dashboard.events import LEVELS, normal_level
from dashboard.history import schema
from dashboard.history.texts import storable

START, END = bindparam("start_us", type_=BigInteger), bindparam("end_us", type_=BigInteger)
AT_MOST, KIND = bindparam("at_most", type_=Integer), bindparam("kind", type_=String)
RANK = case(*((schema.alert.c.level == name, rank) for name, rank in LEVELS.items()), else_=LEVELS["WARNING"])
"""How grave an alert is, by its level; the least is the worst."""


def of_levels(levels: Iterable[str]) -> ColumnElement[bool]:
    """Alerts of any of these levels, meant as in memory: case does not count, aliases do, and so does `other`."""
    named = [storable(normal_level(level)[0]) for level in levels]
    folded = {level.casefold() for level in named}
    column = schema.alert.c.level
    # As written, too: what is no ASCII, not every database can lower.
    found = or_(func.lower(column).in_(folded), column.in_(named))
    return or_(found, column.not_in(LEVELS)) if OTHER in folded else found


@cache
def alert_spans(of_one: bool) -> Select:
    """Alerts that were there; `of_one` source."""
    table = schema.alert
    found = select(table).where(_was_there())
    if of_one:
        found = found.where(table.c.source == bindparam("source"))
    return found.order_by(table.c.first_us.desc(), table.c.key).limit(AT_MOST)


@cache
def alert_keys() -> Select:
    """Keys and beginnings (µs) of all alerts that were there, in any order."""
    return select(schema.alert.c.key, schema.alert.c.first_us).where(_was_there())


@cache
def documents() -> Select:
    """Of the alerts with these `keys`."""
    table = schema.alert
    return select(table.c.document).where(table.c.key.in_(bindparam("keys", expanding=True)))


@cache
def gravest() -> Select:
    """Documents of alerts that were there, the gravest first."""
    table = schema.alert
    return select(table.c.document).where(_was_there()).order_by(
        RANK, table.c.first_us.desc(), table.c.key).limit(AT_MOST)


@cache
def last_said() -> Select:
    """What each source had said last by `end_us`, of the kind `kind`."""
    table = schema.event
    newest = select(table.c.source, func.max(table.c.at_us).label("at_us")).where(
        table.c.kind == KIND, table.c.at_us <= END).group_by(table.c.source).subquery()
    return select(table).join(
        newest, (table.c.source == newest.c.source) & (table.c.at_us == newest.c.at_us)).where(table.c.kind == KIND)


@cache
def said(of_one: bool) -> Select:
    """What sources said of themselves, of the kind `kind`; `of_one` of them."""
    table = schema.event
    found = select(table).where(table.c.kind == KIND, table.c.at_us.between(START, END))
    if of_one:
        found = found.where(table.c.source == bindparam("source"))
    return found.order_by(table.c.at_us.desc(), table.c.key).limit(AT_MOST)


@cache
def commands() -> Select:
    table = schema.command
    return select(table).where(table.c.at_us.between(START, END), table.c.action != "").order_by(
        table.c.at_us.desc(), table.c.request_id).limit(AT_MOST)


@cache
def gaps() -> Select:
    table = schema.gap
    return select(table).where(
        table.c.start_us <= END, or_(table.c.end_us.is_(None), table.c.end_us >= START)).order_by(
        table.c.start_us.desc(), table.c.process).limit(AT_MOST)


@cache
def annotations(of_one: bool) -> Select:
    """Those that overlap; `of_one` source and those about all."""
    table = schema.annotation
    found = select(table).where(table.c.start_us <= END, func.coalesce(table.c.end_us, table.c.start_us) >= START)
    if of_one:
        found = found.where(or_(table.c.source.is_(None), table.c.source == bindparam("source")))
    return found.order_by(table.c.start_us.desc(), table.c.id).limit(AT_MOST)


@cache
def listened() -> Select:
    """All of them, by their starts."""
    table = schema.listening
    return select(table.c.since_us, table.c.until_us).where(
        table.c.since_us <= END, table.c.until_us >= START).order_by(table.c.since_us)


def _was_there() -> ColumnElement[bool]:
    table = schema.alert
    return and_(or_(table.c.resolved_us.is_(None), table.c.resolved_us >= START), table.c.first_us <= END)
