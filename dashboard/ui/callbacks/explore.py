"""Every callback of the Explore page: the charts, the list of metrics, what is open beside them, and annotations."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash, Input, Output

from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.callbacks import clientside, tick
from dashboard.ui.explore.fetch import fetch, found_metrics, opened
from dashboard.ui.explore.noting import noted
from dashboard.ui.tick import heartbeat


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    """Register all callbacks. `user_name` tells who is behind the current request."""
    clientside.register_frame(app)
    clientside.register_explore(app)
    tick.register(app, services, heartbeat, [Output(ids.NOTICE, "children")])

    @app.callback(Output(ids.EXPLORE_ANSWER, "data"), Output(ids.EXPLORE_EVENTS, "children"),
                  Input(ids.EXPLORE_ASKED, "data"), prevent_initial_call=True)
    def window(asked):
        return fetch(services, asked)

    @app.callback(Output(ids.EXPLORE_LIST_ANSWER, "data"), Input(ids.EXPLORE_LIST_ASKED, "data"),
                  prevent_initial_call=True)
    def metrics(asked):
        return found_metrics(services, asked)

    @app.callback(Output(ids.EXPLORE_PANEL, "children"), Output(ids.EXPLORE_MOVED_FOUND, "children"),
                  Input(ids.EXPLORE_PANEL_ASKED, "data"), prevent_initial_call=True)
    def beside(asked):
        return opened(services, asked, user_name())

    @app.callback(Output(ids.EXPLORE_NOTED, "data"), Input(ids.EXPLORE_NOTE_ASKED, "data"), prevent_initial_call=True)
    def annotation(asked):
        return noted(services, asked, user_name())
