"""Writes samples and the buckets they belong to: in one transaction, each sample once, whoever else writes it too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from dashboard.history import schema
from dashboard.history.batch import Batch, News, news_of
from dashboard.history.cells import BUCKET, MICROSECONDS, to_us, unpack
from dashboard.history.folding import as_buckets, as_rows, folded, merged, starts_of
from dashboard.history.names import Numbers
from dashboard.history.partitions import Partitions
from dashboard.history.statements import cells_at, upsert_cells
from dashboard.history.steps import TIERS

ROWS_AT_ONCE = 500
"""Events of one transaction: 50 metrics each take 25 ms, so that no other writer waits for longer."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: samples `stored` now, `known` already, `too_old` for any raw sample to be kept."""

    stored: int = 0
    known: int = 0
    too_old: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.stored + other.stored, self.known + other.known, self.too_old + other.too_old)


class SampleWriter:
    """Writes batches. One for each process, used by one thread; after a rollback call `forget`."""

    def __init__(self, partitions: Partitions):
        self._partitions = partitions
        self._numbers = Numbers()

    def forget(self) -> None:
        """A transaction was rolled back: what it made is not there."""
        self._numbers.forget()
        self._partitions.forget()

    def write(self, connection: Connection, batch: Batch, oldest: float) -> Written:
        """Store what is new of at most ROWS_AT_ONCE events, in a writing transaction.

        A sample older than `oldest` (Unix s) is refused: its raw row may have been let go already, and then nobody can
        tell whether its buckets have it.
        """
        fresh = batch.rows(batch.times >= to_us(oldest))
        too_old = batch.samples - fresh.samples
        if not len(fresh):
            return Written(too_old=too_old)
        source_id, = self._numbers.of(connection, schema.source, [fresh.source])
        ids = self._numbers.of(connection, schema.metric, fresh.names)
        times = fresh.times.tolist()
        self._partitions.ensure(connection, schema.sample, times)
        news = news_of(fresh, ids, cells_at(connection, schema.sample, source_id, times))
        upsert_cells(connection, schema.sample, source_id, news.rows)
        if len(news):
            self._fold(connection, source_id, news)
            self._numbers.seen(connection, source_id, _first(news))
        return Written(len(news), fresh.samples - len(news), too_old)

    def _fold(self, connection: Connection, source_id: int, news: News) -> None:
        """Add new samples to their bucket of each tier; what is added to one is what is added to the next."""
        starts, added = news.times, as_buckets(news.times, news.metrics, news.values)
        for tier in TIERS:
            table = schema.buckets[tier.name]
            starts, added = folded(starts_of(starts, tier.span_s * MICROSECONDS), added)
            wanted = np.unique(starts).tolist()
            self._partitions.ensure(connection, table, wanted)
            stored = unpack(cells_at(connection, table, source_id, wanted), BUCKET)
            upsert_cells(connection, table, source_id, as_rows(*merged(stored, starts, added)))


def _first(news: News) -> dict[int, int]:
    """metric number -> time of its first new sample."""
    metrics, first = np.unique(news.metrics, return_index=True)  # the samples are in the order of time
    return dict(zip(metrics.tolist(), news.times[first].tolist(), strict=True))
