"""The page's fixed skeleton. Pure: the same for every visitor; what differs comes with the first tick."""

from __future__ import annotations

from dash import dcc, html

from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout import skeleton
from dashboard.ui.layout.alerts import alert_panel
from dashboard.ui.layout.commands import command_dialog, command_panel
from dashboard.ui.layout.feed import raw_panel
from dashboard.ui.layout.strip import strip


def page(settings: Settings) -> html.Div:
    """The whole page, with skeletons of the final size where data will come."""
    return html.Div(
        className="console",
        children=[
            html.A("Skip to the alerts", href=f"#{ids.ALERTS}", className="skip-link"),
            strip(settings),
            html.Div(id=ids.OFFLINE, className="notice-area", role="alert"),
            html.Div(id=ids.NOTICE, className="notice-area", role="status"),
            html.Main(
                className="board",
                children=[
                    html.Div(className="column column-health", children=[
                        html.Section(id=ids.HEALTH, className="panel", **{"aria-label": "Health"}, children=[
                            html.Div(id=ids.HEALTH_SCORE, children=skeleton.lines(7)),
                            html.Div(id=ids.HEALTH_COMPONENTS),
                        ]),
                        html.Section(id=ids.FACTS, className="panel-group", **{"aria-label": "What the source says"}),
                    ]),
                    html.Div(className="column column-metrics", children=[
                        html.Section(id=ids.GAUGES, className="gauges", children=skeleton.gauges(6),
                                     **{"aria-label": "Gauges"}),
                        html.Section(id=ids.TILES, className="tiles", children=skeleton.tiles(12),
                                     **{"aria-label": "Current values"}),
                        html.Section(id=ids.CHARTS, className="charts", children=skeleton.charts(4),
                                     **{"aria-label": "Charts"}),
                        html.Section(id=ids.MORE_TILES, className="tiles", **{"aria-label": "More values"}),
                    ]),
                    html.Div(className="column column-alerts", children=[
                        alert_panel(),
                        html.Section(id=ids.JOBS, className="panel-group", **{"aria-label": "Jobs"}),
                        command_panel(),
                        html.Section(id=ids.FEED, className="panel", children=skeleton.lines(4),
                                     **{"aria-label": "Feed"}),
                        raw_panel(),
                    ]),
                ],
            ),
            command_dialog(),
            dcc.Interval(id=ids.INTERVAL, interval=settings.interval_ms),
            dcc.Store(id=ids.WAKE),
            dcc.Store(id=ids.TICK),
            dcc.Store(id=ids.LIVE),
            dcc.Store(id=ids.DRAWN),
            dcc.Store(id=ids.FILTERS_SEEN),
            dcc.Store(id=ids.ALERTS_STAMP),
            dcc.Store(id=ids.ALERT_ROWS),
            dcc.Store(id=ids.ALERTS_KNOWN),
            dcc.Store(id=ids.ALERT_OPEN),
            dcc.Store(id=ids.ALERTS_DONE),
            dcc.Store(id=ids.COMMAND_ASKED),
        ],
    )
