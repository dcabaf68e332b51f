"""A person's transition: one compare-and-set in Redis within about a second, then the producer is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import redis

from dashboard.alerts.alert import RESOLVED, Alert, NotAllowed, UnknownAlert
from dashboard.alerts.documents import Unreadable, dump_document, load_document
from dashboard.alerts.lifecycle import (
    Document,
    acknowledge,
    alerts_of,
    assign,
    merge,
    reopen,
    resolve,
    snooze,
    unacknowledge,
    unsnooze,
)
from dashboard.alerts.local import LocalCopy
from dashboard.alerts.shared import SharedDocuments, Stored, Write, Written
from dashboard.alerts.silences import Silence, added, dump_silences, ended, joined, load_silences
from dashboard.alerts.slots import SILENCES, name_of_key
from dashboard.commands import (
    ALERT_ACKNOWLEDGED,
    ALERT_RESOLVED,
    Commands,
    Unreachable,
    printable,
    why_unreachable,
)
from dashboard.events import UNNAMED
from dashboard.feed.connection import AddressError
from dashboard.settings import Settings

SOCKET_TIMEOUT_S = 1.0
"""Of one answer from Redis: a person waits, and one that is half a second away is still of use."""
WRITE_WITHIN_S = 0.45
"""Redis writes by then or not at all, so that its answer has time to come back before we give up on it."""
PATIENCE_S = 2.5
"""Of a whole transition, all attempts together. Over a slow way the first is too late, since it opens the connection; a
Redis that does not answer ends it at once."""

_CHANGES: dict[str, Callable[..., Document]] = {
    "unacknowledge": unacknowledge, "reopen": reopen, "assign": assign, "snooze": snooze, "unsnooze": unsnooze}


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition that was made: the alert after it, and whether the producer could be told.

    `receivers`: how many received the control message (0: nobody is listening); None where it could not be sent,
    and then `untold` says why. The transition stands in any case. Only `acknowledge` and `resolve` have a control
    message; for the others both are None.
    """

    alert: Alert
    receivers: int | None = None
    untold: str | None = None


class Transitions:
    """Makes transitions. Usable from many threads; opens no socket before the first."""

    def __init__(self, settings: Settings, connect: Callable[..., redis.Redis], clock: Callable[[], float],
                 local: LocalCopy, commands: Commands):
        self._settings = settings
        self._connect = connect
        self._clock = clock
        self._local = local
        self._commands = commands
        self._shared: SharedDocuments | None = None
        self.clock_offset_s: float | None = None
        """Redis's clock minus ours, as last measured; None: not yet."""

    def acknowledge(self, key: str, by: str, notes: str, until: float | None) -> Transition:
        """See `AlertStore.acknowledge`."""
        by, notes = printable(by), printable(notes)
        alert = self._change(key, partial(acknowledge, key=key, by=by, notes=notes, until=until))
        return self._tell(ALERT_ACKNOWLEDGED, alert, by, {"acknowledged_by": by, "notes": notes})

    def resolve(self, key: str, by: str, notes: str) -> Transition:
        """See `AlertStore.resolve`."""
        by, notes = printable(by), printable(notes)
        alert = self._change(key, partial(resolve, key=key, by=by, notes=notes))
        return self._tell(ALERT_RESOLVED, alert, by, {"resolved_by": by, "notes": notes})

    def change(self, name: str, key: str, by: str, notes: str, **more: str | float | None) -> Transition:
        """One of the transitions that the producer has no message for."""
        change = partial(_CHANGES[name], key=key, by=printable(by), notes=printable(notes), **more)
        return Transition(self._change(key, change))

    def add_silence(self, silence: Silence) -> Silence:
        """See `AlertStore.silence`."""
        self._change_silences(lambda known: added(known, silence, self._clock()))
        return silence

    def end_silence(self, silence_id: str, by: str) -> Silence:
        """See `AlertStore.end_silence`."""
        changed = self._change_silences(lambda known: ended(known, silence_id, by, self._clock()))
        return next(silence for silence in changed if silence.id == silence_id)

    def _change_silences(self, change: Callable[[tuple[Silence, ...]], tuple[Silence, ...]]) -> tuple[Silence, ...]:
        """Apply `change` to the silences as Redis has them, and have Redis take the outcome."""
        try:
            slot = self._local.slot(SILENCES)
            token, known = (slot.token, load_silences(slot.body)) if slot else ("", ())
            end = time.monotonic() + PATIENCE_S
            while time.monotonic() < end:
                stored = self._redis().get([SILENCES])[0]  # rare enough to look first: another process may know more
                if stored is not None:
                    token, known = stored.token, joined(load_silences(stored.body), known)
                else:
                    token = ""
                changed = change(known)
                write = Write(SILENCES, token, dump_silences(changed))
                written = self._redis().write(write, self._deadline_us())
                if written.revision:
                    self._local.took(Stored(SILENCES, written.token, write.body, written.revision))
                    return changed
                if written.late:
                    self.clock_offset_s = None
        except (redis.RedisError, AddressError, OSError) as error:
            raise Unreachable(why_unreachable(error)) from error
        raise Unreachable("Redis did not answer in time")

    def _tell(self, notice: str, alert: Alert, by: str, fields: dict[str, str]) -> Transition:
        if alert.source != UNNAMED:
            fields = fields | {"source": alert.source}  # two producers may use the same id
        try:
            sent = self._commands.tell(notice, by, alert_id=alert.id, **fields)
        except Unreachable as error:
            return Transition(alert, None, str(error))
        return Transition(alert, sent.receivers)

    def _change(self, key: str, change: Callable[..., Document]) -> Alert:
        """Apply `change(document, at=...)` to the document of alert `key`, and have Redis take it."""
        try:
            return self._attempt(key, change)
        except (redis.RedisError, AddressError, OSError) as error:
            raise Unreachable(why_unreachable(error)) from error
        except Unreadable as error:
            raise Unreachable("Redis holds this alert in a form of a later version") from error

    def _attempt(self, key: str, change: Callable[..., Document]) -> Alert:
        name = name_of_key(key)
        slot = self._local.slot(name)
        token, document = (slot.token, load_document(slot.body)) if slot else ("", None)
        if slot is None or key not in {alert.key for alert in slot.alerts}:
            self._refuse_if_resolved(key)
            token, document = self._read(key, name, document)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            changed = change(document, at=self._clock())
            write = Write(name, token, dump_document(changed))
            written = self._redis().write(write, self._deadline_us())
            if written.revision:
                self._local.took(Stored(name, written.token, write.body, written.revision), changed)
                self._local.tidy(name)
                return next(alert for alert in alerts_of(changed) if alert.key == key)
            if written.late:
                self.clock_offset_s = None  # one of the clocks was set; where Redis stood still, it did not answer
                continue
            token, document = self._after_conflict(written, document)
        raise Unreachable("Redis did not answer in time")

    def _refuse_if_resolved(self, key: str) -> None:
        """An alert that has left its document is resolved for good."""
        alert = self._local.index().get(key)
        if alert is not None and alert.state == RESOLVED:
            raise NotAllowed(RESOLVED, alert.resolved_by, alert.resolved_at)

    def _read(self, key: str, name: str, document: Document | None) -> tuple[str, Document]:
        """What Redis knows of an alert this process has not heard of: another one may have, a moment ago."""
        stored = self._redis().get([name])[0]
        if stored is None:
            raise UnknownAlert(key)
        theirs = load_document(stored.body)
        return stored.token, theirs if document is None else merge(theirs, document)

    @staticmethod
    def _after_conflict(written: Written, document: Document) -> tuple[str, Document]:
        """Somebody else was quicker; his document, with what only this process knows. Or Redis has lost it."""
        if written.present is None:
            return "", document
        return written.present.token, merge(load_document(written.present.body), document)

    def _redis(self) -> SharedDocuments:
        if self._shared is None:
            self._shared = SharedDocuments(self._settings, self._connect, SOCKET_TIMEOUT_S)
        return self._shared

    def _deadline_us(self) -> int:
        """By Redis's clock: a Redis that stood still must not do later what the person was told it did not do."""
        if self.clock_offset_s is None:
            asked = self._clock()
            seconds, micros = self._redis().client.time()
            self.clock_offset_s = seconds + micros / 1_000_000 - (asked + self._clock()) / 2
        return int((self._clock() + self.clock_offset_s + WRITE_WITHIN_S) * 1_000_000)
