"""The bell in the strip: whether, from which level up and how its viewer wants to be told of new alerts. Pure."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from dashboard.events import LEVELS
from dashboard.ui import ids
from dashboard.ui.palette import level_word

OFF = "off"


def bell() -> html.Details:
    """A menu that unfolds. What is chosen in it is kept by the browser (assets/91-bell.js), not by the server."""
    return html.Details(id=ids.BELL, className="bell", children=[
        html.Summary(className="toggle bell-button", id=ids.BELL_BUTTON, title="Tell me about new alerts",
                     **{"aria-label": "Notifications: off"},
                     children=[html.Span(className="bell-shape", **{"aria-hidden": "true"})]),
        html.Div(className="bell-menu panel", children=[
            html.Label(className="field", children=[
                html.Span("Tell me about new alerts"),
                dbc.Select(id=ids.BELL_LEVEL, size="sm", value=OFF, options=[
                    {"value": OFF, "label": "Off"},
                    *({"value": level, "label": _from(level)} for level in reversed(list(LEVELS)))]),
            ]),
            dbc.Checkbox(id=ids.BELL_SOUND, label="With a sound", value=False),
            html.Button("Try it", id=ids.BELL_TRY, className="button", type="button"),
            html.P(id=ids.BELL_STATE, className="muted", role="status", **{"aria-live": "polite"}),
        ]),
    ])


def _from(level: str) -> str:
    return f"{level_word(level)} only" if level == next(iter(LEVELS)) else f"From {level_word(level)} up"
