"""One question of the Explore page answered: the window, its lines, and what lies over them, said in few bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.explore.compare import COMPARISONS, aligned, reference_span
from dashboard.explore.ranges import resolve
from dashboard.explore.span import Span
from dashboard.explore.times import TimeError
from dashboard.explore.view import ExploreView
from dashboard.history.answers import OFF, HistoryStatus, WindowError
from dashboard.history.metric_reader import MetricReader
from dashboard.inquiry.charted import Charted, charted
from dashboard.inquiry.past import kept_s
from dashboard.inquiry.surroundings import Surroundings, surroundings
from dashboard.ui.chart_clock import chart_clock
from dashboard.ui.explore import layers, words
from dashboard.ui.explore.actions import RANGE, acted, sentence
from dashboard.ui.explore.compact import Times
from dashboard.ui.explore.drawing import Drawing, drawn_lines
from dashboard.ui.explore.question import Question
from dashboard.ui.explore.view_json import view_json

AGAIN_MOST_S = 60.0
"""A live window is fetched again when half of its newest point is over, and at least once a minute."""
POINTS_IN_ALL = 24_000
"""Of one answer, some 15 bytes each with their range: with more lines than 24 at a thousand pixels, fewer of each."""
AHEAD_SHARE = 0.5
"""Of the window: so far the axis reaches ahead where a forecast is drawn."""


def answer(services: Any, question: Question, now: float) -> tuple[dict[str, Any], Surroundings | None]:
    """(payload for the page's scripts, what lies around the lines). `now` in Unix seconds.

    Without a window that can be shown there is no `lines` in it, and `problems` says why.
    """
    reader, kept = services.history.metrics, kept_s(services)
    view, complaints = question.view()
    zone = question.zone_of(view)
    view, problems = acted(view, question.actions, now, zone, kept)
    live: dict[str, Any] = {
        "asked": question.asked, "view": view_json(view), "complaints": [sentence(one) for one in complaints],
        "problems": problems, "zone": zone}
    try:
        span = resolve(view.range, now, zone, kept)
        around = surroundings(services, span, {line.source for line in view.lines} or None)
        points = min(question.points, POINTS_IN_ALL // max(1, len(view.lines)))
        reading = charted(reader, view.lines, span, points, around.breaks)
        compared = _compared(reader, view, span, points, zone, reading)
    except (TimeError, WindowError) as error:
        return live | {"problems": {RANGE: sentence(str(error))} | problems}, None
    clock = chart_clock(zone, span.end)
    times = Times(clock)
    ahead_s = span.length_s * AHEAD_SHARE if view.forecast and view.range.live and view.lines else 0.0
    drawing = Drawing(reader, view, span, zone, now, span.end + ahead_s, reading, compared, times)
    live |= drawn_lines(drawing)
    live |= layers.overlaid(around, view, span, clock)
    return live | {
        "times": times.shown,
        "span": [round(span.start, 3), round(span.end, 3)],
        "window": clock.ms([span.start, span.end + ahead_s]).tolist(),
        "brush": clock.ms([view.brush.start, view.brush.end]).tolist() if view.brush else None,
        "brushEnds": [words.field_text(at, zone) for at in (view.brush.start, view.brush.end)] if view.brush else None,
        "at": words.moment_text(view.at, zone),
        "now": clock.at(now),
        "ends": [words.field_text(span.start, zone), words.field_text(span.end, zone)],
        "title": words.range_title(view.range),
        "spanWords": words.span_words(span, zone),
        "step": words.step_words(reading.step_s),
        "againS": min(AGAIN_MOST_S, reading.step_s / 2),
        "notes": _notes(services.history.status, reading, around),
        "compared": COMPARISONS.get(view.compare or "", ""),
    }, around


def _compared(reader: MetricReader, view: ExploreView, span: Span, points: int, zone: str, reading: Charted
              ) -> Charted | None:
    """The other period's lines, moved onto this one. A period that is kept no longer has none."""
    if view.compare is None or not reading.parts:
        return None
    lines = [line for line in view.lines if line.key in reading.parts]
    try:
        found = charted(reader, lines, reference_span(span, view.compare, zone), points)
    except WindowError:
        return Charted()
    return replace(found, parts={key: replace(part, series=aligned(part.series, span, view.compare, zone))
                                 for key, part in found.parts.items()})


def _notes(status: HistoryStatus, reading: Charted, around: Surroundings) -> list[str]:
    notes = list(reading.notes)
    if status.state == OFF:
        notes.append("The history is switched off: what is shown is what this server has in memory.")
    elif around.unavailable:
        notes.append(f"Alerts, commands and annotations are those in memory: {around.unavailable}.")
    if around.left_out:
        notes.append(around.left_out)
    return notes
