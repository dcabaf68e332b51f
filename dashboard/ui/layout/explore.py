"""The Explore page's fixed skeleton: metrics at the left, time above, charts in the middle. Pure.

What the viewer sets lives in the page's address; the scripts of assets/explore put it into these controls.
"""

from __future__ import annotations

import json

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.figures.chart import GAUGE_CONFIG
from dashboard.ui.figures.explore import frame as plot_frame
from dashboard.ui.layout import skeleton
from dashboard.ui.layout.explore_bar import moment_field, moments, options_bar, time_bar
from dashboard.ui.layout.frame import frame
from dashboard.ui.layout.strip import choice
from dashboard.ui.navigation import ALERTS, EXPLORE, way

STORES = (
    ids.EXPLORE_WAKE, ids.EXPLORE_ASKED, ids.EXPLORE_ANSWER, ids.EXPLORE_DRAWN,
    ids.EXPLORE_LIST_WAKE, ids.EXPLORE_LIST_ASKED, ids.EXPLORE_LIST_ANSWER, ids.EXPLORE_LIST_DRAWN,
    ids.EXPLORE_PANEL_WAKE, ids.EXPLORE_PANEL_ASKED, ids.EXPLORE_PANEL_DRAWN,
    ids.EXPLORE_NOTE_WAKE, ids.EXPLORE_NOTE_ASKED, ids.EXPLORE_NOTED, ids.EXPLORE_NOTE_SHOWN)
VIEWS = (("", "Charts"), ("heatmap", "Heat map"), ("distribution", "Distribution"), ("report", "Service report"),
         ("moment", "A moment"))
HOW = (
    "Left and right read the values, with control ten at a time; with shift they mark a window, and Enter asks what "
    "else moved then. Plus and minus zoom, Page up and Page down step through time, A annotates, M shows the state at "
    "that moment, Escape goes back to live.")


def explore_page(settings: Settings) -> html.Div:
    """The whole page, with skeletons where data will come."""
    return frame(
        settings, EXPLORE, (ids.EXPLORE_CHARTS, "the charts"),
        html.Main(className="explore", children=[_metrics(), _middle()], **{
            "data-api": settings.api_prefix, "data-page": settings.page_prefix,
            "data-alerts": way(EXPLORE, ALERTS), "data-view": "charts", "data-frame": json.dumps(plot_frame())}),
        stores=STORES,
        beside=[html.Div(className="explore-plotly", **{"aria-hidden": "true"}, children=dcc.Graph(
            id=ids.EXPLORE_PLOTLY, figure={"data": [], "layout": {}}, config=GAUGE_CONFIG))])


def _metrics() -> html.Aside:
    """The list to choose from. On a phone it is folded away: the summary says how many are chosen."""
    return html.Aside(className="panel explore-metrics", **{"aria-label": "Metrics"}, children=html.Details(
        id=ids.EXPLORE_METRICS, open=True, children=[
            html.Summary(className="panel-head", children=[
                html.H2("Metrics"), html.Span(id=ids.EXPLORE_CHOSEN, className="muted", **{"aria-live": "polite"})]),
            _source(),
            html.Label(children=[
                html.Span("Search metrics", className="visually-hidden"),
                dbc.Input(id=ids.EXPLORE_SEARCH, type="search", size="sm", placeholder="Search: name, title or unit",
                          autocomplete="off", maxLength=200, value="")]),
            html.Div(id=ids.EXPLORE_SOURCES, className="explore-sources"),
            html.Div(id=ids.EXPLORE_LIST_FEEDBACK, className="muted", role="status", **{"aria-live": "polite"}),
            html.Div(id=ids.EXPLORE_LIST, className="explore-list", children=skeleton.lines(12)),
        ]))


def _source() -> html.Label:
    """Shown where there are several to choose from."""
    chosen = choice(ids.EXPLORE_SOURCE, "Source of the list", [], None)
    chosen.hidden = True
    return chosen


def _middle() -> html.Div:
    return html.Div(className="explore-middle", children=[
        time_bar(),
        html.Div(className="explore-views", role="tablist", **{"aria-label": "Ways to look"}, children=[
            html.Button(title, className="view-tab", type="button", role="tab", tabIndex=0 if not name else -1,
                        **{"data-view": name, "aria-selected": "false" if name else "true",
                           "aria-controls": ids.EXPLORE_PANEL if name else ids.EXPLORE_CHARTS})
            for name, title in VIEWS]),
        options_bar(),
        html.Div(id=ids.EXPLORE_NOTES, className="explore-notes", role="status", **{"aria-live": "polite"}),
        html.Div(id=ids.EXPLORE_CHARTS, className="explore-charts", tabIndex=-1, role="tabpanel",
                 **{"aria-label": "Charts"}, children=skeleton.charts(2)),
        html.Div(id=ids.EXPLORE_PANEL, className="panel explore-panel", role="tabpanel", tabIndex=-1, hidden=True),
        html.Section(id=ids.EXPLORE_EVENTS, className="panel explore-events", **{"aria-label": "In this window"}),
        _moved(),
        moments(),
        html.Div(HOW, id=ids.EXPLORE_HOW, className="visually-hidden"),
    ])


def _moved() -> html.Section:
    """The drawer at the lower edge: the charts above it stay where they are."""
    return html.Section(id=ids.EXPLORE_MOVED, className="panel explore-moved", hidden=True, tabIndex=-1,
                        **{"aria-label": "What else moved"}, children=[
        html.Div(className="panel-head", children=[
            html.H2("What else moved"),
            moment_field("From", ids.EXPLORE_BRUSH_FROM), moment_field("to", ids.EXPLORE_BRUSH_TO),
            html.Button("Ask", className="button", type="button", **{"data-do": "ask-moved"}),
            html.Button("Zoom to it", className="button", type="button", **{"data-do": "zoom-brush"}),
            html.Button("Close", className="button close", type="button", **{"data-do": "close-moved"}),
        ]),
        html.Div(id=ids.EXPLORE_BRUSH_PROBLEM, className="problem", role="alert"),
        html.Div(id=ids.EXPLORE_MOVED_FOUND, className="explore-moved-found"),
    ])
