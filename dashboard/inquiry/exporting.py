"""What the Explore page shows, as a file: the lines of a view as CSV or Parquet, or the whole as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from dashboard import catalog
from dashboard.catalog import Metric
from dashboard.colours import line_colour
from dashboard.explore.charts import Axis, plan, threshold_lines
from dashboard.explore.compare import COMPARISONS, aligned, reference_span
from dashboard.explore.drawing import DrawnChart, DrawnLine
from dashboard.explore.export import csv_bytes, file_name, parquet_bytes
from dashboard.explore.ranges import resolve
from dashboard.explore.series import Series
from dashboard.explore.snapshot import Snapshot, snapshot_html
from dashboard.explore.span import Span
from dashboard.explore.view import BROWSER_ZONE, FIELDS, THRESHOLDS, ExploreView, read_view
from dashboard.history.answers import DOWN, HistoryUnavailable, WindowError
from dashboard.inquiry.charted import Charted, Key, charted
from dashboard.inquiry.past import kept_s
from dashboard.inquiry.surroundings import Surroundings, surroundings

FORMATS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "html": "text/html"}
"""What there is, with its media type."""


class NothingShown(ValueError):
    """The view has no line, or only hidden ones."""


class Misread(ValueError):
    """A field of the view cannot be meant; the text says what is wrong with it."""


class NeverHeard(LookupError):
    """A line was never heard, of a snapshot none of them; the text says why of each."""


@dataclass(frozen=True, slots=True)
class File:
    """`notes`: what whoever saves it should know, a sentence each; a snapshot has them in it."""

    name: str
    content: bytes
    notes: tuple[str, ...] = ()


def exported(services: Any, query: Sequence[tuple[str, str]], kind: str, points: int, by: str) -> File:
    """The file, of at most 10,000 points a line. `query`: the fields of the view's address; hidden lines are not in it.

    Raises:
        TimeError, WindowError: the window.
        Misread: a field that cannot be meant; the default in its place would be a file of something else.
        NothingShown, NeverHeard
        HistoryUnavailable: a line is not in memory (of a snapshot none is), and the database is away.
        TooLarge: more than a file may hold.
    """
    view, complaints = read_view(urlencode([(name, value) for name, value in query if name in FIELDS]))
    if complaints:
        raise Misread("; ".join(complaints))
    zone = "UTC" if view.zone == BROWSER_ZONE else view.zone
    now = services.clock()
    span = resolve(view.range, now, zone, kept_s(services))
    shown = replace(view, lines=tuple(line for line in view.lines if not line.hidden))
    if not shown.lines:
        raise NothingShown("nothing is shown: choose a metric")
    around = surroundings(services, span, {line.source for line in shown.lines})
    reading = charted(services.history.metrics, shown.lines, span, points, around.breaks)
    series = [reading.parts[line.key].series for line in shown.lines if line.key in reading.parts]
    # A snapshot says what is missing; in a table nobody would see it.
    if not series or (reading.missing and kind != "html"):
        status = services.history.status
        if status.state == DOWN:  # what it has nobody can tell
            raise HistoryUnavailable(status.reason or "", status.since)
        raise NeverHeard("; ".join(f"{metric}: {why}" for (_, metric), why in reading.missing.items()))
    compared = _compared(services, shown, span, zone, points)
    name = file_name(_title(series), span, zone, kind)
    if kind == "html":
        charts = _charts(view, shown, reading, compared)
        overlays = tuple(item for item in around.overlays.items if item.kind in view.overlays)
        notes = _notes(reading, around)
        content = snapshot_html(Snapshot("Explore", span, zone, now, by, charts, overlays, notes))
        return File(name, content, tuple(notes))
    content = (csv_bytes if kind == "csv" else parquet_bytes)([*series, *compared.values()], zone)
    return File(name, content, reading.notes)


def _notes(reading: Charted, around: Surroundings) -> list[str]:
    """What the reader of a snapshot should know: what is not in it, and why."""
    notes = [*reading.notes, *(f"{metric} is missing: {why}." for (_, metric), why in reading.missing.items())]
    if around.unavailable:
        notes.append(f"Alerts, commands and annotations are those in memory: {around.unavailable}.")
    if around.left_out:
        notes.append(around.left_out)
    return notes


def _compared(services: Any, view: ExploreView, span: Span, zone: str, points: int) -> dict[Key, Series]:
    """The other period's lines, at the times they are drawn at."""
    if view.compare is None:
        return {}
    try:
        found = charted(services.history.metrics, view.lines, reference_span(span, view.compare, zone), points)
    except WindowError:  # that period is kept no longer
        return {}
    return {key: aligned(part.series, span, view.compare, zone) for key, part in found.parts.items()}


def _charts(view: ExploreView, shown: ExploreView, reading: Charted, compared: Mapping[Key, Series]
            ) -> tuple[DrawnChart, ...]:
    described = {place: reading.parts[line.key].series.described for place, line in enumerate(shown.lines)
                 if line.key in reading.parts}
    drawn = []
    for chart in plan(shown, described):
        lines = [line for place in chart.places
                 for line in _lines(view, shown, place, place in chart.right, reading, compared)]
        unit, right = (_unit(described, places) for places in (chart.left, chart.right))
        marks = threshold_lines(chart, described, Axis(unit), Axis(right)) if THRESHOLDS in view.overlays else []
        drawn.append(DrawnChart(chart.title, tuple(lines), unit, right, view.log, tuple(
            (mark.value, mark.level) for mark in marks if not mark.right)))
    return tuple(drawn)


def _lines(view: ExploreView, shown: ExploreView, place: int, right: bool, reading: Charted,
           compared: Mapping[Key, Series]) -> list[DrawnLine]:
    line = shown.lines[place]
    title = catalog.title_with_group(catalog.describe(line.metric))
    if len({one.source for one in shown.lines}) > 1:
        title = f"{title} · {line.source}"
    number = view.lines.index(line)
    colour = line_colour(view.colours[number] if view.colours else number)
    lines = [DrawnLine(reading.parts[line.key].series, title, colour, right=right)]
    if line.key in compared:
        lines.append(DrawnLine(compared[line.key], f"{title}, {COMPARISONS[view.compare].lower()}", colour,
                               dashed=True, right=right))
    return lines


def _unit(described: Mapping[int, Metric], places: Sequence[int]) -> str:
    return described[places[0]].display_unit if places else ""


def _title(series: Sequence[Series]) -> str:
    return series[0].metric if len({one.metric for one in series}) == 1 else f"{series[0].metric} and more"
