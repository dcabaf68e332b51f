"""Answers go first: who takes in and writes gives way for a moment while one is in the making.

One interpreter runs one thread at a time. Under a flood the feed and the writers want it always, and an answer of a
twentieth of a second waits for its turn some hundred times, after each step that lets others go first; the same work
done one after the other is over much sooner for both. So they stand aside, for as long as their own work may wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count

ANSWERING_FROM_S = 0.004
"""Most answers are over sooner: to stand aside for them would take longer than they are slowed down."""
ANSWERING_UNTIL_S = 1.0
"""What takes longer waits itself, for a database or for somebody's slow body, or is so large that nobody expects it at
once."""
FORGOTTEN_AFTER_S = 600.0
"""A host whose own functions fail at the end of a request may keep it from being told that it has ended."""


class RightOfWay:
    """Which answers are in the making. Safe from any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic,
                 condition: Callable[[], threading.Condition] = threading.Condition):
        self._monotonic, self._condition = monotonic, condition
        self._numbers = count()
        self._began: dict[int, float] = {}  # oldest first
        self.reset_locks()

    def reset_locks(self) -> None:
        """After a fork: the threads that made answers exist only in the parent."""
        # Its lock may be taken twice by one thread: what is collected while it is held may be a request that ends then.
        self._changed = self._condition()
        self._began.clear()

    def began(self) -> int:
        """An answer is in the making from now on. What `ended` is to be called with."""
        number, now = next(self._numbers), self._monotonic()
        with self._changed:
            for oldest, at in self._began.copy().items():
                if now - at < FORGOTTEN_AFTER_S:
                    break
                self._began.pop(oldest, None)
            self._began[number] = now
        return number

    def ended(self, number: int) -> None:
        """It is there, or never will be."""
        with self._changed:
            if self._began.pop(number, None) is not None:
                self._changed.notify_all()

    def give_way(self, most_s: float) -> float:
        """Wait for those answers in the making that it matters to, for `most_s` at most. How long that took (s)."""
        if not self._began or most_s <= 0:
            return 0.0
        now = self._monotonic()
        waiting = {number for number, at in self._began.copy().items()
                   if ANSWERING_FROM_S <= now - at < ANSWERING_UNTIL_S}
        if not waiting:
            return 0.0
        with self._changed:
            self._changed.wait_for(lambda: waiting.isdisjoint(self._began), most_s)
        return self._monotonic() - now


class Patience:
    """How long one thread may still give way before its own work is due: `most_s`, and again each time it is renewed.

    `give_way` as of RightOfWay.
    """

    def __init__(self, most_s: float, give_way: Callable[[float], float]):
        self._most_s, self._give_way = most_s, give_way
        self._left_s = 0.0
        self.was_needed = False
        """Whether some of it is gone since it was renewed."""

    def renew(self) -> None:
        """The work is not behind."""
        self._left_s, self.was_needed = self._most_s, False

    def end(self) -> None:
        """The work is due now."""
        self._left_s = 0.0

    def give_way(self) -> None:
        """Let answers that are in the making go first, as far as the patience lasts."""
        if self._left_s > 0:
            took_s = self._give_way(self._left_s)
            if took_s > 0:
                self._left_s -= took_s
                self.was_needed = True


def never(most_s: float) -> float:
    """To give way to nobody: `give_way` where there are no answers."""
    return 0.0
