"""Keeps the local copy and Redis at one: writes what is new here, takes what is new there.

One step at a time, called by the store's thread only; each may raise redis.RedisError and is simply called again.
"""

from __future__ import annotations

from collections.abc import Callable

from dashboard.alerts.local import LocalCopy
from dashboard.alerts.shared import FOLLOW_LIMIT, Changes, SharedDocuments, Stored, Write, Written

WRITES_AT_ONCE = 100
"""Documents in one round trip: 1 MB at most, and Redis serves others in between."""
REMOVED_AT_ONCE = 200
"""Removals in one step, so that none blocks Redis for more than a millisecond."""
COMPARE_EVERY_S = 5.0
"""Names are compared this often at most: a removal elsewhere may show that much later."""


class Follower:
    """`failed` is called with the error of each field that cannot be read or written; the others go on."""

    def __init__(self, local: LocalCopy, failed: Callable[[Exception], None]):
        self._local = local
        self._failed = failed
        self._epoch: str | None = None
        self._revision = 0
        self._compared_at: float | None = None
        self._whole = False  # everything in Redis has been read since the connection was last lost
        self.clock_offset_s: float | None = None  # Redis's clock minus ours

    @property
    def epoch(self) -> str | None:
        """That of the Redis all of which was read last; None before the first."""
        return self._epoch

    def disconnected(self) -> None:
        """The connection broke: what Redis has may be older than what it had, so all is read again."""
        self._whole = False

    def follow(self, shared: SharedDocuments, now: float) -> None:
        """Take what changed in Redis since the last time; read everything where that cannot be known."""
        while True:
            changes = shared.changes(self._revision)
            self.clock_offset_s = changes.time_us / 1_000_000 - now
            if not self._whole or changes.epoch != self._epoch or changes.revision < self._revision:
                self._read_all(shared, changes)
                return
            for stored in changes.changed:
                self._take(stored)
            self._revision = changes.read_to
            if changes.complete:
                break
        if changes.indexed != changes.size:
            shared.rebuild_index()
        elif changes.size != len(self._local) - self._local.unsent and self._compare_is_due(now):
            self._compare_names(shared)

    def write(self, shared: SharedDocuments) -> int:
        """Write what is dirty, at most WRITES_AT_ONCE fields; how many were dealt with."""
        writes = self._local.writes(WRITES_AT_ONCE)
        done = 0
        if not writes:
            return done
        for write, written in zip(writes, shared.write_all(writes), strict=True):
            try:
                self._settle(write, written)
                done += 1
            except ValueError as error:  # a document of a later version, or no document at all
                self._failed(error)
                self._local.postpone(write.name)
        return done

    def remove(self, shared: SharedDocuments) -> None:
        """Remove what was let go here to make room: else it would be missed with each comparison, and taken again."""
        while fields := self._local.let_go(REMOVED_AT_ONCE):
            shared.remove(fields)
            self._local.removed(fields)

    def _settle(self, write: Write, written: Written) -> None:
        if written.revision:
            self._local.wrote(write, written.token, written.revision)
        elif written.present is not None:
            self._local.took(written.present)
        else:
            self._local.lost(write.name)

    def _take(self, stored: Stored) -> None:
        try:
            self._local.took(stored)
        except ValueError as error:
            self._failed(error)

    def _compare_is_due(self, now: float) -> bool:
        if self._compared_at is not None and 0 <= now - self._compared_at < COMPARE_EVERY_S:
            return False
        self._compared_at = now
        return True

    def _compare_names(self, shared: SharedDocuments) -> None:
        """Somebody removed what was over, or lost what was not: the first is let go, the second written again."""
        revision, names = shared.names()
        for slot in self._local.slots():
            if slot.name in names or slot.dirty or slot.revision > revision:
                continue
            if slot.is_open:
                self._local.lost(slot.name)
            else:
                self._local.forget(slot.name)
        missing = sorted(names - self._local.names())
        for start in range(0, len(missing), FOLLOW_LIMIT):
            for stored in shared.get(missing[start:start + FOLLOW_LIMIT]):
                if stored is not None:
                    self._take(stored)

    def _read_all(self, shared: SharedDocuments, changes: Changes) -> None:
        """Compare with all that Redis has. What it has lost is written again from this copy."""
        continued = changes.epoch == self._epoch and changes.revision >= self._revision
        self._whole = False
        self._local.new_epoch()
        present: set[str] = set()
        for portion in shared.scan():
            for stored in portion:
                present.add(stored.name)
                self._take(stored)
        for slot in self._local.slots():
            if slot.name in present or not slot.token:
                continue
            if continued and not slot.is_open:
                self._local.forget(slot.name)  # removed by another process, as too old
            else:
                self._local.lost(slot.name)
        self._epoch, self._revision, self._whole = changes.epoch, changes.revision, True
