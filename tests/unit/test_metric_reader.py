"""What of memory is read for a question about the past, where there is no database to ask."""

from __future__ import annotations

import pytest

from dashboard.history.answers import HistoryUnavailable
from dashboard.history.backlog import Backlog
from dashboard.history.metric_reader import MetricReader
from dashboard.history.steps import Kept
from dashboard.metrics.ring import Ring
from dashboard.metrics.window import Window

NOW, DAY_S, SOURCE = 1_700_000_000.0, 86_400.0, "producer"


class WatchedRing(Ring):
    """Notes how many numbers each reader was given."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[int] = []

    def window(self, *arguments: object, **named: object) -> Window:
        return self._noted(super().window(*arguments, **named))

    def since(self, *arguments: object, **named: object) -> Window | None:
        window = super().since(*arguments, **named)
        return None if window is None else self._noted(window)

    def _noted(self, window: Window) -> Window:
        self.read.append(sum(len(column) for column in window.columns.values()))
        return window


class Untouched:
    """A database nobody should wait for."""

    def reading(self) -> object:
        raise AssertionError("asked while it was known to be away")


@pytest.mark.parametrize("database, down", [(None, None), (Untouched(), HistoryUnavailable("gone", NOW - 60))])
def test_without_a_database_only_what_is_asked_for_is_read(database, down):
    ring = WatchedRing()
    for number in range(1_000):
        ring.append(SOURCE, NOW - 5 * (1_000 - number), {f"m{place}": number for place in range(20)})
    reader = MetricReader(database, ring, Backlog(ring), Kept(DAY_S, DAY_S, DAY_S), clock=lambda: NOW,
                          down=lambda: down)

    answer = reader.series(SOURCE, ["m3"], NOW - 500, NOW, 1_000)

    assert answer.lines["m3"].statistics.count == 100
    assert ring.read == [100], "one line of the window, and no other"
