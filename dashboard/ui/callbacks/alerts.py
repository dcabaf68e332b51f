"""The alert table and what is done with it. Rows are known by their ids only; positions mean nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.alert_change import change_each, told
from dashboard.ui.alert_page import held_rows, known, table_page
from dashboard.ui.alert_question import read_filter
from dashboard.ui.alert_rows import detail

MAX_CHOSEN = 100  # rows of one click: a page holds fewer


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    @app.callback(
        Output(ids.ALERT_ROWS, "data"), Output(ids.ALERT_TABLE, "page_count"), Output(ids.ALERT_SUMMARY, "children"),
        Output(ids.ALERT_EMPTY, "children"), Output(ids.NEW_ALERTS, "children"), Output(ids.NEW_ALERTS, "hidden"),
        Output(ids.ALERTS_KNOWN, "data"),
        Input(ids.ALERTS_STAMP, "data"), Input(ids.ALERT_TABLE, "page_current"), Input(ids.ALERT_TABLE, "sort_by"),
        Input(ids.FILTER_STATE, "value"), Input(ids.FILTER_LEVEL, "value"), Input(ids.FILTER_SOURCE, "value"),
        Input(ids.FILTER_TEXT, "value"),
        State(ids.ALERT_ROWS, "data"), State(ids.ALERTS_KNOWN, "data"),
        prevent_initial_call=True,
    )
    def table(stamp, page, sort, state, level, source, text, shown, seen):
        wanted = read_filter(state, level, source, text, page, sort)
        held = held_rows(wanted, ids_of(shown), seen) if holds(stamp) else None
        index = services.alerts.index()
        made = table_page(index, wanted, services.clock(), held, seen)
        return (made.rows, made.pages, made.summary, made.empty, f"{made.waiting} new", made.waiting == 0,
                no_update if held else known(index, wanted))

    @app.callback(
        Output(ids.ALERT_DETAIL, "children"),
        Input(ids.ALERT_DETAIL_ASKED, "data"),
        State(ids.ALERTS_STAMP, "data"),
        prevent_initial_call=True,
    )
    def open_alert(asked, stamp):
        key = key_asked(asked)
        alert = services.alerts.get(key) if key is not None else None
        return detail(alert, services.clock(), zone_of(stamp)) if alert is not None else []

    @app.callback(
        Output(ids.ALERT_FEEDBACK, "children"), Output(ids.RESOLVE_NOTES, "value"), Output(ids.WAKE, "data"),
        Output(ids.ALERTS_DONE, "data"), Output(ids.ALERT_TABLE, "active_cell"), Output(ids.ALERTS_STAMP, "data"),
        Input(ids.ACKNOWLEDGE, "n_clicks"), Input(ids.RESOLVE, "n_clicks"),
        State(ids.ALERT_TABLE, "selected_rows"), State(ids.ALERT_TABLE, "data"), State(ids.ALERT_OPEN, "data"),
        State(ids.RESOLVE_NOTES, "value"), State(ids.ALERTS_STAMP, "data"),
        prevent_initial_call=True,
    )
    def act(_acknowledge, _resolve, selected, shown, opened, notes, stamp):
        transition = services.alerts.acknowledge if ctx.triggered_id == ids.ACKNOWLEDGE else services.alerts.resolve
        chosen = ticked_ids(selected, shown) or _texts([opened])
        words, failed = change_all(transition, chosen, user_name(), notes or "", zone_of(stamp))
        if failed:  # the note and the ticks stay for another try
            done = [key for key in chosen if key not in failed]
            return words, no_update, services.clock(), done, no_update, no_update
        released = {"number": services.clock(), "hold": False, "zone": zone_of(stamp)}
        return words, "", services.clock(), chosen, None, released


def change_all(transition: Callable[..., Any], keys: Sequence[str], by: str, notes: str,
               zone: str) -> tuple[str, list[str]]:
    """Make one transition for each key: (what to tell the person, the keys it failed for)."""
    outcome = change_each(lambda key: transition(key, by, notes=notes), keys[:MAX_CHOSEN])
    return told(outcome, zone), outcome.failed


def ticked_ids(positions: Any, rows: Any) -> list[str]:
    """Ids of the ticked rows. The table's own `selected_row_ids` forgets them when sort, page or filter change, and
    does not follow `selected_rows`; the browser keeps positions and rows together."""
    known = ids_of(rows)
    chosen = positions if isinstance(positions, list) else []
    return [known[at] for at in chosen if isinstance(at, int) and 0 <= at < len(known)]


def key_asked(asked: Any) -> str | None:
    """The key of the alert that is open; None where none is."""
    key = asked.get("key") if isinstance(asked, Mapping) else None
    return key if isinstance(key, str) else None


def holds(stamp: Any) -> bool:
    """Whether the rows on screen stay in their places: it is the stamp that asks, and it says so."""
    return ctx.triggered_id == ids.ALERTS_STAMP and isinstance(stamp, Mapping) and bool(stamp.get("hold"))


def zone_of(stamp: Any) -> str:
    """The viewer's zone, which comes with each stamp."""
    zone = stamp.get("zone") if isinstance(stamp, Mapping) else None
    return zone if isinstance(zone, str) else "UTC"


def ids_of(rows: Any) -> list[str]:
    """The keys of the alerts in these rows, in their order."""
    return _texts([row.get("id") for row in rows if isinstance(row, Mapping)]) if isinstance(rows, list) else []


def _texts(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
