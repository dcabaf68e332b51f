"""Every callback of the page, registered on the application given: the `callback` of the dash module would be drained
by the first application on a server, and a factory that runs twice would have none."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash

from dashboard.services import Services
from dashboard.ui.callbacks import alerts, clientside, commands, tick


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    """Register all callbacks. `user_name` tells who is behind the current request."""
    clientside.register(app)
    tick.register(app, services)
    alerts.register(app, services, user_name)
    commands.register(app, services, user_name)
