"""When a source was there: every moment of a window is up, down, stopped or unknown.

- *stopped*: the source had said that it is stopping or has stopped, until it gives a sign of life more than
  STOP_HOLDS_S later (the contract's rule).
- *up*: a sign of life (a sample) came less than `inactive_after_s` before: the same rule by which the page calls a
  source active or delayed. Of buckets, each that holds a sample counts from its beginning, for as long as it is wide
  where that is longer, so that an outage which is shorter than a bucket is not seen.
- *unknown*: not up, and the feed had a gap, or had come back, or had begun to listen, less than `inactive_after_s`
  before: nobody could have heard it. So is the time before the source was known at all.
- *down*: nothing of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dashboard.explore.overlays import GapLike
from dashboard.explore.span import Span
from dashboard.health import STOP_HOLDS_S

UP, DOWN, STOPPED, UNKNOWN = "up", "down", "stopped", "unknown"
STATES = (UP, DOWN, STOPPED, UNKNOWN)
OUTAGES_MOST = 100
"""Spans in a report; of more, the longest."""
STOPS = frozenset(("stopping", "stopped"))
"""Words by which a source says so of itself."""

# Spans of time, one a row, Unix seconds.
_Spans = np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class SignsOfLife:
    """When a source was heard: the times of its samples (`step_s` None), or the starts of the buckets that hold some.

    Rising, Unix seconds; they reach back to `inactive_after_s` (or a bucket) before the window. `known_since`: when it
    was heard for the first time ever, None where that is not known (then the first of `times`). `lifecycle`: what it
    said of itself, (Unix seconds, state as in `dashboard.health.lifecycle_word`), oldest first.
    """

    times: np.ndarray
    step_s: float | None = None
    known_since: float | None = None
    lifecycle: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True, slots=True)
class Availability:
    """Seconds of a window by state, and what share of it the source was up.

    `ratio`: of the time in which that is known, stopped counting as not up; None where nothing is known. `at_least`
    and `at_most`: of the whole window, if it was down, or up, all the time that is unknown. `outages`: the spans in
    which it was down, the first ones first.
    """

    up_s: float
    down_s: float
    stopped_s: float
    unknown_s: float
    outages: tuple[Span, ...] = field(default=())
    outages_left_out: int = 0

    @property
    def ratio(self) -> float | None:
        known_s = self.up_s + self.down_s + self.stopped_s
        return self.up_s / known_s if known_s > 0 else None

    @property
    def at_least(self) -> float:
        return self.up_s / self._whole_s

    @property
    def at_most(self) -> float:
        return (self.up_s + self.unknown_s) / self._whole_s

    @property
    def _whole_s(self) -> float:
        return self.up_s + self.down_s + self.stopped_s + self.unknown_s


def availability(span: Span, heard: SignsOfLife, gaps: Sequence[GapLike], inactive_after_s: float) -> Availability:
    """The state of a source over `span`, by the rules above. `gaps`: when the console heard nothing."""
    times = np.asarray(heard.times, dtype=float)
    hold_s = max(inactive_after_s, heard.step_s or 0.0)
    up = _joined(np.column_stack([times, times + hold_s]))
    known_since = heard.known_since if heard.known_since is not None else (times[0] if len(times) else np.inf)
    deaf = [(-np.inf, known_since + inactive_after_s)]
    deaf += [(gap.start, np.inf if gap.end is None else gap.end + inactive_after_s) for gap in gaps]
    unknown = _joined(np.array(sorted(deaf), dtype=float).reshape(-1, 2))
    stopped = _joined(np.array(_stops(heard.lifecycle, times), dtype=float).reshape(-1, 2))
    edges = np.unique(np.clip(np.concatenate([up.ravel(), unknown.ravel(), stopped.ravel(), [span.start, span.end]]),
                              span.start, span.end))
    middles, lengths = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    states = np.select([_inside(middles, stopped), _inside(middles, up), _inside(middles, unknown)],
                       [STATES.index(STOPPED), STATES.index(UP), STATES.index(UNKNOWN)], STATES.index(DOWN))
    seconds = np.bincount(states, lengths, len(STATES))
    outages = _outages(edges, states == STATES.index(DOWN))
    kept = sorted(sorted(outages, key=lambda one: -one.length_s)[:OUTAGES_MOST], key=lambda one: one.start)
    by_state = {f"{state}_s": float(length) for state, length in zip(STATES, seconds, strict=True)}
    return Availability(**by_state, outages=tuple(kept), outages_left_out=len(outages) - len(kept))


def _stops(lifecycle: Sequence[tuple[float, str]], times: np.ndarray) -> list[tuple[float, float]]:
    found = []
    for at, state in sorted(lifecycle):
        if state in STOPS:
            after = int(np.searchsorted(times, at + STOP_HOLDS_S, side="left"))
            end = float(times[after]) if after < len(times) else np.inf
            begun_again = (then for then, word in lifecycle if then > at and word not in STOPS)
            found.append((at, min(end, min(begun_again, default=np.inf))))
    return found


def _joined(spans: _Spans) -> _Spans:
    """Rising spans with those that touch made one."""
    if not len(spans):
        return spans
    ends = np.maximum.accumulate(spans[:, 1])
    breaks = np.flatnonzero(spans[1:, 0] > ends[:-1]) + 1
    firsts = np.concatenate([[0], breaks])
    lasts = np.concatenate([breaks - 1, [len(spans) - 1]])
    return np.column_stack([spans[firsts, 0], ends[lasts]])


def _inside(moments: np.ndarray, spans: _Spans) -> np.ndarray:
    if not len(spans):
        return np.zeros(len(moments), dtype=bool)
    index = np.searchsorted(spans[:, 0], moments, side="right") - 1
    return (index >= 0) & (moments < spans[np.maximum(index, 0), 1])


def _outages(edges: np.ndarray, down: np.ndarray) -> list[Span]:
    changes = np.flatnonzero(np.diff(np.concatenate([[False], down, [False]]).astype(int)))
    return [Span(float(edges[first]), float(edges[last])) for first, last in changes.reshape(-1, 2)]
