"""What was heard and is to be written into the journal: filled by the feed, emptied by the journal's thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from dashboard.feed.packed import Entry

EVENTS_MOST, BYTES_MOST = 50_000, 64 * 1024 * 1024  # that wait for the thread: seconds of a flood
WAITING_MOST = 50_000  # that wait for Redis: what is more is kept compressed, and written from there


class Offered:
    """`add` belongs to the feed, all the rest to the thread. Neither waits for the other."""

    def __init__(self) -> None:
        self.dropped = 0
        """Events that will never be written: they came faster than this machine can handle them."""
        self.overflowed = False
        """Whether events have left here unwritten since `take` was called last."""
        self._new: deque[Entry] = deque()
        self._came = self._went = 0  # bytes; each is counted by one side alone, so that no lock is needed
        self._waiting: dict[str, Entry] = {}
        self._waiting_bytes = 0

    def __len__(self) -> int:
        return len(self._new) + len(self._waiting)

    @property
    def has_room(self) -> bool:
        """Whether what has come can be taken without that too many wait."""
        return len(self) <= WAITING_MOST and self._came - self._went + self._waiting_bytes <= BYTES_MOST

    def add(self, entries: list[Entry]) -> None:
        """More events, all of them or none."""
        if len(self._new) + len(entries) > EVENTS_MOST or self._came - self._went > BYTES_MOST:
            self.dropped += len(entries)
            return
        self._came += sum([len(entry.raw) for entry in entries])
        self._new.extend(entries)

    def take(self) -> list[Entry]:
        """What has come since the last call; it waits to be written from now on."""
        taken = [self._new.popleft() for _ in range(len(self._new))]
        size = sum(len(entry.raw) for entry in taken)
        self._went += size
        self._waiting_bytes += size
        for entry in taken:
            self._waiting[entry.key] = entry
        self.overflowed = len(self._waiting) > WAITING_MOST or self._waiting_bytes > BYTES_MOST
        if self.overflowed:
            self._waiting.clear()
            self._waiting_bytes = 0
        return taken

    def batch(self, events: int, size: int) -> list[Entry]:
        """The oldest that wait, as many as that, and so many bytes unless the first is larger by itself."""
        found, total = [], 0
        for entry in self._waiting.values():
            total += len(entry.raw)
            if found and (len(found) >= events or total > size):
                break
            found.append(entry)
        return found

    def forget(self, keys: Iterable[str]) -> None:
        """These stand in the journal."""
        for key in keys:
            entry = self._waiting.pop(key, None)
            if entry is not None:
                self._waiting_bytes -= len(entry.raw)
        if not self._waiting:
            self._waiting_bytes = 0
