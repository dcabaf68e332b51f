"""The page of closed alerts: its table, one in full, and the figures of what matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from dashboard.alerts.past import EXPORT_AT_MOST, ClosedPage, Wanted
from dashboard.alerts.statistics import summary
from dashboard.services import Services
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.callbacks import clientside, tick
from dashboard.ui.layout.past import closed_alert
from dashboard.ui.layout.past_statistics import figures, noise
from dashboard.ui.navigation import PAST, root_way
from dashboard.ui.past_question import PAGE_SIZE, PastFilter, export_query, order_of, read_past_filter
from dashboard.ui.past_rows import past_row
from dashboard.ui.tick import heartbeat

COUNTED_AT_MOST = 20_000
"""Closed alerts that figures are made of, the newest: half a second where they come from a database."""
FILTERS = (ids.PAST_SPAN, ids.PAST_FROM, ids.PAST_TO, ids.PAST_LEVEL, ids.PAST_SOURCE, ids.PAST_TEXT)


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    clientside.register_frame(app)
    clientside.register_past(app)
    tick.register(app, services, heartbeat, [Output(ids.NOTICE, "children")])
    filters = [Input(name, "value") for name in FILTERS]

    @app.callback(
        Output(ids.PAST_ROWS, "data"), Output(ids.PAST_TABLE, "page_count"), Output(ids.PAST_SUMMARY, "children"),
        Output(ids.PAST_EMPTY, "children"), Output(ids.PAST_NOTE, "children"), Output(ids.PAST_CSV, "href"),
        Output(ids.PAST_JSON, "href"), Output(ids.PAST_KNOWN, "data"), Output(ids.PAST_NEW, "children"),
        Output(ids.PAST_NEW, "hidden"),
        Input(ids.PAST_STAMP, "data"), Input(ids.PAST_TABLE, "page_current"), Input(ids.PAST_TABLE, "sort_by"),
        *filters, State(ids.PAST_KNOWN, "data"),
        prevent_initial_call=True,
    )
    def table(stamp, page, sort, *rest):
        if not isinstance(stamp, Mapping):  # the first answer is still to come, and with it the viewer's zone
            return (no_update,) * 10
        *values, known = rest
        if ctx.triggered_id == ids.PAST_STAMP and stamp.get("hold"):
            waiting = waiting_since(services, known)
            return *(no_update,) * 8, f"{waiting} more", waiting == 0
        return *page_of(services, read_past_filter(*values), page, order_of(sort), zone_of(stamp)), "", True

    @app.callback(
        Output(ids.PAST_DETAIL, "children"), Input(ids.PAST_OPEN, "data"), Input(ids.PAST_STAMP, "data"),
        prevent_initial_call=True,
    )
    def open_alert(key, stamp):
        if not isinstance(key, str) or not isinstance(stamp, Mapping):
            return []
        alert, now = services.closed.get(key), services.clock()
        told = services.alerts.story(alert, now) if alert is not None else ()
        return closed_alert(alert, now, zone_of(stamp), told)

    @app.callback(
        Output(ids.PAST_FIGURES, "children"), Output(ids.PAST_NOISE, "children"),
        Input(ids.PAST_COUNTED, "data"), *filters, State(ids.PAST_STAMP, "data"),
        prevent_initial_call=True,
    )
    def count(_counted, *rest):
        *values, stamp = rest
        if not isinstance(stamp, Mapping):
            return no_update, no_update
        return counted(services, read_past_filter(*values), zone_of(stamp))


def page_of(services: Services, wanted: PastFilter, page: Any, sort: str, zone: str) -> tuple:
    """What the table shows of a page, and of a question that cannot be meant, why not: rows, pages, summary, what is
    said where there are none, note, addresses of the two files, and what the page remembers."""
    now = services.clock()
    try:
        question = wanted.wanted(now, zone)
    except ValueError as refused:
        return [], 1, "", f"{refused}.", "", no_update, no_update, None
    number = page if isinstance(page, int) and not isinstance(page, bool) and page > 0 else 0
    found = services.closed.page(question, sort, PAGE_SIZE, number * PAGE_SIZE)
    pages = max(1, -(-found.total // PAGE_SIZE))
    if number >= pages:  # gone since it was turned to: an empty page would say "none"
        found = services.closed.page(question, sort, PAGE_SIZE, (pages - 1) * PAGE_SIZE)
    files = [f"{api_way(services.settings)}/alerts/export?{export_query(question, kind)}" for kind in ("csv", "json")]
    return ([past_row(alert, now, zone) for alert in found.alerts], pages, f"{found.total:,}" if found.total else "",
            "" if found.alerts else "No closed alert matches.", note(found), *files,
            {"total": found.total, "start": question.start, "end": question.end, "level": wanted.level,
             "source": wanted.source, "text": wanted.text})


def note(found: ClosedPage) -> str:
    """What a reader should know of where the alerts come from, and of what a file can hold."""
    told = [found.note] if found.note else []
    if found.total > EXPORT_AT_MOST:
        told.append(f"A file holds the newest {EXPORT_AT_MOST:,} of them")
    return ". ".join(told) + "." if told else ""


def waiting_since(services: Services, known: Any) -> int:
    """How many more match than when the rows were last free to move. `known` comes from a browser."""
    if not isinstance(known, Mapping) or not isinstance(known.get("total"), int):
        return 0
    start, end = (value if isinstance(value := known.get(name), int | float) else None for name in ("start", "end"))
    asked = read_past_filter(None, None, None, known.get("level"), known.get("source"), known.get("text"))
    wanted: Wanted = replace(asked.wanted(services.clock(), "UTC"), start=start, end=end)
    return max(0, services.closed.count(wanted) - known["total"])


def counted(services: Services, wanted: PastFilter, zone: str) -> tuple[list, list]:
    """(figures, noise table) of the closed alerts that match."""
    now = services.clock()
    try:
        question = wanted.wanted(now, zone)
    except ValueError as refused:
        return [f"{refused}."], []
    found = services.closed.some(question, COUNTED_AT_MOST)
    start = question.start
    if start is None or len(found.alerts) < found.total:
        start = min((alert.first_seen for alert in found.alerts), default=now)
    made = summary(found.alerts, (now if question.end is None else min(question.end, now)) - start)
    return figures(made, len(found.alerts), found.total), noise(made)


def api_way(settings: Settings) -> str:
    """The relative address of the REST API on this page: it holds also where the host itself lies under a path."""
    return root_way(settings.page_prefix, PAST) + settings.api_prefix[1:]


def zone_of(stamp: Mapping[str, Any]) -> str:
    """The viewer's zone, which comes with each stamp."""
    zone = stamp.get("zone")
    return zone if isinstance(zone, str) else "UTC"
