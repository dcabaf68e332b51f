"""Takes a file into the history. The same file twice changes nothing.

Samples young enough to be kept one by one go the way of the feed's. Of older ones, and of buckets, whichever knows
more samples of a bucket stays: what is stored, or what the file and the finer tiers say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from dashboard.history import schema
from dashboard.history.answers import RAW
from dashboard.history.batch import Batch
from dashboard.history.cells import BUCKET, MICROSECONDS, to_us
from dashboard.history.database import Database
from dashboard.history.folding import as_buckets, as_rows, folded, starts_of
from dashboard.history.names import Numbers as Ids
from dashboard.history.partitions import Partitions
from dashboard.history.samples import ROWS_AT_ONCE, SampleWriter
from dashboard.history.statements import cells_at, unpacked_between, upsert_cells
from dashboard.history.steps import TIERS, Kept, Tier
from dashboard.history.table_files import Numbers


@dataclass(slots=True)
class Imported:
    """What became of a file's numbers: new samples, samples known already, and buckets written in all tiers."""

    samples: int = 0
    known: int = 0
    buckets: int = 0


class Importer:
    """Takes files into one database. Raises what the database raises."""

    def __init__(self, database: Database, kept: Kept, now: float):
        self._database, self._now, self._kept = database, now, kept
        self._partitions, self._ids = Partitions(database), Ids()
        self._writer = SampleWriter(self._partitions)

    def take(self, numbers: Numbers, progress: Callable[[int], Any] = lambda done: None) -> Imported:
        """`progress` is called with how many more numbers of the file are dealt with."""
        outcome = Imported()
        for place in range(len(numbers.sources)):
            own = np.flatnonzero(numbers.source == place)
            times = numbers.times[own]
            if numbers.tier == RAW:
                oldest = to_us(self._now - self._kept.raw_s)
                old, young = own[times < oldest], own[times >= oldest]
                self._samples(numbers, young, outcome, progress)
                cells = as_buckets(numbers.times[old], numbers.metric[old], numbers.columns["value"][old])
                first = 0
            else:
                old = own
                cells = np.empty(len(old), BUCKET)
                cells["metric"] = numbers.metric[old]
                for name in ("count", "sum", "min", "max", "last", "last_us"):
                    cells[name] = numbers.columns[name][old]
                first = next(place for place, tier in enumerate(TIERS) if tier.name == numbers.tier)
            if len(old):
                self._buckets(numbers, place, numbers.times[old], cells, first, outcome)
                progress(len(old))
        return outcome

    def _samples(self, numbers: Numbers, chosen: np.ndarray, outcome: Imported, progress: Callable[[int], Any]) -> None:
        for part in _by_times(numbers.times[chosen], chosen):
            times, column = np.unique(numbers.times[part], return_inverse=True)
            metrics, line = np.unique(numbers.metric[part], return_inverse=True)
            values = np.full((len(metrics), len(times)), np.nan)
            values[line, column] = numbers.columns["value"][part]
            names = [numbers.metrics[place] for place in metrics.tolist()]
            batch = Batch(numbers.sources[int(numbers.source[part[0]])], times, names, values)
            with self._database.writing() as connection:
                written = self._writer.write(connection, batch, self._now - self._kept.raw_s)
            outcome.samples += written.stored
            outcome.known += written.known
            progress(len(part))

    def _buckets(self, numbers: Numbers, place: int, times: np.ndarray, cells: np.ndarray, first: int,
                 outcome: Imported) -> None:
        """Put cells into their tier, and then the coarser ones to what that tier has."""
        with self._database.writing() as connection:
            source_id, = self._ids.of(connection, schema.source, [numbers.sources[place]])
            used = np.unique(cells["metric"])
            ids = self._ids.of(connection, schema.metric, [numbers.metrics[one] for one in used.tolist()])
            cells["metric"] = np.array(ids, dtype=np.uint32)[np.searchsorted(used, cells["metric"])]
            earliest = {number: int(times[cells["metric"] == number].min()) for number in ids}
            self._ids.seen(connection, source_id, earliest)
        starts, cells = folded(starts_of(times, TIERS[first].span_s * MICROSECONDS), cells)
        finer: Tier | None = None
        for tier in TIERS[first:]:
            wanted = np.unique(starts_of(starts, tier.span_s * MICROSECONDS))
            for some in np.array_split(wanted, max(1, len(wanted) // ROWS_AT_ONCE)):
                with self._database.writing() as connection:
                    if finer is None:
                        inside = (starts >= some[0]) & (starts <= some[-1])
                        better = starts[inside], cells[inside]
                    else:
                        better = _from_finer(connection, source_id, finer, tier, some)
                    outcome.buckets += self._keep_better(connection, source_id, tier, *better)
            finer = tier

    def _keep_better(self, connection: Connection, source_id: int, tier: Tier, starts: np.ndarray, cells: np.ndarray
                     ) -> int:
        """Write the cells that know of more samples than what is stored; how many there are."""
        if not len(cells):
            return 0
        table, wanted = schema.buckets[tier.name], np.unique(starts)
        self._partitions.ensure(connection, table, wanted.tolist())
        stored = cells_at(connection, table, source_id, wanted).unpack(BUCKET)
        all_starts = np.concatenate([stored.times[stored.row], starts])
        both = np.concatenate([stored.cells, cells])
        is_new = np.arange(len(both)) >= len(stored.cells)
        # Of the same bucket and metric the one with the most samples comes last; of equal ones what is stored.
        order = np.lexsort((~is_new, both["count"], both["metric"], all_starts))
        all_starts, both, is_new = all_starts[order], both[order], is_new[order]
        last = np.append((all_starts[1:] != all_starts[:-1]) | (both["metric"][1:] != both["metric"][:-1]), True)
        chosen = np.flatnonzero(last)
        changed = np.unique(all_starts[chosen][is_new[chosen]])
        rows = np.flatnonzero(np.isin(all_starts[chosen], changed))
        upsert_cells(connection, table, source_id, as_rows(all_starts[chosen][rows], both[chosen][rows]))
        return int(is_new[chosen].sum())


def _from_finer(connection: Connection, source_id: int, finer: Tier, tier: Tier, starts: np.ndarray
                ) -> tuple[np.ndarray, np.ndarray]:
    """What the finer tier says of these buckets."""
    span_us = tier.span_s * MICROSECONDS
    rows = unpacked_between(connection, schema.buckets[finer.name], source_id, int(starts[0]),
                            int(starts[-1]) + span_us - 1, BUCKET)
    return folded(starts_of(rows.times[rows.row], span_us), rows.cells)


def _by_times(times: np.ndarray, chosen: np.ndarray) -> Iterator[np.ndarray]:
    """The chosen rows in runs of at most ROWS_AT_ONCE different times; `times` of them ascend."""
    if not len(times):
        return
    number = np.cumsum(np.append(0, np.diff(times) != 0))
    for first in range(0, int(number[-1]) + 1, ROWS_AT_ONCE):
        yield chosen[(number >= first) & (number < first + ROWS_AT_ONCE)]
