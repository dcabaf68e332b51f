"""What is asked of a table of alerts: which ones, in which order, which page. Pure.

Every value comes from a browser and is taken for what it can mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from dashboard.alerts import filter_language

STATES_BY_CHOICE = {"open": ("active", "acknowledged"), "active": ("active",), "acknowledged": ("acknowledged",),
                    "resolved": ("resolved",), "all": None}
TEXT_LIMIT = 200
OPEN_LINE = "state:open"
"""The filter line of a console that nobody has changed yet."""


class Question:
    """What the overview's panel and the console's table have in common."""

    page: int
    sort: Sequence[Any]
    page_size: ClassVar[int]
    sorts_by_column: ClassVar[Mapping[str, str]]

    @property
    def order(self) -> str:
        """The sort of a clicked header; else unacknowledged first, then severity, then newest."""
        first = self.sort[0] if isinstance(self.sort, (list, tuple)) and self.sort else None
        column = first.get("column_id") if isinstance(first, dict) else None
        name = self.sorts_by_column.get(column) if isinstance(column, str) else None
        if name is None:
            return "severity"
        turned = first.get("direction") == "desc"
        return name.removeprefix("-") if turned and name.startswith("-") else f"-{name}" if turned else name

    @property
    def is_plain(self) -> bool:
        """Whether it asks for all that is open, and for nothing else."""
        raise NotImplementedError

    def filters(self) -> dict[str, Any]:
        """The arguments of `AlertIndex.matching`."""
        raise NotImplementedError

    @property
    def words(self) -> tuple[str, ...]:
        """The filter as the browser has it."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """Two questions of the same name ask for the same rows, in the same order."""
        return repr((self.words, self.order, self.page))

    def query(self) -> dict[str, Any]:
        """The arguments of `AlertIndex.query` but limit and offset."""
        return self.filters() | {"sort": self.order}


@dataclass(frozen=True)
class Filter(Question):
    """What the controls of the overview's panel are set to."""

    page_size = 8  # rows of two lines: the panel stays within a screen of 900 px
    sorts_by_column: ClassVar[Mapping[str, str]] = {"level": "level", "what": "message", "age": "age"}

    state: str = "open"
    level: str = ""  # or `other`: every level that is none of ours
    source: str = ""
    text: str = ""
    page: int = 0
    sort: Sequence[Any] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return self.state, self.level, self.source, self.text

    @property
    def is_plain(self) -> bool:
        return not (self.level or self.source or self.text) and self.state == "open"

    def filters(self) -> dict[str, Any]:
        return {
            "states": STATES_BY_CHOICE.get(self.state, STATES_BY_CHOICE["open"]),
            "levels": [self.level] if self.level else None,
            "source": self.source or None,
            "text": self.text[:TEXT_LIMIT] or None,
        }


@dataclass(frozen=True)
class Line(Question):
    """The console's filter line as it was typed (`text`), and what it means."""

    page_size = 25  # two screens of a desk; more would be slower to draw than to turn to
    # First seen ascending is the oldest first, which is the greatest age first.
    sorts_by_column: ClassVar[Mapping[str, str]] = {
        "level": "level", "what": "message", "source": "source", "state": "state", "first": "-age", "age": "age",
        "count": "count"}

    text: str = OPEN_LINE
    meant: filter_language.Filter = field(default_factory=lambda: filter_language.parse(OPEN_LINE))
    page: int = 0
    sort: Sequence[Any] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return (self.text,)

    @property
    def is_plain(self) -> bool:
        return self.text == OPEN_LINE

    def filters(self) -> dict[str, Any]:
        return {"wanted": self.meant}


def read_filter(state: Any, level: Any, source: Any, text: Any, page: Any, sort: Any) -> Filter:
    """The filter of the overview's controls; what is of the wrong kind counts as not set."""
    state, level, source, text = (value if isinstance(value, str) else "" for value in (state, level, source, text))
    return Filter(state or "open", _unless_all(level), _unless_all(source), text.strip(), read_page(page), sort or ())


def read_line(text: Any, me: str, page: Any, sort: Any) -> Line:
    """The question of a filter line that person `me` has typed. Raises FilterError, which says where and why."""
    text = text if isinstance(text, str) else OPEN_LINE
    return Line(text.strip(), filter_language.parse(text, me), read_page(page), sort or ())


def read_page(page: Any) -> int:
    """The number of a page, from 0."""
    return page if isinstance(page, int) and not isinstance(page, bool) and page > 0 else 0


def _unless_all(choice: str) -> str:
    return "" if choice == "all" else choice
