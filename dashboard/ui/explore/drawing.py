"""The charts of an answer: which there are, and the points and figures of each line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dashboard import catalog
from dashboard.catalog import Metric
from dashboard.explore.charts import Axis, axis_of, plan, threshold_lines
from dashboard.explore.compare import difference
from dashboard.explore.span import Span
from dashboard.explore.view import THRESHOLDS, ExploreView
from dashboard.history.metric_reader import MetricReader
from dashboard.inquiry.charted import Charted, Part
from dashboard.ui.explore import words
from dashboard.ui.explore.compact import Times, line_points, series_points
from dashboard.ui.explore.focus import outlook, usual_range
from dashboard.ui.figures.chart import plot_text
from dashboard.ui.sources import apart, source_label


@dataclass(frozen=True)
class Drawing:
    """What the lines of one answer are made of. `until`: where the axis ends, Unix seconds."""

    reader: MetricReader
    view: ExploreView
    span: Span
    zone: str
    now: float
    until: float
    reading: Charted
    compared: Charted | None
    times: Times

    @cached_property
    def parts(self) -> dict[int, Part]:
        """What was found, by place in the view's lines."""
        return {place: self.reading.parts[line.key] for place, line in enumerate(self.view.lines)
                if line.key in self.reading.parts}

    @cached_property
    def described(self) -> dict[int, Metric]:
        return {place: part.series.described for place, part in self.parts.items()}

    @property
    def several_sources(self) -> bool:
        return len({line.source for line in self.view.lines}) > 1


def drawn_lines(drawing: Drawing) -> dict[str, Any]:
    """`charts` in order, `lines` in the order of the view."""
    charts = plan(drawing.view, drawing.described)
    lines: dict[int, dict[str, Any]] = {}
    shown = []
    for chart in charts:
        left = _axis(drawing, chart.left)
        right = _axis(drawing, chart.right) if chart.right else None
        for place in chart.places:
            lines[place] = _line(drawing, place, right if place in chart.right else left)
        thresholds = threshold_lines(chart, drawing.described, left, right)
        shown.append({
            "key": chart.key, "title": chart.title, "unit": left.unit, "unitSaid": chart.unit_said,
            "rightUnit": right.unit if right else None, "lines": chart.places, "right": chart.right,
            "thresholds": [[one.value, one.level, one.right, one.place] for one in thresholds]
            if THRESHOLDS in drawing.view.overlays else []})
    return {"charts": shown, "lines": [lines.get(place) or _missing(drawing, place)
                                       for place in range(len(drawing.view.lines))]}


def line_title(drawing: Drawing, place: int) -> str:
    """The metric's title, and its source where there are several."""
    line = drawing.view.lines[place]
    title = catalog.title_with_group(catalog.describe(line.metric))
    return f"{apart(title)} · {source_label(line.source)}" if drawing.several_sources else title


def _line(drawing: Drawing, place: int, axis: Axis) -> dict[str, Any]:
    view, part, metric = drawing.view, drawing.parts[place], drawing.described[place]
    shown = line_points(part.drawn, metric, axis, part.series.step_s or 0.0, drawing.span.end, drawing.times)
    shown |= _named(drawing, place) | {
        "unit": axis.unit, "legend": words.legend_cells(metric, part.legend), "count": part.legend.count,
        "p95": words.p95_title(metric, part.legend)}
    if drawing.compared is not None:
        shown["ghost"] = _ghost(drawing, place, axis)
    if place == view.focus and view.anomaly:
        shown["usual"] = usual_range(drawing.reader, view.lines[place], part.series, drawing.span, axis, drawing.zone,
                                     drawing.times)
    if place == view.focus and view.forecast:
        shown["outlook"] = outlook(part.series, drawing.now, drawing.until, axis, drawing.times) \
            if view.range.live else {"words": ["A forecast begins now: choose a window that ends now."]}
    return shown


def _ghost(drawing: Drawing, place: int, axis: Axis) -> dict[str, Any]:
    """The line of the other period, its legend, and how far the means are apart."""
    then = drawing.compared.parts.get(drawing.view.lines[place].key)
    now, metric = drawing.parts[place], drawing.described[place]
    if then is None or not len(then.series) or then.series.is_rate != now.series.is_rate:
        return {"legend": None, "difference": "no data then"}
    return series_points(then.series, axis, drawing.times) | {
        "legend": words.legend_cells(metric, then.legend),
        "difference": words.difference_text(metric, difference(now.legend, then.legend))}


def _named(drawing: Drawing, place: int) -> dict[str, Any]:
    line = drawing.view.lines[place]
    title = line_title(drawing, place)
    return {"source": line.source, "metric": line.metric, "title": title, "plotTitle": plot_text(title)}


def _missing(drawing: Drawing, place: int) -> dict[str, Any]:
    return _named(drawing, place) | {"problem": drawing.reading.missing.get(drawing.view.lines[place].key, "")}


def _axis(drawing: Drawing, places: list[int]) -> Axis:
    sizes = [float(np.max(np.abs(drawing.parts[place].series.values), initial=0.0)) for place in places]
    return axis_of([drawing.described[place] for place in places], max(sizes))

