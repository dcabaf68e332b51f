"""Every callback of the Explore page: the charts, the list of metrics, what is open beside them, and annotations."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash, Input, Output

from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.callbacks import clientside, tick
from dashboard.ui.explore.fetch import fetch, found_metrics
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
