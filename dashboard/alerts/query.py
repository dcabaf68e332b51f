"""Alerts in order, filtered, sorted and in pages. Pure, and quick: everything a query needs is prepared per alert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from zlib import crc32

from dashboard.alerts.alert import ACTIVE, OPEN_STATES, RESOLVED, STATES, Alert
from dashboard.alerts.filter_language import OTHER, Filter, words_of
from dashboard.alerts.silences import Silence, next_edge, silencing
from dashboard.alerts.stale import SilentSince, never_silent
from dashboard.events import LEVELS, normal_level
from dashboard.reading.leaves import identity

OPEN = "open"
"""A word for both states of an alert that is not resolved."""
MAX_LIMIT = 1_000
"""Alerts on one page, by the REST contract."""
MAX_TEXT = 150
"""Characters of a search that are looked at: more is a slip of the clipboard, or an id that was cut when it came in."""
DEFAULT_SORT = "severity"
_STATE_RANK = {state: rank for rank, state in enumerate(STATES)}


class QueryError(ValueError):
    """A filter, sort or page that there is not; the text says which, for whoever asked."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of alerts, and how many there are on all pages (`total`)."""

    alerts: tuple[Alert, ...]
    total: int


class Entry:
    """An alert with what searching and sorting need of it. `words` are empty until they are first searched.

    `given` is the alert as it follows from its facts, `alert` as it is at the index's time, `mark` a number for what
    differs between the two (0: nothing), `due` when time alone changes it again.
    """

    __slots__ = ("alert", "due", "given", "key", "mark", "order", "urgency", "words")

    def __init__(self, alert: Alert):
        self.alert = self.given = alert
        self.key = alert.key
        self.due: float | None = None
        self.mark = 0
        self.order = (alert.rank, -alert.first_seen, alert.key)  # EMERGENCY first, then newest
        self.urgency = _STATE_RANK[alert.state]
        self.words = ""

    def make_words(self) -> str:
        self.words = words_of(self.alert)
        return self.words

    def known_words(self) -> str:
        return self.words or self.make_words()


_order, _urgency = attrgetter("order"), attrgetter("urgency")
_BY_DEFAULT: Callable[[Entry], Any] = lambda entry: (entry.urgency, entry.order)  # noqa: E731
SORTS: dict[str, Callable[[Entry], Any]] = {
    "severity": _BY_DEFAULT,
    "age": lambda entry: -entry.alert.first_seen,
    "last_seen": lambda entry: entry.alert.last_seen,
    "count": lambda entry: entry.alert.count,
    "state": lambda entry: entry.urgency,
    "component": lambda entry: entry.alert.component.casefold(),
    "source": lambda entry: entry.alert.source.casefold(),
    "level": lambda entry: entry.alert.rank,
    "message": lambda entry: entry.alert.message.casefold(),
}
"""Ascending: severity is unacknowledged first, then EMERGENCY first, then newest; age is youngest first."""


class AlertIndex:
    """All alerts at one moment, each with the state it has then. Immutable; usable from many threads."""

    def __init__(self, alerts: Iterable[Alert], now: float, before: AlertIndex | None = None,
                 silences: Sequence[Silence] = (), silent_since: SilentSince = never_silent):
        """`before`, an earlier index, lends what it prepared for alerts that did not change.

        `silences` and `silent_since` lie over open alerts (`Alert.overlay`).
        """
        known = before._by_key if before is not None else {}
        by_key: dict[str, Entry] = {}
        new: list[Entry] = []
        self._counting = [silence for silence in silences if silence.counts_at(now)]
        as_before = before is not None and before.now <= now and before._counting == self._counting
        next_expiry = next_edge(silences, now)
        self._silent: dict[str, float | None] = {}
        expired = 0

        def since_when(source: str) -> float | None:
            nonlocal next_expiry
            if source not in self._silent:
                self._silent[source], ask = silent_since(source, now)
                if ask is not None and (next_expiry is None or ask < next_expiry):
                    next_expiry = ask
            return self._silent[source]

        # Nothing lies over the alerts that did not before: what is unchanged is taken over after one look at each.
        unchanged = as_before and before is not None and all(
            since_when(source) is None and since is None for source, since in before._silent.items())
        for alert in alerts:
            entry = known.get(alert.key)
            if unchanged and entry is not None and entry.given is alert and entry.due is None:
                by_key[alert.key] = entry
                expired += entry.mark
                continue
            since = None if alert.state == RESOLVED else since_when(alert.source)
            if entry is None or entry.given is not alert or not as_before or entry.alert.stale_since != since or (
                    entry.due is not None and entry.due <= now):
                before_it, entry = entry, self._made(alert, since, now, entry)
                if entry is not before_it:
                    new.append(entry)
            expired += entry.mark
            if entry.due is not None and (next_expiry is None or entry.due < next_expiry):
                next_expiry = entry.due
            by_key[alert.key] = entry
        self.now = now
        self._by_key = by_key
        self.next_expiry = next_expiry
        """When this index is out of date by time alone (Unix seconds); None: never."""
        self.expired = expired
        """A number that differs with what time alone has changed; 0: nothing."""
        # What did not change is in order already, which makes sorting it again a matter of one look at each.
        old = [entry for entry in before._by_order if by_key.get(entry.key) is entry] if before else []
        new = [entry for entry in new if by_key[entry.key] is entry]
        self._by_order = sorted(old + new, key=_order)
        self._by_urgency = sorted(self._by_order, key=_urgency)
        self.all = tuple(entry.alert for entry in self._by_order)
        """EMERGENCY first, then newest."""
        self._counts: dict[str, Any] | None = None
        self._last: tuple[Any, list[Entry]] = None, []

    def _made(self, given: Alert, since: float | None, now: float, before: Entry | None) -> Entry:
        """The entry of an alert at `now`; `before` itself where it shows the same."""
        alert = given.as_of(now)
        due = alert.next_change
        entry = Entry(alert)
        if before is not None and (before.given.message, before.given.component) == (alert.message, alert.component):
            entry.words = before.words
        if alert.state != RESOLVED and (self._counting or since is not None):
            silenced = silencing(self._counting, alert, entry.known_words) if self._counting else None
            alert = entry.alert = alert.overlay(silenced, since)
        if before is not None and before.alert == alert:
            entry = before
        entry.given, entry.due = given, due
        entry.mark = 0 if alert is given else crc32(
            f"{alert.key} {alert.state} {alert.snoozed} {alert.flapping} {alert.silenced_by} {alert.stale}".encode())
        return entry

    def get(self, key: str) -> Alert | None:
        """The alert with this key."""
        entry = self._by_key.get(key)
        return entry.alert if entry else None

    def find(self, alert_id: str, source: str | None = None) -> list[Alert]:
        """The newest alert of each source with the producer's id `alert_id`, by source; an open one is the newest."""
        newest: dict[str, Alert] = {}
        for alert in self.all:
            if alert.id != alert_id or (source is not None and alert.source != source):
                continue
            other = newest.get(alert.source)
            if other is None or (alert.is_open, alert.first_seen) > (other.is_open, other.first_seen):
                newest[alert.source] = alert
        return [newest[name] for name in sorted(newest)]

    def find_any(self, id_or_key: str, source: str | None = None) -> list[Alert]:
        """The alert with this key, else what `find` gives; an id that was cut when it came in is found by the whole."""
        alert = self.get(id_or_key)
        if alert is not None:
            return [alert] if source is None or alert.source == source else []
        return self.find(id_or_key, source) or self.find(identity(id_or_key), source)

    def counts(self) -> dict[str, Any]:
        """`open` by level (worst first), the number in each state, `last_at`: when an alert last fired, or None."""
        if self._counts is None:
            states = Counter([alert.state for alert in self.all])
            levels = Counter([alert.level for alert in self.all if alert.state != RESOLVED])  # filled worst first
            self._counts = {"open": dict(levels), **{state: states[state] for state in STATES},
                            "last_at": max([alert.last_seen for alert in self.all], default=None)}
        return self._counts | {"open": dict(self._counts["open"])}

    def query(self, *, states: Iterable[str] | str | None = None, levels: Iterable[str] | str | None = None,
              source: str | None = None, text: str | None = None, since: float | None = None,
              wanted: Filter | None = None,
              sort: str | Sequence[str] | None = None, limit: int = 25, offset: int = 0) -> Page:
        """A page of the alerts that match everything given.

        `states`: names of STATES, or `open`; `levels`: names, case and aliases as the producer may write them, or
        `other` for all that are none of LEVELS; `text`: words that must all occur in message, component, id or
        source; `since`: Unix seconds, alerts that were open at some time after it; `wanted`: what `filter_language`
        reads; `sort`: one or more of SORTS, `-` before a name turns it round.

        Raises:
            QueryError: there is no such state or sort, or `limit` or `offset` is out of bounds.
        """
        if not 0 <= limit <= MAX_LIMIT:
            raise QueryError(f"limit must be between 0 and {MAX_LIMIT}")
        if offset < 0:
            raise QueryError("offset must not be negative")
        entries = _sorted(self._matching(states, levels, source, text, since, wanted=wanted), sort)
        chosen = entries[offset:offset + limit]
        return Page(tuple(entry.alert for entry in chosen), len(entries))

    def matching(self, *, states: Iterable[str] | str | None = None, levels: Iterable[str] | str | None = None,
                 source: str | None = None, text: str | None = None, wanted: Filter | None = None) -> list[Alert]:
        """All alerts that match, in the order of severity; the filters are those of `query`. Raises QueryError."""
        return [entry.alert for entry in self._matching(states, levels, source, text, None, wanted=wanted)]

    def hit_by(self, silence: Silence) -> list[Alert]:
        """The open alerts that a silence is for, whatever the time, EMERGENCY first, then newest."""
        return [entry.alert for entry in self._by_order
                if entry.alert.state != RESOLVED and silence.matches(entry.alert, entry.known_words)]

    def _matching(self, *filters: Any, wanted: Filter | None = None) -> list[Entry]:
        """The entries that match, not to be changed. A table asks the same twice: for a page, and for what is new."""
        last, found = self._last
        if last != (filters, wanted):
            found = self._match(*filters, wanted=wanted)
            self._last = (filters, wanted), found
        return found

    def _match(self, *filters: Any, wanted: Filter | None) -> list[Entry]:
        entries = self._by_urgency
        for matches in _filters(*filters):
            entries = [entry for entry in entries if matches(entry)]
        if wanted is not None:
            now = self.now
            for test in wanted.tests:  # one after the other over all that is left: half the time of all for each
                entries = [entry for entry in entries if test(entry.alert, now)]
            for word, negated in wanted.texts:
                entries = [entry for entry in entries if (word in (entry.words or entry.make_words())) != negated]
        return entries


def _sorted(entries: list[Entry], sort: str | Sequence[str] | None) -> list[Entry]:
    """`entries`, which are in the order of severity, in the order of `sort`."""
    names = [sort] if isinstance(sort, str) else list(sort or ())
    for name in reversed(names):  # a stable sort by the least important first
        key = SORTS.get(name.removeprefix("-"))
        if key is None:
            raise QueryError(f"sort must be one of {', '.join(SORTS)}")
        if key is not _BY_DEFAULT or name.startswith("-") or len(names) > 1:
            entries = sorted(entries, key=key, reverse=name.startswith("-"))
    return entries


def _filters(states: Iterable[str] | str | None, levels: Iterable[str] | str | None, source: str | None,
             text: str | None, since: float | None) -> list[Callable[[Entry], bool]]:
    found: list[Callable[[Entry], bool]] = []
    if states:
        wanted = _states(states)
        found.append(lambda entry: entry.alert.state in wanted)
    if levels:
        found.append(_has_level([levels] if isinstance(levels, str) else levels))
    if source:
        found.append(lambda entry: entry.alert.source == source)
    if since is not None:
        found.append(lambda entry: entry.alert.is_open or max(entry.alert.resolved_at or 0,
                                                              entry.alert.last_seen) >= since)
    if text:
        found.extend(_contains(word) for word in text[:MAX_TEXT].casefold().split())
    return found


def _has_level(levels: Iterable[str]) -> Callable[[Entry], bool]:
    names = {normal_level(level)[0].casefold() for level in levels}
    if OTHER in names:
        return lambda entry: entry.alert.level not in LEVELS or entry.alert.level.casefold() in names
    return lambda entry: entry.alert.level.casefold() in names


def _contains(word: str) -> Callable[[Entry], bool]:
    return lambda entry: word in (entry.words or entry.make_words())


def _states(states: Iterable[str] | str) -> set[str]:
    wanted: set[str] = set()
    for name in [states] if isinstance(states, str) else states:
        lowered = name.lower()
        if lowered == OPEN:
            wanted |= set(OPEN_STATES)
        elif lowered in STATES:
            wanted.add(lowered)
        else:
            raise QueryError(f"state must be one of {', '.join(STATES)} or {OPEN}")
    return wanted


__all__ = ["ACTIVE", "DEFAULT_SORT", "MAX_LIMIT", "OPEN", "OTHER", "SORTS", "AlertIndex", "Page", "QueryError"]
