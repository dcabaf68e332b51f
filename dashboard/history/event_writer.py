"""Writes what happened beside metrics: alerts as they stand, commands, gaps, what sources say of themselves.

Alerts, commands and gaps are looked up where they are kept anyway, each time something may have changed; only what is
kept nowhere waits here, in a bounded queue. Whatever N processes know alike is written once: each row has a key that
is the same in all of them.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, or_

from dashboard.alerts.alert import Alert
from dashboard.alerts.documents import dump_alert
from dashboard.commands import SentCommand
from dashboard.events import CommandResult, Event, HealthCheck, HealthReport, MetricUpdate, SystemStatus
from dashboard.feed.record import Gap
from dashboard.history import schema
from dashboard.history.cells import to_us
from dashboard.history.database import Database
from dashboard.history.statements import chunks, insert, upsert

QUEUE_LIMIT = 10_000
"""Events that wait for the database: a day of a status and a change of health a minute from seven sources."""
ROWS_AT_ONCE = 200
"""Alerts of one transaction: 1 MB at most."""
TEXT_LIMIT = 2_000
STATUS, HEALTH = "system_status", "health"
"""Kinds of `schema.event`."""


def process_name() -> str:
    """A name for this process that no other has had: host, number, and some chance."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Known:
    """Where things are kept by this process. Each is asked by the history's thread and answers from memory."""

    alerts: Callable[[], Sequence[Alert]] = tuple
    alerts_revision: Callable[[], Any] = lambda: None
    commands: Callable[[], Sequence[SentCommand]] = tuple
    gaps: Callable[[], Sequence[Gap]] = tuple


class EventWriter:
    """One for each process. `offer` from any thread; `flush` by one."""

    def __init__(self, known: Known):
        self._known = known
        self._queue: deque[tuple[str, dict[str, Any]]] = deque()
        self._healths: dict[str, tuple] = {}
        self.dropped = 0
        self.restart()

    def restart(self) -> None:
        """A new process, or another database: everything is written again, as far as it is known."""
        self._process = process_name()
        self._revision: Any = object()
        self._alerts: dict[str, tuple[int, str]] = {}
        self._commands: set[str] = set()
        self._gaps: dict[float, float | None] = {}

    def offer(self, event: Event) -> None:
        """Take an event from the feed; what is told elsewhere is ignored. Never blocks, and is quick."""
        if isinstance(event, SystemStatus):
            self._put(event, STATUS, {"status": event.status, "state": event.lifecycle, "message": event.message,
                                      "uptime_s": event.uptime_s})
        elif isinstance(event, CommandResult):
            self._wait("command", {"request_id": event.request_id[:schema.ID_CHARS], "answer": event.status,
                                   "answer_message": event.message, "answered_us": to_us(event.at)})
        elif isinstance(event, HealthCheck) and event.component is None:
            self._health(event, event.report)
        elif isinstance(event, MetricUpdate) and event.health is not None and event.health.components:
            self._health(event, event.health)

    def _health(self, event: Event, report: HealthReport) -> None:
        """A source's health, where its words are others than before: the score is a metric anyway."""
        words = (report.status, *((part.name, part.status, part.word) for part in report.components))
        kind = (event.source, event.kind)
        if self._healths.get(kind) != words:
            if len(self._healths) >= QUEUE_LIMIT:
                self._healths.clear()
            self._healths[kind] = words
            self._put(event, HEALTH, {
                "score": report.score, "status": report.status,
                "components": {part.name: {"status": part.status, "word": part.word, "score": part.score}
                               for part in report.components}})

    def _put(self, event: Event, kind: str, document: dict[str, Any]) -> None:
        self._wait("event", {"key": event.key[:schema.ID_CHARS], "at_us": to_us(event.at), "source": event.source,
                             "kind": kind, "document": document})

    def _wait(self, table: str, row: dict[str, Any]) -> None:
        if len(self._queue) >= QUEUE_LIMIT:
            self.dropped += 1
            return
        self._queue.append((table, row))

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def flush(self, database: Database) -> None:
        """Write what is new, each portion in a transaction of its own. Raises what the database raises."""
        self._flush_alerts(database)
        self._flush_small(database)
        self._flush_queue(database)

    def _flush_alerts(self, database: Database) -> None:
        revision = self._known.alerts_revision()
        if revision == self._revision:
            return
        alerts = self._known.alerts()
        changed = [alert for alert in alerts if self._alerts.get(alert.key) != (alert.revision, alert.state)]
        for portion in chunks(changed, ROWS_AT_ONCE):
            with database.writing() as connection:
                upsert(connection, schema.alert, [_alert_row(alert) for alert in portion], where=_is_newer)
            self._alerts.update((alert.key, (alert.revision, alert.state)) for alert in portion)
        if len(self._alerts) > 2 * len(alerts):
            there = {alert.key for alert in alerts}
            self._alerts = {key: known for key, known in self._alerts.items() if key in there}
        self._revision = revision

    def _flush_small(self, database: Database) -> None:
        commands = [sent for sent in self._known.commands() if sent.request_id not in self._commands]
        gaps = [gap for gap in self._known.gaps() if self._gaps.get(gap.start, gap) != gap.end]
        if not commands and not gaps:
            return
        with database.writing() as connection:
            _write_commands(connection, [_command_row(sent) for sent in commands])
            upsert(connection, schema.gap, [
                {"process": self._process, "start_us": to_us(gap.start), "why": stored_text(gap.why),
                 "end_us": None if gap.end is None else to_us(gap.end)} for gap in gaps])
        self._commands.update(sent.request_id for sent in commands)
        self._gaps.update((gap.start, gap.end) for gap in gaps)

    def _flush_queue(self, database: Database) -> None:
        while self._queue:
            portion = [self._queue[place] for place in range(min(ROWS_AT_ONCE, len(self._queue)))]
            with database.writing() as connection:
                events = [_stored(row) for table, row in portion if table == "event"]
                if events:
                    connection.execute(insert(connection, schema.event).on_conflict_do_nothing(), events)
                _write_answers(connection, [row for table, row in portion if table == "command"])
            for _ in portion:
                self._queue.popleft()


def _is_newer(table: Any, excluded: Any) -> Any:
    """What has more occurrences and transitions knows more; of the same, what has run out changes the state alone."""
    return or_(excluded.revision > table.c.revision,
               (excluded.revision == table.c.revision) & (excluded.state != table.c.state))


def _alert_row(alert: Alert) -> dict[str, Any]:
    alert = alert.overlay(None, None)  # silences and silence of the source are no part of its life
    return {
        "key": alert.key, "alert_id": stored_text(alert.id), "source": stored_text(alert.source),
        "level": stored_text(alert.level, 200), "component": stored_text(alert.component),
        "message": stored_text(alert.message), "state": alert.state,
        "first_us": to_us(alert.first_seen), "last_us": to_us(alert.last_seen),
        "resolved_us": None if alert.resolved_at is None else to_us(alert.resolved_at),
        "revision": alert.revision, "document": _no_nul(dump_alert(alert).decode())}


def _command_row(sent: SentCommand) -> dict[str, Any]:
    return {"request_id": sent.request_id, "action": stored_text(sent.action, 200), "at_us": to_us(sent.at),
            "requested_by": stored_text(sent.requested_by), "receivers": sent.receivers}


def _write_commands(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """A command whose answer came first is there already, without its beginning: that is put in."""
    upsert(connection, schema.command, rows)


def _write_answers(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """The newest answer to a command stays. It may come before the process that sent the command has written it."""
    newest: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["answered_us"] >= newest.get(row["request_id"], row)["answered_us"]:
            newest[row["request_id"]] = row
    if not newest:
        return
    answers = [row | {"answer": stored_text(row["answer"], 200), "answer_message": stored_text(row["answer_message"])}
               for _, row in sorted(newest.items())]
    statement = insert(connection, schema.command)
    unknown = {"action": "", "requested_by": "", "receivers": 0}
    connection.execute(statement.on_conflict_do_update(
        index_elements=["request_id"],
        set_={name: statement.excluded[name] for name in ("answer", "answer_message", "answered_us")},
        where=(schema.command.c.answered_us.is_(None))
        | (statement.excluded.answered_us >= schema.command.c.answered_us)),
        [row | unknown | {"at_us": row["answered_us"]} for row in answers])


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"source": stored_text(row["source"]), "document": _no_nul(_json(row["document"]))}


def _json(document: dict[str, Any]) -> str:
    try:
        return orjson.dumps(document, default=str).decode()
    except TypeError:  # half a surrogate pair somewhere in it
        return json.dumps(document, default=str)


def stored_text(value: str, limit: int = TEXT_LIMIT) -> str:
    """A text as every database can hold it."""
    return value.encode("utf-8", "replace").decode().replace("\0", "?")[:limit]


def _no_nul(document: str) -> str:
    """JSON may hold an escaped NUL, which PostgreSQL would refuse only in a column of JSON: here it is text."""
    return document.replace("\0", "?")
