"""What else moved in a window: every metric of the sources at hand, against itself before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.explore.moved import Moved, moved, whole_of
from dashboard.explore.series import Series, of_matrix
from dashboard.explore.span import Span
from dashboard.history.answers import Matrix
from dashboard.history.metric_reader import MetricReader
from dashboard.inquiry.known import heard_first

POINTS = 1_000
"""Of the window and the time before it: 200 of them in the window, which tells apart what can be seen on a chart."""
SOURCES_MOST = 32
"""As many as the memory of a process holds by default."""


@dataclass(frozen=True, eq=False, slots=True)
class Movement:
    """All metrics, those that moved most first. `whole`: the window (`brush`) and what it is held against.

    `unread`: sources of which nothing could be read. `left_out`: how many were not even asked about.
    """

    brush: Span
    whole: Span
    found: tuple[Moved, ...]
    step_s: float
    unread: tuple[str, ...] = ()
    left_out: int = 0


def what_moved(reader: MetricReader, brush: Span, sources: Iterable[str]) -> Movement:
    """Every metric of `sources`; of more than SOURCES_MOST of those that were heard then, by name.

    Raises:
        WindowError: what it is held against is no longer kept.
    """
    whole, sources = whole_of(brush), list(dict.fromkeys(sources))
    if len(sources) > SOURCES_MOST:
        ranks = {one.name: rank for rank, one in enumerate(heard_first(reader.sources(), whole.start, whole.end))}
        sources.sort(key=lambda name: ranks.get(name, len(ranks)))
    series: list[Series] = []
    unread, step_s = [], 0.0
    read = reader.matrix_of_each(dict.fromkeys(sources[:SOURCES_MOST]), whole.start, whole.end, POINTS)
    for source, matrix in read.items():
        if not isinstance(matrix, Matrix):
            unread.append(source)
            continue
        step_s = max(step_s, matrix.step_s)
        series += of_matrix(matrix)
    return Movement(brush, whole, moved(series, brush), step_s, tuple(unread),
                    max(0, len(sources) - SOURCES_MOST))
