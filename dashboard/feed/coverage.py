"""Which time was listened to, as intervals, and what is left of a gap once others have listened in it. Pure.

An interval is (since, until) in Unix seconds. Lists of them that are given out are disjoint and ascending.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

Interval = tuple[float, float]
SHORTEST_S = 0.001  # what is shorter is rounding: clocks and JSON are exact to the millisecond
NOBODY = "No process of the console was listening"


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which events may have been missed. Unix seconds; `end` is None while it lasts."""

    start: float
    end: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A time listened to without a break, and why it ended ("" where that is not known, or it goes on)."""

    since: float
    until: float
    why: str = ""


def union(spans: Iterable[Heard]) -> list[Heard]:
    """The time that anybody listened: overlapping spans joined; the last to end says why."""
    joined: list[Heard] = []
    for span in sorted(spans, key=lambda span: (span.since, span.until)):
        if span.until < span.since:
            continue
        last = joined[-1] if joined else None
        if last is None or span.since > last.until + SHORTEST_S:
            joined.append(span)
        elif span.until > last.until:
            joined[-1] = replace(last, until=span.until, why=span.why)
        elif span.until == last.until and not last.why:
            joined[-1] = replace(last, why=span.why)
    return joined


def uncovered(gap: Gap, covered: Sequence[Heard]) -> list[Gap]:
    """What is left of a gap that has ended, where others listened in `covered` (disjoint, ascending)."""
    left, start = [], gap.start
    for span in covered:
        if span.since >= gap.end:
            break
        if span.until <= max(start, span.since):  # without length it covers nothing
            continue
        if span.since - start > SHORTEST_S:
            left.append(Gap(start, span.since, gap.why))
        start = max(start, span.until)
    if gap.end - start > SHORTEST_S or (start == gap.start and gap.end == start):
        left.append(Gap(start, gap.end, gap.why))
    return left


def holes(covered: Sequence[Heard], before: float) -> list[Gap]:
    """The times between spans in which nobody listened, as far as they end at or before `before`."""
    return [Gap(one.until, other.since, one.why or NOBODY)
            for one, other in zip(covered, covered[1:], strict=False)
            if other.since <= before and other.since - one.until > SHORTEST_S]
