"""One page of the alert table: which rows, and what is said where there are none. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any
from zlib import crc32

from dashboard.alerts.query import AlertIndex
from dashboard.ui.alert_rows import row
from dashboard.ui.layout.alerts import PAGE_SIZE
from dashboard.ui.times import span

STATES_BY_CHOICE = {"open": ("active", "acknowledged"), "active": ("active",), "acknowledged": ("acknowledged",),
                    "resolved": ("resolved",), "all": None}
SORTS_BY_COLUMN = {"level": "level", "what": "message", "age": "age"}
TEXT_LIMIT = 200
KNOWN_LIMIT = 1_000  # alerts a page remembers as seen: some 11 kB, sent along when its table asks


@dataclass(frozen=True)
class Filter:
    """What the viewer set; every value comes from a browser and is taken for what it can mean."""

    state: str = "open"
    level: str = ""  # or `other`: every level that is none of ours
    source: str = ""
    text: str = ""
    page: int = 0
    sort: Sequence[Any] = ()

    @property
    def order(self) -> str | list[str]:
        """The sort of a clicked header; else unacknowledged first, then severity, then newest."""
        first = self.sort[0] if isinstance(self.sort, (list, tuple)) and self.sort else None
        column = first.get("column_id") if isinstance(first, dict) else None
        name = SORTS_BY_COLUMN.get(column) if isinstance(column, str) else None
        if name is None:
            return "severity"
        return f"-{name}" if first.get("direction") == "desc" else name

    @property
    def is_plain(self) -> bool:
        return not (self.level or self.source or self.text) and self.state == "open"

    def filters(self) -> dict[str, Any]:
        """The arguments of `AlertIndex.matching`."""
        return {
            "states": STATES_BY_CHOICE.get(self.state, STATES_BY_CHOICE["open"]),
            "levels": [self.level] if self.level else None,
            "source": self.source or None,
            "text": self.text[:TEXT_LIMIT] or None,
        }

    def query(self) -> dict[str, Any]:
        """The arguments of `AlertIndex.query` but limit and offset."""
        return self.filters() | {"sort": self.order}


@dataclass(frozen=True)
class TablePage:
    """What the callback hands to the table. `waiting`: alerts that match and came since rows are held."""

    rows: list[dict[str, Any]]
    pages: int
    total: int
    waiting: int
    empty: str


def known(index: AlertIndex, wanted: Filter) -> dict[str, Any]:
    """What a page remembers of the alerts that match `wanted`: `marks` of the newest, and where there are more of them
    than it can remember, `after` (Unix s): only what began later than that can be told to be new."""
    found = index.matching(**wanted.filters())
    newest = nlargest(KNOWN_LIMIT, found, key=lambda alert: alert.first_seen)
    return {"marks": [_mark(alert.key) for alert in newest],
            "after": newest[-1].first_seen if len(found) > KNOWN_LIMIT else None}


def _mark(key: str) -> int:
    return crc32(key.encode())


def table_page(index: AlertIndex, wanted: Filter, now: float, held: Sequence[str] | None = None,
               seen: Any = None) -> TablePage:
    """The page for `wanted`. With `held`, the ids on screen, those rows stay in place and only their content is
    renewed: while the viewer works in the table nothing moves under the hand. `seen` is what `known` gave when the
    rows were last free to move; it comes from a browser.
    """
    query = wanted.query()
    total = index.query(**query, limit=1).total
    pages = max(1, -(-total // PAGE_SIZE))
    # Where the last page is gone since it was turned to, the page that is last now: an empty one would say "no alerts".
    here = index.query(**query, limit=PAGE_SIZE, offset=min(wanted.page, pages - 1) * PAGE_SIZE).alerts
    if held:
        alerts = [alert for key in held if (alert := index.get(key)) is not None]
        waiting = _unseen(index, wanted, held, seen)
    else:
        alerts, waiting = here, 0
    rows = [row(alert, now) for alert in alerts]
    return TablePage(
        rows=rows,
        pages=pages,
        total=total,
        waiting=waiting,
        empty="" if rows else _empty(index, wanted, now),
    )


def _unseen(index: AlertIndex, wanted: Filter, held: Sequence[str], seen: Any) -> int:
    """How many alerts match that were not there when the rows were last free to move."""
    seen = seen if isinstance(seen, Mapping) else {}
    marks, after = seen.get("marks"), seen.get("after")
    marks = {mark for mark in marks if isinstance(mark, int)} if isinstance(marks, list) else set()
    marks |= {_mark(key) for key in held}
    since = after if isinstance(after, (int, float)) else float("-inf")
    return sum(alert.first_seen > since and _mark(alert.key) not in marks
               for alert in index.matching(**wanted.filters()))


def _empty(index: AlertIndex, wanted: Filter, now: float) -> str:
    if not wanted.is_plain:
        return "No alert matches this filter."
    last = index.counts()["last_at"]
    if last is None:
        return "No open alerts. None has been heard of yet."
    return f"No open alerts. The last one fired {span(now - last)} ago."
