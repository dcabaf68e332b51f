"""A stretch of time between two moments, Unix seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, both included, Unix seconds in UTC.

    Raises:
        ValueError: an end that is not after the start, or a time that is no number.
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start) and math.isfinite(self.end) and self.start < self.end):
            raise ValueError("a span ends after it starts")

    @property
    def length_s(self) -> float:
        return self.end - self.start

    def shifted(self, seconds: float) -> Span:
        return Span(self.start + seconds, self.end + seconds)

    def overlaps(self, start: float, end: float | None) -> bool:
        """Whether something from `start` to `end` (None: it goes on) lies in part inside; both may be one moment."""
        return start <= self.end and (end is None or end >= self.start)

    def seconds_of(self, start: float, end: float | None) -> float:
        """How much of this span something from `start` to `end` (None: it goes on) covers."""
        return max(0.0, min(self.end, self.end if end is None else end) - max(self.start, start))
