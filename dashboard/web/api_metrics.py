"""GET /metrics/historical: what was sent, from memory and beyond it from the store, as rows, as columns or as CSV."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Blueprint, Response

from dashboard.catalog import canonical
from dashboard.event_types import FUTURE_TOLERANCE_S
from dashboard.feed.intake import HEALTH_SCORE
from dashboard.history.answers import DOWN, OFF, HistoryUnavailable, UnknownMetric, WindowError
from dashboard.inquiry.known import check_metrics, check_source
from dashboard.metrics.query import buckets
from dashboard.metrics.window import Window
from dashboard.spreadsheet import neutral
from dashboard.web.answers import Problem, file, success
from dashboard.web.api_series import ask
from dashboard.web.guard import Guard
from dashboard.web.history_away import cannot_be_read, read_or
from dashboard.web.parameters import hours, integer, moment, several, single

if TYPE_CHECKING:
    from dashboard.services import Services

HOURS_DEFAULT = 24.0
FASTEST_SAMPLE_S = 2.0  # between two samples of the fastest producers: so long do the rows of the ring last at least
POINTS_MAX = 10_000  # rows of one answer: about 10 MB with 40 metrics
# Where nobody says how many: more than a chart has pixels, and answered within 50 ms. A file takes all it may.
POINTS_DEFAULT = 2_000
METRICS_MAX = 512  # as many as one source may have in memory
THINNED = "There are more samples than rows: each row has the last ones of its span of time."
FORMATS = ("rows", "frame", "csv")
FORMAT_ALIASES = {"json": "rows"}  # what a client says who wants no CSV


@dataclass(frozen=True, slots=True)
class Row:
    """One sample. `metrics` holds the numbers it has, by dotted name; `time` in Unix seconds."""

    time: float
    source: str
    metrics: dict[str, float]
    health_score: float | None


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/metrics/historical")
    def historical_metrics() -> Response:
        kind = (single("format") or "rows").lower()
        kind = FORMAT_ALIASES.get(kind, kind)
        if kind not in FORMATS:
            raise Problem(400, f"format is one of {', '.join((*FORMATS, *FORMAT_ALIASES))}.")
        asked = integer("points", POINTS_MAX if kind == "csv" else POINTS_DEFAULT, 1)
        points, notes = min(asked, POINTS_MAX), []
        if asked > POINTS_MAX:
            notes.append(f"{asked:,} points were asked for; {POINTS_MAX:,} is the most.")
        start, end = _window(services.clock(), hours_kept(services))
        metrics = [canonical(name) for name in several("metric", METRICS_MAX)]
        source = single("source")
        with services.look() as then:
            _, away = ask(lambda: read_or(None, lambda: _check(then, source, metrics)))
            rows, thinned, missing = read_rows(then, source, metrics, start, end, points)
        notes += dict.fromkeys([*away, *missing])
        if thinned:
            notes.append(THINNED)
        if kind == "csv":
            return file(to_csv(rows), "metrics.csv", "text/csv", notes)
        data = to_frame(rows) if kind == "frame" else to_rows(rows)
        return success(data=data, rows=len(rows), thinned=thinned, notes=notes)


def _check(services: Services, source: str | None, metrics: list[str]) -> None:
    if source is not None:
        check_source(services, source)
    check_metrics(services, source, metrics)


def hours_kept(services: Services) -> float:
    """The longest window in hours: what the history keeps, or a day, or what the ring holds at the fastest rate.

    To two places, as a refusal says it.
    """
    ring_h = round(services.settings.ring_rows * FASTEST_SAMPLE_S / 3_600, 2)
    history_h = 0.0 if services.history.status.state == OFF else services.history.kept.longest_s / 3_600
    return max(HOURS_DEFAULT, ring_h, history_h)


def _window(now: float, longest_h: float) -> tuple[float, float | None]:
    """Unix seconds. Without `start` the window is `hours` long; without `end` it is open."""
    span_s = hours(HOURS_DEFAULT, longest_h) * 3_600
    start, end = moment("start"), moment("end")
    if start is None:
        start = (now if end is None else end) - span_s
    if end is not None and end < start:
        raise Problem(400, "end lies before start.")
    return start, end


def read_rows(services: Services, source: str | None, metrics: list[str], start: float, end: float | None,
              points: int) -> tuple[list[Row], bool, list[str]]:
    """Samples oldest first, at most `points`, whether that meant leaving some out, and what else is missing.

    Samples of several sources follow each other by time; two sources never share a row. A source or metric that is
    not known has no rows.
    """
    names = [*metrics, HEALTH_SCORE] if metrics else None
    sources = _sources(services, start) if source is None else [source]
    notes: dict[str, None] = {}
    read = _samples(services, sources, names, start, end, points, notes)
    windows, bucketed = [window for window, _ in read], any(already for _, already in read)
    # A source without a number of what was asked for must not cost the others their share of the rows.
    windows = [window for window in windows if any(
        not np.isnan(values).all() for name, values in window.columns.items() if not metrics or name in metrics)]
    thinned = sum(len(window.times) for window in windows) > points
    share = max(1, points // len(windows)) if thinned else points
    rows = []
    for window in windows:
        for bucket in buckets(window, share):
            score = bucket.metrics.pop(HEALTH_SCORE, None)
            if bucket.metrics or not metrics:
                rows.append(Row(bucket.time, window.source, bucket.metrics, score))
    if len(windows) > 1:
        rows.sort(key=lambda row: row.time)
    return rows[-points:], thinned or bucketed, list(notes)


def _sources(services: Services, start: float) -> list[str]:
    """Those of the ring, and those the store has had since `start`."""
    stored = [] if services.history.status.state == OFF else [
        info.name for info in services.history.metrics.sources() if info.last_at >= start]
    return sorted({*services.ring.sources(), *stored})


def _samples(services: Services, sources: list[str], names: list[str] | None, start: float, end: float | None,
             points: int, notes: dict[str, None]) -> list[tuple[Window, bool]]:
    """The ring's window of each source where it reaches back so far, else the store's; whether that is already less
    than all.

    What is missing because the store is away is said in `notes`, once.
    """
    ring, history, status = services.ring, services.history, services.history.status
    spans = {source: ring.span(source) for source in sources}
    wanted = {source: names for source, span in spans.items() if span is None or span[0] > start}
    if wanted and status.state == DOWN:
        notes[f"The history cannot be read: {status.reason}."] = None
    stored: dict[str, tuple[Window, bool]] = {}
    until = services.clock() + FUTURE_TOLERANCE_S if end is None else end  # a producer's clock may be as far ahead
    with suppress(WindowError):
        while wanted and status.state != OFF:
            read = history.metrics.samples_of_each(wanted, start, until, points)
            stored |= {source: found for source, found in read.items() if not isinstance(found, Exception)}
            notes |= {cannot_be_read(error): None for error in read.values() if isinstance(error, HistoryUnavailable)}
            # Once more, without the metrics that a source never had.
            left = {source: [name for name in wanted[source] or () if name not in error.names]
                    for source, error in read.items() if isinstance(error, UnknownMetric)}
            wanted = {source: known for source, known in left.items() if known}
    return [stored.get(source) or (ring.window(source, names, start, end), False) for source in sources]


def to_rows(rows: list[Row]) -> list[dict[str, Any]]:
    """One object a sample, as the contract has it, with its `source` beside."""
    return [
        {"timestamp": timestamp, "source": row.source, "metrics": row.metrics, "health_score": row.health_score}
        for timestamp, row in zip(_timestamps(rows), rows, strict=True)
    ]


def to_frame(rows: list[Row]) -> dict[str, dict[str, Any]]:
    """Columns by source: `timestamps`, `health_score` and `metrics` (name -> values), null where a sample lacks one."""
    frames: dict[str, dict[str, Any]] = {}
    for source in dict.fromkeys(row.source for row in rows):
        own = [row for row in rows if row.source == source]
        frames[source] = {
            "timestamps": _timestamps(own),
            "health_score": [row.health_score for row in own],
            "metrics": {name: [row.metrics.get(name) for row in own] for name in _columns(own)},
        }
    return frames


def to_csv(rows: list[Row]) -> str:
    """A table with a heading; names from outside that a spreadsheet would run as a formula get a `'` before them."""
    columns = _columns(rows)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([neutral(cell) for cell in ("timestamp", "source", "health_score", *columns)])
    for timestamp, row in zip(_timestamps(rows), rows, strict=True):
        numbers = (row.metrics.get(name) for name in columns)
        writer.writerow([timestamp, neutral(row.source), row.health_score, *numbers])
    return text.getvalue()


def _columns(rows: list[Row]) -> list[str]:
    return sorted({name for row in rows for name in row.metrics})


def _timestamps(rows: list[Row]) -> list[str]:
    """ISO 8601 in UTC with `Z`, to the millisecond; all at once, which is ten times faster than one by one."""
    ms = np.rint(np.array([row.time for row in rows], dtype=float) * 1_000).astype("int64").astype("datetime64[ms]")
    return [text + "Z" for text in np.datetime_as_string(ms, unit="ms").tolist()]
