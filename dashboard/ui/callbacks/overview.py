"""Every callback of the overview, registered on the application given: the `callback` of the dash module would be
drained by the first application on a server, and a factory that runs twice would have none."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash, Input, Output

from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.callbacks import alerts, clientside, commands, tick
from dashboard.ui.tick import answer


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    """Register all callbacks. `user_name` tells who is behind the current request."""
    clientside.register_frame(app, Input(ids.RANGE_SELECT, "value"))
    clientside.register_table(app)
    tick.register(app, services, answer, [Output(section, "children") for section in ids.SECTIONS])
    alerts.register(app, services, user_name)
    commands.register(app, services, user_name)
