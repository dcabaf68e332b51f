"""A question before something is done: what it would be, a way out, and the button that does it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html


def question_dialog(dialog: str, title_id: str, title: str, question: str, cancel: str, confirm: str,
                    verb: str) -> dbc.Modal:
    """`dialog`, `title_id`, `question`, `cancel` and `confirm` are ids; `verb` is what the confirming button says."""
    return dbc.Modal(id=dialog, is_open=False, centered=True, labelledby=title_id, children=[
        dbc.ModalHeader(dbc.ModalTitle(title, id=title_id), close_button=False),
        dbc.ModalBody(id=question),
        dbc.ModalFooter([
            html.Button("Cancel", id=cancel, className="button", type="button"),
            html.Button(verb, id=confirm, className="button button-main", type="button"),
        ]),
    ])
