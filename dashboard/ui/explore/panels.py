"""What is open beside the charts: what else moved, heat map, distribution, service report, a past moment."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.catalog import describe, title_with_group
from dashboard.explore.distribution import distribution
from dashboard.explore.heatmap import heatmap
from dashboard.explore.ranges import resolve, resolve_moment
from dashboard.explore.span import Span
from dashboard.explore.times import TimeError
from dashboard.explore.view import ExploreView, Line
from dashboard.history.answers import UnknownSource, WindowError
from dashboard.inquiry.charted import Part, charted
from dashboard.inquiry.moment import moment_of
from dashboard.inquiry.movement import what_moved
from dashboard.inquiry.past import kept_s
from dashboard.inquiry.reporting import reported
from dashboard.inquiry.surroundings import surroundings
from dashboard.ui.explore import words
from dashboard.ui.explore.actions import sentence
from dashboard.ui.explore.question import read_question
from dashboard.ui.layout.explore_distribution import distribution_panel
from dashboard.ui.layout.explore_heatmap import heat_table
from dashboard.ui.layout.explore_moment import moment_panel
from dashboard.ui.layout.explore_moved import moved_found
from dashboard.ui.layout.explore_report import report_panel
from dashboard.ui.sources import apart

MOVED, HEATMAP, REPORT, MOMENT = "moved", "heatmap", "report", "moment"
"""Of `dashboard.explore.view.PANELS`; the other one is the distribution."""
HEAT_STEP_S = 1_800.0
"""Half an hour is fine enough for the hours of any zone."""
HEAT_POINTS_LEAST, HEAT_POINTS_MOST = 1_000, 9_000
"""The most: a year in hours."""
SPREAD_POINTS = 5_000
CHOOSE = "Choose a metric in the list first."


def panel(services: Any, data: Any, made_by: str) -> list[Any]:
    """The children of what is open; a sentence where it cannot be shown."""
    question, now = read_question(data), services.clock()
    view, _ = question.view()
    zone = question.zone_of(view)
    try:
        if view.panel == MOVED:
            return _moved(services, view, zone, now)
        if view.panel == MOMENT and view.at is not None:
            return _moment(services, resolve_moment(view.at, now, zone, kept_s(services)), zone, now)
        span = resolve(view.range, now, zone, kept_s(services))
        if view.panel == MOMENT:
            return _moment(services, span.end, zone, now, is_end=True)
        if view.panel == REPORT:
            found = reported(services, span)
            return report_panel(found.report, found.step_s, zone, now, made_by, found.notes)
        return _focused(services, view, span, zone)
    except (TimeError, WindowError) as error:
        return [html.P(sentence(str(error)), className="empty")]
    except UnknownSource as error:
        return [html.P(f"Nothing was ever heard of {error}.", className="empty")]


def _moved(services: Any, view: ExploreView, zone: str, now: float) -> list[Any]:
    if view.brush is None:
        return [html.P("Mark a window on a chart (shift and draw, or the button), or write it above.",
                       className="empty")]
    sources = dict.fromkeys(line.source for line in view.lines) or [
        one.name for one in services.history.metrics.sources()]
    movement = what_moved(services.history.metrics, view.brush, sources)
    around = surroundings(services, view.brush, sources).overlays
    return moved_found(movement, around, {line.key for line in view.lines}, zone, now)


def _moment(services: Any, at: float, zone: str, now: float, is_end: bool = False) -> list[Any]:
    limits = services.settings.delayed_after_s, services.settings.inactive_after_s
    return moment_panel(moment_of(services, at), zone, now, limits, is_end)


def _focused(services: Any, view: ExploreView, span: Span, zone: str) -> list[Any]:
    """The heat map or the distribution of the line in focus."""
    if not view.lines:
        return [html.P(CHOOSE, className="empty")]
    line = view.lines[min(view.focus, len(view.lines) - 1)]
    is_heat = view.panel == HEATMAP
    reading = charted(services.history.metrics, [line], span, _heat_points(span) if is_heat else SPREAD_POINTS)
    part: Part | None = reading.parts.get(line.key)
    if part is None:
        return [html.P(f"No data: {reading.missing.get(line.key, 'nothing was heard')}.", className="empty")]
    title, window = _title(view, line), words.span_words(span, zone)
    metric = part.series.described
    if is_heat:
        return heat_table(heatmap(part.series, zone, view.heat), metric, title, window)
    return distribution_panel(distribution(part.series), metric, title, window)


def _heat_points(span: Span) -> int:
    return int(min(max(span.length_s / HEAT_STEP_S, HEAT_POINTS_LEAST), HEAT_POINTS_MOST))


def _title(view: ExploreView, line: Line) -> str:
    title = title_with_group(describe(line.metric))
    return f"{apart(title)} · {apart(line.source)}" if len({one.source for one in view.lines}) > 1 else title
