"""Writes a part of the history to a file, a few hours at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, func, select

from dashboard.history import schema
from dashboard.history.answers import RAW, UnknownMetric, UnknownSource
from dashboard.history.cells import BUCKET, SAMPLE, Rows, to_us, unpack
from dashboard.history.database import Database
from dashboard.history.names import find, plain
from dashboard.history.statements import cells_between
from dashboard.history.steps import TIERS
from dashboard.history.table_files import Writer

PORTION_ROWS = 4_000
"""Events or buckets read at once: a few hours of samples, some 20 MB as a table."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to export: a tier, of some sources and metrics (None: all), from `start` to `end` (Unix s)."""

    tier: str
    sources: Sequence[str] | None
    metrics: Sequence[str] | None
    start: float
    end: float


def export(database: Database, path: Path, chosen: Chosen, progress: Callable[[int, int], Any] = lambda done, of: None
           ) -> int:
    """Write the file; how many numbers it holds. `progress` is called with rows done and rows there are.

    Raises UnknownSource, UnknownMetric, BadFile, OSError, and what the database raises.
    """
    table = schema.sample if chosen.tier == RAW else schema.buckets[chosen.tier]
    with database.reading() as connection:
        sources = _sources(connection, chosen)
        metrics = _metrics(connection, chosen)
        total = connection.execute(select(func.count()).select_from(table).where(
            table.c.source_id.in_(list(sources.values())), _between(table, chosen))).scalar_one()
    numbers = done = 0
    with Writer(path, chosen.tier) as writer:
        for name, source_id in sources.items():
            after = to_us(chosen.start) - 1
            while True:
                with database.reading() as connection:  # one snapshot of all would keep SQLite from tidying its log
                    portion = _portion(connection, table, source_id, after, to_us(chosen.end))
                if not portion:
                    break
                after, done = portion[-1][0], done + len(portion)
                rows = unpack(portion, SAMPLE if chosen.tier == RAW else BUCKET)
                numbers += _write(writer, name, rows, metrics, chosen.tier)
                progress(done, max(done, total))
    return numbers


def _sources(connection: Connection, chosen: Chosen) -> dict[str, int]:
    table = schema.source
    if chosen.sources is None:
        return dict(connection.execute(select(table.c.name, table.c.id).order_by(table.c.name)).all())
    found = find(connection, table, chosen.sources)
    for name in chosen.sources:
        if plain(name) not in found:
            raise UnknownSource(name)
    return found


def _metrics(connection: Connection, chosen: Chosen) -> dict[int, str]:
    table = schema.metric
    if chosen.metrics is None:
        return dict(connection.execute(select(table.c.id, table.c.name)).all())
    found = find(connection, table, chosen.metrics)
    unknown = tuple(name for name in chosen.metrics if plain(name) not in found)
    if unknown:
        raise UnknownMetric(unknown)
    return {number: name for name, number in found.items()}


def _between(table: Table, chosen: Chosen) -> Any:
    return table.c.time.between(to_us(chosen.start), to_us(chosen.end))


def _portion(connection: Connection, table: Table, source_id: int, after_us: int, end_us: int
             ) -> Sequence[tuple[int, bytes]]:
    last = connection.execute(
        select(table.c.time).where(table.c.source_id == source_id, table.c.time > after_us, table.c.time <= end_us)
        .order_by(table.c.time).offset(PORTION_ROWS - 1).limit(1)).scalar()
    return cells_between(connection, table, source_id, after_us + 1, end_us if last is None else last)


def _write(writer: Writer, source: str, rows: Rows, metrics: dict[int, str], tier: str) -> int:
    known = np.array(sorted(metrics), dtype=np.int64)
    kept = np.flatnonzero(np.isin(rows.cells["metric"], known))
    cells, times = rows.cells[kept], rows.times[rows.row[kept]]
    columns: dict[str, Any] = {
        "time": times, "source": [source] * len(cells),
        "metric": [metrics[number] for number in cells["metric"].tolist()]}
    if tier == RAW:
        columns["value"] = cells["value"]
    else:
        columns |= {"tier": [tier] * len(cells), "last_time": cells["last_us"]}
        columns |= {name: cells[name] for name in ("count", "sum", "min", "max", "last")}
    if len(cells):
        writer.write(columns)
    return len(cells)


TIER_NAMES = (RAW, *(tier.name for tier in TIERS))
