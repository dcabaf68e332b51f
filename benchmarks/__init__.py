"""What `make bench` runs: figures the project promised, each with its target.

A module of this package takes part by having `rows() -> list[Row]`. Where a figure is a matter of the machine, the
target is a ratio of two things measured in the same run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, the figure and its target in words, and whether it was reached."""

    what: str
    figure: str
    target: str
    ok: bool


def best_of(work: Callable[[], object], times: int = 7) -> float:
    """Seconds of the quickest of several runs: the others were held up by something else on the machine."""
    best = float("inf")
    for _ in range(times):
        began = perf_counter()
        work()
        best = min(best, perf_counter() - began)
    return best
