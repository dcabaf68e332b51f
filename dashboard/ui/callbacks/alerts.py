"""The alert table and what is done with it. Rows are known by their ids only; positions mean nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from dashboard.alerts.alert import NotAllowed
from dashboard.alerts.store import Unknown
from dashboard.commands import Unreachable
from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.alert_page import TablePage, known, table_page
from dashboard.ui.alert_question import read_filter
from dashboard.ui.alert_rows import detail
from dashboard.ui.times import clock

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
        held = _ids(shown) if _holds(stamp, ctx.triggered_id) else None
        index = services.alerts.index()
        made = table_page(index, wanted, services.clock(), held, seen)
        return (made.rows, made.pages, _summary(made), made.empty, f"{made.waiting} new", made.waiting == 0,
                no_update if held else known(index, wanted))

    @app.callback(
        Output(ids.ALERT_DETAIL, "children"),
        Input(ids.ALERT_OPEN, "data"), Input(ids.ALERT_ROWS, "data"),
        State(ids.ALERTS_STAMP, "data"),
        prevent_initial_call=True,
    )
    def open_alert(key, _rows, stamp):
        alert = services.alerts.get(key) if isinstance(key, str) else None
        return detail(alert, services.clock(), _zone(stamp)) if alert is not None else []

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
        told, failed = change_all(transition, chosen, user_name(), notes or "", _zone(stamp))
        if failed:  # the note and the ticks stay for another try
            done = [key for key in chosen if key not in failed]
            return told, no_update, services.clock(), done, no_update, no_update
        released = {"number": services.clock(), "hold": False, "zone": _zone(stamp)}
        return told, "", services.clock(), chosen, None, released


def change_all(transition: Callable[..., Any], keys: Sequence[str], by: str, notes: str,
               zone: str) -> tuple[str, list[str]]:
    """Make one transition for each key: (what to tell the person, the keys it failed for)."""
    done, receivers, problems, failed = 0, [], [], []
    for key in keys[:MAX_CHOSEN]:
        try:
            made = transition(key, by, notes=notes)
        except NotAllowed as refused:
            problems.append(_first(refused, zone))
        except Unknown:
            problems.append("One of them is no longer there")
        except (Unreachable, ValueError) as refused:
            problems.append(f"Not changed: {refused}")
            failed.append(key)
        else:
            done += 1
            receivers.append(made.receivers)
    return _told(done, receivers, problems), failed


def ticked_ids(positions: Any, rows: Any) -> list[str]:
    """Ids of the ticked rows. The table's own `selected_row_ids` forgets them when sort, page or filter change, and
    does not follow `selected_rows`; the browser keeps positions and rows together."""
    known = _ids(rows)
    chosen = positions if isinstance(positions, list) else []
    return [known[at] for at in chosen if isinstance(at, int) and 0 <= at < len(known)]


def _told(done: int, receivers: Sequence[int | None], problems: Sequence[str]) -> str:
    parts = []
    if done:
        parts.append(f"{done} changed" if done > 1 else "Done")
        if any(count is None for count in receivers):
            parts.append("The producer could not be told")
        elif not any(receivers):
            parts.append("Nobody is listening on the control channel")
    parts += list(dict.fromkeys(problems))
    return ". ".join(parts) + "." if parts else ""


def _first(refused: NotAllowed, zone: str) -> str:
    by = f" by {refused.by}" if refused.by else ""
    at = f" at {clock(refused.at, zone)}" if refused.at is not None else ""
    return f"Somebody was quicker: already {refused.state}{by}{at}"


def _summary(made: TablePage) -> str:
    return f"{made.total:,}" if made.total else ""


def _holds(stamp: Any, triggered: Any) -> bool:
    return triggered == ids.ALERTS_STAMP and isinstance(stamp, Mapping) and bool(stamp.get("hold"))


def _zone(stamp: Any) -> str:
    zone = stamp.get("zone") if isinstance(stamp, Mapping) else None
    return zone if isinstance(zone, str) else "UTC"


def _ids(rows: Any) -> list[str]:
    return _texts([row.get("id") for row in rows if isinstance(row, Mapping)]) if isinstance(rows, list) else []


def _texts(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
