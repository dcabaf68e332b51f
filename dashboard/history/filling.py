"""Fills the ring from the database at a start, so that the page has its day of history at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sqlalchemy import func, select

from dashboard.history import schema
from dashboard.history.backlog import Backlog
from dashboard.history.cells import MICROSECONDS, SAMPLE, sample_values, to_us
from dashboard.history.database import Database
from dashboard.history.statements import unpacked_between
from dashboard.metrics.ring import Ring
from dashboard.metrics.table import LATE, STORED

FILLED_S = 86_400.0
"""The longest range the page shows."""


def fill(database: Database, ring: Ring, backlog: Backlog, now: float) -> int:
    """Put the last day of each source in front of what the ring has heard meanwhile; how many events that were.

    Of more sources than the ring takes those heard last come first. Raises what the database raises.
    """
    filled = 0
    start_us, end_us = to_us(now - FILLED_S), to_us(now)
    with database.reading() as connection:
        sample, source = schema.sample, schema.source
        newest = func.max(sample.c.time)
        heard = connection.execute(
            select(source.c.id, source.c.name).join(sample, sample.c.source_id == source.c.id)
            .where(sample.c.time >= start_us).group_by(source.c.id, source.c.name)
            .order_by(newest.desc()).limit(ring.max_sources)).all()
        for source_id, name in heard:
            rows = unpacked_between(connection, sample, source_id, start_us, end_us, SAMPLE)
            ids = np.unique(rows.cells["metric"]).tolist()
            names = dict(connection.execute(
                select(schema.metric.c.id, schema.metric.c.name).where(schema.metric.c.id.in_(ids))).all())
            known = [number for number in ids if number in names]
            columns = dict(zip((names[number] for number in known), sample_values(rows, known), strict=True))
            filled += _put(ring, backlog, name, rows.times / MICROSECONDS, columns)
    return filled


def _put(ring: Ring, backlog: Backlog, source: str, times: np.ndarray, columns: Mapping[str, np.ndarray]) -> int:
    """All before what the ring has at once; then, one by one, what it lacks in between."""
    numbers = ring.prepend(source, times, columns)
    backlog.filled(source, numbers)
    put = numbers[1] - numbers[0]
    known = ring.window(source, []).times
    missing = np.flatnonzero(~np.isin(times, known) & (times > known[0])) if len(known) else known
    for row in missing.tolist():
        values = {name: float(column[row]) for name, column in columns.items() if column[row] == column[row]}
        put += ring.append(source, float(times[row]), values) in (STORED, LATE)
    return put
