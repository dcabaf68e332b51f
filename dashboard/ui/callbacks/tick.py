"""The one regular callback of a page: a tick in, what changed out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import Dash, Input, Output, no_update

from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.plain import plain
from dashboard.ui.view import View, read_view

Answer = Callable[[Services, View, float], tuple[dict[str, Any], dict[str, Any]]]


def register(app: Dash, services: Services, answer: Answer, sections: Sequence[Output]) -> None:
    """`answer` gives the payload of the page's scripts and, by id, the new content of `sections` that changed."""
    @app.callback(Output(ids.LIVE, "data"), *sections, Input(ids.TICK, "data"), prevent_initial_call=True)
    def tick(asked):
        live, changed = answer(services, read_view(asked), services.clock())
        return live, *(plain(changed.get(section.component_id, no_update)) for section in sections)
