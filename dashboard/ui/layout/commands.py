"""Commands to the producer: the buttons, the question before anything is sent, and what came of it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from dashboard.commands import ACTIONS
from dashboard.ui import ids
from dashboard.ui.layout.dialog import question_dialog

WITH_FIELDS = "ENABLE_COMPONENT"  # the one action that needs to be told what


def command_panel() -> html.Section:
    """A button for each action an admin may send, and the log of what was sent from here."""
    return html.Section(className="panel commands", **{"aria-label": "Commands"}, children=[
        html.Div(className="panel-head", children=[html.H2("Commands")]),
        html.Div(className="command-buttons", children=[
            html.Button(action.title, id=ids.command(action.name), className="button", type="button",
                        title=action.description)
            for action in ACTIONS.values() if action.name != WITH_FIELDS
        ]),
        html.Details(className="enable-component", children=[
            html.Summary("Enable a component"),
            html.Div(className="command-fields", children=[
                _field(ids.COMPONENT_TYPE, "Type, such as pattern"),
                _field(ids.COMPONENT_NAME, "Name"),
                html.Button("Enable…", id=ids.command(WITH_FIELDS), className="button", type="button"),
            ]),
        ]),
        html.Div(id=ids.COMMAND_FEEDBACK, className="feedback", role="status", **{"aria-live": "polite"}),
        html.Div(id=ids.COMMAND_LOG, className="command-log"),
    ])


def command_dialog() -> dbc.Modal:
    """The question: what will be sent, to whom. Nothing leaves before it is answered."""
    return question_dialog(ids.COMMAND_DIALOG, ids.COMMAND_TITLE, "Send this command?", ids.COMMAND_QUESTION,
                           ids.COMMAND_CANCEL, ids.COMMAND_CONFIRM, "Send")


def _field(component_id: str, label: str) -> html.Label:
    return html.Label(children=[
        html.Span(label, className="visually-hidden"),
        dbc.Input(id=component_id, type="text", size="sm", placeholder=label, maxLength=200, value="",
                  autocomplete="off"),
    ])
