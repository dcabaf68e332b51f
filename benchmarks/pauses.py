"""How long the machine itself stood still: told by a process that does nothing but sleep two milliseconds at a time.

What others do on a machine, or its host, holds up whatever runs on it for some tens of milliseconds now and then. Then
that process wakes up late too, however little work there is for it; by the load of a benchmark alone it does not.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TypeVar

NOTICED_MS = 20.0
"""Fifty clients and their server alone do not make it that late, though they take both processors."""
TRIES = 3
Measured = TypeVar("Measured")
_SLEEPER = """
import sys, threading, time
longest = 0.0
def sleep():
    global longest
    last = time.perf_counter()
    while True:
        time.sleep(0.002)
        now = time.perf_counter()
        longest, last = max(longest, now - last - 0.002), now
threading.Thread(target=sleep, daemon=True).start()
for _ in sys.stdin:
    told, longest = longest, 0.0  # before it is told, which takes its time: what is noticed meanwhile is for the next
    print(told * 1000, flush=True)
"""


class Pauses:
    """Starts the process; `close` ends it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", _SLEEPER], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        self.longest_ms()  # it sleeps from now on

    def longest_ms(self) -> float:
        """The longest since this was asked last."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def undisturbed(measure: Callable[[], Measured], longest_ms: Callable[[], float]) -> tuple[Measured, float]:
    """(what was measured, how long the machine stood still meanwhile, ms): the first time that it did not so that it
    would be noticed, else of `TRIES` the one in which it did so least. What was measured does not decide."""
    found: list[tuple[Measured, float]] = []
    for _ in range(TRIES):
        longest_ms()  # until now
        found.append((measure(), longest_ms()))
        if found[-1][1] <= NOTICED_MS:
            break
    return min(found, key=lambda one: one[1])
