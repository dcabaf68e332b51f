"""What runs in the browser, by name: the functions live in assets/."""

from __future__ import annotations

from collections.abc import Callable

from dash import ClientsideFunction, Dash, Input, Output, State

from dashboard.ui import ids


def in_browser(app: Dash) -> Callable[..., None]:
    """A function that registers one: its name in the browser, its outputs, its inputs and states."""
    def register(name: str, outputs, *inputs) -> None:
        app.clientside_callback(ClientsideFunction("monitoring", name), outputs, *inputs)
    return register


def register_frame(app: Dash, *choices: Input) -> None:
    """What every page has: the beat, the drawing of an answer, and the toggles of the strip.

    `choices`: further controls of this page that ask at once for an answer when they change.
    """
    run = in_browser(app)
    run("beat", Output(ids.TICK, "data"),
        Input(ids.INTERVAL, "n_intervals"), Input(ids.WAKE, "data"), Input(ids.SOURCE_SELECT, "value"),
        Input(ids.ZONE_SELECT, "value"), *choices)
    run("draw", Output(ids.DRAWN, "data"), Input(ids.LIVE, "data"))
    run("toggleLive", Output(ids.LIVE_TOGGLE, "data-clicks"), Input(ids.LIVE_TOGGLE, "n_clicks"))
    run("toggleTheme", Output(ids.THEME_TOGGLE, "data-clicks"), Input(ids.THEME_TOGGLE, "n_clicks"))
    run("bell", Output(ids.BELL_STATE, "children"),
        Input(ids.BELL_LEVEL, "value"), Input(ids.BELL_SOUND, "value"), Input(ids.BELL_TRY, "n_clicks"))
    run("looking", Output(ids.LOOKED, "data"), Input(ids.PERSON, "data"))
    run("dismissSince", Output(ids.SINCE_DISMISS, "data-clicks"), Input(ids.SINCE_DISMISS, "n_clicks"))


def register_table(app: Dash) -> None:
    """The overview's alert table with its filters, its ticks and the alert that is open."""
    run = in_browser(app)
    _register_rows(app, *(Input(component, "value") for component in (
        ids.FILTER_STATE, ids.FILTER_LEVEL, ids.FILTER_SOURCE, ids.FILTER_TEXT)))
    run(
        "showChosen",
        [Output(ids.ACKNOWLEDGE, "children"), Output(ids.RESOLVE, "children"), Output(ids.ACKNOWLEDGE, "disabled"),
         Output(ids.RESOLVE, "disabled")],
        Input(ids.ALERT_TABLE, "selected_rows"), Input(ids.ALERT_OPEN, "data"), *_ROW_STATES)


def register_console(app: Dash) -> None:
    """The alert console: its table likewise, the bar of actions, the chart of the open alert."""
    run = in_browser(app)
    _register_rows(app, Input(ids.FILTER_LINE, "value"))
    run("showTarget", Output(ids.ALERT_TARGET, "data-count"),
        Input(ids.ALERT_TABLE, "selected_rows"), Input(ids.ALERT_OPEN, "data"), *_ROW_STATES)
    run("showFilter", Output(ids.FILTER_CHIPS, "data-line"),
        Input(ids.FILTER_LINE, "value"), Input(ids.PERSON, "data"), Input(ids.FILTER_ERROR, "children"))
    run("showDetail", Output(ids.ALERT_ASIDE, "data-shown"), Input(ids.ALERT_DETAIL, "children"))
    run("acted", Output(ids.ALERT_ACTED_SEEN, "data"), Input(ids.ALERT_ACTED, "data"))
    run("drawAlertChart", Output(ids.ALERT_CHART_DRAWN, "data"), Input(ids.ALERT_CHART_DATA, "data"))


_ROW_STATES = (State(ids.ALERT_TABLE, "data"), State(ids.ALERT_TABLE, "sort_by"),
               State(ids.ALERT_TABLE, "page_current"))


def _register_rows(app: Dash, *filters: Input) -> None:
    """What both tables have: rows that stay in place, ticks that follow their alerts, their state in the address."""
    run = in_browser(app)
    run("showNewAlerts", Output(ids.NEW_ALERTS, "data-clicks"), Input(ids.NEW_ALERTS, "n_clicks"))
    run("firstPage", Output(ids.ALERT_TABLE, "page_current"), *filters, Input(ids.NEW_ALERTS, "n_clicks"))
    run("openRow", Output(ids.ALERT_OPEN, "data"), Input(ids.ALERT_TABLE, "active_cell"))
    run("askDetail", Output(ids.ALERT_DETAIL_ASKED, "data"),
        Input(ids.ALERT_OPEN, "data"), Input(ids.ALERT_ROWS, "data"))
    run("rememberFilters", Output(ids.FILTERS_SEEN, "data"), *filters, Input(ids.ALERT_TABLE, "page_current"),
        Input(ids.ALERT_TABLE, "sort_by"), Input(ids.ALERT_OPEN, "data"))
    run(
        "showRows", [Output(ids.ALERT_TABLE, "data"), Output(ids.ALERT_TABLE, "selected_rows")],
        Input(ids.ALERT_ROWS, "data"), Input(ids.ALERTS_DONE, "data"),
        State(ids.ALERT_TABLE, "selected_rows"), State(ids.ALERT_TABLE, "active_cell"), *_ROW_STATES)
    run("closeDetail", Output(ids.ALERT_CLOSE, "data-clicks"), Input(ids.ALERT_CLOSE, "n_clicks"))


def register_routes(app: Dash) -> None:
    """The form of a route: which one is edited is in the address, and whoever asks for it is led to it."""
    in_browser(app)("rememberRoute", Output(ids.ROUTE_SEEN, "data"), Input(ids.ROUTE_EDITED, "data"))


def register_silences(app: Dash) -> None:
    """The form of a silence: which of its fields are asked for, and what of it is in the address."""
    run = in_browser(app)
    run("silenceFields",
        [Output(ids.SILENCE_ONCE, "hidden"), Output(ids.SILENCE_WEEKLY, "hidden"),
         Output(ids.SILENCE_END_FIELD, "hidden")],
        Input(ids.SILENCE_KIND, "value"), Input(ids.SILENCE_SPAN, "value"))
    run("rememberSilence", Output(ids.SILENCE_SEEN, "data"),
        Input(ids.SILENCE_LEVELS, "value"), Input(ids.SILENCE_SOURCE, "value"),
        Input(ids.SILENCE_COMPONENT, "value"), Input(ids.SILENCE_TEXT, "value"))


def register_explore(app: Dash) -> None:
    """What the Explore page asks, when its scripts wake it, and what they draw."""
    run = in_browser(app)
    for what, wake, asked in (("explore", ids.EXPLORE_WAKE, ids.EXPLORE_ASKED),
                              ("exploreList", ids.EXPLORE_LIST_WAKE, ids.EXPLORE_LIST_ASKED),
                              ("explorePanel", ids.EXPLORE_PANEL_WAKE, ids.EXPLORE_PANEL_ASKED),
                              ("exploreNote", ids.EXPLORE_NOTE_WAKE, ids.EXPLORE_NOTE_ASKED)):
        run(f"{what}Question", Output(asked, "data"), Input(wake, "data"))
    run("exploreDraw", Output(ids.EXPLORE_DRAWN, "data"), Input(ids.EXPLORE_ANSWER, "data"))
    run("exploreListDraw", Output(ids.EXPLORE_LIST_DRAWN, "data"), Input(ids.EXPLORE_LIST_ANSWER, "data"))
    run("explorePanelDraw", Output(ids.EXPLORE_PANEL_DRAWN, "data"),
        Input(ids.EXPLORE_PANEL, "children"), Input(ids.EXPLORE_MOVED_FOUND, "children"))
    run("exploreNoteDraw", Output(ids.EXPLORE_NOTE_SHOWN, "data"), Input(ids.EXPLORE_NOTED, "data"))


def register_past(app: Dash) -> None:
    """The table of closed alerts with its filters, and the alert that is open."""
    run = in_browser(app)
    filters = [Input(name, "value") for name in (
        ids.PAST_SPAN, ids.PAST_FROM, ids.PAST_TO, ids.PAST_LEVEL, ids.PAST_SOURCE, ids.PAST_TEXT)]
    run("pastFirstPage", Output(ids.PAST_TABLE, "page_current"), *filters, Input(ids.PAST_NEW, "n_clicks"))
    run("pastTimes", Output(ids.PAST_TIMES, "hidden"), Input(ids.PAST_SPAN, "value"))
    run("pastOpen", Output(ids.PAST_OPEN, "data"), Input(ids.PAST_TABLE, "active_cell"))
    run("pastClose", Output(ids.PAST_CLOSE, "data-clicks"), Input(ids.PAST_CLOSE, "n_clicks"))
    run("pastRemember", Output(ids.PAST_SEEN, "data"), *filters, Input(ids.PAST_TABLE, "page_current"),
        Input(ids.PAST_TABLE, "sort_by"), Input(ids.PAST_OPEN, "data"))
    run("pastRows", Output(ids.PAST_TABLE, "data"), Input(ids.PAST_ROWS, "data"), State(ids.PAST_OPEN, "data"),
        State(ids.PAST_TABLE, "active_cell"), State(ids.PAST_TABLE, "sort_by"))
