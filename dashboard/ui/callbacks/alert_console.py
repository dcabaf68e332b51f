"""Every callback of the alert console: its table, the open alert with its chart, and what is done with alerts."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash, Input, Output, State, no_update

from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.alert_act import act
from dashboard.ui.alert_chart import alert_chart, known_alert, read_asked, window_of
from dashboard.ui.callbacks import clientside, tick
from dashboard.ui.callbacks.alerts import holds, ids_of, key_asked, zone_of
from dashboard.ui.console_page import UNREADABLE_EMPTY, console_page
from dashboard.ui.layout.alert_detail import gone, head, story
from dashboard.ui.moment import source_now
from dashboard.ui.tick import heartbeat


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    """Register all callbacks. `user_name` tells who is behind the current request."""
    clientside.register_frame(app)
    clientside.register_console(app)
    tick.register(app, services, heartbeat, [Output(ids.NOTICE, "children")])

    @app.callback(
        Output(ids.ALERT_ROWS, "data"), Output(ids.ALERT_TABLE, "page_count"), Output(ids.ALERT_SUMMARY, "children"),
        Output(ids.ALERT_EMPTY, "children"), Output(ids.NEW_ALERTS, "children"), Output(ids.NEW_ALERTS, "hidden"),
        Output(ids.ALERTS_KNOWN, "data"), Output(ids.FILTER_ERROR, "children"),
        Input(ids.ALERTS_STAMP, "data"), Input(ids.ALERT_TABLE, "page_current"), Input(ids.ALERT_TABLE, "sort_by"),
        Input(ids.FILTER_LINE, "value"),
        State(ids.ALERT_ROWS, "data"), State(ids.ALERTS_KNOWN, "data"),
        prevent_initial_call=True,
    )
    def table(stamp, page, sort, line, shown, seen):
        made = console_page(services.alerts.index(), (line, page, sort), user_name(), services.clock(),
                            zone_of(stamp), ids_of(shown), holds(stamp), seen)
        if made.page is None:
            empty = "" if made.rows else UNREADABLE_EMPTY
            return made.rows, no_update, no_update, empty, no_update, no_update, no_update, made.error
        waiting = made.page.waiting
        return (made.rows, made.page.pages, made.summary, made.page.empty, f"{waiting} new", waiting == 0,
                no_update if made.known is None else made.known, made.error)

    @app.callback(
        Output(ids.ALERT_DETAIL, "children"), Output(ids.ALERT_STORY, "children"),
        Input(ids.ALERT_DETAIL_ASKED, "data"),
        State(ids.ALERTS_STAMP, "data"),
        prevent_initial_call=True,
    )
    def open_alert(asked, stamp):
        key = key_asked(asked)
        if key is None:
            return [], []
        alert, now, zone = known_alert(services, key), services.clock(), zone_of(stamp)
        if alert is None:
            return gone(), []
        shown = window_of(alert, source_now(services, alert.source, now))
        return head(alert, now, zone, shown), story(alert, now, zone, services.alerts.story(alert, now))

    @app.callback(
        Output(ids.ALERT_CHART_DATA, "data"), Input(ids.ALERT_CHART_ASKED, "data"), prevent_initial_call=True)
    def chart(asked):
        wanted = read_asked(asked)
        drawn = alert_chart(services, wanted, services.clock()) if wanted is not None else None
        return no_update if drawn is None else drawn

    @app.callback(Output(ids.ALERT_ACTED, "data"), Input(ids.ALERT_ASKED, "data"), prevent_initial_call=True)
    def do(asked):
        number = asked.get("number") if isinstance(asked, dict) else None
        return act(services, asked, user_name()) | {"number": number}
