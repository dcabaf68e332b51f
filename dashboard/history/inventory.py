"""Which sources and metrics there are: those of the store, and those only the ring has so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, Integer, Select, bindparam, func, select

from dashboard.history import schema
from dashboard.history.answers import MetricInfo, SourceInfo
from dashboard.history.cells import BUCKET, MICROSECONDS, unpack
from dashboard.history.names import metrics_of, metrics_of_each, plain, remembered
from dashboard.history.steps import TIERS
from dashboard.metrics.readings import Readings

COARSEST = schema.buckets[TIERS[-1].name]
FIRST_LOOK = 4  # buckets of 6 hours: what was sent in the last day is found at once
LOOK_FURTHER = 8  # times more for what was not
ASKED_NEXT = 32  # who wants all sources asks about as many of them, one after the other


def stored_sources(connection: Connection) -> list[SourceInfo]:
    """The sources of the store."""
    memory = remembered(connection)
    if memory is not None and memory.sources:
        return memory.sources
    known = connection.execute(_sources()).all()
    found, newest = [], {}
    for source_id, name, first_us, metrics, bucket_us, field, _ in known:
        if bucket_us is not None:  # else all of it has been let go
            cells = unpack([(bucket_us, field)], BUCKET).cells
            last_us = int(cells["last_us"].max()) if len(cells) else bucket_us
            found.append(SourceInfo(name, first_us / MICROSECONDS, last_us / MICROSECONDS, metrics))
            newest[source_id] = bucket_us, field
    if memory is not None:
        memory.sources.extend(found)
        memory.newest.update(newest)
        memory.last_us.update((source_id, last_us) for source_id, *_, last_us in known)
        asked_next = sorted(found, key=lambda info: -info.last_at)[:ASKED_NEXT]
        metrics_of_each(connection, [info.name for info in asked_next])
    return found


@cache
def _sources() -> Select:
    """Number, name, first time, number of metrics, time and cells of the newest bucket, and time of the newest sample,
    of each source."""
    source, seen, sample = schema.source, schema.source_metric, schema.sample
    newest = (
        select(column).where(column.table.c.source_id == source.c.id).order_by(column.table.c.time.desc()).limit(1)
        .scalar_subquery() for column in (COARSEST.c.time, COARSEST.c.cells, sample.c.time))
    return select(source.c.id, source.c.name, func.min(seen.c.first_us), func.count(), *newest).join(
        seen, seen.c.source_id == source.c.id).group_by(source.c.id, source.c.name)


def sources(stored: Iterable[SourceInfo], ring: Readings) -> list[SourceInfo]:
    """With those of the ring, by name."""
    left, found = {info.name: info for info in stored}, {}
    for name in ring.sources():
        span = ring.span(name)
        if span is None:
            continue
        (first, last), metrics, known = span, len(ring.metrics(name)), _taken(left, name)
        found[name] = SourceInfo(name, first, last, metrics) if known is None else SourceInfo(
            name, min(first, known.first_at), max(last, known.last_at), max(metrics, known.metrics))
    found = left | found
    return [found[name] for name in sorted(found)]


def stored_metrics(connection: Connection, source: str) -> list[MetricInfo]:
    """The metrics of a source, as far as anything of them is kept."""
    rows = metrics_of(connection, source)
    known = {number: (name, first_us) for _, _, number, name, first_us in rows if name is not None}
    newest = _newest_cells(connection, rows[0][0], set(known)) if rows else {}
    return [MetricInfo(known[number][0], known[number][1] / MICROSECONDS, last_us / MICROSECONDS, last)
            for number, (last_us, last) in newest.items()]


def metrics(stored: Iterable[MetricInfo], ring: Readings, source: str) -> list[MetricInfo]:
    """With those of the ring, by name. When a metric began that is only in the ring is told by its newest number."""
    left, found = {info.name: info for info in stored}, {}
    for name, (at, value) in ring.latest(source).items():
        known = _taken(left, name)
        is_newer = known is None or at >= known.last_at
        found[name] = MetricInfo(name, at if known is None else known.first_at, at, value) if is_newer else replace(
            known, name=name)
    found = left | found
    return [found[name] for name in sorted(found)]


def _taken(left: dict[str, Any], name: str) -> Any:
    """What the store has of a name, out of `left`: one that not every database can hold lies there under another."""
    return left.pop(name if name in left else plain(name), None)


def _newest_cells(connection: Connection, source_id: int, wanted: set[int]) -> dict[int, tuple[int, float]]:
    """metric number -> (µs, value) of its newest sample: looked for ever further back, until all are found."""
    found: dict[int, tuple[int, float]] = {}
    for rows in _ever_older(connection, source_id) if wanted else ():
        cells = unpack(rows, BUCKET).cells
        cells = cells[np.argsort(cells["last_us"], kind="stable")]
        newest = dict(zip(cells["metric"].tolist(),
                          zip(cells["last_us"].tolist(), cells["last"].tolist(), strict=True), strict=True))
        found = newest | found
        if wanted <= found.keys():
            break
    return {number: found[number] for number in wanted & found.keys()}


def _ever_older(connection: Connection, source_id: int) -> Iterator[Sequence[tuple[int, bytes]]]:
    """The buckets of a source, newest first, more of them each time."""
    until_us, look, memory = 2**62, FIRST_LOOK, remembered(connection)
    if memory is not None and source_id in memory.newest:
        newest = memory.newest[source_id]
        yield [newest]
        until_us = newest[0] - 1
    while rows := _newest(connection, source_id, until_us, look):
        yield rows
        until_us, look = rows[-1][0] - 1, look * LOOK_FURTHER


def _newest(connection: Connection, source_id: int, until_us: int, at_most: int) -> Sequence[tuple[int, bytes]]:
    """The newest buckets of a source, newest first."""
    return connection.execute(
        _newest_until(), {"source_id": source_id, "until_us": until_us, "at_most": at_most}).all()


@cache
def _newest_until() -> Select:
    return (select(COARSEST.c.time, COARSEST.c.cells)
            .where(COARSEST.c.source_id == bindparam("source_id"), COARSEST.c.time <= bindparam("until_us"))
            .order_by(COARSEST.c.time.desc()).limit(bindparam("at_most", type_=Integer)))
