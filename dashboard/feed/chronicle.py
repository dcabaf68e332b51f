"""What this process knows of the last day, event by event: enough to write the journal again where Redis lost it.

Events of a producer resemble each other, so that they are kept compressed, some hundred together: a day at 5 s needs
a few MB so (`python -m benchmarks kept`). Belongs to the thread of the journal.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.feed.packed import Entry, pack, unpack
from dashboard.feed.shared_journal import Bounds

BLOCK_BYTES = 256 * 1024  # compressed together: 3 ms of work
BLOCK_EVENTS = 1_000  # also where they are small, so that the oldest can go in small steps
COMPRESSED_MOST = 24 * 1024 * 1024  # bytes in all, where events do not resemble each other


@dataclass(frozen=True, slots=True)
class Block:
    """Some entries in the order in which they became known; `newest` is the latest time any was received."""

    compressed: bytes
    events: int
    size: int
    newest: float


class Chronicle:
    """Bounded like the journal itself, and in the memory it takes."""

    def __init__(self, bounds: Bounds):
        self._bounds = bounds
        self._blocks: deque[Block] = deque()
        self._open: list[Entry] = []
        self._open_size = 0

    def __len__(self) -> int:
        return sum(block.events for block in self._blocks) + len(self._open)

    @property
    def memory(self) -> int:
        """Bytes it takes."""
        return sum(len(block.compressed) for block in self._blocks) + self._open_size

    def add(self, entry: Entry) -> None:
        """One more event."""
        self._open.append(entry)
        self._open_size += len(entry.raw)
        if self._open_size >= BLOCK_BYTES or len(self._open) >= BLOCK_EVENTS:
            self._close_block()

    def _close_block(self) -> None:
        entries, self._open = self._open, []
        size, self._open_size = self._open_size, 0
        newest = max(entry.received for entry in entries)
        self._blocks.append(Block(zlib.compress(pack(entries), 1), len(entries), size, newest))

    def forget(self, now: float) -> None:
        """Let go of what is older or more than the journal would keep."""
        blocks, bounds = self._blocks, self._bounds
        events, memory = len(self), self.memory
        size = sum(block.size for block in blocks) + self._open_size
        while blocks:
            oldest = blocks[0]
            # A block is kept as long as the journal may hold one of its events.
            if not (oldest.newest < now - bounds.age_s or events - oldest.events >= bounds.events
                    or size - oldest.size >= bounds.bytes or memory > COMPRESSED_MOST):
                return
            blocks.popleft()
            events -= oldest.events
            size -= oldest.size
            memory -= len(oldest.compressed)

    def repair(self) -> None:
        """In a forked child: the parent may have been between two steps."""
        self._open_size = sum(len(entry.raw) for entry in self._open)

    def portions(self) -> Iterator[list[Entry]]:
        """All that is known, oldest first; what is added meanwhile may or may not be among it."""
        for block in list(self._blocks):
            yield unpack(zlib.decompress(block.compressed))
        if self._open:
            yield list(self._open)
