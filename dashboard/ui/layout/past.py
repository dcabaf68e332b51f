"""The page of closed alerts: filters, table, one in full, and the figures of what matches. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dash_table, html

from dashboard.alerts.alert import Alert
from dashboard.alerts.query import OTHER
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.alert_words import mark_sentences, state_sentence
from dashboard.ui.layout import skeleton
from dashboard.ui.layout.alert_detail import story
from dashboard.ui.layout.alerts import FONT, TONE_COLOURS
from dashboard.ui.layout.frame import frame
from dashboard.ui.layout.search_field import search_field
from dashboard.ui.navigation import ALERTS, PAST, alert_way, silence_way, way
from dashboard.ui.palette import LEVEL_WORDS, level_shape, level_tone, level_word
from dashboard.ui.past_question import ALL, CUSTOM, DEFAULT_SPAN, PAGE_SIZE, TEXT_LIMIT

STORES = (ids.PAST_STAMP, ids.PAST_ROWS, ids.PAST_KNOWN, ids.PAST_OPEN, ids.PAST_COUNTED, ids.PAST_SEEN)
SPAN_TITLES = (("24h", "Closed in 24 h"), ("7d", "Closed in 7 days"), ("30d", "Closed in 30 days"),
               ("90d", "Closed in 90 days"), (ALL, "Whenever closed"), (CUSTOM, "Closed from … to …"))
COLUMNS = [{"id": "level", "name": "Severity"}, {"id": "what", "name": "Alert"}, {"id": "fired", "name": "Fired"},
           {"id": "closed", "name": "Closed"}, {"id": "duration", "name": "Open for"}]
WIDTHS = {"level": "108px", "fired": "96px", "closed": "132px", "duration": "176px"}


def page(settings: Settings) -> html.Div:
    return frame(settings, PAST, (ids.PAST, "the closed alerts"), html.Main(className="board board-past", children=[
        html.Div(className="column", children=[_panel(), _noise()]),
        html.Div(className="column", children=[
            html.Section(className="panel past-detail", **{"aria-label": "The alert in full"}, children=[
                html.Div(id=ids.PAST_DETAIL, tabIndex=-1),
                html.Button("Close", id=ids.PAST_CLOSE, className="button past-close", type="button"),
            ]),
            html.Section(className="panel", **{"aria-label": "Figures"}, children=[
                html.Div(className="panel-head", children=[html.H2("How they were dealt with")]),
                html.Div(id=ids.PAST_FIGURES, children=skeleton.lines(8)),
            ]),
        ]),
    ]), stores=STORES)


def _panel() -> html.Section:
    return html.Section(id=ids.PAST, className="panel", tabIndex=-1, **{"aria-label": "Closed alerts"}, children=[
        html.Div(className="panel-head", children=[
            html.H2("Closed alerts"),
            html.Span(id=ids.PAST_SUMMARY, className="muted", **{"aria-live": "polite"}),
            html.Button(id=ids.PAST_NEW, className="new-alerts", type="button", hidden=True),
            html.Span(className="past-export", children=[
                html.Span("Export", className="muted"),
                html.A("CSV", id=ids.PAST_CSV, className="button", download="", **{"aria-label": "Export as CSV"}),
                html.A("JSON", id=ids.PAST_JSON, className="button", download="", **{"aria-label": "Export as JSON"}),
            ]),
        ]),
        _filters(),
        html.P(id=ids.PAST_NOTE, className="feedback", role="status"),
        _table(),
        html.Div(id=ids.PAST_EMPTY, className="empty"),
    ])


def _filters() -> html.Div:
    times = {"type": "datetime-local", "size": "sm", "value": ""}
    return html.Div(className="past-filters", role="search", **{"aria-label": "Filter closed alerts"}, children=[
        _select(ids.PAST_SPAN, "Time", [{"value": value, "label": title} for value, title in SPAN_TITLES],
                DEFAULT_SPAN),
        html.Div(id=ids.PAST_TIMES, className="past-times", hidden=True, children=[
            html.Label([html.Span("From"), dbc.Input(id=ids.PAST_FROM, **times)]),
            html.Label([html.Span("to"), dbc.Input(id=ids.PAST_TO, **times)]),
        ]),
        _select(ids.PAST_LEVEL, "Level", [{"value": "all", "label": "All levels"}] + [
            {"value": level, "label": word} for level, word in LEVEL_WORDS.items()] + [
            {"value": OTHER, "label": "Other"}], "all"),
        _select(ids.PAST_SOURCE, "Source", [{"value": "all", "label": "All sources"}], "all"),
        html.Label(className="past-text", children=[
            html.Span("Text", className="visually-hidden"),
            search_field(ids.PAST_TEXT, "Search text", TEXT_LIMIT, value=""),
        ]),
    ])


def _select(component_id: str, label: str, options: list[dict], value: str) -> html.Label:
    return html.Label(children=[html.Span(label, className="visually-hidden"),
                                dbc.Select(id=component_id, options=options, value=value, size="sm")])


def _table() -> dash_table.DataTable:
    """Sorting, filtering and paging happen on the server; rows are known by their `id`."""
    return dash_table.DataTable(
        id=ids.PAST_TABLE, columns=COLUMNS, data=[], page_action="custom", page_current=0, page_size=PAGE_SIZE,
        page_count=1, sort_action="custom", sort_mode="single", cell_selectable=True, style_as_list_view=True,
        style_table={"overflowX": "auto"},
        style_cell={"whiteSpace": "pre-line", "textAlign": "left", "height": "auto", "fontFamily": FONT,
                    "backgroundColor": "transparent"},
        style_cell_conditional=[{"if": {"column_id": column}, "width": width} for column, width in WIDTHS.items()],
        style_data_conditional=[
            {"if": {"filter_query": f'{{tone}} = "{tone}"', "column_id": "level"}, "color": f"var(--{colour})"}
            for tone, colour in TONE_COLOURS.items()],
        style_header={"backgroundColor": "transparent", "fontWeight": "600"},
    )


def _noise() -> html.Section:
    return html.Section(className="panel", **{"aria-label": "Noise"}, children=[
        html.Div(className="panel-head", children=[
            html.H2("Noise"),
            html.Span("What fires often, clears itself and is never taken on tells nobody anything.",
                      className="muted")]),
        html.Div(id=ids.PAST_NOISE, children=skeleton.lines(6)),
    ])


def closed_alert(alert: Alert | None, now: float, zone: str, told: Sequence[dict[str, Any]] = ()) -> list[Any]:
    """One closed alert in full with its timeline `told`; None: nobody knows a closed one with that key."""
    if alert is None:
        return [html.H2("This alert is not closed, or is no longer kept", className="detail-title"),
                html.P(html.A("Look among all alerts", href=way(PAST, ALERTS)))]
    sentences = [state_sentence(alert, now, zone), *mark_sentences(alert, now)]
    return [
        html.Div([html.Span(level_shape(alert.level), className="shape", **{"aria-hidden": "true"}),
                  f" {level_word(alert.level)}"], className=f"tone-{level_tone(alert.level)}"),
        html.H2(alert.message or alert.id, className="detail-title"),
        *(html.P(f"{text[:1].upper()}{text[1:]}.", className="detail-state") for text in sentences),
        html.Div(className="detail-links", children=[
            html.A("Show among all alerts", href=alert_way(PAST, alert.key), className="button"),
            html.A("Silence its like…", href=silence_way(PAST, alert.source, alert.component, alert.message),
                   className="button")]),
        html.Div(story(alert, now, zone, told), className="detail-story"),
    ]
