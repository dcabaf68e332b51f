"""Tells the first copy of a message from the second, where two connections bring each message to this process.

Redis sends what is published to every subscriber, so that whoever holds two connections hears everything twice. A
message itself cannot tell: a producer may rightly send the same bytes again. So copies are counted: of the same bytes
the n-th copy on one connection is the echo of the n-th on the other.

One line leads: what it brings is taken in at once, and the other waits a moment for it. So messages stay in their
order, and under a flood the two threads do not get into each other's way.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

LINES = 2  # connections a process: with two, a connection that is lost loses nothing
COPIES_AWAITED = 100_000  # of which one copy came: more than Redis holds back for a subscriber before it cuts it off


class Copies:
    """Safe from any thread; the reader of each connection asks for every message it takes."""

    def __init__(self, awaited: int = COPIES_AWAITED):
        self._ahead: dict[int, int] = {}  # hash of the bytes -> copies on line 0 less those on line 1, never 0
        self._open = [False] * LINES
        self._leader = 0
        self.echoes = 0
        self._awaited = awaited
        self._lock = threading.Lock()

    def reset_locks(self) -> None:
        """After a fork: the old lock may be held by a thread that exists only in the parent."""
        self._lock = threading.Lock()
        self._open = [False] * LINES
        self._ahead.clear()

    def opened(self, line: int) -> None:
        """From here on this line may bring copies. To be called before it subscribes: then none is missed."""
        with self._lock:
            self._open[line] = True
            if not self._open[1 - line]:
                self._leader = line

    def closed(self, line: int) -> None:
        """This line brings no more; what the other one was ahead of it by stays without an echo."""
        sign = _sign(line)
        with self._lock:
            self._open[line] = False
            self._leader = 1 - line
            self._ahead = {copy: count for copy, count in self._ahead.items() if count * sign > 0}

    def must_wait(self, line: int, raw: bytes) -> bool:
        """Whether the other line leads and has not yet brought this message: it is about to."""
        return self._leader != line and self._open[1 - line] and self._ahead.get(hash(raw), 0) * _sign(line) >= 0

    def lead(self, line: int) -> None:
        """The other line has not kept up: from here on this one leads."""
        self._leader = line

    def brought_twice(self, count: int) -> None:
        """So many messages were brought by two connections of the same line: counted as echoes, too."""
        with self._lock:
            self.echoes += count

    def without_echoes(self, line: int, raws: Sequence[bytes]) -> list[bytes]:
        """Those that the other line has not brought yet. To be asked once for each copy."""
        sign, new, ahead = _sign(line), [], self._ahead
        with self._lock:
            awaited = self._open[1 - line]
            for raw in raws:
                copy = hash(raw)
                count = ahead.get(copy, 0) + sign
                if count * sign > 0:
                    new.append(raw)
                    if awaited:
                        ahead[copy] = count
                elif count:
                    ahead[copy] = count
                else:
                    del ahead[copy]
            self.echoes += len(raws) - len(new)
            while len(ahead) > self._awaited:
                del ahead[next(iter(ahead))]
        return new


def _sign(line: int) -> int:
    return -1 if line else 1
