"""The alert panel: filters, the table, what to do with the chosen rows, and the detail of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import dash_table, html

from dashboard.alerts.query import OTHER
from dashboard.ui import ids
from dashboard.ui.alert_question import Filter
from dashboard.ui.layout.search_field import search_field
from dashboard.ui.palette import LEVEL_WORDS

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"  # the table would inherit a typewriter
NOTES_LIMIT = 2000  # contract section 3

TONE_COLOURS = {"critical": "critical", "warning": "warning-text", "info": "info-text", "stale": "stale-text"}

STATES = (("open", "Open"), ("active", "Unacknowledged"), ("acknowledged", "Acknowledged"),
          ("resolved", "Resolved"), ("all", "All"))

COLUMNS = [
    {"id": "level", "name": "Severity"},
    {"id": "what", "name": "Alert"},
    {"id": "age", "name": "Since"},
]
WIDTHS = {"level": "102px", "age": "62px"}  # the longest word of a level, in one line


def alert_panel() -> html.Section:
    return html.Section(
        id=ids.ALERTS,
        className="panel alerts",
        tabIndex=-1,
        **{"aria-label": "Alerts"},
        children=[
            html.Div(className="panel-head", children=[
                html.H2("Alerts"),
                html.Span(id=ids.ALERT_SUMMARY, className="muted", **{"aria-live": "polite"}),
                html.Button(id=ids.NEW_ALERTS, className="new-alerts", type="button", hidden=True),
            ]),
            _filters(),
            alert_table(),
            html.Div(id=ids.ALERT_EMPTY, className="empty"),
            _actions(),
            html.Div(id=ids.ALERT_DETAIL, className="alert-detail"),
            html.Button("Close", id=ids.ALERT_CLOSE, className="button alert-close", type="button"),
        ],
    )


def alert_table(columns: Sequence[dict[str, str]] = COLUMNS, widths: Mapping[str, str] = WIDTHS,
                page_size: int = Filter.page_size, styles: Sequence[dict] = ()) -> dash_table.DataTable:
    """The table itself. Sorting, filtering and paging happen on the server; rows are known by their `id`.

    `styles` are further conditional ones of cells.
    """
    return dash_table.DataTable(
        id=ids.ALERT_TABLE,
        columns=list(columns),
        data=[],
        row_selectable="multi",
        selected_rows=[],
        page_action="custom",
        page_current=0,
        page_size=page_size,
        page_count=1,
        sort_action="custom",
        sort_mode="single",
        cell_selectable=True,
        style_as_list_view=True,
        style_table={"overflowX": "auto"},
        style_cell={"whiteSpace": "pre-line", "textAlign": "left", "height": "auto", "fontFamily": FONT,
                    "backgroundColor": "transparent"},
        style_cell_conditional=[{"if": {"column_id": column}, "width": width} for column, width in widths.items()],
        style_data_conditional=[
            {"if": {"filter_query": f'{{tone}} = "{tone}"', "column_id": "level"}, "color": f"var(--{colour})"}
            for tone, colour in TONE_COLOURS.items()
        ] + list(styles),
        style_header={"backgroundColor": "transparent", "fontWeight": "600"},
    )


def _filters() -> html.Div:
    return html.Div(className="alert-filters", role="search", **{"aria-label": "Filter alerts"}, children=[
        _choice(ids.FILTER_STATE, "State", [{"value": key, "label": title} for key, title in STATES], "open"),
        _choice(ids.FILTER_LEVEL, "Level", [{"value": "all", "label": "All levels"}] + [
            {"value": level, "label": word} for level, word in LEVEL_WORDS.items()] + [
            {"value": OTHER, "label": "Other"}], "all"),
        _choice(ids.FILTER_SOURCE, "Source", [{"value": "all", "label": "All sources"}], "all"),
        html.Label(children=[
            html.Span("Text", className="visually-hidden"),
            search_field(ids.FILTER_TEXT, "Search text", 200, value=""),
        ]),
    ])


def _choice(component_id: str, label: str, options: list[dict], value: str) -> html.Label:
    return html.Label(children=[
        html.Span(label, className="visually-hidden"),
        dbc.Select(id=component_id, options=options, value=value, size="sm"),
    ])


def _actions() -> html.Div:
    return html.Div(className="alert-actions", children=[
        html.Label(className="notes", children=[
            html.Span("Note", className="visually-hidden"),
            dbc.Input(id=ids.RESOLVE_NOTES, type="text", size="sm", placeholder="Note (optional)",
                      maxLength=NOTES_LIMIT, value="", autocomplete="off"),
        ]),
        html.Button("Acknowledge", id=ids.ACKNOWLEDGE, className="button", type="button", disabled=True),
        html.Button("Resolve", id=ids.RESOLVE, className="button", type="button", disabled=True),
        html.Div(id=ids.ALERT_FEEDBACK, className="feedback", role="status", **{"aria-live": "polite"}),
    ])
