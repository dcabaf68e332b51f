"""What every page asks the server for beside its tick: who is looking, and what happened while that person did not."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash, Input, Output, no_update

from dashboard.alerts.since import since
from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.layout.since import since_panel
from dashboard.ui.navigation import ALERTS, way

LOOK_BACK_S = 30 * 86_400.0
"""As long as alerts are kept by default; of what was longer ago nothing is said."""


def register(app: Dash, services: Services, user_name: Callable[[], str], here: str) -> None:
    """For the page named `here`. The first call comes by itself, asks nothing and is told who is looking: the time of
    the last look is kept by the browser, for each person of its own (assets/85-looked.js)."""
    @app.callback(Output(ids.PERSON, "data"), Output(ids.SINCE, "children"), Input(ids.SINCE_ASKED, "data"))
    def looked(asked):
        person = user_name()
        return person, no_update if asked is None else happened(services, asked, person, way(here, ALERTS))


def happened(services: Services, asked: Any, person: str, alerts_at: str) -> list:
    """The panel for a question of a browser: {`since`, `until`: Unix s, `zone`}; nothing where it makes no sense."""
    now = services.clock()
    asked = asked if isinstance(asked, Mapping) else {}
    start, end, zone = asked.get("since"), asked.get("until"), asked.get("zone")
    if not (_is_time(start) and _is_time(end)) or start >= end:
        return []
    alerts = services.alerts
    found = since(alerts.all(), alerts.silences(), max(start, now - LOOK_BACK_S), min(end, now), person)
    return since_panel(found, now, zone if isinstance(zone, str) else "UTC", alerts_at)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
