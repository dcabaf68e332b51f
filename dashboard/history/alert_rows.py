"""The rows of the archive's alerts: how they are written over each other, and when they must not be.

A key is stable in all processes since it says nothing of times: the first alert of an identity has the same key again
once nobody remembers the one before, as after the retention of Redis, or with Redis and all processes gone. The
archive remembers longer: there the earlier one goes on under a name with its own beginning in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, func, or_, select

from dashboard.alerts.alert import Alert
from dashboard.alerts.documents import Unreadable, dump_alert, load_alert
from dashboard.history import schema
from dashboard.history.cells import MICROSECONDS, to_us
from dashboard.history.event_questions import RANK
from dashboard.history.statements import chunks, upsert
from dashboard.history.texts import storable, storable_json

APART_US = 60 * MICROSECONDS
"""One that ended that long before the other began is another alert. Processes that have heard different parts of one
are at one within seconds, and Redis, where it keeps both, gives them different keys."""
KEYS_AT_ONCE = 500
IDENTITY_CHARS = 16
"""Of a key: which (source, id) it is about."""
OPEN_AT_MOST = 10_000
"""Of more open alerts only the gravest are looked for again: some 20 MB while they are read."""


def still_open(connection: Connection) -> list[Alert]:
    """The open alerts, the gravest first; but none after whose last occurrence another of its identity began."""
    table = schema.alert
    identity = func.substr(table.c.key, 1, IDENTITY_CHARS)
    rows = connection.execute(
        select(identity.label("identity"), table.c.last_us, table.c.document).where(table.c.resolved_us.is_(None))
        .order_by(RANK, table.c.first_us.desc(), table.c.key).limit(OPEN_AT_MOST)).all()
    newest = dict(connection.execute(select(identity, func.max(table.c.first_us)).group_by(identity)).all()) if rows \
        else {}
    return list(readable(row.document for row in rows if newest[row.identity] <= row.last_us))


def open_keys(connection: Connection) -> Sequence[str]:
    """The keys of all open alerts, without reading their documents."""
    return connection.execute(select(schema.alert.c.key).where(schema.alert.c.resolved_us.is_(None))).scalars().all()


def readable(documents: Iterable[str]) -> Iterator[Alert]:
    """The alerts in stored documents, but those of a later version."""
    for document in documents:
        try:
            yield load_alert(document.encode())
        except Unreadable:
            continue


def alert_row(alert: Alert) -> dict[str, Any]:
    """The row of an alert."""
    alert = alert.overlay(None, None)  # silences and silence of the source are no part of its life
    return {
        "key": alert.key, "alert_id": storable(alert.id), "source": storable(alert.source),
        "level": storable(alert.level, 200), "component": storable(alert.component),
        "message": storable(alert.message), "state": alert.state,
        "first_us": to_us(alert.first_seen), "last_us": to_us(alert.last_seen),
        "resolved_us": None if alert.resolved_at is None else to_us(alert.resolved_at),
        "revision": alert.revision, "document": storable_json(dump_alert(alert).decode())}


def write_alert_rows(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write each where it knows more than what is there of the same alert. In a writing transaction."""
    if len({row["key"] for row in rows}) < len(rows):  # several of one key, in a file
        for row in sorted(rows, key=lambda row: row["first_us"]):
            write_alert_rows(connection, [row])
        return
    there = _there(connection, [key for row in rows for key in (row["key"], _own_key(row))])
    written = []
    for row in rows:
        known = there.get(row["key"])
        if known is not None and known.resolved_us is not None and _is_before(known._mapping, row):
            written.append(_taken_out(connection, known.key, known.first_us))
        elif known is not None and _is_before(row, known._mapping) and (
                row["resolved_us"] is not None or _own_key(row) in there):
            row = _renamed(row)
        written.append(row)
    upsert(connection, schema.alert, [row for row in written if row is not None], where=_is_newer)


def _there(connection: Connection, keys: Sequence[str]) -> dict[str, Row]:
    table = schema.alert
    found: dict[str, Row] = {}
    for some in chunks(keys, KEYS_AT_ONCE):
        found |= {row.key: row for row in connection.execute(
            select(table.c.key, table.c.first_us, table.c.last_us, table.c.resolved_us).where(table.c.key.in_(some)))}
    return found


def _is_before(one: Any, other: Any) -> bool:
    """Whether they are two alerts, and this is the earlier. By several clocks: one alert begins once."""
    end_us = one["last_us"] if one["resolved_us"] is None else one["resolved_us"]
    return one["first_us"] < other["first_us"] and end_us + APART_US < other["first_us"]


def _taken_out(connection: Connection, key: str, first_us: int) -> dict[str, Any] | None:
    """The row of an alert whose key goes to a later one, under its own; None where another process was quicker."""
    table = schema.alert
    its = (table.c.key == key) & (table.c.first_us == first_us)
    row = connection.execute(select(table).where(its)).mappings().first()
    connection.execute(delete(table).where(its))
    return None if row is None else _renamed(row)


def _own_key(row: Any) -> str:
    return f"{row['key']}-{row['first_us']}"[:schema.ID_CHARS]


def _renamed(row: Any) -> dict[str, Any]:
    """The row under a key that no later alert has."""
    return dict(row) | {"key": _own_key(row), "document": _document_named(row["document"], _own_key(row))}


def _document_named(document: str, key: str) -> str:
    """The document with another key; one that cannot be read as it is: nobody else can read it either."""
    try:
        tree = orjson.loads(document)
        tree["alert"]["key"] = key
    except (ValueError, TypeError, KeyError):
        return document
    return storable_json(orjson.dumps(tree).decode())


def _is_newer(table: Any, excluded: Any) -> Any:
    """What has more occurrences and transitions knows more; of the same, what has run out changes the state alone."""
    return or_(excluded.revision > table.c.revision,
               (excluded.revision == table.c.revision) & (excluded.state != table.c.state))
