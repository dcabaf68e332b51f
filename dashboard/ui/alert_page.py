"""One page of the alert table: which rows, and what is said where there are none. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any
from zlib import crc32

from dashboard.alerts.alert import Alert
from dashboard.alerts.query import AlertIndex
from dashboard.ui.alert_question import Question
from dashboard.ui.alert_rows import row
from dashboard.ui.times import span

KNOWN_LIMIT = 1_000  # alerts a page remembers as seen: some 11 kB, sent along when its table asks
Row = dict[str, Any]


@dataclass(frozen=True)
class TablePage:
    """What the callback hands to the table. `waiting`: alerts that match and came since rows are held."""

    rows: list[Row]
    pages: int
    total: int
    waiting: int
    empty: str

    @property
    def summary(self) -> str:
        """How many alerts match; nothing where none does."""
        return f"{self.total:,}" if self.total else ""


def known(index: AlertIndex, wanted: Question) -> dict[str, Any]:
    """What a page remembers of its rows: of which `question` they are, `marks` of the newest alerts that match it, and
    where there are more of them than it can remember, `after` (Unix s): only what began later can be told to be new."""
    found = index.matching(**wanted.filters())
    newest = nlargest(KNOWN_LIMIT, found, key=lambda alert: alert.first_seen)
    return {"question": _mark(wanted.name), "marks": [_mark(alert.key) for alert in newest],
            "after": newest[-1].first_seen if len(found) > KNOWN_LIMIT else None}


def _mark(key: str) -> int:
    return crc32(key.encode())


def table_page(index: AlertIndex, wanted: Question, now: float, held: Sequence[str] | None = None,
               seen: Any = None, make_row: Callable[[Alert, float], Row] = row) -> TablePage:
    """The page for `wanted`. With `held`, the ids on screen, those rows stay in place and only their content is
    renewed: while the viewer works in the table nothing moves under the hand. `seen` is what `known` gave when the
    rows were last free to move; it comes from a browser.
    """
    size, query = wanted.page_size, wanted.query()
    here = index.query(**query, limit=size, offset=wanted.page * size)
    pages = max(1, -(-here.total // size))
    if wanted.page >= pages:
        # The last page is gone since it was turned to: the one that is last now. An empty one would say "no alerts".
        here = index.query(**query, limit=size, offset=(pages - 1) * size)
    if held:
        alerts = held_alerts(index, held)
        waiting = _unseen(index, wanted, held, seen)
    else:
        alerts, waiting = list(here.alerts), 0
    rows = [make_row(alert, now) for alert in alerts]
    return TablePage(
        rows=rows,
        pages=pages,
        total=here.total,
        waiting=waiting,
        empty="" if rows else _empty(index, wanted, now),
    )


def held_rows(wanted: Question, shown: Sequence[str], seen: Any) -> list[str] | None:
    """The ids on screen that may stay in their places; None where they are the answer to another question.

    A tick can ask for rows to be held while those of a filter that was just chosen are still on their way.
    """
    is_theirs = isinstance(seen, Mapping) and seen.get("question") == _mark(wanted.name)
    return list(shown) if shown and is_theirs else None


def held_alerts(index: AlertIndex, held: Sequence[str]) -> list[Alert]:
    """The alerts of these keys as they are now, in their order; one that is gone leaves no place."""
    return [alert for key in held if (alert := index.get(key)) is not None]


def _unseen(index: AlertIndex, wanted: Question, held: Sequence[str], seen: Any) -> int:
    """How many alerts match that were not there when the rows were last free to move."""
    seen = seen if isinstance(seen, Mapping) else {}
    marks, after = seen.get("marks"), seen.get("after")
    marks = {mark for mark in marks if isinstance(mark, int)} if isinstance(marks, list) else set()
    marks |= {_mark(key) for key in held}
    since = after if isinstance(after, (int, float)) else float("-inf")
    return sum(alert.first_seen > since and _mark(alert.key) not in marks
               for alert in index.matching(**wanted.filters()))


def _empty(index: AlertIndex, wanted: Question, now: float) -> str:
    if not wanted.is_plain:
        return "No alert matches this filter."
    last = index.counts()["last_at"]
    if last is None:
        return "No open alerts. None has been heard of yet."
    return f"No open alerts. The last one fired {span(now - last)} ago."
