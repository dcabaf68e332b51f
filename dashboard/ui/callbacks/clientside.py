"""What runs in the browser, by name: the functions live in assets/*.js."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from dashboard.ui import ids


def register(app: Dash) -> None:
    def in_browser(name: str, outputs, *inputs) -> None:
        app.clientside_callback(ClientsideFunction("monitoring", name), outputs, *inputs)

    in_browser(
        "beat", Output(ids.TICK, "data"),
        Input(ids.INTERVAL, "n_intervals"), Input(ids.WAKE, "data"), Input(ids.SOURCE_SELECT, "value"),
        Input(ids.RANGE_SELECT, "value"), Input(ids.ZONE_SELECT, "value"))
    in_browser("draw", Output(ids.DRAWN, "data"), Input(ids.LIVE, "data"))
    in_browser("toggleLive", Output(ids.LIVE_TOGGLE, "data-clicks"), Input(ids.LIVE_TOGGLE, "n_clicks"))
    in_browser("toggleTheme", Output(ids.THEME_TOGGLE, "data-clicks"), Input(ids.THEME_TOGGLE, "n_clicks"))
    in_browser("showNewAlerts", Output(ids.NEW_ALERTS, "data-clicks"), Input(ids.NEW_ALERTS, "n_clicks"))
    in_browser(
        "firstPage", Output(ids.ALERT_TABLE, "page_current"),
        Input(ids.FILTER_STATE, "value"), Input(ids.FILTER_LEVEL, "value"), Input(ids.FILTER_SOURCE, "value"),
        Input(ids.FILTER_TEXT, "value"), Input(ids.NEW_ALERTS, "n_clicks"))
    in_browser("openRow", Output(ids.ALERT_OPEN, "data"), Input(ids.ALERT_TABLE, "active_cell"))
    in_browser(
        "rememberFilters", Output(ids.FILTERS_SEEN, "data"),
        Input(ids.FILTER_STATE, "value"), Input(ids.FILTER_LEVEL, "value"), Input(ids.FILTER_SOURCE, "value"),
        Input(ids.FILTER_TEXT, "value"), Input(ids.ALERT_TABLE, "page_current"), Input(ids.ALERT_TABLE, "sort_by"),
        Input(ids.ALERT_OPEN, "data"))
    in_browser(
        "showChosen",
        [Output(ids.ACKNOWLEDGE, "children"), Output(ids.RESOLVE, "children"), Output(ids.ACKNOWLEDGE, "disabled"),
         Output(ids.RESOLVE, "disabled")],
        Input(ids.ALERT_TABLE, "selected_rows"), Input(ids.ALERT_OPEN, "data"),
        State(ids.ALERT_TABLE, "data"), State(ids.ALERT_TABLE, "sort_by"))
    in_browser(
        "showRows", [Output(ids.ALERT_TABLE, "data"), Output(ids.ALERT_TABLE, "selected_rows")],
        Input(ids.ALERT_ROWS, "data"), Input(ids.ALERTS_DONE, "data"),
        State(ids.ALERT_TABLE, "data"), State(ids.ALERT_TABLE, "selected_rows"), State(ids.ALERT_TABLE, "sort_by"),
        State(ids.ALERT_TABLE, "active_cell"))
    in_browser("closeDetail", Output(ids.ALERT_CLOSE, "data-clicks"), Input(ids.ALERT_CLOSE, "n_clicks"))
