"""Everything one answer is made of, read once, so that its parts agree with each other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dashboard import catalog
from dashboard.feed.journal_status import AWAY
from dashboard.feed.record import CONNECTED
from dashboard.feed.snapshot import FeedSnapshot
from dashboard.metrics.query import is_counter
from dashboard.metrics.readings import Readings
from dashboard.metrics.window import Window
from dashboard.services import Services
from dashboard.sources import SourceState
from dashboard.ui.chart_clock import ChartClock, chart_clock
from dashboard.ui.structure import Structure, structure_of
from dashboard.ui.times import day
from dashboard.ui.view import View
from dashboard.ui.worst import trouble

TAIL_S = 300.0  # what a tile needs to show its change and its sparkline
REACH_BACK_S = 120.0  # before the first new point: a rate and a gap are judged against what came before
CATCH_UP_ROWS = 600  # a page that was away for longer takes the whole window: cheaper than so many points
GAPS_DRAWN = 50
RECORDED_WITHIN_S = 10.0  # a journal that is away for a moment writes all of it when it is back
CLOCK_TOLERANCE_S = 30.0  # messages may be late by a little; a clock that is wrong is wrong by more


@dataclass(frozen=True, eq=False)
class Delta:
    """Times (float64, Unix s, ascending) of samples that are new to the page, and the cursor after them."""

    times: np.ndarray
    cursor: int


@dataclass(frozen=True)
class Moment:
    """One page's question and the state of the world when it was asked: `ring` stands still. Times in Unix s."""

    services: Services
    ring: Readings
    view: View
    now: float
    source: str | None
    state: SourceState | None
    structure: Structure
    feed: FeedSnapshot

    @property
    def until(self) -> float:
        """Now by the clock of the source: samples are filed by its time, so that is where the charts end.

        A clock that is ahead does not count: its samples are filed by ours (see `Event.at`).
        """
        return _source_now(self.state, self.now)

    @cached_property
    def today(self) -> str:
        """The day it is for the viewer: times of other days are told with their date."""
        return day(self.now, self.view.zone).isoformat()

    @cached_property
    def wall(self) -> ChartClock:
        """What the charts are drawn by: they end now, or where the viewer's zoom does."""
        return chart_clock(self.view.zone, self.until if self.view.zoom_end is None else self.view.zoom_end)

    @cached_property
    def gaps(self) -> list[tuple[float, float | None, str]]:
        """Gaps of the feed within the range: (from, to or None while it lasts, why), by the clock of the source."""
        behind = self.until - self.now
        start = self.now - self.view.range_s
        return [(gap.start + behind, None if gap.end is None else gap.end + behind, gap.why)
                for gap in self.feed.gaps_of(self.source)[-GAPS_DRAWN:] if gap.end is None or gap.end > start]

    @property
    def unrecorded(self) -> str | None:
        """Why the journal has been away for longer than a moment, while the feed goes on; None: it has not."""
        journal = self.services.journal.status
        late = journal.state == AWAY and self.now - journal.since >= RECORDED_WITHIN_S
        return journal.reason if late and self.feed.state == CONNECTED else None

    @property
    def breaks(self) -> list[tuple[float, float]]:
        """The same as spans that no line may cross."""
        return [(start, self.until if end is None else end) for start, end, _ in self.gaps]

    @cached_property
    def delta(self) -> Delta | None:
        """What came since the page's last answer; None where it must take the whole window."""
        view, ring = self.view, self.ring
        if self.source is None or view.structure != self.drawn_as:
            return None
        if view.epoch != ring.epoch:
            return self._delta_by_time()
        since = ring.since(self.source, view.cursor, [])
        if since is None or not since.in_order or len(since) > CATCH_UP_ROWS:
            return None
        return Delta(since.times, since.cursor)

    def _delta_by_time(self) -> Delta | None:
        """The last answer came from another process. If this one has heard the very sample it ended with, what
        follows that sample is what is new; else its numbers mean nothing here."""
        last = self.view.last
        if last is None or self.source is None:
            return None
        window = self.ring.window(self.source, [], start=last)
        if not len(window) or window.times[0] != last or len(window) > CATCH_UP_ROWS:
            return None
        return Delta(window.times[1:], window.cursor)

    @cached_property
    def tail(self) -> Window | None:
        """The last minutes of all metrics, reaching back before anything that is new to the page."""
        if self.source is None:
            return None
        start = self.until - TAIL_S
        if self.delta is not None and len(self.delta.times):
            start = min(start, float(self.delta.times[0]) - REACH_BACK_S)
        return self.ring.window(self.source, self.structure.metrics, start=start)

    @cached_property
    def latest(self) -> dict[str, tuple[float, float]]:
        """metric -> (Unix s, value) of its newest number, however old."""
        return {} if self.source is None else self.ring.latest(self.source)

    @cached_property
    def cumulative(self) -> Window | None:
        """The whole range of the metrics that may be counters."""
        names = [name for name in self.structure.metrics if catalog.describe(name).cumulative]
        return self.in_range(names) if names and self.source is not None else None

    @cached_property
    def counting(self) -> dict[str, bool | None]:
        """Of each metric that may be a counter, whether it is one; None: too few samples to tell. Judged by the whole
        range, for the tail and every delta alike."""
        columns = self.cumulative.columns if self.cumulative is not None else {}
        return {name: is_counter(values, counts=catalog.describe(name).counts) for name, values in columns.items()}

    @cached_property
    def counters(self) -> frozenset[str]:
        """Metrics shown as change per second: those that may still turn out to be none have no value till then."""
        return frozenset(name for name, is_one in self.counting.items() if is_one is not False)

    @cached_property
    def drawn_as(self) -> str:
        """The plan, which of its lines are rates, and the clock: with another one, no new point fits those the page
        has."""
        return fingerprint(self.structure.revision, sorted(self.counting.items()), self.wall.offset_ms)

    def in_range(self, metrics: Sequence[str]) -> Window:
        """The samples of the range the page shows. Not without a source."""
        return self.ring.window(self.source, metrics, start=self.until - self.view.range_s)


def read_moment(services: Services, view: View, now: float) -> Moment:
    """Choose the source and gather what its answer needs."""
    source, ring = view.source or default_source(services, now), services.ring.still()
    names = ring.metrics(source) if source is not None else []
    return Moment(
        services=services, ring=ring, view=view, now=now, source=source,
        state=services.board.get(source) if source is not None else None,
        structure=structure_of(source, names), feed=services.record.snapshot())


def source_now(services: Services, source: str, now: float) -> float:
    """`Moment.until` of any source."""
    return _source_now(services.board.get(source), now)


def _source_now(state: SourceState | None, now: float) -> float:
    skew = state.metrics_skew_s if state is not None else None
    return now + skew if skew is not None and skew < -CLOCK_TOLERANCE_S else now


def default_source(services: Services, now: float) -> str | None:
    """The source to begin with: a real one before a simulated one, one with metrics before those that have only
    spoken, one that fell silent before those that live, then whoever was heard first; None without any."""
    states = [state for name in services.board.names() if (state := services.board.get(name)) is not None]
    if not states:
        return None
    return max(states, key=lambda state: (
        not state.simulated, services.ring.length(state.name) > 0, trouble(state, now) in ("delayed", "inactive"),
        -state.first_received)).name


def fingerprint(*parts: Any) -> str:
    """A short name for what something is drawn from: another one, another drawing."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=6).hexdigest()
