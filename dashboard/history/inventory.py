"""Which sources and metrics there are: those of the store, and those only the ring has so far."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from sqlalchemy import Connection, func, select

from dashboard.history import schema
from dashboard.history.answers import MetricInfo, SourceInfo
from dashboard.history.cells import BUCKET, MICROSECONDS, unpack
from dashboard.history.names import find, plain
from dashboard.history.statements import all_rows
from dashboard.history.steps import TIERS
from dashboard.metrics.ring import Ring

COARSEST = schema.buckets[TIERS[-1].name]
FIRST_LOOK = 4  # buckets of 6 hours: what was sent in the last day is found at once
LOOK_FURTHER = 8  # times more for what was not


def stored_sources(connection: Connection) -> list[SourceInfo]:
    """The sources of the store."""
    source, seen = schema.source, schema.source_metric
    known = connection.execute(
        select(source.c.id, source.c.name, func.min(seen.c.first_us), func.count())
        .join(seen, seen.c.source_id == source.c.id).group_by(source.c.id, source.c.name)).all()
    newest = dict(connection.execute(
        select(COARSEST.c.source_id, func.max(COARSEST.c.time)).group_by(COARSEST.c.source_id)).all())
    found = []
    for source_id, name, first_us, metrics in known:
        if source_id in newest:  # else all of it has been let go
            rows = unpack(_newest(connection, source_id, newest[source_id], 1), BUCKET)
            last_us = int(rows.cells["last_us"].max()) if len(rows.cells) else newest[source_id]
            found.append(SourceInfo(name, first_us / MICROSECONDS, last_us / MICROSECONDS, metrics))
    return found


def sources(stored: Iterable[SourceInfo], ring: Ring) -> list[SourceInfo]:
    """With those of the ring, by name."""
    found = {info.name: info for info in stored}
    for name in ring.sources():
        window = ring.window(name, [])
        if not len(window):
            continue
        first, last, known = float(window.times[0]), float(window.times[-1]), found.get(name)
        metrics = len(ring.metrics(name))
        found[name] = SourceInfo(name, first, last, metrics) if known is None else SourceInfo(
            name, min(first, known.first_at), max(last, known.last_at), max(metrics, known.metrics))
    return [found[name] for name in sorted(found)]


def stored_metrics(connection: Connection, source: str) -> list[MetricInfo]:
    """The metrics of a source, as far as anything of them is kept."""
    source_id = find(connection, schema.source, [source]).get(plain(source))
    metric, seen = schema.metric, schema.source_metric
    if source_id is None:
        return []
    known = {number: (name, first_us) for number, name, first_us in all_rows(
        connection, select(metric.c.id, metric.c.name, seen.c.first_us)
        .join(seen, seen.c.metric_id == metric.c.id).where(seen.c.source_id == source_id))}
    newest = _newest_cells(connection, source_id, set(known))
    return [MetricInfo(known[number][0], known[number][1] / MICROSECONDS, last_us / MICROSECONDS, last)
            for number, (last_us, last) in newest.items()]


def metrics(stored: Iterable[MetricInfo], ring: Ring, source: str) -> list[MetricInfo]:
    """With those of the ring, by name. When a metric began that is only in the ring is told by its newest number."""
    found = {info.name: info for info in stored}
    for name, (at, value) in ring.latest(source).items():
        known = found.get(name)
        if known is None or at >= known.last_at:
            found[name] = MetricInfo(name, at if known is None else known.first_at, at, value)
    return [found[name] for name in sorted(found)]


def _newest_cells(connection: Connection, source_id: int, wanted: set[int]) -> dict[int, tuple[int, float]]:
    """metric number -> (µs, value) of its newest sample: looked for ever further back, until all are found."""
    found: dict[int, tuple[int, float]] = {}
    before, look = 2**62, FIRST_LOOK
    while wanted - found.keys():
        rows = _newest(connection, source_id, before, look)
        if not rows:
            break
        cells = unpack(rows, BUCKET).cells
        cells = cells[np.argsort(cells["last_us"], kind="stable")]
        newest = dict(zip(cells["metric"].tolist(),
                          zip(cells["last_us"].tolist(), cells["last"].tolist(), strict=True), strict=True))
        found = newest | found
        before, look = rows[-1][0] - 1, look * LOOK_FURTHER
    return {number: found[number] for number in wanted & found.keys()}


def _newest(connection: Connection, source_id: int, until_us: int, at_most: int) -> list[tuple[int, bytes]]:
    """The newest buckets of a source, newest first."""
    return list(connection.execute(
        select(COARSEST.c.time, COARSEST.c.cells).where(COARSEST.c.source_id == source_id, COARSEST.c.time <= until_us)
        .order_by(COARSEST.c.time.desc()).limit(at_most)))
