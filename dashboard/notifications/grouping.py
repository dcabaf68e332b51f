"""When what is told to whom: the messages that are due, given the alerts, the routes and what was told before.

Pure: times come from the caller and nothing is sent or written. A group is a route and a source: what one producer
is in trouble with reaches a person as one message, however many of its components are hit.

The news of a group is the difference between its open alerts and what was told. News waits `group_s`, so that what
belongs together comes together and what is over by then is never told; messages of a group are `interval_s` apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from msgspec import Struct

from dashboard.alerts.alert import ACTIVE, RESOLVED, Alert
from dashboard.alerts.document import identity_of_key
from dashboard.alerts.facts import MICROSECONDS, UNACKNOWLEDGE, UNSNOOZE
from dashboard.alerts.timeline import EXPIRED, SNOOZE_OVER, WORSE, Change
from dashboard.notifications.routes import Route

NEW, AGAIN, GRAVER, BACK, OVER = "new", "again", "graver", "back", "over"
"""What can be news of an alert: fired; fired again after its end; worse; nobody has it any more; its end."""
FIRST, CHANGE, REPEAT, RECOVERY = "first", "change", "repeat", "recovery"
"""Kinds of message: the first of a group, a change of it, what is still open, and that all is over."""
_COMES_BACK = frozenset({EXPIRED, WORSE, UNACKNOWLEDGE, SNOOZE_OVER, UNSNOOZE})
GroupName = tuple[str, str]
"""Route id and source."""
Members = list[tuple[str, Alert, str, int, Change | None]]
"""Of each alert what is asked of it once for each route: identity, the alert, its key, rank, and when and why nobody
had it any more (None: that never was)."""
CLOCKS_DIFFER_S = 60.0
"""Hosts' clocks differ by less: what was told further in the future was told before our clock was set back."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long news is gathered, how far messages are apart, when what is open is told again (0: never)."""

    group_s: float = 10.0
    interval_s: float = 60.0
    repeat_s: float = 4 * 3_600.0


class Told(Struct, frozen=True):
    """What was told of an open alert: its key, how grave it was, and when (Unix s; None: when its group was told)."""

    key: str
    rank: int
    at: float | None = None


@dataclass(frozen=True, slots=True)
class GroupState:
    """What a group's people know: `told` by identity for each alert told as open; when they were last told anything."""

    told: Mapping[str, Told] = field(default_factory=dict)
    told_at: float | None = None


class News(Struct, frozen=True):
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

    def decide(self, alerts: Sequence[Alert], routes: Sequence[Route], states: Mapping[GroupName, GroupState],
               now: float) -> tuple[list[Due], float | None]:
        """The messages that are due at `now`, and when to ask again though no alert changes (None: never).

        `alerts` are all there are, each as it is at `now`. Whoever has made a message certain puts `after` into
        `states`, and asks again; until then the same message is due.
        """
        seen = _survey(alerts, now)
        groups: dict[GroupName, list[Members]] = {}
        live = [route for route in routes if route.enabled]
        for (source, component, rank), members in seen.speaking.items():
            for route in live:
                if route.takes(source, component, rank):
                    groups.setdefault((route.id, source), []).append(members)
        ids = {route.id for route in live}
        known = {group: state for group, state in states.items() if group[0] in ids}
        missing = {identity for state in known.values() for identity in state.told.keys() - seen.open.keys()}
        ended = _ended(alerts, missing - seen.unsettled)
        due: list[Due] = []
        asks: list[float] = []
        waiting: dict[tuple[GroupName, str], float] = {}
        for group in groups.keys() | known.keys():
            state, members = known.get(group, GroupState()), groups.get(group, [])
            news = _news(members, state, seen, ended, now)
            since = [min(self._noticed.get((group, identity), now), now) for identity in news]  # clocks are set back
            waiting.update(zip(((group, identity) for identity in news), since, strict=True))
            at, repeats = self._due_at(state, members, since, now)
            if at is not None and at <= now:
                due.append(_due(group, state, news, seen, repeats, now))
            elif at is not None:
                asks.append(at)
        self._noticed = waiting
        return due, min(asks, default=None)

    def _due_at(self, state: GroupState, members: Sequence[Members], since: Sequence[float],
                now: float) -> tuple[float | None, bool]:
        """When the group's next message is due, and whether it is a repetition."""
        told_at = None if state.told_at is None or state.told_at > now else state.told_at  # likewise
        if since:
            at = min(since) + self._timing.group_s
            return (at if told_at is None else max(at, told_at + self._timing.interval_s)), False
        if told_at is None or not self._timing.repeat_s:
            return None, False
        waits = any(identity in state.told for part in members for identity, *_ in part)
        return (told_at + max(self._timing.repeat_s, self._timing.interval_s) if waits else None), waits


@dataclass(frozen=True, slots=True)
class Survey:
    """The alerts at one moment, looked at once for all routes.

    `open` is the open alert of each identity that has one; `speaking` are those of them that nobody has and that are
    not held back, by (source, component, rank); `unsettled` are identities that flap though they are over just now.
    """

    open: dict[str, Alert]
    speaking: dict[tuple[str, str, int], Members]
    unsettled: set[str]


def _survey(alerts: Iterable[Alert], now: float) -> Survey:
    opened: dict[str, Alert] = {}
    unsettled: set[str] = set()
    for alert in alerts:
        if alert.state != RESOLVED:
            opened[identity_of_key(alert.key)] = alert
        elif alert.flapping_until is not None:
            unsettled.add(identity_of_key(alert.key))
    speaking: dict[tuple[str, str, int], Members] = {}
    for identity, alert in opened.items():
        if alert.state == ACTIVE and not _held(alert) and identity not in unsettled:
            speaking.setdefault((alert.source, alert.component, alert.rank), []).append(
                (identity, alert, alert.key, alert.rank, _came_back(alert, now)))
    return Survey(opened, speaking, unsettled)


def _held(alert: Alert) -> bool:
    """Whether nobody is to hear of it now: somebody said so, or it comes and goes too often to be news."""
    return alert.snoozed_by is not None or alert.silenced_by is not None or alert.flapping_until is not None


def _ended(alerts: Iterable[Alert], missing: set[str]) -> dict[str, Alert]:
    """The newest alert of each identity that was told as open and is not any more."""
    ended: dict[str, Alert] = {}
    if missing:
        for alert in alerts:
            identity = identity_of_key(alert.key)
            if identity in missing and (identity not in ended or ended[identity].first_seen < alert.first_seen):
                ended[identity] = alert
    return ended


def _news(members: Sequence[Members], state: GroupState, seen: Survey, ended: Mapping[str, Alert],
          now: float) -> dict[str, News]:
    news: dict[str, News] = {}
    group_told_at = state.told_at or 0.0
    for part in members:
        for identity, alert, key, rank, back in part:
            told = state.told.get(identity)
            if told is None:
                news[identity] = News(AGAIN if alert.regressed else NEW, alert)
            elif told.key != key:
                news[identity] = News(AGAIN, alert)
            elif rank < told.rank:
                news[identity] = News(GRAVER, alert)
            elif back is not None:
                told_at = group_told_at if told.at is None else told.at
                if told_at * MICROSECONDS < back.at_us or told_at > now + CLOCKS_DIFFER_S:
                    news[identity] = News(BACK, alert, back.reason)
    for identity in state.told.keys() - seen.open.keys():
        if identity in ended:
            news[identity] = News(OVER, ended[identity])
    return news


def _came_back(alert: Alert, now: float) -> Change | None:
    """The newest entry after which nobody has the alert any more. Entries beside it may have times of the producer,
    so they need not ascend."""
    newest = None
    for entry in alert.timeline:
        if entry.action in _COMES_BACK and entry.at_us <= now * MICROSECONDS and (
                newest is None or newest.at_us < entry.at_us):
            newest = entry
    return newest


def _due(group: GroupName, state: GroupState, news: Mapping[str, News], seen: Survey, repeats: bool,
         now: float) -> Due:
    told = {identity: was for identity, was in state.told.items()
            if identity in seen.open or identity in seen.unsettled}
    told |= {identity: Told(piece.alert.key, piece.alert.rank, now) for identity, piece in news.items()
             if piece.what != OVER}
    still_open = [seen.open[identity] for identity in told if identity in seen.open and identity not in news]
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
