"""What every page of the console has around its own content: the strip, the banners, and how updates travel. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout.since import since_area
from dashboard.ui.layout.strip import strip, tabs
from dashboard.ui.navigation import ALERTS, way

UPDATES = (ids.WAKE, ids.TICK, ids.LIVE, ids.DRAWN)
LOOKING = (ids.PERSON, ids.LOOKED, ids.SINCE_ASKED)


def frame(settings: Settings, here: str, skip_to: tuple[str, str], main: html.Main, *, choices: Sequence[Any] = (),
          stores: Sequence[str] = (), beside: Sequence[Any] = ()) -> html.Div:
    """The page named `here` around its `main`.

    `skip_to`: id and name of the place the skip link leads to; `choices`: controls of this page in the strip;
    `stores`: ids of what it keeps in the browser; `beside`: dialogs and the like.
    """
    place, name = skip_to
    return html.Div(className=f"console console-{here}", **{"data-alerts": way(here, ALERTS)}, children=[
        html.A(f"Skip to {name}", href=f"#{place}", className="skip-link"),
        strip(settings, here, choices),
        *tabs(here),
        html.Div(id=ids.OFFLINE, className="notice-area", role="alert"),
        html.Div(id=ids.NOTICE, className="notice-area", role="status"),
        since_area(),
        main,
        *beside,
        dcc.Interval(id=ids.INTERVAL, interval=settings.interval_ms),
        *(dcc.Store(id=name) for name in (*UPDATES, *LOOKING, *stores)),
    ])
