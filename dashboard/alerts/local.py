"""This process's own copy of all alerts: what every reader reads, and what is not yet in Redis.

What the feed brings is applied here first, then written to Redis; so nothing is lost while Redis is away, and
nothing waits for it. Each field of the shared hash has a `Slot`; a slot is `dirty` while it holds more than Redis.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from dashboard.alerts.document import knows_of, without_future
from dashboard.alerts.documents import dump_alert, dump_document, load_alert, load_document
from dashboard.alerts.facts import Fact, identity_of, microseconds
from dashboard.alerts.lifecycle import FACTS_KEPT, Document, merge, record, settle
from dashboard.alerts.places import believed
from dashboard.alerts.query import AlertIndex
from dashboard.alerts.shared import Stored, Write
from dashboard.alerts.silences import Silence, dump_silences, joined, load_silences
from dashboard.alerts.slots import (
    SILENCES,
    Slot,
    alert_slot,
    document_name,
    document_slot,
    is_document,
    longest_over,
)
from dashboard.alerts.stale import SilentSince, never_silent
from dashboard.event_types import FUTURE_TOLERANCE_S

IDENTITIES_LIMIT = 50_000
"""Fields in this copy. Beyond, a new identity takes the place of what is over for longest; a producer that makes up ids
without end, all of them open, is refused and counted."""
LOOK_AGAIN_S = 1.0
"""Of a full copy in which nothing was over: going through all of it takes some 10 ms."""


class LocalCopy:
    """The slots and what is derived from them. Every method is safe from any thread and short."""

    def __init__(self, clock: Callable[[], float], silent_since: SilentSince = never_silent):
        self._clock = clock
        self._silent_since = silent_since
        self._slots: dict[str, Slot] = {}
        self._dirty: dict[str, None] = {}  # names, oldest first
        self._fingerprint = 0
        self._spare: list[str] = []  # what may go where there is no room, that which is over for longest last
        self._looked_at: float | None = None  # when nothing was found, by our clock
        self._let_go: dict[str, str] = {}  # what went to make room, to be removed from Redis too: its token
        self._index = AlertIndex((), 0.0)
        self._indexed: int | None = 0  # the fingerprint the index was made of
        self.silences: tuple[Silence, ...] = ()
        self.refused = 0
        self.reset_locks()

    def reset_locks(self) -> None:
        """New locks, for a forked child."""
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def fingerprint(self) -> int:
        """A number that differs whenever the alerts differ, and is the same where they are the same."""
        with self._lock:
            expired = self.index().expired
            return (self._fingerprint + expired) % 2**52  # a page compares it as a JavaScript number

    def index(self) -> AlertIndex:
        """All alerts as they are now; made anew only where something changed."""
        with self._lock:
            now = self._clock()
            expiry = self._index.next_expiry
            expired = expiry is not None and expiry <= now
            if self._indexed != self._fingerprint or expired:
                fingerprint = self._fingerprint
                alerts = (alert for slot in self._slots.values() for alert in slot.alerts)
                self._index = AlertIndex(alerts, now, self._index, self.silences, self._silent_since)
                self._indexed = fingerprint
            return self._index

    def slot(self, name: str) -> Slot | None:
        """The slot of a field as it is now."""
        with self._lock:
            slot = self._slots.get(name)
            return None if slot is None else replace(slot)

    def record(self, source: str, alert_id: str, facts: Iterable[Fact]) -> None:
        """Apply facts to the document of an identity. What it changes is dirty until it is written."""
        name = document_name(identity_of(source, alert_id))
        with self._lock:
            slot = self._slots.get(name)
            if slot is None and not self._has_room():
                self.refused += 1
                return
            before = load_document(slot.body) if slot else Document(source, alert_id)
            latest = microseconds(self._clock() + FUTURE_TOLERANCE_S)
            after = record(without_future(before, latest), [believed(fact, latest) for fact in facts])
            if after is not before:
                self._keep(after, slot.token if slot else "", slot.revision if slot else 0, dirty=True)

    def _has_room(self) -> bool:
        """Whether there is room for another identity; what is over makes it."""
        while len(self._slots) >= IDENTITIES_LIMIT:
            if not self._spare:
                now = self._clock()
                if self._looked_at is not None and 0 <= now - self._looked_at < LOOK_AGAIN_S:
                    return False
                self._spare = longest_over(self._slots.values())
                if not self._spare:
                    self._looked_at = now
                    return False
            slot = self._slots.get(self._spare.pop())
            if slot is not None and slot.may_go:
                self.forget(slot.name, unless_dirty=False)
                if slot.token:
                    self._let_go[slot.name] = slot.token
        return True

    def take_up(self, earlier: Document) -> str | None:
        """Take a document from the history, where nothing is known of its time.

        The name of its field, which is dirty now; None where it was not taken.
        """
        name = document_name(earlier.identity)
        with self._lock:
            slot = self._slots.get(name)
            if slot is None and not self._has_room():
                return None
            here = load_document(slot.body) if slot else Document(earlier.source, earlier.id)
            if knows_of(here, earlier):
                return None
            self._keep(merge(earlier, here), slot.token if slot else "", slot.revision if slot else 0, dirty=True)
            return name

    def took(self, stored: Stored, document: Document | None = None) -> None:
        """Redis has `stored`; what this copy knows beyond it stays, dirty.

        `document` is the parsed body of `stored`, where the caller has it.
        """
        with self._lock:
            slot = self._slots.get(stored.name)
            if slot is not None and slot.token == stored.token:
                slot.revision = max(slot.revision, stored.revision)
                if slot.dirty and slot.body == stored.body:
                    slot.dirty = False
                    self._dirty.pop(slot.name, None)
                return
            if stored.name == SILENCES:
                self._took_silences(stored, slot)
                return
            if not is_document(stored.name):
                self._put(alert_slot(load_alert(stored.body), stored.body, stored.token, stored.revision))
                return
            theirs = document or load_document(stored.body)
            if slot is None or (not slot.dirty and slot.revision > 0 and stored.revision > slot.revision):
                self._put(document_slot(theirs, stored.body, stored.token, stored.revision))
            elif not 0 < stored.revision < slot.revision:
                merged = merge(theirs, load_document(slot.body))
                self._keep(merged, stored.token, stored.revision, dirty=merged is not theirs)

    def _took_silences(self, stored: Stored, slot: Slot | None) -> None:
        if slot is not None and 0 < stored.revision < slot.revision:
            return
        body = stored.body
        theirs = load_silences(body)
        if slot is not None and (slot.dirty or slot.revision == 0):
            body = dump_silences(joined(theirs, self.silences))
        self._put(Slot(SILENCES, body, (), 0, stored.token, stored.revision, dirty=body != stored.body))

    def wrote(self, write: Write, token: str, revision: int) -> None:
        """Redis has taken `write`; the slot is clean unless it has changed since."""
        with self._lock:
            slot = self._slots.get(write.name)
            if slot is None or revision < slot.revision:
                return
            slot.token, slot.revision = token, revision
            if slot.body == write.body:
                slot.dirty = False
                self._dirty.pop(write.name, None)

    def lost(self, name: str) -> None:
        """Redis has no such field any more: it is to be written as new."""
        with self._lock:
            slot = self._slots.get(name)
            if slot is not None:
                slot.token, slot.revision, slot.dirty = "", 0, True
                self._dirty[name] = None

    def forget(self, name: str, unless_dirty: bool = True) -> None:
        """Let go of a field."""
        with self._lock:
            slot = self._slots.get(name)
            if slot is None or (unless_dirty and slot.dirty):
                return
            del self._slots[name]
            self._dirty.pop(name, None)
            self._fingerprint ^= slot.fingerprint

    def let_go(self, limit: int) -> list[tuple[str, str]]:
        """Fields that went to make room and are not removed from Redis yet, each with its token."""
        with self._lock:
            return list(self._let_go.items())[:limit]

    def removed(self, fields: Iterable[tuple[str, str]]) -> None:
        """Redis has none of these `let_go` any more, or another one."""
        with self._lock:
            for name, _ in fields:
                self._let_go.pop(name, None)

    def new_epoch(self) -> None:
        """What was known of Redis's revisions no longer holds; all that is kept is compared anew."""
        with self._lock:
            for slot in self._slots.values():
                slot.revision = 0

    def writes(self, limit: int) -> list[Write]:
        """The oldest dirty slots as writes; an alert that left its document comes before the document."""
        with self._lock:
            slots = [self._slots[name] for name in list(self._dirty)[:limit]]
            slots.sort(key=lambda slot: is_document(slot.name))
            return [Write(slot.name, slot.token, slot.body) for slot in slots]

    def postpone(self, name: str) -> None:
        """What could not be written goes behind the rest, so that it does not hold it up."""
        with self._lock:
            if self._dirty.pop(name, 0) is None:
                self._dirty[name] = None

    @property
    def unwritten(self) -> int:
        """Slots that hold more than Redis."""
        return len(self._dirty)

    def names(self) -> set[str]:
        with self._lock:
            return set(self._slots)

    def slots(self) -> list[Slot]:
        """All slots; to be read only."""
        with self._lock:
            return list(self._slots.values())

    def dirty_names(self) -> set[str]:
        with self._lock:
            return set(self._dirty)

    @property
    def unsent(self) -> int:
        """Slots that Redis has never had."""
        with self._lock:
            return sum(not self._slots[name].token for name in self._dirty)

    def tidy(self, name: str) -> None:
        """Bring an identity's document back within its bounds, if a person made it grow beyond."""
        with self._lock:
            slot = self._slots.get(name)
            if slot is not None and slot.facts > FACTS_KEPT:
                self._keep(load_document(slot.body), slot.token, slot.revision, slot.dirty)

    def fold(self, name: str, until_us: int) -> None:
        """Let go of the resolved alerts older than `until_us` in an identity's document."""
        with self._lock:
            slot = self._slots.get(name)
            if slot is None:
                return
            before = load_document(slot.body)
            after, _ = settle(before, until=until_us)
            if after is not before:
                self._put(document_slot(after, dump_document(after), slot.token, slot.revision, dirty=True))

    def _keep(self, document: Document, token: str, revision: int, dirty: bool) -> None:
        settled, gone = settle(document)
        for alert in gone:
            self._put(alert_slot(alert, dump_alert(alert), dirty=True))
        self._put(document_slot(settled, dump_document(settled), token, revision, dirty or settled is not document))

    def _put(self, slot: Slot) -> None:
        before = self._slots.get(slot.name)
        slot.fingerprint = int.from_bytes(hashlib.blake2b(slot.body, digest_size=6).digest(), "big")
        if before is not None:
            self._fingerprint ^= before.fingerprint
        self._fingerprint ^= slot.fingerprint
        self._slots[slot.name] = slot
        self._let_go.pop(slot.name, None)
        if slot.name == SILENCES:
            self.silences = load_silences(slot.body)
        if slot.dirty:
            self._dirty[slot.name] = None
        else:
            self._dirty.pop(slot.name, None)
