"""What the page of closed alerts asks for, read with suspicion: it comes from a browser. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dashboard.alerts.past import CLOSED, DURATION, FIRED, LEVEL, MESSAGE, NEWEST_FIRST, Wanted
from dashboard.ui.silence_form import wall_time
from dashboard.ui.times import DAY_S, MINUTE_S, iso

SPANS = {"24h": DAY_S, "7d": 7 * DAY_S, "30d": 30 * DAY_S, "90d": 90 * DAY_S}
"""Seconds by the choices of the page; beside them ALL, and CUSTOM from and to a time."""
ALL, CUSTOM = "all", "custom"
DEFAULT_SPAN = "7d"
SORTS_BY_COLUMN = {"level": LEVEL, "what": MESSAGE, "fired": FIRED, "closed": CLOSED, "duration": DURATION}
PAGE_SIZE = 12  # rows of two lines: with its filters the table stays within a screen of 900 px
TEXT_LIMIT = 200


@dataclass(frozen=True)
class PastFilter:
    """`span` is one of SPANS, ALL or CUSTOM, then `start` and `end` as typed; the rest empty where nothing is asked."""

    span: str = DEFAULT_SPAN
    start: str = ""
    end: str = ""
    level: str = ""
    source: str = ""
    text: str = ""

    def wanted(self, now: float, zone: str) -> Wanted:
        """The question at `now`; what was typed goes by the viewer's clock. Raises ValueError in words for a person."""
        start, end = None, None
        if self.span == CUSTOM:
            start, end = wall_time(self.start, zone, "From"), wall_time(self.end, zone, "To")
            if start is not None and end is not None and end < start:
                raise ValueError("To lies before From")
        elif self.span != ALL:
            start = now // MINUTE_S * MINUTE_S - SPANS[self.span]  # the same question for a minute, page after page
        return Wanted(start, end, (self.level,) if self.level else (), self.source or None, self.text or None)


def read_past_filter(span: Any, start: Any, end: Any, level: Any, source: Any, text: Any) -> PastFilter:
    """A filter of what the browser sent; what is of the wrong kind counts as not set."""
    values = (span, start, end, level, source, text)
    span, start, end, level, source, text = (
        value.strip()[:TEXT_LIMIT] if isinstance(value, str) else "" for value in values)
    known = span in SPANS or span in (ALL, CUSTOM)
    return PastFilter(span if known else DEFAULT_SPAN, start, end, "" if level == "all" else level,
                      "" if source == "all" else source, text)


def order_of(sort: Any) -> str:
    """The order of a clicked header, as `ClosedAlerts.page` takes it; else the newest closed first."""
    first = sort[0] if isinstance(sort, list | tuple) and sort else None
    column = first.get("column_id") if isinstance(first, dict) else None
    name = SORTS_BY_COLUMN.get(column) if isinstance(column, str) else None
    if name is None:
        return NEWEST_FIRST
    return f"-{name}" if first.get("direction") == "desc" else name


def export_query(wanted: Wanted, kind: str) -> str:
    """The query of `GET /alerts/export` for the same alerts."""
    asked = {"format": kind, "start": iso(wanted.start), "end": iso(wanted.end), "level": ",".join(wanted.levels),
             "source": wanted.source, "q": wanted.text}
    return urlencode({name: value for name, value in asked.items() if value})
