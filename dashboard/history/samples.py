"""Writes samples and the buckets they belong to: in one transaction, each sample once, whoever else writes it too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select, update

from dashboard.history import schema
from dashboard.history.batch import Batch, News, all_of, news_of
from dashboard.history.cells import BUCKET, MICROSECONDS, SAMPLE, to_us, unpack
from dashboard.history.folding import as_rows, folded, folded_samples, merged, starts_of
from dashboard.history.names import Numbers
from dashboard.history.partitions import Partitions
from dashboard.history.statements import cells_at, upsert_cells
from dashboard.history.steps import FAST, TIERS, Tier

ROWS_AT_ONCE, NUMBERS_AT_ONCE = 500, 25_000
"""Events of one transaction: with 50 metrics each they take 25 ms, so that no other writer waits for longer."""
ROWS_AT_ONCE_MOST = 4_000
"""The same of events with few metrics: what each transaction takes by itself counts for more then."""

FAST_TOLD_BY = 4
"""Samples that tell how fast a source is, over a second at least: several events may be about one moment."""
FAST_AT_ONCE = 100
"""Samples that tell it however short a time they are of: no moment has so many."""
FAST_BELOW_US = 900_000
"""Between two samples on the average: one a second is not fast, also where one of them was early."""


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
        """Store what is new of at most `rows_at_once` events, in a writing transaction.

        A sample older than `oldest` (Unix s) is refused: its raw row may have been let go already, and then nobody can
        tell whether its buckets have it.
        """
        fresh = batch.rows(batch.times >= to_us(oldest))
        too_old = batch.samples - fresh.samples
        if not len(fresh):
            return Written(too_old=too_old)
        source_id, = self._numbers.of(connection, schema.source, [fresh.source])
        ids = self._numbers.of(connection, schema.metric, fresh.names)
        self._partitions.ensure(connection, schema.sample, fresh.times.tolist())
        news = news_of(fresh, ids, cells_at(connection, schema.sample, source_id, fresh.times))
        upsert_cells(connection, schema.sample, source_id, news.rows)
        count = news.count
        if count:
            self._fold_fast(connection, source_id, news, fresh)
            self._fold(connection, source_id, news, TIERS)
            self._numbers.seen(connection, source_id, _first(news))
        return Written(count, fresh.samples - count, too_old)

    def _fold_fast(self, connection: Connection, source_id: int, news: News, batch: Batch) -> None:
        """Add what is stored now to the buckets of the tier FAST, where the source has them or gets them now.

        That is decided here, for all processes.
        """
        source = schema.source
        fast_us = connection.execute(select(source.c.fast_us).where(source.c.id == source_id)).scalar()
        if fast_us is not None:
            self._fold(connection, source_id, news.since(fast_us), (FAST,))
        elif is_fast(batch.times):
            stored, fast_us = self._newest_stored(connection, source_id, rows_at_once(len(batch.names)))
            self._fold(connection, source_id, stored, (FAST,))
            connection.execute(update(source).where(source.c.id == source_id).values(fast_us=fast_us))

    @staticmethod
    def _newest_stored(connection: Connection, source_id: int, at_most: int) -> tuple[News, int]:
        """The samples of the newest events of a source, and from when on (µs) these are all, in whole buckets.

        Of as many events as one transaction writes: so a source that is fast from its first has all in such buckets.
        """
        sample, span_us = schema.sample, FAST.span_s * MICROSECONDS
        rows = connection.execute(
            select(sample.c.time, sample.c.cells).where(sample.c.source_id == source_id)
            .order_by(sample.c.time.desc()).limit(at_most + 1)).all()
        stored = unpack(rows[::-1], SAMPLE)
        begins_us = int(stored.times[0]) // span_us * span_us
        if len(rows) > at_most:
            begins_us += span_us  # that bucket may have had others before
        return all_of(stored).since(begins_us), begins_us

    def _fold(self, connection: Connection, source_id: int, news: News, tiers: Sequence[Tier]) -> None:
        """Add new samples to their bucket of each tier; what is added to one is what is added to the next."""
        starts, added = folded_samples(news.times, news.metrics, news.values, tiers[0].span_s * MICROSECONDS)
        for tier in tiers:
            table = schema.bucket(tier)
            if tier is not tiers[0]:
                starts, added = folded(starts_of(starts, tier.span_s * MICROSECONDS), added)
            wanted = np.unique(starts)
            self._partitions.ensure(connection, table, wanted.tolist())
            stored = cells_at(connection, table, source_id, wanted).unpack(BUCKET)
            upsert_cells(connection, table, source_id, as_rows(*merged(stored, starts, added)))


def is_fast(times_us: np.ndarray) -> bool:
    """Whether these samples came more than once a second, as far as they tell."""
    if len(times_us) < FAST_TOLD_BY:
        return False
    span_us = int(times_us[-1] - times_us[0])
    is_told = span_us >= MICROSECONDS or len(times_us) >= FAST_AT_ONCE
    return is_told and span_us < FAST_BELOW_US * (len(times_us) - 1)


def rows_at_once(metrics: int) -> int:
    """Events of so many metrics that go into one transaction."""
    return min(ROWS_AT_ONCE_MOST, max(ROWS_AT_ONCE, NUMBERS_AT_ONCE // max(1, metrics)))


def _first(news: News) -> dict[int, int]:
    """metric number -> time of its first new sample."""
    present = ~np.isnan(news.values)
    some = np.flatnonzero(present.any(axis=1))
    found: dict[int, int] = {}  # two names that no database can tell apart have one number
    for metric, at in zip(news.metrics[some].tolist(), news.times[present[some].argmax(axis=1)].tolist(), strict=True):
        found[metric] = min(at, found.get(metric, at))
    return found
