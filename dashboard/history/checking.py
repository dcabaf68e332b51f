"""Looks whether the history is in order: the file, its rows, and whether the buckets say what the samples say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, func, select

from dashboard.history import schema
from dashboard.history.cells import BUCKET, MICROSECONDS, SAMPLE, Rows, to_us
from dashboard.history.database import Database
from dashboard.history.folding import as_buckets, as_rows, folded, starts_of
from dashboard.history.statements import unpacked_between, upsert_cells
from dashboard.history.steps import FAST, TIERS, Kept
from dashboard.history.upgrade import version_of

PORTION_US = TIERS[-1].span_s * MICROSECONDS
"""Looked at in one go: a whole bucket of the coarsest tier."""
PROBLEMS_SHOWN = 20
NEVER_US = 2**62


@dataclass(slots=True)
class Findings:
    """`rows` by table. `broken`: rows or the file are damaged. `buckets` were compared with their samples, `wrong` of
    them say something else."""

    rows: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    broken: bool = False
    buckets: int = 0
    wrong: int = 0
    repaired: int = 0

    def tell_broken(self, problem: str) -> None:
        """What no repair of ours puts right."""
        self.broken = True
        self.tell(problem)

    def tell(self, problem: str) -> None:
        if len(self.problems) < PROBLEMS_SHOWN:
            self.problems.append(problem)


def check(database: Database, kept: Kept, now: float, *, repair: bool = False,
          progress: Callable[[int, int], Any] = lambda done, of: None) -> Findings:
    """Look at everything. `repair`: what samples and buckets say differently is made what the samples say.

    Raises what the database raises.
    """
    found = Findings()
    with database.reading() as connection:
        version = version_of(connection)
        if version != schema.VERSION:
            found.tell_broken(f"The tables are of version {version}, this console knows {schema.VERSION}.")
            return found
        if database.is_sqlite:
            said = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
            for problem in said:
                if problem != "ok":
                    found.tell_broken(f"SQLite: {problem}")
        for table in schema.metadata.sorted_tables:
            found.rows[table.name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
        _check_lengths(connection, found)
        portions = list(_portions(connection, kept, now))
    for number, (source_id, start_us) in enumerate(portions, 1):
        with database.writing() if repair else database.reading() as connection:
            _compare(connection, source_id, start_us, to_us(now - kept.raw_s), repair, found)
        progress(number, len(portions))
    return found


def _check_lengths(connection: Connection, found: Findings) -> None:
    buckets = (schema.fast_bucket, *schema.buckets.values())
    for table, kind in ((schema.sample, SAMPLE), *((table, BUCKET) for table in buckets)):
        broken = connection.execute(select(func.count()).select_from(table).where(
            func.length(table.c.cells) % kind.itemsize != 0)).scalar_one()
        if broken:
            found.tell_broken(f"{table.name}: {broken} rows are of no length that was written by the console.")


def _portions(connection: Connection, kept: Kept, now: float) -> Iterator[tuple[int, int]]:
    """Source and start of each stretch of time that has samples."""
    sample = schema.sample
    for source_id, first, last in connection.execute(
            select(sample.c.source_id, func.min(sample.c.time), func.max(sample.c.time))
            .where(sample.c.time >= to_us(now - kept.raw_s)).group_by(sample.c.source_id)).all():
        for start in range(first - first % PORTION_US, last + 1, PORTION_US):
            yield source_id, start


def _compare(connection: Connection, source_id: int, start_us: int, oldest_us: int, repair: bool, found: Findings
             ) -> None:
    """One stretch of all tiers. A bucket that begins before the oldest sample kept has known more than there is."""
    end_us = start_us + PORTION_US - 1
    samples = unpacked_between(connection, schema.sample, source_id, start_us, end_us, SAMPLE)
    times = samples.times[samples.row]
    starts, cells = times, as_buckets(times, samples.cells["metric"], samples.cells["value"])
    fast_us = connection.execute(select(schema.source.c.fast_us).where(schema.source.c.id == source_id)).scalar()
    for tier in (FAST, *TIERS):
        starts, cells = folded(starts_of(starts, tier.span_s * MICROSECONDS), cells)
        table, from_us = schema.bucket(tier), oldest_us
        if tier == FAST:
            from_us = NEVER_US if fast_us is None else max(oldest_us, fast_us)
        stored = unpacked_between(connection, table, source_id, start_us, end_us, BUCKET)
        whole = starts >= from_us
        wrong = _different(stored, starts[whole], cells[whole], from_us)
        found.buckets += int(whole.sum())
        found.wrong += len(wrong)
        if len(wrong):
            found.tell(f"{table.name}: {len(wrong)} buckets of source {source_id} differ from their samples.")
        if repair and len(wrong):
            found.repaired += _put_right(connection, table, source_id, wrong, starts, cells)


def _different(stored: Rows, starts: np.ndarray, cells: np.ndarray, oldest_us: int) -> np.ndarray:
    """The starts of buckets in which what is stored is not what the samples say; µs, rising."""
    here = stored.times[stored.row] >= oldest_us
    kept_starts, kept = stored.times[stored.row][here], stored.cells[here]
    order = np.lexsort((kept["metric"], kept_starts))
    kept_starts, kept = kept_starts[order], kept[order]
    if len(kept) == len(cells) and np.array_equal(kept_starts, starts) and np.array_equal(
            kept["metric"], cells["metric"]):
        wrong = ~np.isclose(kept["sum"], cells["sum"], rtol=1e-9, atol=1e-9, equal_nan=True)
        for name in ("count", "min", "max", "last", "last_us"):
            wrong |= kept[name] != cells[name]
        return np.unique(starts[wrong])
    known, meant = _by_key(kept_starts, kept), _by_key(starts, cells)
    return np.unique([start for start, metric in known.keys() | meant.keys()
                      if known.get((start, metric)) != meant.get((start, metric))])


def _by_key(starts: np.ndarray, cells: np.ndarray) -> dict[tuple[int, int], tuple]:
    """(start, metric) -> all that is known but the sum, which depends on the order of adding."""
    return {(start, cell[0]): cell[1:2] + cell[3:] for start, cell in zip(
        starts.tolist(), cells.tolist(), strict=True)}


def _put_right(connection: Connection, table: Table, source_id: int, wrong: np.ndarray, starts: np.ndarray,
               cells: np.ndarray) -> int:
    chosen = np.isin(starts, wrong)
    upsert_cells(connection, table, source_id, as_rows(starts[chosen], cells[chosen]))
    return len(np.unique(starts[chosen]))
