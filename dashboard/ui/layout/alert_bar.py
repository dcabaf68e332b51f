"""The bar below the console's table: what the actions are for, the note, and what can be done. Pure."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.alerts.facts import PERSON_LIMIT
from dashboard.ui import ids
from dashboard.ui.layout.alerts import NOTES_LIMIT
from dashboard.ui.times import HOUR_S, MINUTE_S, span

ACKNOWLEDGE_SPANS_S = (15 * MINUTE_S, 30 * MINUTE_S, HOUR_S, 4 * HOUR_S)
SNOOZE_SPANS_S = (15 * MINUTE_S, HOUR_S, 4 * HOUR_S)


def alert_bar(acknowledge_s: float) -> html.Section:
    """`acknowledge_s` is how long an acknowledgement holds where nothing else is chosen."""
    return html.Section(id=ids.ALERT_BAR, className="panel alert-bar", **{"aria-label": "Actions"}, children=[
        html.Div(className="bar-target", children=[
            html.Span(id=ids.ALERT_TARGET, className="target"),
            html.Button("Select this page", className="link-button", type="button", **{"data-choose": "page"}),
            html.Button(className="link-button", type="button", hidden=True, **{"data-choose": "all"}),
            html.Button("Select none", className="link-button", type="button", hidden=True, **{"data-choose": "none"}),
            html.Span(className="bar-said", children=[
                html.Span(id=ids.ALERT_FEEDBACK, className="feedback", role="status", **{"aria-live": "polite"}),
                html.Button(id=ids.ALERT_UNDO, className="button", type="button", hidden=True),
            ]),
        ]),
        html.Div(className="bar-actions", children=[
            html.Label(className="notes", children=[
                html.Span("Note", className="visually-hidden"),
                dbc.Input(id=ids.RESOLVE_NOTES, type="text", size="sm", placeholder="Note (optional)",
                          maxLength=NOTES_LIMIT, value="", autocomplete="off"),
            ]),
            html.Div(className="bar-pair", children=[
                _action("Acknowledge", ids.ACKNOWLEDGE, "acknowledge", "button-main"),
                acknowledge_choice(acknowledge_s),
            ]),
            _action("Resolve", ids.RESOLVE, "resolve"),
            html.Div(className="bar-pair", children=[
                _action("Snooze", ids.SNOOZE, "snooze"),
                _choice(ids.SNOOZE_FOR, "How long it is snoozed", [
                    *((str(span_s), span(span_s)) for span_s in SNOOZE_SPANS_S), ("worse", "until worse"),
                ], str(HOUR_S)),
            ]),
            html.Div(className="bar-pair", children=[
                html.Label(className="assign-to", children=[
                    html.Span("Assign to", className="visually-hidden"),
                    dbc.Input(id=ids.ASSIGN_TO, type="text", size="sm", placeholder="Assign to…",
                              maxLength=PERSON_LIMIT, value="", autocomplete="off", list=ids.ASSIGN_PEOPLE),
                    html.Datalist(id=ids.ASSIGN_PEOPLE),
                ]),
                _action("Assign", ids.ASSIGN, "assign"),
                _action("To me", ids.ASSIGN_ME, "assign-me"),
            ]),
            _action("Take back", ids.UNACKNOWLEDGE, "unacknowledge", hidden=True,
                    title="Take the acknowledgement back"),
            _action("Reopen", ids.REOPEN, "reopen", hidden=True),
            _action("End snooze", ids.UNSNOOZE, "unsnooze", hidden=True),
        ]),
    ])


def acknowledge_choice(acknowledge_s: float) -> html.Label:
    """The usual times, and that of the settings, which is chosen."""
    usual = round(acknowledge_s)
    spans = sorted({*ACKNOWLEDGE_SPANS_S, usual})
    return _choice(ids.ACKNOWLEDGE_FOR, "How long the acknowledgement holds", [
        *((str(span_s), span(span_s)) for span_s in spans), ("resolved", "until resolved")], str(usual))


def _action(words: str, component_id: str, action: str, kind: str = "", **more: Any) -> html.Button:
    """A button that acts on what is chosen; the page's scripts know it by `data-act`."""
    return html.Button(words, id=component_id, className=f"button {kind}".strip(), type="button", disabled=True,
                       **{"data-act": action, "data-words": words}, **more)


def _choice(component_id: str, label: str, options: list[tuple[str, str]], value: str) -> html.Label:
    return html.Label(className="bar-choice", children=[
        html.Span(label, className="visually-hidden"),
        dbc.Select(id=component_id, size="sm", value=value,
                   options=[{"value": key, "label": title} for key, title in options]),
    ])
