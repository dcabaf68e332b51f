"""Alerts that are over: what can be asked of them, whoever keeps them. Pure.

`ClosedAlerts` answers from two readers: the copy in memory, which is quick and up to date but holds the newest only,
and an archive, which may have more. Both understand the same question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Any, Protocol

from dashboard.alerts.alert import RESOLVED, Alert
from dashboard.alerts.query import AlertIndex, QueryError

MAX_LIMIT = 1_000
"""Alerts of one page, by the REST contract."""
EXPORT_AT_MOST = 50_000
"""Alerts of one file: some 60 MB as JSON, and half a minute of one process."""
FIRED, CLOSED, DURATION, LEVEL, MESSAGE = "fired", "closed", "duration", "level", "message"
SORTS = (CLOSED, FIRED, DURATION, LEVEL, MESSAGE)
"""Ascending: oldest, shortest, EMERGENCY first; `-` before a name turns it round."""
NEWEST_FIRST = "-closed"


class ArchiveAway(Exception):
    """The archive cannot be asked; the text says why, in words for an admin."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Alerts that were closed from `start` to `end` (Unix seconds, None: open), of any of `levels` (empty: any).

    `levels`, `source` and `text` are meant as in `AlertIndex.query`.
    """

    start: float | None = None
    end: float | None = None
    levels: tuple[str, ...] = ()
    source: str | None = None
    text: str | None = None

    def in_time(self, alert: Alert) -> bool:
        at = closed_at(alert)
        return (self.start is None or at >= self.start) and (self.end is None or at <= self.end)


class ClosedReader(Protocol):
    """Whoever keeps alerts that are over. Each may raise ArchiveAway."""

    def count(self, wanted: Wanted) -> int: ...

    def page(self, wanted: Wanted, sort: str, limit: int, offset: int) -> Sequence[Alert]: ...

    def each(self, wanted: Wanted) -> Iterator[Alert]:
        """All that are wanted, the newest closed first; asked for in portions."""
        ...

    def get(self, key: str) -> Alert | None: ...


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """A page of closed alerts, and how many there are on all pages. `note`: what a reader should know, or nothing."""

    alerts: tuple[Alert, ...]
    total: int
    note: str = ""


class ClosedInMemory:
    """The reader of this process's own copy: the alerts that Redis keeps. Usable from many threads."""

    def __init__(self, index: Callable[[], AlertIndex]):
        self._index = index
        self._last: tuple[AlertIndex, Wanted, tuple[Alert, ...]] | None = None

    def count(self, wanted: Wanted) -> int:
        return len(self._newest_first(wanted))

    def page(self, wanted: Wanted, sort: str, limit: int, offset: int) -> Sequence[Alert]:
        found = self._newest_first(wanted)
        if sort != NEWEST_FIRST:  # what is equal stays newest first
            found = tuple(sorted(found, key=_KEYS[sort.removeprefix("-")], reverse=sort.startswith("-")))
        return found[offset:offset + limit]

    def each(self, wanted: Wanted) -> Iterator[Alert]:
        return iter(self._newest_first(wanted))

    def get(self, key: str) -> Alert | None:
        alert = self._index().get(key)
        return alert if alert is not None and alert.state == RESOLVED else None

    def _newest_first(self, wanted: Wanted) -> tuple[Alert, ...]:
        """All that match. One question is asked more than once: how many there are, then a page, then the next."""
        index, last = self._index(), self._last
        if last is not None and last[0] is index and last[1] == wanted:
            return last[2]
        matching = index.matching(states=(RESOLVED,), levels=wanted.levels or None, source=wanted.source,
                                  text=wanted.text)
        found = [alert for alert in matching if wanted.in_time(alert)]
        found.sort(key=attrgetter("key"))
        found.sort(key=closed_at, reverse=True)
        self._last = index, wanted, tuple(found)
        return self._last[2]


class ClosedAlerts:
    """Answers from memory where it has all there is, else from the archive; without one, from memory, with a note.

    `archive` None: there is none. `kept`: how many memory keeps, for the note.
    """

    def __init__(self, memory: ClosedReader, archive: ClosedReader | None = None, kept: int = 0):
        self._memory, self._archive, self._kept = memory, archive, kept

    def page(self, wanted: Wanted, sort: str = NEWEST_FIRST, limit: int = 25, offset: int = 0) -> ClosedPage:
        """A page of what is wanted. Raises QueryError: no such sort, or `limit` or `offset` is out of bounds."""
        if sort.removeprefix("-") not in SORTS:
            raise QueryError(f"sort must be one of {', '.join(SORTS)}")
        if not 0 <= limit <= MAX_LIMIT or offset < 0:
            raise QueryError(f"limit must be between 0 and {MAX_LIMIT}, offset not negative")
        reader, total, note = self._choose(wanted)
        try:
            return ClosedPage(tuple(reader.page(wanted, sort, limit, offset)), total, note)
        except ArchiveAway as away:
            return ClosedPage(tuple(self._memory.page(wanted, sort, limit, offset)), self._memory.count(wanted),
                              self._why(away))

    def count(self, wanted: Wanted) -> int:
        """How many are wanted."""
        return self._choose(wanted)[1]

    def some(self, wanted: Wanted, at_most: int) -> ClosedPage:
        """The newest that are wanted, `at_most` of them."""
        reader, total, note = self._choose(wanted)
        try:
            return ClosedPage(tuple(islice(reader.each(wanted), at_most)), total, note)
        except ArchiveAway as away:
            return ClosedPage(tuple(islice(self._memory.each(wanted), at_most)), self._memory.count(wanted),
                              self._why(away))

    def each(self, wanted: Wanted) -> tuple[Iterator[Alert], int]:
        """(all that are wanted one by one, the newest closed first; how many). What is asked for later may raise
        ArchiveAway where the archive goes away in between."""
        reader, total, _ = self._choose(wanted)
        return reader.each(wanted), total

    def get(self, key: str) -> Alert | None:
        """The closed alert with this key; None where nobody who can be asked knows it."""
        found = self._memory.get(key)
        if found is None and self._archive is not None:
            try:
                found = self._archive.get(key)
            except ArchiveAway:
                return None
        return found

    def _choose(self, wanted: Wanted) -> tuple[ClosedReader, int, str]:
        """(who answers, how many are wanted, a note). Where both have as many, memory has what the archive has, and
        what is not yet written there."""
        here = self._memory.count(wanted)
        if self._archive is None:
            return self._memory, here, ""
        try:
            there = self._archive.count(wanted)
        except ArchiveAway as away:
            return self._memory, here, self._why(away)
        return (self._archive, there, "") if there > here else (self._memory, here, "")

    def _why(self, away: ArchiveAway) -> str:
        return f"The history cannot be asked ({away}): these are of the newest {self._kept:,} only"


def closed_at(alert: Alert) -> float:
    """When it was over, Unix seconds."""
    return alert.last_seen if alert.resolved_at is None else alert.resolved_at


def duration_s(alert: Alert) -> float:
    """How long it was open; where the producer's clock was ahead, no time at all."""
    return max(0.0, closed_at(alert) - alert.first_seen)


_KEYS: dict[str, Callable[[Alert], Any]] = {
    CLOSED: closed_at, FIRED: lambda alert: alert.first_seen, DURATION: duration_s,
    LEVEL: lambda alert: alert.rank, MESSAGE: lambda alert: alert.message.casefold()}
