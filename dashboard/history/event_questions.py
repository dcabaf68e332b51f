"""What the archive of events asks of a window: each question is put together once, which takes longer than its answer.

Parameters: `start_us`, `end_us` (µs), `at_most` rows, and `source` where there is one. The newest come first.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import BigInteger, Integer, Select, bindparam, func, or_, select

from dashboard.history import schema

START, END = bindparam("start_us", type_=BigInteger), bindparam("end_us", type_=BigInteger)
AT_MOST = bindparam("at_most", type_=Integer)


@cache
def alert_spans(of_one: bool) -> Select:
    """Alerts that were there; `of_one` source."""
    table = schema.alert
    found = select(table).where(or_(table.c.resolved_us.is_(None), table.c.resolved_us >= START),
                                table.c.first_us <= END)
    if of_one:
        found = found.where(table.c.source == bindparam("source"))
    return found.order_by(table.c.first_us.desc(), table.c.key).limit(AT_MOST)


@cache
def said(of_one: bool) -> Select:
    """What sources said of themselves, of the kind `kind`; `of_one` of them."""
    table = schema.event
    found = select(table).where(table.c.kind == bindparam("kind"), table.c.at_us.between(START, END))
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
