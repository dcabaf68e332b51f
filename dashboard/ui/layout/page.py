"""The overview's fixed skeleton. Pure: the same for every visitor; what differs comes with the first tick."""

from __future__ import annotations

from dash import html

from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout import skeleton
from dashboard.ui.layout.alerts import alert_panel
from dashboard.ui.layout.commands import command_dialog, command_panel
from dashboard.ui.layout.feed import raw_panel
from dashboard.ui.layout.frame import frame
from dashboard.ui.layout.strip import choice
from dashboard.ui.navigation import OVERVIEW
from dashboard.ui.view import DEFAULT_RANGE, RANGES

STORES = (ids.FILTERS_SEEN, ids.ALERTS_STAMP, ids.ALERT_ROWS, ids.ALERTS_KNOWN, ids.ALERT_OPEN, ids.ALERT_DETAIL_ASKED,
          ids.ALERTS_DONE, ids.COMMAND_ASKED)


def page(settings: Settings) -> html.Div:
    """The whole page, with skeletons of the final size where data will come."""
    return frame(
        settings, OVERVIEW, (ids.ALERTS, "the alerts"), _board(),
        choices=[
            html.Button("Back to live", id=ids.ZOOM_RESET, className="toggle zoom-reset", type="button",
                        hidden=True, title="Leave the zoom (Escape, or a double click in a chart)"),
            choice(ids.RANGE_SELECT, "Range", [(name, _range_title(name)) for name in RANGES], DEFAULT_RANGE),
        ],
        stores=STORES, beside=[command_dialog()])


def _board() -> html.Main:
    return html.Main(className="board", children=[
        html.Div(className="column column-health", children=[
            html.Section(id=ids.HEALTH, className="panel", **{"aria-label": "Health"}, children=[
                html.Div(id=ids.HEALTH_SCORE, children=skeleton.lines(7)),
                html.Div(id=ids.HEALTH_COMPONENTS),
            ]),
            html.Section(id=ids.FACTS, className="panel-group", **{"aria-label": "What the source says"}),
        ]),
        html.Div(className="column column-metrics", children=[
            html.Section(id=ids.GAUGES, className="gauges", children=skeleton.gauges(6), **{"aria-label": "Gauges"}),
            html.Section(id=ids.TILES, className="tiles", children=skeleton.tiles(12),
                         **{"aria-label": "Current values"}),
            html.Section(id=ids.CHARTS, className="charts", children=skeleton.charts(4), **{"aria-label": "Charts"}),
            html.Section(id=ids.MORE_TILES, className="tiles", **{"aria-label": "More values"}),
        ]),
        html.Div(className="column column-alerts", children=[
            alert_panel(),
            html.Section(id=ids.JOBS, className="panel-group", **{"aria-label": "Jobs"}),
            command_panel(),
            html.Section(id=ids.FEED, className="panel", children=skeleton.lines(4), **{"aria-label": "Feed"}),
            raw_panel(),
        ]),
    ])


def _range_title(name: str) -> str:
    return f"{name[:-1]} {'min' if name.endswith('m') else 'h'}"
