"""Writes what happened beside metrics: alerts as they stand, commands, gaps, what sources say of themselves.

Alerts, commands and gaps are looked up where they are kept anyway, each time something may have changed; only what is
kept nowhere waits here, in a bounded queue. Whatever N processes know alike is written once: each row has a key that
is the same in all of them.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, exc

from dashboard.alerts.alert import Alert
from dashboard.alerts.document import identity_of_key
from dashboard.commands import SentCommand
from dashboard.events import CommandResult, Event, HealthCheck, HealthReport, MetricUpdate, SystemStatus
from dashboard.feed.coverage import Gap, Heard
from dashboard.history import schema
from dashboard.history.alert_rows import alert_row, open_keys, still_open, write_alert_rows
from dashboard.history.cells import to_us
from dashboard.history.database import Database
from dashboard.history.statements import chunks, insert, upsert
from dashboard.history.texts import storable, storable_json

QUEUE_LIMIT = 10_000
"""Events that wait for the database: a day of a status and a change of health a minute from seven sources."""
ROWS_AT_ONCE = 200
"""Alerts of one transaction: 1 MB at most."""
LISTENED_EVERY_S = 10.0
"""How often a process tells that it still listens: of one that is killed so much is not known at most."""
REFUSED = (exc.DataError, OverflowError, UnicodeError)
"""No possible value of its column, by the database or already by its driver."""
STATUS, HEALTH = "system_status", "health"
"""Kinds of `schema.event`."""


def process_name() -> str:
    """A name for this process that no other has had: host, number, and some chance."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Known:
    """Where things are kept by this process. Each is asked by the history's thread and answers from memory.

    `may_lack_alerts`: whether it may not know of alerts that the history has open; then nothing is written over them.
    `alerts_wanted`: it waits for these, and gets them by `take_up`.
    """

    alerts: Callable[[], Sequence[Alert]] = tuple
    may_lack_alerts: Callable[[], bool] = lambda: False
    alerts_wanted: Callable[[], bool] = lambda: False
    take_up: Callable[[Sequence[Alert]], None] = lambda alerts: None
    alerts_revision: Callable[[], Any] = lambda: None
    commands: Callable[[], Sequence[SentCommand]] = tuple
    gaps: Callable[[], Sequence[Gap]] = tuple
    listened: Callable[[], Sequence[Heard]] = tuple


class EventWriter:
    """One for each process. `offer` from any thread; `flush` by one."""

    def __init__(self, known: Known, failed: Callable[[BaseException], None] = lambda error: None):
        self._known, self._failed = known, failed
        self._queue: deque[tuple[str, dict[str, Any]]] = deque()
        self._healths: dict[str, tuple] = {}
        self.lost = 0
        """Events that found no room to wait in, and those the database refused."""
        self.restart()

    def restart(self) -> None:
        """A new process, with a name of its own: everything is written, as far as it is known."""
        self._process = process_name()
        self.repeat()

    def repeat(self) -> None:
        """Another database, or one that may lack what was written: everything is written again, as by the same process.
        """
        self._revision: Any = object()
        self._alerts: dict[str, tuple[int, str, float]] = {}
        self._commands: set[str] = set()
        self._gaps: dict[float, float | None] = {}
        self._listened: dict[float, float] = {}

    def offer(self, event: Event) -> None:
        """Take an event from the feed; what is told elsewhere is ignored. Never blocks, and is quick."""
        if isinstance(event, MetricUpdate):  # first, since nearly all are
            if event.health is not None and event.health.components:
                self._health(event, event.health)
        elif isinstance(event, SystemStatus):
            self._put(event, STATUS, {"status": event.status, "state": event.lifecycle, "message": event.message,
                                      "uptime_s": event.uptime_s})
        elif isinstance(event, CommandResult):
            self._wait("command", {"request_id": event.request_id[:schema.ID_CHARS], "answer": event.status,
                                   "answer_message": event.message, "answered_us": to_us(event.at)})
        elif isinstance(event, HealthCheck) and event.component is None:
            self._health(event, event.report)

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
            self.lost += 1
            return
        self._queue.append((table, row))

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def flush(self, database: Database) -> None:
        """Write what is new, each portion in a transaction of its own. Raises what the database raises.

        What it refuses as no possible value it would refuse for ever: that is left out, counted and told.
        """
        self._flush_alerts(database)
        self._flush_small(database)
        self._flush_listening(database)
        self._flush_queue(database)

    def _flush_alerts(self, database: Database) -> None:
        if self._known.alerts_wanted():
            with database.reading() as connection:
                self._known.take_up(still_open(connection))
        may_lack = self._known.may_lack_alerts()  # of what is looked at after that
        revision = self._known.alerts_revision()
        if revision == self._revision:
            return
        alerts = self._known.alerts()
        changed = [alert for alert in alerts if self._alerts.get(alert.key) != _version(alert)]
        is_held = bool(changed) and may_lack
        if is_held:
            with database.reading() as connection:
                unknown = {identity_of_key(key) for key in open_keys(connection) if key not in self._alerts}
            changed = [alert for alert in changed if identity_of_key(alert.key) not in unknown]
        for portion in chunks(changed, ROWS_AT_ONCE):
            self._write(database, portion, _write_alerts)
            self._alerts.update((alert.key, _version(alert)) for alert in portion)
        if len(self._alerts) > 2 * len(alerts):
            there = {alert.key for alert in alerts}
            self._alerts = {key: known for key, known in self._alerts.items() if key in there}
        if not is_held:
            self._revision = revision

    def _flush_small(self, database: Database) -> None:
        commands = [sent for sent in self._known.commands() if sent.request_id not in self._commands]
        gaps = [gap for gap in self._known.gaps() if self._gaps.get(gap.start, gap) != gap.end]
        self._write(database, commands, _write_commands)
        self._write(database, gaps, self._write_gaps)
        self._commands.update(sent.request_id for sent in commands)
        self._gaps.update((gap.start, gap.end) for gap in gaps)

    def _flush_listening(self, database: Database) -> None:
        """A span that goes on is told now and then; one that has ended, at once and as it is known by now."""
        spans = self._known.listened()
        news = [one for place, one in enumerate(spans) if self._listened.get(one.since) != one.until and (
            place + 1 < len(spans) or not 0 <= one.until - self._listened.get(one.since, -math.inf) < LISTENED_EVERY_S)]
        self._write(database, news, self._write_listening)
        self._listened = {one.since: self._listened.get(one.since, one.until) for one in spans} | {
            one.since: one.until for one in news}

    def _write_gaps(self, connection: Connection, gaps: Sequence[Gap]) -> None:
        upsert(connection, schema.gap, [
            {"process": self._process, "start_us": to_us(gap.start), "why": storable(gap.why),
             "end_us": None if gap.end is None else to_us(gap.end)} for gap in gaps])

    def _write_listening(self, connection: Connection, spans: Sequence[Heard]) -> None:
        upsert(connection, schema.listening, [
            {"process": self._process, "since_us": to_us(one.since), "until_us": to_us(one.until)} for one in spans])

    def _flush_queue(self, database: Database) -> None:
        while self._queue:
            portion = [self._queue[place] for place in range(min(ROWS_AT_ONCE, len(self._queue)))]
            self._write(database, portion, _write_queued)
            for _ in portion:
                self._queue.popleft()

    def _write(self, database: Database, rows: Sequence[Any], write: Callable[[Connection, Sequence[Any]], None]
               ) -> None:
        """All rows in one transaction; where one of them is refused, each in its own, and that one not."""
        if not rows:
            return
        try:
            with database.writing() as connection:
                write(connection, rows)
        except REFUSED as error:
            if len(rows) > 1:
                for row in rows:
                    self._write(database, [row], write)
                return
            self.lost += 1
            self._failed(error)


def _version(alert: Alert) -> tuple[int, str, float]:
    """What is another one where there is something to be written. A later alert may have the key of a forgotten one."""
    return alert.revision, alert.state, alert.first_seen


def _write_alerts(connection: Connection, alerts: Sequence[Alert]) -> None:
    write_alert_rows(connection, [alert_row(alert) for alert in alerts])


def _command_row(sent: SentCommand) -> dict[str, Any]:
    return {"request_id": sent.request_id, "action": storable(sent.action, 200), "at_us": to_us(sent.at),
            "requested_by": storable(sent.requested_by), "receivers": sent.receivers}


def _write_commands(connection: Connection, commands: Sequence[SentCommand]) -> None:
    """A command whose answer came first is there already, without its beginning: that is put in."""
    upsert(connection, schema.command, [_command_row(sent) for sent in commands])


def _write_queued(connection: Connection, queued: Sequence[tuple[str, dict[str, Any]]]) -> None:
    events = [_stored(row) for table, row in queued if table == "event"]
    if events:
        connection.execute(insert(connection, schema.event).on_conflict_do_nothing(), events)
    _write_answers(connection, [row for table, row in queued if table == "command"])


def _write_answers(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """The newest answer to a command stays. It may come before the process that sent the command has written it."""
    newest: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["answered_us"] >= newest.get(row["request_id"], row)["answered_us"]:
            newest[row["request_id"]] = row
    if not newest:
        return
    answers = [row | {"answer": storable(row["answer"], 200), "answer_message": storable(row["answer_message"])}
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
    return row | {"source": storable(row["source"]), "document": storable_json(_json(row["document"]))}


def _json(document: dict[str, Any]) -> str:
    try:
        return orjson.dumps(document, default=str).decode()
    except TypeError:  # half a surrogate pair somewhere in it
        return json.dumps(document, default=str)
