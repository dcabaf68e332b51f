"""A ring with its history on a real database, as one process has them."""

from __future__ import annotations

import numpy as np
from sqlalchemy import select

from dashboard.history import schema
from dashboard.history.cells import BUCKET, SAMPLE
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings

NOW = 1_760_000_000.0  # a minute's 20th second, an hour's 53rd minute
HOUR, DAY = 3_600.0, 86_400.0


class Process:
    """A ring with its history, as one process has them."""

    def __init__(self, url: str, *, now: float = NOW, rows: int = 43_200, **settings):
        self.now = now
        self.ring = Ring(rows=rows)
        self.store = HistoryStore(Settings(database_url=url, **settings), self.ring, clock=lambda: self.now)

    def hear(self, at: float, source: str = "pl", **values: float) -> None:
        self.ring.append(source, at, values)

    def series(self, metric: str, start: float, end: float, points: int = 1_000, source: str = "pl", **more):
        return self.store.metrics.series(source, [metric], start, end, points, **more)

    def values(self, metric: str, start: float, end: float, **more) -> list[float]:
        return self.series(metric, start, end, **more).lines[metric].mean.tolist()

    def stored(self, table=schema.sample) -> int:
        """Samples in a table: cells, or the sum of the counts of buckets."""
        with self.store.database.reading() as connection:
            fields = connection.execute(select(table.c.cells)).scalars().all()
        if table is schema.sample:
            return sum(len(field) // SAMPLE.itemsize for field in fields)
        return sum(int(np.frombuffer(field, BUCKET)["count"].sum()) for field in fields)
