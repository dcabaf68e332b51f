"""Frames of tiles, gauges and charts. Their values come with each tick: assets/overview/30-values.js, 38-points.js."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from urllib.parse import quote, urlencode

from dash import dcc, html

from dashboard import catalog
from dashboard.ui import ids
from dashboard.ui.figures.chart import CONFIG, GAUGE_CONFIG, chart_figure
from dashboard.ui.figures.gauge import gauge_figure
from dashboard.ui.navigation import EXPLORE, OVERVIEW, way
from dashboard.ui.palette import SERIES, THRESHOLD_COLOURS
from dashboard.ui.plain import Frames
from dashboard.ui.structure import HEADLINE_TILES, ChartPlan, GaugePlan, Structure

# Set here, not in the style sheet: dcc.Graph would otherwise take the height of its empty content.
GAUGE_SIZE = {"height": "82px"}
CHART_SIZE = {"height": "178px"}
STRUCTURES_KEPT = 16  # about half a megabyte each; a source changes its structure only when a new metric appears
UNSAID = ("count", "score")  # units that say nothing beside a title
NOTE_SAYS = "change over the last 5 minutes"  # moment.TAIL_S
NOTHING = "No metrics from this source yet. They appear here as soon as it publishes a METRIC_UPDATE."


def drawn_once(draw: Callable[[Structure], list]) -> Callable[[Structure], Frames]:
    """The frames of a structure are the same for every page that opens: made once, they are shown to all."""
    @lru_cache(maxsize=STRUCTURES_KEPT)
    @wraps(draw)
    def frames(structure: Structure) -> Frames:
        return Frames(draw(structure))
    return frames


@drawn_once
def headline_tiles(structure: Structure) -> list:
    """The tiles above the charts; one line of text where there are none."""
    if not structure.tiles and not structure.gauges:
        return [html.P(NOTHING, className="empty not-reported")]
    return [_tile(index, name) for index, name in enumerate(structure.tiles[:HEADLINE_TILES])]


@drawn_once
def more_tiles(structure: Structure) -> list:
    """The tiles below the charts, and how many metrics have none."""
    frames = [_tile(index, name) for index, name in enumerate(structure.tiles) if index >= HEADLINE_TILES]
    if structure.more_tiles:
        frames.append(html.P(f"{structure.more_tiles} more metrics are kept but not shown as tiles.",
                             className="not-reported"))
    return frames


@drawn_once
def gauges(structure: Structure) -> list:
    """A gauge for each of the six that is reported, and one quiet line for those that are not."""
    frames = [_gauge(index, plan) for index, plan in enumerate(structure.gauges)]
    if structure.missing_gauges:
        frames.append(html.P("Not reported by this source: " + ", ".join(structure.missing_gauges) + ".",
                             className="not-reported"))
    return frames


@drawn_once
def charts(structure: Structure) -> list:
    """A chart for each group of metrics that share a unit."""
    frames = [_chart(plan, structure.source) for plan in structure.charts]
    if structure.more_charts:
        frames.append(html.P(f"{structure.more_charts} more groups of metrics are kept but not drawn.",
                             className="not-reported"))
    return frames


def _tile(index: int, name: str) -> html.Div:
    about = catalog.describe(name)
    return html.Div(
        className="tile", title=name,
        **{"data-tile": str(index), "data-low": "1" if about.direction == "low-bad" else "0"},
        children=[
            html.Div(catalog.title_with_group(about), className="tile-name"),
            html.Div(className="tile-line", children=[
                html.Span(className="tile-value"), html.Span(className="tile-unit")]),
            html.Div(className="tile-foot", children=[
                html.Div(className="tile-spark"), html.Span(className="tile-note", title=NOTE_SAYS)]),
        ])


def _gauge(index: int, plan: GaugePlan) -> html.Div:
    return html.Div(
        className="gauge", role="img", title=plan.metric,
        **{"data-gauge": str(index), "aria-label": f"{plan.title}: no value yet"},
        children=[
            html.H3(plan.title),
            dcc.Graph(id=ids.gauge(plan.key), className="plot", responsive=True, config=GAUGE_CONFIG, style=GAUGE_SIZE,
                      figure=gauge_figure(plan.maximum, plan.bands, plan.unit, low_is_bad=plan.low_is_bad)),
        ])


def _threshold_lines(plan: ChartPlan) -> list[tuple[float, str]]:
    """Each threshold with its colour: its tone, or that of the series it belongs to where there are several."""
    places = {line.metric: place for place, line in enumerate(plan.lines)}
    return [(threshold.value, THRESHOLD_COLOURS[threshold.tone] if threshold.metric is None
             else SERIES[places[threshold.metric] % len(SERIES)]) for threshold in plan.thresholds]


def _explore_link(plan: ChartPlan, source: str) -> html.A:
    """To these lines on the Explore page; the window that is shown is added by assets/overview/65-explore.js."""
    lines = [("m", f"{quote(source, safe='')}/{quote(line.metric, safe='')}") for line in plan.lines]
    query = urlencode([*lines, ("source", source)], safe="/")
    return html.A("Explore", href=f"{way(OVERVIEW, EXPLORE)}?{query}", className="explore-link",
                  title=f"{plan.title}: compare, look back, ask what else moved",
                  **{"aria-label": f"Explore {plan.title}"})


def _chart(plan: ChartPlan, source: str | None) -> html.Div:
    head = [html.H3([plan.title, " ", html.Span("" if plan.unit in UNSAID else plan.unit, className="unit")])]
    head += [
        html.Button(line.title, className="key", type="button", title=line.metric,
                    style={"--key": SERIES[position % len(SERIES)]},
                    **{"data-metric": line.metric, "aria-pressed": "true", "aria-label": f"Show {line.title}"})
        for position, line in enumerate(plan.lines)
    ]
    if plan.hidden:
        head.append(html.Span(f"+ {plan.hidden} not drawn", className="muted"))
    if source is not None:
        head.append(_explore_link(plan, source))
    figure = chart_figure([(line.metric, line.title) for line in plan.lines],
                          "" if plan.unit in UNSAID else plan.unit,
                          _threshold_lines(plan))
    return html.Div(
        className="chart", role="group", **{"data-chart": plan.key, "aria-label": f"Chart: {plan.title}"},
        children=[
            html.Div(head, className="chart-head"),
            html.Div(className="plot-area", children=[
                dcc.Graph(id=ids.chart(plan.key), className="plot", responsive=True, config=CONFIG, style=CHART_SIZE,
                          figure=figure)]),
        ])
