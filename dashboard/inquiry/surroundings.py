"""What lies around the lines of a window: alerts, gaps of the feed, commands and annotations, past and present."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dashboard.explore.overlays import GapLike, Overlays, overlays
from dashboard.explore.span import Span
from dashboard.history.answers import HistoryUnavailable
from dashboard.metrics.query import Gap

READ_MOST = 2_000
"""Of each kind, the newest: four times what is drawn."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`gaps`: those of the feed that overlap the window. `unavailable`: why the archive could not be read, so that this
    is what the process itself remembers; "" where it was read. `cut`: the archive has more of a kind than was read."""

    overlays: Overlays
    gaps: tuple[GapLike, ...] = ()
    unavailable: str = ""
    cut: bool = False

    @property
    def left_out(self) -> str:
        """In a sentence how many events are not shown; "" where all are."""
        count = self.overlays.left_out
        if not count and not self.cut:
            return ""
        return f"{'At least ' * self.cut}{max(1, count):,} more events are left out: too many to be told apart."

    @property
    def breaks(self) -> tuple[Gap, ...]:
        """The gaps as spans that no line crosses."""
        return tuple((gap.start, gap.end) for gap in self.gaps)


def surroundings(services: Any, span: Span, sources: Iterable[str] | None = None) -> Surroundings:
    """Everything that overlaps `span`. `sources`: only alerts and annotations of these; None: of any.

    What memory has is newer than what is stored of it, and wins.
    """
    archive = services.history.events
    unavailable = ""
    try:
        alerts = archive.alert_spans(span.start, span.end, limit=READ_MOST)
        gaps = archive.gaps(span.start, span.end, READ_MOST)
        commands = archive.commands(span.start, span.end, READ_MOST)
        annotations = archive.annotations(span.start, span.end, limit=READ_MOST)
    except HistoryUnavailable as error:
        alerts, gaps, commands, annotations, unavailable = [], [], [], [], error.reason
    cut = max(map(len, (alerts, gaps, commands, annotations))) >= READ_MOST
    own_alerts = services.alerts.index().all
    keys = {alert.key for alert in own_alerts}
    own_commands = tuple(getattr(services.commands, "recent", ()))
    ids = {command.request_id for command in own_commands}
    gaps = _with_own(services, gaps)
    found = overlays(
        span, gaps=gaps, annotations=annotations, sources=sources,
        alerts=[*own_alerts, *(alert for alert in alerts if alert.key not in keys)],
        commands=[*own_commands, *(command for command in commands if command.request_id not in ids)])
    return Surroundings(found, _inside(span, gaps), unavailable, cut)


def gaps_around(services: Any, span: Span) -> tuple[tuple[GapLike, ...], str]:
    """The gaps of the feed that overlap `span` alone; and why the archive could not be read, "" where it was."""
    stored, unavailable = [], ""
    try:
        stored = services.history.events.gaps(span.start, span.end, READ_MOST)
    except HistoryUnavailable as error:
        unavailable = error.reason
    return _inside(span, _with_own(services, stored)), unavailable


def _with_own(services: Any, stored: Iterable[GapLike]) -> list[GapLike]:
    """What memory knows of a gap is newer than what is stored of it."""
    own = tuple(services.record.gaps)
    starts = {gap.start for gap in own}
    return [*own, *(gap for gap in stored if gap.start not in starts)]


def _inside(span: Span, gaps: Iterable[GapLike]) -> tuple[GapLike, ...]:
    return tuple(gap for gap in gaps if span.overlaps(gap.start, gap.end))
