"""The tiers the past is kept in, and from which of them a window is answered. Pure.

A point of a chart is a bucket of a round width: a person can say what "1 point = 5 min" means, and two charts of the
same range have the same points. The width is the smallest round step with which the window takes no more points than
asked for; neighbouring steps are at most a factor of 2 apart, so that at least every second pixel has its own point.
What is read is the coarsest tier whose buckets fill that step exactly: at most a few rows for each point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.history.answers import RAW

MINUTE, HOUR, DAY = 60, 3_600, 86_400

STEPS_S = (1, 2, 3, 5, 10, 15, 30,
           1 * MINUTE, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
           1 * HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 1 * DAY, 2 * DAY, 3 * DAY, 7 * DAY)
"""Widths of a point, in seconds."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Buckets of `span_s` seconds, kept for as long as the promised tier `kept_as`: "raw", "minute" or "hour"."""

    name: str
    span_s: int
    kept_as: str


MINUTE_TIER, HOUR_TIER = "minute", "hour"

FAST = Tier("5s", 5, RAW)
"""Only of sources that send more than once a second, since about when they began to: else their samples are read as
quickly."""

TIERS = (Tier("1m", MINUTE, MINUTE_TIER), Tier("5m", 5 * MINUTE, MINUTE_TIER), Tier("30m", 30 * MINUTE, MINUTE_TIER),
         Tier("1h", HOUR, HOUR_TIER), Tier("6h", 6 * HOUR, HOUR_TIER))
"""From fine to coarse; each span is a whole multiple of the one before.

One minute and one hour are what is promised. The others cost a quarter more room, and mean that no window of any length
reads more than 3,000 buckets for 1,000 points: with minutes and hours alone one of 20 days would read 30,000.
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """How long things are kept, in seconds."""

    raw_s: float
    minute_s: float
    hour_s: float

    @classmethod
    def at_least(cls, raw_s: float, minute_s: float, hour_s: float) -> Kept:
        """What is coarser is kept no shorter than what is finer, whatever was set: it takes next to no room."""
        return cls(raw_s, max(raw_s, minute_s), max(raw_s, minute_s, hour_s))

    def of(self, tier: str) -> float:
        """How long a tier is kept, by its name."""
        if tier in (RAW, FAST.name):
            return self.raw_s
        kept_as = next(known.kept_as for known in TIERS if known.name == tier)
        return self.minute_s if kept_as == MINUTE_TIER else self.hour_s

    @property
    def longest_s(self) -> float:
        return max(self.raw_s, self.minute_s, self.hour_s)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read (`tier`, of `span_s`; 0: raw) and how wide a point is. `coarser`: finer than this is not kept."""

    tier: str
    span_s: int
    step_s: int
    coarser: bool = False


def step_for(window_s: float, points: int) -> int:
    """The smallest round width with which the window takes at most `points` points; beyond a week, whole weeks."""
    wanted = window_s / points
    for step in STEPS_S:
        if step >= wanted:
            return step
    return math.ceil(wanted / STEPS_S[-1]) * STEPS_S[-1]


def plan(start: float, end: float, points: int, now: float, kept: Kept) -> Plan:
    """From which tier a window (Unix seconds) is answered, in how wide points."""
    step = step_for(end - start, points)
    covering = [tier for tier in TIERS if start >= now - kept.of(tier.name)]
    for tier in reversed(covering):
        if step % tier.span_s == 0:
            return Plan(tier.name, tier.span_s, step)
    if start >= now - kept.raw_s:
        return Plan(RAW, 0, step)
    # What is finer has been let go: then the points are as wide as what is left.
    tier = covering[0] if covering else max(TIERS, key=lambda tier: kept.of(tier.name))
    return Plan(tier.name, tier.span_s, max(tier.span_s, step), coarser=True)
