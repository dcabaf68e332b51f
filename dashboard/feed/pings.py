"""The pings of one connection that are not answered yet. A server works in order: whoever answers one has sent all that
was published before it saw it."""

from __future__ import annotations

from collections import deque


class Pings:
    """Belongs to the thread of its line. Times are those of the caller's clock."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[bytes, float]] = deque()
        self._next = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def oldest(self) -> float:
        """When the one was sent that waits for longest; there is one."""
        return self._waiting[0][1]

    def forget(self) -> None:
        """They were another connection's."""
        self._waiting.clear()

    def ask(self, now: float) -> bytes:
        """The text of a ping that is sent now."""
        text = b"%d" % self._next
        self._next += 1
        self._waiting.append((text, now))
        return text

    def answered(self, text: bytes) -> float | None:
        """When the ping with this text was sent; None where it is none of these."""
        while self._waiting:
            asked, at = self._waiting.popleft()
            if asked == text:
                return at
        return None
