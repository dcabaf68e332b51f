"""The alert console's fixed skeleton: filter line, table, what to do, and one alert in full beside it. Pure."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboard.alerts.filter_language import LENGTH_LIMIT
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.alert_question import OPEN_LINE, Line
from dashboard.ui.figures.chart import CONFIG
from dashboard.ui.layout.alert_bar import alert_bar
from dashboard.ui.layout.alert_help import help_dialog
from dashboard.ui.layout.alerts import alert_table
from dashboard.ui.layout.dialog import question_dialog
from dashboard.ui.layout.frame import frame
from dashboard.ui.layout.search_field import search_field
from dashboard.ui.navigation import ALERTS

COLUMNS = [
    {"id": "level", "name": "Severity"},
    {"id": "what", "name": "Alert"},
    {"id": "source", "name": "Source"},
    {"id": "state", "name": "State"},
    {"id": "value", "name": "Value"},
    {"id": "first", "name": "First seen"},
    {"id": "age", "name": "Age"},
    {"id": "count", "name": "Count"},
]
WIDTHS = {"level": "116px", "source": "120px", "state": "164px", "value": "98px", "first": "98px", "age": "74px",
          "count": "66px"}
CHIPS = (("Open", OPEN_LINE), ("Unacknowledged", "state:active"), ("Mine", "state:open owner:me"),
         ("Resolved", "state:resolved"), ("All", ""))
"""Filters that everybody has; a person's own ones are kept in the browser."""
GROUP = {"aria-label": "Filters by name"}
NAME_LIMIT = 40
STORES = (ids.FILTERS_SEEN, ids.ALERTS_STAMP, ids.ALERT_ROWS, ids.ALERTS_KNOWN, ids.ALERT_OPEN, ids.ALERT_DETAIL_ASKED,
          ids.ALERTS_DONE, ids.ALERT_CHART_ASKED, ids.ALERT_CHART_DATA, ids.ALERT_CHART_DRAWN, ids.ALERT_ASKED,
          ids.ALERT_ACTED, ids.ALERT_ACTED_SEEN)
STYLES = [{"if": {"column_id": column}, "textAlign": "right"} for column in ("value", "age", "count")]


def page(settings: Settings) -> html.Div:
    """The whole page; rows and detail come with the first answers."""
    return frame(
        settings, ALERTS, (ids.CONSOLE, "the alerts"),
        html.Main(className="alert-board", children=[
            html.Div(className="alert-column", children=[_panel(), alert_bar(settings.acknowledge_s)]),
            _aside(),
        ]),
        stores=STORES,
        beside=[
            question_dialog(ids.BULK_DIALOG, ids.BULK_TITLE, "Change many alerts?", ids.BULK_QUESTION,
                            ids.BULK_CANCEL, ids.BULK_CONFIRM, "Change them"),
            help_dialog(),
        ])


def _panel() -> html.Section:
    label = {"aria-label": "Alerts"}
    return html.Section(id=ids.CONSOLE, className="panel console-panel", tabIndex=-1, **label, children=[
        html.Div(className="panel-head", children=[
            html.H2("Alerts"),
            html.Span(id=ids.ALERT_SUMMARY, className="muted", **{"aria-live": "polite"}),
            html.Button(id=ids.NEW_ALERTS, className="new-alerts", type="button", hidden=True),
        ]),
        _filter(),
        alert_table(COLUMNS, WIDTHS, Line.page_size, STYLES),
        html.Div(id=ids.ALERT_EMPTY, className="empty console-empty"),
    ])


def _filter() -> html.Div:
    return html.Div(className="console-filter", role="search", **{"aria-label": "Filter alerts"}, children=[
        html.Div(className="filter-row", children=[
            html.Label(className="filter-line", children=[
                html.Span("Filter", className="visually-hidden"),
                search_field(ids.FILTER_LINE, "level:critical state:open source:x age>15m words", LENGTH_LIMIT,
                             value=OPEN_LINE, autocomplete="off"),
            ]),
            html.Button("?", id=ids.HELP, className="button", type="button", title="Keys and filters (?)",
                        **{"aria-label": "Help: keys and filters"}),
        ]),
        html.Div(id=ids.FILTER_ERROR, className="filter-error", **{"aria-live": "polite"}),
        html.Div(id=ids.FILTER_CHIPS, className="filter-chips", role="group", **GROUP, children=[
            *(html.Button(name, className="filter-chip", type="button",
                          **{"data-line": line, "aria-pressed": "false"}) for name, line in CHIPS),
            html.Span(id=ids.FILTER_SAVED, className="filter-saved"),
            html.Button("Save filter…", className="filter-chip filter-save", type="button", hidden=True,
                        **{"data-save": "begin"}),
            html.Span(className="filter-naming", hidden=True, children=[
                html.Label([html.Span("Name of the filter", className="visually-hidden"),
                            dbc.Input(id=ids.FILTER_NAME, type="text", size="sm", maxLength=NAME_LIMIT, value="",
                                      placeholder="Name", autocomplete="off")]),
                html.Button("Save", className="button", type="button", **{"data-save": "keep"}),
                html.Button("Cancel", className="button", type="button", **{"data-save": "drop"}),
            ]),
        ]),
    ])


def _aside() -> html.Aside:
    """The alert that is open. Its chart stays where it is while the words around it are renewed."""
    label = {"aria-label": "The open alert"}
    return html.Aside(id=ids.ALERT_ASIDE, className="panel alert-aside", **label, children=[
        html.Button("Close", id=ids.ALERT_CLOSE, className="button alert-close", type="button",
                    title="Close (Escape)"),
        html.Div(id=ids.ALERT_DETAIL, className="detail-head"),
        html.Div(className="detail-chart", hidden=True, children=[
            dcc.Graph(id=ids.ALERT_CHART, className="plot", config=CONFIG,
                      figure={"data": [], "layout": {"height": 180}}),
        ]),
        html.P(id=ids.ALERT_CHART_CAPTION, className="muted chart-caption"),
        html.Div(id=ids.ALERT_STORY, className="detail-story"),
    ])
