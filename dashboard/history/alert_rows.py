"""The rows of the archive's alerts: how they are written over each other, and when they must not be.

A key is stable in all processes since it says nothing of times: the first alert of an identity has the same key again
once nobody remembers the one before, as after the retention of Redis, or with Redis and all processes gone. The
archive remembers longer: there the earlier one goes on under a name with its own beginning in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, delete, or_, select

from dashboard.alerts.alert import Alert
from dashboard.alerts.documents import Unreadable, dump_alert, load_alert
from dashboard.history import schema
from dashboard.history.cells import MICROSECONDS, to_us
from dashboard.history.event_questions import RANK
from dashboard.history.statements import upsert
from dashboard.history.texts import storable, storable_json

APART_US = 60 * MICROSECONDS
"""One that ended that long before the other began is another alert. Processes that have heard different parts of one
are at one within seconds, and Redis, where it keeps both, gives them different keys."""


OPEN_AT_MOST = 10_000
"""Of more open alerts only the gravest are looked for again: 20 MB, and five seconds until all are in Redis."""


def still_open(connection: Connection) -> list[Alert]:
    """The open alerts, the gravest first."""
    table = schema.alert
    return list(readable(connection.execute(
        select(table.c.document).where(table.c.resolved_us.is_(None))
        .order_by(RANK, table.c.first_us.desc(), table.c.key).limit(OPEN_AT_MOST)).scalars()))


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
    table, written = schema.alert, []
    there = {row["key"]: row for row in connection.execute(
        select(table).where(table.c.key.in_([row["key"] for row in rows]))).mappings()} if rows else {}
    for row in rows:
        known = there.get(row["key"])
        if known is not None and _is_before(known, row):
            connection.execute(delete(table).where(table.c.key == known["key"], table.c.first_us == known["first_us"]))
            written.append(_renamed(known))
        elif known is not None and _is_before(row, known):
            row = _renamed(row)
        written.append(row)
    upsert(connection, table, written, where=_is_newer)


def _is_before(one: Any, other: Any) -> bool:
    return one["resolved_us"] is not None and one["resolved_us"] + APART_US < other["first_us"]


def _renamed(row: Any) -> dict[str, Any]:
    """The row as that of an alert whose key has gone to a later one."""
    key = f"{row['key']}-{row['first_us']}"
    document = orjson.loads(row["document"])
    document["alert"]["key"] = key
    return dict(row) | {"key": key, "document": orjson.dumps(document).decode()}


def _is_newer(table: Any, excluded: Any) -> Any:
    """What has more occurrences and transitions knows more; of the same, what has run out changes the state alone."""
    return or_(excluded.revision > table.c.revision,
               (excluded.revision == table.c.revision) & (excluded.state != table.c.state))
