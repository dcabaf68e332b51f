"""One page of the alert table: which rows, and what is said where there are none. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.alerts.query import AlertIndex
from dashboard.ui.alert_rows import row
from dashboard.ui.layout.alerts import PAGE_SIZE
from dashboard.ui.times import span

STATES_BY_CHOICE = {"open": ("active", "acknowledged"), "active": ("active",), "acknowledged": ("acknowledged",),
                    "resolved": ("resolved",), "all": None}
SORTS_BY_COLUMN = {"level": "level", "what": "message", "age": "age"}
TEXT_LIMIT = 200


@dataclass(frozen=True)
class Filter:
    """What the viewer set; every value comes from a browser and is taken for what it can mean."""

    state: str = "open"
    level: str = ""
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

    def query(self) -> dict[str, Any]:
        """The arguments of `AlertIndex.query` but limit and offset."""
        return {
            "states": STATES_BY_CHOICE.get(self.state, STATES_BY_CHOICE["open"]),
            "levels": [self.level] if self.level else None,
            "source": self.source or None,
            "text": self.text[:TEXT_LIMIT] or None,
            "sort": self.order,
        }


@dataclass(frozen=True)
class TablePage:
    """What the callback hands to the table. `waiting`: alerts that match and are held back."""

    rows: list[dict[str, Any]]
    pages: int
    total: int
    waiting: int
    empty: str


def table_page(index: AlertIndex, wanted: Filter, now: float, held: Sequence[str] | None = None) -> TablePage:
    """The page for `wanted`. With `held`, the ids on screen, those rows stay in place and only their content is
    renewed: while the viewer works in the table nothing moves under the hand.
    """
    query = wanted.query()
    total = index.query(**query, limit=1).total
    pages = max(1, -(-total // PAGE_SIZE))
    # Where the last page is gone since it was turned to, the page that is last now: an empty one would say "no alerts".
    here = index.query(**query, limit=PAGE_SIZE, offset=min(wanted.page, pages - 1) * PAGE_SIZE).alerts
    if held:
        alerts = [alert for key in held if (alert := index.get(key)) is not None]
        waiting = len({alert.key for alert in here} - set(held))
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


def _empty(index: AlertIndex, wanted: Filter, now: float) -> str:
    if not wanted.is_plain:
        return "No alert matches this filter."
    last = index.counts()["last_at"]
    if last is None:
        return "No open alerts. None has been heard of yet."
    return f"No open alerts. The last one fired {span(now - last)} ago."
