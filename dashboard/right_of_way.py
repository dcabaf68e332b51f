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


class RightOfWay:
    """Which answers are in the making. Safe from any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic,
                 event: Callable[[], threading.Event] = threading.Event):
        self._monotonic, self._event = monotonic, event
        self._numbers = count()
        self._began: dict[int, float] = {}
        self.reset_locks()

    def reset_locks(self) -> None:
        """After a fork: the threads that made answers exist only in the parent."""
        self._lock, self._nobody = threading.Lock(), self._event()
        self._began.clear()
        self._nobody.set()

    def began(self) -> int:
        """An answer is in the making from now on. What `ended` is to be called with."""
        number = next(self._numbers)
        with self._lock:
            self._began[number] = self._monotonic()
            self._nobody.clear()
        return number

    def ended(self, number: int) -> None:
        """It is there, or never will be."""
        with self._lock:
            self._began.pop(number, None)
            if not self._began:
                self._nobody.set()

    def give_way(self, most_s: float) -> float:
        """Wait until no answer is in the making, for `most_s` at most, where there is one that it matters to. How long
        that took (s)."""
        if not self._began or most_s <= 0 or not self._matters():
            return 0.0
        began = self._monotonic()
        self._nobody.wait(most_s)
        return self._monotonic() - began

    def _matters(self) -> bool:
        now = self._monotonic()
        with self._lock:
            return any(ANSWERING_FROM_S <= now - began < ANSWERING_UNTIL_S for began in self._began.values())


class Patience:
    """How long one thread may still give way before its own work is due: `most_s`, and again each time it is renewed.

    `give_way` as of RightOfWay.
    """

    def __init__(self, most_s: float, give_way: Callable[[float], float]):
        self._most_s, self._give_way = most_s, give_way
        self._left_s = 0.0

    def renew(self) -> None:
        """Nothing is left to be done."""
        self._left_s = self._most_s

    def give_way(self) -> None:
        """Let an answer that is in the making go first, as far as the patience lasts."""
        if self._left_s > 0:
            self._left_s -= self._give_way(self._left_s)


def never(most_s: float) -> float:
    """To give way to nobody: `give_way` where there are no answers."""
    return 0.0
