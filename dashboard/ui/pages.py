"""The pages of the console as data: each is a Dash application of its own under the prefix, with the same frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dash import Dash, html

from dashboard.services import Services
from dashboard.settings import Settings
from dashboard.ui import navigation
from dashboard.ui.callbacks import alert_console, explore, notifications, overview, past, silences
from dashboard.ui.layout.alert_console import page as alert_console_page
from dashboard.ui.layout.explore import explore_page
from dashboard.ui.layout.notifications import page as notifications_page
from dashboard.ui.layout.page import page as overview_page
from dashboard.ui.layout.past import page as past_page
from dashboard.ui.layout.silences import page as silences_page


@dataclass(frozen=True)
class Page:
    """`layout` is pure; `register` puts the callbacks on an application, and is told who is behind a request.

    `assets` are the folders below assets/ whose files it loads, beside the ones at the top; `chunks` the parts of Dash
    that its layout, or its first answer, will ask for.
    """

    name: str
    layout: Callable[[Settings], html.Div]
    register: Callable[[Dash, Services, Callable[[], str]], None]
    assets: tuple[str, ...]
    chunks: tuple[str, ...] = ()


GRAPH = ("dcc/async-graph.js",)
TABLE = ("dash_table/async-table.js", "dash_table/async-highlight.js")

PAGES = (
    Page(navigation.OVERVIEW, overview_page, overview.register, ("overview", "table", "grid"), GRAPH + TABLE),
    Page(navigation.ALERTS, alert_console_page, alert_console.register, ("table", "grid", "story", "triage"),
         GRAPH + TABLE),
    Page(navigation.PAST, past_page, past.register, ("past", "grid", "story"), TABLE),
    Page(navigation.SILENCES, silences_page, silences.register, ("silences",)),
    Page(navigation.EXPLORE, explore_page, explore.register, ("explore", "story"), GRAPH),
    Page(navigation.NOTIFICATIONS, notifications_page, notifications.register, ("notifications",)),
)
