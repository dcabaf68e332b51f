"""The page of notifications: routes, the form of one, and the delivery log. Pure."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.notifications.routes import NAME_LIMIT
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout import skeleton
from dashboard.ui.layout.frame import frame
from dashboard.ui.layout.silences import labelled
from dashboard.ui.navigation import NOTIFICATIONS
from dashboard.ui.palette import LEVEL_WORDS, level_shape

STORES = (ids.ROUTE_EDITED, ids.ROUTE_SHOWN, ids.ROUTE_STAMP, ids.ROUTE_SEEN, ids.ROUTE_ASKED)
NAMES_LIMIT, URLS_LIMIT = 10_000, 21_000  # what fifty names, and ten addresses, take
NEW = "New route"


def page(settings: Settings) -> html.Div:
    return frame(
        settings, NOTIFICATIONS, (ids.ROUTE_FORM, "the form of a route"),
        html.Main(className="board board-notifications", children=[
            html.Div(className="column", children=[
                html.Section(className="panel", **{"aria-label": "Routes"}, children=[
                    html.Div(className="panel-head", children=[html.H2("Routes")]),
                    html.Div(id=ids.ROUTE_STATUS, className="route-status"),
                    html.Div(id=ids.ROUTE_FEEDBACK, className="feedback", role="status", **{"aria-live": "polite"}),
                    html.Div(id=ids.ROUTE_LIST, children=skeleton.lines(4)),
                ]),
                html.Section(className="panel", **{"aria-label": "Delivery log"}, children=[
                    html.Div(className="panel-head", children=[html.H2("Delivery log")]),
                    html.Div(id=ids.DELIVERY_LIST, children=skeleton.lines(4)),
                ]),
            ]),
            _form(),
        ]), stores=STORES, beside=[_dialog()])


def _form() -> html.Section:
    return html.Section(id=ids.ROUTE_FORM, className="panel route-form", tabIndex=-1, **{"aria-label": "Route"},
                        children=[
        html.Div(className="panel-head", children=[html.H2(NEW, id=ids.ROUTE_TITLE)]),
        labelled("Name", dbc.Input(id=ids.ROUTE_NAME, type="text", size="sm", value="", maxLength=NAME_LIMIT,
                                   autocomplete="off")),
        html.Fieldset([html.Legend("Levels"), dbc.Checklist(
            id=ids.ROUTE_LEVELS, inline=True, value=[],
            options=[{"value": level, "label": f"{level_shape(level)} {word}"} for level, word in LEVEL_WORDS.items()],
        ), html.P("none chosen: every level", className="muted")]),
        html.Div(className="pair", children=[
            labelled("Sources", _lines(ids.ROUTE_SOURCES), "one a line; empty: any"),
            labelled("Components", _lines(ids.ROUTE_COMPONENTS), "one a line; empty: any"),
        ]),
        html.Div(className="route-preview", children=[
            html.P(id=ids.ROUTE_HITS, role="status", **{"aria-live": "polite"}),
            html.Div(id=ids.ROUTE_PREVIEW, role="region", tabIndex=0, **{"aria-label": "Alerts it would take"}),
        ]),
        html.Fieldset(id=ids.ROUTE_KEPT_FIELD, hidden=True, children=[
            html.Legend("Addresses it has, to be kept"), dbc.Checklist(id=ids.ROUTE_KEPT, value=[], options=[])]),
        labelled("New addresses", dbc.Textarea(
            id=ids.ROUTE_URLS, size="sm", value="", rows=3, maxLength=URLS_LIMIT, spellCheck=False,
            placeholder="mailtos://user:password@example.com?to=team@example.com"),
            "one a line, as Apprise reads them; they are not shown again"),
        html.Div(className="route-save", children=[
            html.Button("Save", id=ids.ROUTE_SAVE, className="button button-main", type="button"),
            html.Button("Cancel", id=ids.ROUTE_CANCEL, className="button", type="button", hidden=True),
            html.Div(id=ids.ROUTE_SAVED, className="feedback", role="status", **{"aria-live": "polite"}),
        ]),
    ])


def _lines(component_id: str) -> Any:
    return dbc.Textarea(id=component_id, size="sm", value="", rows=2, maxLength=NAMES_LIMIT, spellCheck=False)


def _dialog() -> dbc.Modal:
    """The question before a route is removed."""
    return dbc.Modal(id=ids.ROUTE_DIALOG, is_open=False, centered=True, children=[
        dbc.ModalHeader(dbc.ModalTitle("Remove this route?"), close_button=False),
        dbc.ModalBody(id=ids.ROUTE_QUESTION),
        dbc.ModalFooter([
            html.Button("Keep it", id=ids.ROUTE_KEEP, className="button", type="button"),
            html.Button("Remove", id=ids.ROUTE_CONFIRM, className="button button-main", type="button"),
        ]),
    ])
