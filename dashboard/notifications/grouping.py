"""When what is told to whom: the messages that are due, given the alerts, the routes and what was told before.

Pure: times come from the caller and nothing is sent or written. A group is a route and a source: what one producer
is in trouble with reaches a person as one message, however many of its components are hit.

The news of a group is the difference between its open alerts and what was told. News waits `group_s`, so that what
belongs together comes together and what is over by then is never told; messages of a group are `interval_s` apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dashboard.alerts.alert import ACTIVE, RESOLVED, Alert
from dashboard.alerts.document import identity_of_key
from dashboard.alerts.facts import MICROSECONDS, UNACKNOWLEDGE, UNSNOOZE
from dashboard.alerts.timeline import EXPIRED, SNOOZE_OVER, WORSE
from dashboard.notifications.routes import Route

NEW, AGAIN, GRAVER, BACK, OVER = "new", "again", "graver", "back", "over"
"""What can be news of an alert: fired; fired again after its end; worse; nobody has it any more; its end."""
FIRST, CHANGE, REPEAT, RECOVERY = "first", "change", "repeat", "recovery"
"""Kinds of message: the first of a group, a change of it, what is still open, and that all is over."""
_COMES_BACK = frozenset({EXPIRED, WORSE, UNACKNOWLEDGE, SNOOZE_OVER, UNSNOOZE})
MATCHES_KEPT = 20_000
"""Combinations of source, component and level whose routes are remembered."""

GroupName = tuple[str, str]
"""Route id and source."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long news is gathered, how far messages are apart, when what is open is told again (0: never)."""

    group_s: float = 10.0
    interval_s: float = 60.0
    repeat_s: float = 4 * 3_600.0


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an open alert: its key, and how grave it was."""

    key: str
    rank: int


@dataclass(frozen=True, slots=True)
class GroupState:
    """What a group's people know: `told` by identity for each alert told as open; when they were last told anything."""

    told: Mapping[str, Told] = field(default_factory=dict)
    told_at: float | None = None


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news: `what` is one of NEW, AGAIN, GRAVER, BACK, OVER; `why` says it in words where it is known."""

    what: str
    alert: Alert
    why: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is due: the news, what was told before and is still open, and what people know afterwards."""

    group: GroupName
    kind: str
    news: tuple[News, ...]
    still_open: tuple[Alert, ...]
    after: GroupState


class Grouping:
    """Decides; remembers only since when each piece of news has waited."""

    def __init__(self, timing: Timing):
        self._timing = timing
        self._noticed: dict[tuple[GroupName, str], float] = {}
        self._routes: tuple[Route, ...] = ()
        self._matches: dict[tuple[str, str, int], tuple[str, ...]] = {}

    def decide(self, alerts: Sequence[Alert], routes: Sequence[Route], states: Mapping[GroupName, GroupState],
               now: float) -> tuple[list[Due], float | None]:
        """The messages that are due at `now`, and when to ask again though no alert changes (None: never).

        `alerts` are all there are, each as it is at `now`. Whoever has made a message certain puts `after` into
        `states`, and asks again; until then the same message is due.
        """
        self._remember(routes)
        ids = {route.id for route in routes if route.enabled}
        open_now, unsettled = _survey(alerts)
        found: dict[GroupName, list[tuple[str, Alert]]] = {}
        for identity, alert in open_now.items():
            for route_id in self._taking(alert):
                found.setdefault((route_id, alert.source), []).append((identity, alert))
        ended = _ended(alerts, {identity for (route_id, _), state in states.items() if route_id in ids
                                for identity in state.told if identity not in open_now})
        due: list[Due] = []
        asks: list[float] = []
        waiting: dict[tuple[GroupName, str], float] = {}
        for group in found.keys() | {group for group in states if group[0] in ids}:
            state = states.get(group, GroupState())
            members = found.get(group, [])
            news = _news(members, state, open_now, unsettled, ended, now)
            for identity in news:
                waiting[group, identity] = self._noticed.get((group, identity), now)
            at, repeats = self._due_at(state, members, unsettled, [waiting[group, each] for each in news], now)
            if at is not None and at <= now:
                due.append(_due(group, state, news, open_now, unsettled, repeats, now))
            elif at is not None:
                asks.append(at)
        self._noticed = waiting
        return due, min(asks, default=None)

    def _due_at(self, state: GroupState, members: list[tuple[str, Alert]], unsettled: set[str],
                since: list[float], now: float) -> tuple[float | None, bool]:
        """When the group's next message is due, and whether it is a repetition."""
        told_at = None if state.told_at is None or state.told_at > now else state.told_at  # clocks are set back, too
        if since:
            at = min(since) + self._timing.group_s
            return (at if told_at is None else max(at, told_at + self._timing.interval_s)), False
        if told_at is None or not self._timing.repeat_s:
            return None, False
        waits = any(identity in state.told and alert.state == ACTIVE and not _held(alert, identity, unsettled)
                    for identity, alert in members)
        return (told_at + max(self._timing.repeat_s, self._timing.interval_s) if waits else None), waits

    def _remember(self, routes: Sequence[Route]) -> None:
        if self._routes != tuple(routes) or len(self._matches) > MATCHES_KEPT:
            self._routes, self._matches = tuple(routes), {}

    def _taking(self, alert: Alert) -> tuple[str, ...]:
        """Ids of the routes that take the alert; asked for each of ten thousand, so the answer is remembered."""
        kind = (alert.source, alert.component, alert.rank)
        ids = self._matches.get(kind)
        if ids is None:
            ids = self._matches[kind] = tuple(route.id for route in self._routes if route.takes(*kind))
        return ids


def _survey(alerts: Iterable[Alert]) -> tuple[dict[str, Alert], set[str]]:
    """The open alert of each identity that has one, and the identities that flap though they are over just now."""
    open_now: dict[str, Alert] = {}
    unsettled: set[str] = set()
    for alert in alerts:
        if alert.state != RESOLVED:
            open_now[identity_of_key(alert.key)] = alert
        elif alert.flapping_until is not None:
            unsettled.add(identity_of_key(alert.key))
    return open_now, unsettled


def _ended(alerts: Iterable[Alert], missing: set[str]) -> dict[str, Alert]:
    """The newest alert of each identity that was told as open and is not any more."""
    ended: dict[str, Alert] = {}
    if missing:
        for alert in alerts:
            identity = identity_of_key(alert.key)
            if identity in missing and (identity not in ended or ended[identity].first_seen < alert.first_seen):
                ended[identity] = alert
    return ended


def _held(alert: Alert, identity: str, unsettled: set[str]) -> bool:
    """Whether nobody is to hear of it now: somebody said so, or it comes and goes too often to be news."""
    return alert.snoozed or alert.silenced_by is not None or alert.flapping or identity in unsettled


def _news(members: list[tuple[str, Alert]], state: GroupState, open_now: Mapping[str, Alert], unsettled: set[str],
          ended: Mapping[str, Alert], now: float) -> dict[str, News]:
    news: dict[str, News] = {}
    for identity, alert in members:
        if alert.state == ACTIVE and not _held(alert, identity, unsettled):
            piece = _piece(alert, state.told.get(identity), state.told_at, now)
            if piece is not None:
                news[identity] = piece
    for identity in state.told:
        if identity not in open_now and identity not in unsettled and identity in ended:
            news[identity] = News(OVER, ended[identity])
    return news


def _piece(alert: Alert, told: Told | None, told_at: float | None, now: float) -> News | None:
    """What is new about an alert that waits for somebody."""
    if told is None:
        return News(AGAIN if alert.regressed else NEW, alert)
    if told.key != alert.key:
        return News(AGAIN, alert)
    if alert.rank < told.rank:
        return News(GRAVER, alert)
    told_us = (told_at or 0.0) * MICROSECONDS
    if alert.timeline and alert.timeline[-1].at_us > told_us:
        for entry in reversed(alert.timeline):
            if entry.at_us <= told_us:
                break
            if entry.action in _COMES_BACK and entry.at_us <= now * MICROSECONDS:
                return News(BACK, alert, entry.reason)
    return None


def _due(group: GroupName, state: GroupState, news: Mapping[str, News], open_now: Mapping[str, Alert],
         unsettled: set[str], repeats: bool, now: float) -> Due:
    told = {identity: was for identity, was in state.told.items() if identity in open_now or identity in unsettled}
    told |= {identity: Told(piece.alert.key, piece.alert.rank) for identity, piece in news.items()
             if piece.what != OVER}
    still_open = [open_now[identity] for identity in told if identity in open_now and identity not in news]
    if repeats:
        kind = REPEAT
    elif not told:
        kind = RECOVERY
    else:
        kind = CHANGE if state.told else FIRST
    return Due(group, kind, tuple(sorted(news.values(), key=_gravest_first)), tuple(sorted(still_open, key=_order)),
               replace(state, told=told, told_at=now))


def _order(alert: Alert) -> tuple[int, float, str]:
    return alert.rank, -alert.first_seen, alert.key


def _gravest_first(piece: News) -> tuple[bool, tuple[int, float, str]]:
    return piece.what == OVER, _order(piece.alert)
