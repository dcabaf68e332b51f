"""Consoles with days behind them in a database: a process that starts there has the last of them in memory, as in use.

The days are written by the store itself, but at once: published they would take as long as the rest of a benchmark.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.filled import Filled, filled
from benchmarks.page import SOURCE, STEP_S, many_metrics
from dashboard.feed.intake import HEALTH_SCORE
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.reading.metrics import flatten
from dashboard.settings import Settings

DAY_S = 86_400
KEPT_HOURS = 11 * 24.0  # all samples of all days: ten times the days are ten times the samples


def with_days(stack: ExitStack, sizes: Mapping[str, tuple[int, int, int]]) -> dict[str, Filled]:
    """By name: days in its database, times the producer's metrics, open alerts. All of it goes with the stack.

    The days of all end at the same moment. By the time the last process has started the producers have gone on.
    """
    end = time.time()
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="benchmark-days-")))
    urls = {name: f"sqlite:///{folder / name}.sqlite3" for name in sizes}
    for name, (days, copies, _) in sizes.items():
        store_days(urls[name], days, copies, end)
    consoles = {name: filled(stack, end, copies, alerts, urls[name], MONITORING_HISTORY_RAW_HOURS=str(KEPT_HOURS))
                for name, (_, copies, alerts) in sizes.items()}
    for console in consoles.values():
        console.catch_up()
    return consoles


def store_days(url: str, days: int, copies: int, end: float, source: str = SOURCE) -> None:
    """The producer's metrics, so many times each, every five seconds of the days until `end`."""
    settings = Settings(database_url=url, history_raw_hours=KEPT_HOURS)
    samples = int(days * DAY_S / STEP_S)
    ring = Ring(rows=samples)
    for number in range(samples):
        values, _ = flatten(many_metrics(number, copies), "metrics", [])
        ring.append(source, end - (samples - 1 - number) * STEP_S, values | {HEALTH_SCORE: 88.0 + number % 5})
    writer = HistoryStore(settings, ring, clock=lambda: end)
    assert writer.step(), writer.status
    writer.database.close()
