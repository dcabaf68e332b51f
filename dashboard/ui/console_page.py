"""An answer for the console's table: its rows, or why the filter line cannot be read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from dashboard.alerts.alert import ACTIVE
from dashboard.alerts.filter_language import FilterError
from dashboard.alerts.query import AlertIndex
from dashboard.ui.alert_page import TablePage, held_alerts, held_rows, known, table_page
from dashboard.ui.alert_question import Line, read_line
from dashboard.ui.console_rows import console_row

UNREADABLE_EMPTY = "Nothing is shown: the filter line cannot be read."


@dataclass(frozen=True)
class Shown:
    """`page` is None where the line could not be read: `rows` are then those on screen, renewed. `error`: children."""

    rows: list[dict[str, Any]]
    page: TablePage | None
    summary: str
    error: list
    known: dict[str, Any] | None


def console_page(index: AlertIndex, asked: tuple[Any, Any, Any], me: str, now: float, zone: str,
                 shown: Sequence[str], hold: bool, seen: Any) -> Shown:
    """`asked` is (filter line, page, sort) as the browser has them; `shown` the keys on screen, held in place where
    `hold` says so. `seen` is what `known` gave before."""
    text, page, sort = asked
    try:
        wanted = read_line(text, me, page, sort)
    except FilterError as refused:
        rows = [console_row(alert, now, zone) for alert in held_alerts(index, shown)]
        return Shown(rows, None, "", error_line(str(text), refused), None)
    held = held_rows(wanted, shown, seen) if hold else None
    made = table_page(index, wanted, now, held, seen, lambda alert, at: console_row(alert, at, zone))
    return Shown(made.rows, made, summary(index, wanted, made), [], None if held else known(index, wanted))


def summary(index: AlertIndex, wanted: Line, made: TablePage) -> str:
    """How many match, and how many of all there are still wait for somebody."""
    waiting = index.counts()[ACTIVE]
    matching = f"{made.total:,} open" if wanted.is_plain else f"{made.total:,} match"
    return f"{matching} · {waiting:,} unacknowledged" if made.total or waiting else ""


def error_line(text: str, refused: FilterError) -> list:
    """Why the line cannot be read, and the line itself with the place marked."""
    at = min(refused.at, len(text))
    end = next((place for place in range(at, len(text)) if text[place].isspace()), len(text))
    return [html.Span(f"▲ {refused}. ", className="tone-warning"),
            html.Code([text[:at], html.Mark(text[at:end] or " "), text[end:]])]
