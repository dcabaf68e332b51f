"""What the keys do, and what a filter line may say; the same words as in docs/alerts.md. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html

from dashboard.ui import ids

KEYS = (
    ("j", "next alert"), ("k", "previous alert"), ("o", "open it, or close it"), ("x", "select it"),
    ("a", "acknowledge"), ("r", "resolve"), ("s", "snooze"), ("u", "undo, for ten seconds"),
    ("/", "to the filter line"), ("Escape", "close the open alert"), ("?", "this list"))
"""Keys work everywhere on the page but in a field one types in."""
TERMS = (
    ("level:critical,error", "one of these levels; other: none of the five"),
    ("state:open", "open, active, acknowledged or resolved"),
    ("is:stale", "snoozed, silenced, stale, flapping, regressed or assigned"),
    ("source:x  component:x  id:x", "exactly that, whatever the case"),
    ("owner:me", "assigned to me, or acknowledged by me; assigned:, by: and any name likewise"),
    ("age>15m  last<2h  count>=5", "how long it is there, when it was last seen, how often"),
    ("pool  \"pool size\"", "text in message, component, id or source"),
    ("-source:x", "not that; all terms must hold"))


def help_dialog() -> dbc.Modal:
    """Opened with `?`."""
    return dbc.Modal(id=ids.HELP_DIALOG, is_open=False, centered=True, size="lg", labelledby=ids.HELP_TITLE, children=[
        dbc.ModalHeader(dbc.ModalTitle("Keys and filters", id=ids.HELP_TITLE), close_button=True),
        dbc.ModalBody(className="help", children=[
            html.P("What is selected is changed; without a selection, the alert that is open, or the one the keys "
                   "have come to."),
            html.H3("Keys"), _pairs(KEYS, html.Kbd),
            html.H3("Filter line"), _pairs(TERMS, html.Code),
        ]),
    ])


def _pairs(pairs: Sequence[tuple[str, str]], element: type) -> html.Dl:
    return html.Dl(className="facts", children=[part for name, value in pairs for part in (
        html.Dt(element(name)), html.Dd(value))])
