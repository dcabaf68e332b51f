"""One window of one source, read from the coarsest tier that fills it, with what is not written yet added to it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from dashboard.history import schema
from dashboard.history.answers import RAW, UnknownMetric, UnknownSource
from dashboard.history.asking import Asking, CellsAt, Count, Unpacked, at_once
from dashboard.history.batch import News, all_of, batch_of, samples_lacking
from dashboard.history.cells import (
    BUCKET,
    MICROSECONDS,
    SAMPLE,
    Block,
    Fields,
    Rows,
    bucket_block,
    raw_block,
    sample_values,
    to_us,
    together,
)
from dashboard.history.folding import folded_samples, merged, to_rows
from dashboard.history.lines import joined
from dashboard.history.many import Span
from dashboard.history.names import metrics_of_each, plain, remembered
from dashboard.history.question import Question
from dashboard.history.steps import FAST, TIERS, Plan, Tier, plan, step_for
from dashboard.metrics.readings import Readings

RAW_ROWS_MAX = 30_000
"""Events read singly for one window: some 18 MB with 50 metrics each."""
FAST_ROWS_MAX = 6_000
"""The same of a source that has the tier FAST: more are quicker read from there. So many may lie before it began."""
FAST_ROWS_TOGETHER = 12_000
"""The same of all sources of one answer: ten that have just become fast would be sixty thousand."""
FAST_CELLS_MAX = 300_000
"""And with all metrics that are asked for: of a thousand that come alternately each row is a thousand places for one
number, and an answer would take a hundred megabytes."""
METRICS_TOGETHER = 256
"""Of the sources that are read at once: together they need no more memory than one with so many."""
METRICS_MOST = 1_024
"""Of one answer about all metrics of a source: a producer that makes up names may have thousands, a window of which
would need hundreds of megabytes."""
NOBODY = -1
"""Number of a source that has none yet: it has no rows."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows of a source: its number, from when on (µs) it has the tier FAST (None: it has not), its
    first sample (µs), and the numbers of its metrics by name. `width`: how many of them a row may have."""

    source_id: int
    fast_us: int | None
    first_us: int
    numbers: dict[str, int]

    @property
    def width(self) -> int:
        return len(self.numbers)


@dataclass(eq=False, slots=True)
class Read:
    """What was read: `names` are the lines of the block. `step_s` 0: each point is a sample."""

    names: list[str]
    block: Block
    tier: str
    step_s: int
    from_store: bool = True
    notes: list[str] = field(default_factory=list)


def read_all(connection: Connection, asked: Sequence[Question]) -> Iterator[Read | UnknownSource | UnknownMetric]:
    """What the store answers to each question, in their order. Raises what the database does."""
    metrics = metrics_of_each(connection, [one.source for one in asked])
    fast_most = min(FAST_ROWS_MAX, FAST_ROWS_TOGETHER // max(1, len(asked)))
    group: list[Asking[Read]] = []
    width = 0
    for one in asked:
        known = _known(metrics[plain(one.source)])
        if group and width + known.width > METRICS_TOGETHER:
            yield from at_once(connection, group)
            group, width = [], 0
        group.append(_asking(connection, one, known, fast_most))
        width += known.width
    yield from at_once(connection, group)


def _asking(connection: Connection, asked: Question, known: _Known, fast_most: int) -> Asking[Read]:
    """One question, as what it needs. `fast_most`: so many samples are read singly where there is the tier FAST."""
    source_id = known.source_id
    if source_id == NOBODY and not asked.in_ring:
        raise UnknownSource(asked.source)
    ids = _numbers(connection, known.numbers, asked)
    names = list(ids)
    asked, ids = replace(asked, metrics=names), list(ids.values())
    planned = plan(asked.start, asked.end, asked.points, asked.now, asked.kept)
    singly = planned.tier == RAW
    cells_most = FAST_CELLS_MAX // max(1, len(ids))
    window = Span(source_id, to_us(asked.start), to_us(asked.end))
    events: int | None = None
    if singly and known.fast_us is not None and known.fast_us <= to_us(asked.end):
        # Counted before its buckets are read: who was fast for two seconds once is as a rule not fast now.
        fast_most = min(fast_most, cells_most)
        events = yield from _stored(asked, window, fast_most)
        if not _has_samples(events, fast_most, asked):
            events = None
            wider = Plan(FAST.name, FAST.span_s, max(planned.step_s, FAST.span_s))
            fast = yield from _fast(connection, known, ids, asked, wider)
            if fast is not None:
                return Read(names, fast, FAST.name, wider.step_s, notes=_wider(planned, FAST) if len(fast) else [])
    if asked.start >= asked.now - asked.kept.raw_s:
        most = RAW_ROWS_MAX if singly else 2 * asked.points
        if not singly and known.fast_us is not None:
            most = min(most, cells_most)
        if events is None:
            events = yield from _stored(asked, window, most)
        if _has_samples(events, most, asked):
            block = yield from _samples(known, ids, asked)
            if fits(block, asked.points):
                return Read(names, block, RAW, 0)
            if singly:
                return Read(names, block, RAW, planned.step_s)
    notes = []
    if singly:
        finest = TIERS[0]
        notes = _wider(planned, finest) if events else []
        planned = Plan(finest.name, finest.span_s, max(planned.step_s, finest.span_s))
    elif planned.coarser:
        notes.append(f"Finer figures of that time are not kept: a point is {planned.step_s} s wide.")
    block = yield from _buckets(connection, known, ids, asked, planned)
    return Read(names, block, planned.tier, planned.step_s, notes=notes)


def from_ring(ring: Readings, source: str, names: list[str] | None, start: float, end: float, points: int) -> Read:
    """The same from memory alone. Raises UnknownMetric."""
    known = ring.metrics(source)
    names = known if names is None else names
    _refuse_unknown(names, known)
    batch = batch_of(ring.window(source, names, start, end))
    block = raw_block(batch.times / MICROSECONDS, batch.values)
    step_s = 0 if fits(block, points) else step_for(end - start, points)
    return Read(names, block, RAW, step_s, from_store=False)


def _wider(planned: Plan, tier: Tier) -> list[str]:
    """The note that points are wider than asked for, because there are too many samples to read them one by one."""
    if planned.step_s >= tier.span_s:
        return []
    return [f"The samples are too many to be read one by one: a point is {tier.span_s} s wide."]


def _known(rows: Sequence[Sequence[Any]]) -> _Known:
    if not rows:
        return _Known(NOBODY, None, 0, {})
    source_id, fast_us = rows[0][:2]
    return _Known(source_id, fast_us, min((first_us for *_, first_us in rows if first_us is not None), default=0),
                  {name: number for _, _, number, name, _ in rows if name is not None})


def fits(block: Block, points: int) -> bool:
    """Whether no metric has more samples than there may be points."""
    return int(block.count.sum(axis=1).max(initial=0)) <= points


def _numbers(connection: Connection, numbers: dict[str, int], asked: Question) -> dict[str, int]:
    """The metrics asked for, and the number of each. What only the ring has is numbered for this answer."""
    names = _all_names(asked.in_ring, numbers) if asked.metrics is None else asked.metrics
    _refuse_unknown(names, asked.in_ring.union(numbers))
    new = [name for name in names if plain(name) not in numbers]
    if new:
        greatest = connection.execute(select(func.max(schema.metric.c.id))).scalar() or 0
        numbers.update((plain(name), greatest + place) for place, name in enumerate(new, 1))
    return {name: numbers[plain(name)] for name in names}


def _all_names(in_ring: frozenset[str], numbers: dict[str, int]) -> list[str]:
    """Every metric of a source; of very many those in memory, and beside them the newest."""
    names = in_ring.union(numbers)
    if len(names) > METRICS_MOST:
        names = sorted(names, key=lambda name: (name not in in_ring, -numbers.get(plain(name), 0)))[:METRICS_MOST]
    return sorted(names)


def _refuse_unknown(names: Iterable[str], known: Container[str]) -> None:
    unknown = tuple(name for name in names if name not in known)
    if unknown:
        raise UnknownMetric(unknown)


def _stored(asked: Question, window: Span, most: int) -> Asking[int]:
    """How many samples of the window are stored; above `most` it is only known that they are more.

    To count six thousand costs SQLite 1.5 ms of each source, and memory tells of so many by itself.
    """
    known = asked.surely_stored(window.start_us, window.end_us)
    return known if known > most else (yield Count(schema.sample, window, most + 1))


def _has_samples(events: int, most: int, asked: Question) -> bool:
    """Whether there are samples in the window, and of those stored (`events`) not more than `most`.

    Where there is none at all there may be buckets still: they were imported.
    """
    return events <= most and (events > 0 or asked.waiting(to_us(asked.start)) is not None)


def _samples(known: _Known, ids: list[int], asked: Question) -> Asking[Block]:
    window = Span(known.source_id, to_us(asked.start), to_us(asked.end))
    rows: Rows = yield Unpacked(schema.sample, window, SAMPLE, known.width)
    times, values = rows.times, sample_values(rows, ids)
    pending = asked.waiting(to_us(asked.start))
    if pending is not None:
        times, values = joined(times, values, pending.times, pending.values)
    return raw_block(times / MICROSECONDS, values)


def _fast(connection: Connection, known: _Known, ids: list[int], asked: Question, planned: Plan
          ) -> Asking[Block | None]:
    """The buckets of the tier FAST; None where they begin too late."""
    early: Rows | None = None
    first_us = max(_first_us(asked, planned), known.first_us)
    if first_us < known.fast_us:
        # What was sent before the source was fast is in no such bucket.
        before = Span(known.source_id, first_us, known.fast_us - 1)
        if (yield Count(schema.sample, before, FAST_ROWS_MAX + 1)) > FAST_ROWS_MAX:
            return None
        early = yield Unpacked(schema.sample, before, SAMPLE, known.width)
    return (yield from _buckets(connection, known, ids, asked, planned, early))


def _first_us(asked: Question, planned: Plan) -> int:
    """Where the bucket before the window begins: a counter's first rate needs it."""
    return to_us(math.floor(asked.start / planned.step_s) * planned.step_s - planned.span_s)


def _buckets(connection: Connection, known: _Known, ids: list[int], asked: Question, planned: Plan,
             early: Rows | None = None) -> Asking[Block]:
    """The buckets of a tier; `early`: samples that are in none of them."""
    window, span_us = Span(known.source_id, _first_us(asked, planned), to_us(asked.end)), planned.span_s * MICROSECONDS
    table = schema.fast_bucket if planned.tier == FAST.name else schema.buckets[planned.tier]
    rows: Rows = yield Unpacked(table, window, BUCKET, known.width)
    if early is not None:
        rows = _with(rows, all_of(early), span_us)
    pending = asked.waiting(window.start_us)
    if pending is not None:
        # As the writer will do it: only what is in no stored sample yet goes into the buckets.
        stored: Fields | None = None
        doubtful = _may_be_stored(connection, known.source_id, pending.times)
        if len(doubtful):
            stored = yield CellsAt(schema.sample, known.source_id, doubtful)
        rows = _with(rows, samples_lacking(pending, ids, stored), span_us)
    return bucket_block(rows, ids)


def _may_be_stored(connection: Connection, source_id: int, times_us: np.ndarray) -> np.ndarray:
    """Which of these (ascending) may be in the store: they are where another process hears the source, too, or where
    this one is about to write them."""
    memory = remembered(connection)
    if memory is None or source_id not in memory.last_us:
        return times_us
    last_us = memory.last_us[source_id]
    return times_us[:0 if last_us is None else bisect_right(times_us, last_us)]


def _with(rows: Rows, news: News, span_us: int) -> Rows:
    """Buckets of `span_us` with samples added to them."""
    starts, cells = folded_samples(news.times, news.metrics, news.values, span_us)
    if not len(starts):
        return rows
    before, touched = rows.split(int(starts[0]))
    return together([before, to_rows(*merged(touched, starts, cells))])
