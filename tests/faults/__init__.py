"""Faults as they come in use, at any size: `tests/integration/test_faults*.py` run them small, `python -m benchmarks
faults` at the figures that were promised, and prints the table of `docs/reliability.md`.

Each is a function of a world that is whole (a host with the console, its Redis, its database, a person) and leaves it
whole again. It gives findings: what is exact is a matter of the tests, how long something took one of the benchmark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.world import World


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: the figure and its target in words. `timed`: how good it is depends on the
    machine, so that no test may fail of it."""

    what: str
    figure: str
    target: str
    ok: bool
    timed: bool = False


def is_so(what: str, ok: bool, figure: str = "") -> Finding:
    """Something that holds or does not."""
    return Finding(what, figure or ("yes" if ok else "no"), "yes", ok)


def exactly(what: str, number: float, expected: float = 0) -> Finding:
    """A count that must be exact."""
    return Finding(what, f"{number:,}", f"{expected:,}", number == expected)


def within(what: str, seconds: float, at_most_s: float) -> Finding:
    """Something that took so long."""
    return Finding(what, spoken(seconds), f"≤ {spoken(at_most_s)}", seconds <= at_most_s, timed=True)


def told(what: str, figure: str) -> Finding:
    """What has no target, and is told for those who read the figures beside it."""
    return Finding(what, figure, "told", True, timed=True)


def spoken(seconds: float) -> str:
    """`12 ms`, or `3.4 s`."""
    return f"{seconds * 1_000:.0f} ms" if seconds < 1 else f"{seconds:.3g} s"


@dataclass(frozen=True)
class Fault:
    """A row of the table. `run(world, full)` makes the fault and gives what it found; `options` are those of the
    world it needs at full size."""

    name: str
    what: str
    run: Callable[[World, bool], list[Finding]]
    options: Mapping[str, object] = field(default_factory=dict)
