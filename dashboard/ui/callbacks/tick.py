"""The page's one regular callback: a tick in, what changed out."""

from __future__ import annotations

from dash import Dash, Input, Output, no_update

from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.plain import plain
from dashboard.ui.tick import answer
from dashboard.ui.view import read_view


def register(app: Dash, services: Services) -> None:
    @app.callback(
        Output(ids.LIVE, "data"),
        *(Output(section, "children") for section in ids.SECTIONS),
        Input(ids.TICK, "data"),
        prevent_initial_call=True,
    )
    def tick(asked):
        live, sections = answer(services, read_view(asked), services.clock())
        return live, *(plain(sections.get(section, no_update)) for section in ids.SECTIONS)
