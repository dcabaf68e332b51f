"""What is asked of the metrics' past: windows, statistics, and which metrics there are.

Every method may wait for the database for up to the reader's timeout; none of them writes.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.history.answers import Answer, Matrix, MetricInfo, SourceInfo, WindowStatistics
from dashboard.metrics.query import Gap


class MetricReader:
    """Reads the store, and what is not written yet from the ring, so that past and present join without a hole."""

    def sources(self) -> list[SourceInfo]:
        """Every source of the store and of the ring, by name."""
        raise NotImplementedError

    def metrics(self, source: str) -> list[MetricInfo]:
        """Every metric of a source, by name. Raises UnknownSource."""
        raise NotImplementedError

    def series(self, source: str, metrics: Sequence[str], start: float, end: float, points: int, *,
               gaps: Sequence[Gap] = (), rates: bool = True) -> Answer:
        """Lines for a chart of `points` pixels: raw samples where they fit, else buckets of a round width.

        From the coarsest tier that still fills the pixels: a bucket's width is the smallest round step with which the
        window takes at most `points` of them. `gaps`: recorded gaps of the feed, which no line crosses. `rates` False:
        counters as they were sent. `points` above 10,000 is taken as 10,000, and a note says so.

        With the database away the answer is what the ring has (`from_store` False).

        Raises:
            UnknownSource, UnknownMetric
            WindowError: `end` before `start`, a window that is no number or longer than what is kept.
        """
        raise NotImplementedError

    def statistics(self, source: str, metrics: Sequence[str], start: float, end: float) -> dict[str, WindowStatistics]:
        """The same window as figures only. Raises like `series`."""
        raise NotImplementedError

    def matrix(self, source: str, metrics: Sequence[str] | None, start: float, end: float, points: int) -> Matrix:
        """Metrics (None: all) over one time axis of at most `points` steps, to compare them. Raises like `series`."""
        raise NotImplementedError
