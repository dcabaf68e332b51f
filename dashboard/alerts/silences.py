"""Silences: which alerts nobody wants to hear of, and when. Pure. What is silenced stays visible, tagged.

A silence is never removed by hand but ended, so that who made it and who ended it can be read for a while.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from dashboard.alerts.alert import Alert, NotAllowed
from dashboard.alerts.filter_language import words_of
from dashboard.alerts.times import iso
from dashboard.events import LEVELS, normal_level
from dashboard.explore.zones import find_zone, zone_of

ACTIVE_AT_MOST = 100
"""Silences that have not ended: each alert is compared with each of them."""
ENDED_KEPT, ENDED_KEPT_S = 100, 30 * 86_400.0
"""Ended ones stay to be read that long, and so many of them."""
TEXT_LIMIT = 200
"""Characters of a name or text to match, and of the reason."""
SPAN_LIMIT_S = 366 * 86_400.0
"""A silence for longer than a year is forgotten; a weekly one has no end of its own."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_MINUTES_A_DAY = 1_440


class UnknownSilence(LookupError):
    """Nobody knows a silence with this id."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """A window of each week by the clocks of `zone`: from `start` to `end` (minutes since midnight) on `days`.

    Days are 0 (Monday) to 6. With an end at or before the start it goes on past midnight, into the next day.
    """

    days: tuple[int, ...]
    start: int
    end: int
    zone: str

    def holds(self, now: float) -> bool:
        """Whether Unix time `now` lies in the window; the end is no part of it."""
        local = datetime.fromtimestamp(now, zone_of(self.zone))
        minute, today = local.hour * 60 + local.minute, local.weekday()
        if self.start < self.end:
            return today in self.days and self.start <= minute < self.end
        yesterday = (local.replace(tzinfo=None) - timedelta(days=1)).weekday()
        return (today in self.days and minute >= self.start) or (yesterday in self.days and minute < self.end)

    def to_json(self) -> dict[str, Any]:
        return {"days": [DAYS[day] for day in self.days], "from": _clock(self.start), "to": _clock(self.end),
                "zone": self.zone}


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Alerts of `levels` and `source` and `component` and with `text` (empty: any), from `starts` to `until`.

    Times are Unix seconds; `until` None: until somebody ends it. With `weekly` it counts only in that window.
    """

    id: str
    by: str
    at: float
    reason: str = ""
    levels: tuple[str, ...] = ()
    source: str = ""
    component: str = ""
    text: str = ""
    starts: float
    until: float | None = None
    weekly: Weekly | None = None
    ended_by: str | None = None
    ended_at: float | None = None

    def matches(self, alert: Alert, words: Callable[[], str] | None = None) -> bool:
        """Whether the alert is one of those it is for, whatever the time. `words`: see `filter_language.words_of`."""
        if self.levels and alert.level not in self.levels:
            return False
        if self.source and alert.source != self.source:
            return False
        if self.component and alert.component.casefold() != self.component.casefold():
            return False
        if not self.text:
            return True
        found = words_of(alert) if words is None else words()
        return all(word in found for word in self.text.casefold().split())

    def is_over(self, now: float) -> bool:
        """Whether it never counts again."""
        return self.ended_at is not None or (self.until is not None and self.until <= now)

    def counts_at(self, now: float) -> bool:
        """Whether it silences at `now`."""
        return not self.is_over(now) and self.starts <= now and (self.weekly is None or self.weekly.holds(now))

    def to_json(self, now: float) -> dict[str, Any]:
        """As REST gives it; `active` says whether it counts now, `over` whether it never will again."""
        return {"id": self.id, "by": self.by, "at": iso(self.at), "reason": self.reason, "levels": list(self.levels),
                "source": self.source, "component": self.component, "text": self.text, "starts": iso(self.starts),
                "until": iso(self.until), "weekly": None if self.weekly is None else self.weekly.to_json(),
                "active": self.counts_at(now), "over": self.is_over(now),
                "ended_by": self.ended_by, "ended_at": iso(self.ended_at)}


def read_silence(body: Mapping[str, Any], *, silence_id: str, by: str, now: float) -> Silence:
    """The silence that a JSON body asks for.

    Keys: `levels`, `source`, `component`, `text` (one at least), `reason`, `starts` and `until` (Unix seconds),
    `weekly` {`days`, `from`, `to`, `zone`}. Raises ValueError in words for a person.
    """
    levels = body.get("levels") or []
    if isinstance(levels, str):
        levels = [levels]
    if not isinstance(levels, list) or not all(isinstance(level, str) for level in levels):
        raise ValueError("levels is a list of names")
    names = tuple(dict.fromkeys(normal_level(level)[0] for level in levels))
    if any(name not in LEVELS for name in names):
        raise ValueError(f"levels are among {', '.join(LEVELS)}")
    texts = {name: _text(body, name) for name in ("source", "component", "text", "reason")}
    if not names and not (texts["source"] or texts["component"] or texts["text"]):
        raise ValueError("A silence names levels, source, component or text; for everything there is none")
    starts, until = _time(body, "starts"), _time(body, "until")
    starts = now if starts is None else max(starts, now)
    weekly = None if body.get("weekly") is None else read_weekly(body["weekly"])
    if until is not None and until <= starts:
        raise ValueError("A silence cannot end in the past, or before it starts")
    if max(starts, until or 0.0) > now + SPAN_LIMIT_S:
        raise ValueError("A silence lasts a year at most; a weekly one needs no end")
    if until is None and weekly is None:
        raise ValueError("A silence has an end (until), or a weekly window")
    return Silence(id=silence_id, by=by, at=now, levels=names, starts=starts, until=until, weekly=weekly, **texts)


def read_weekly(body: Any) -> Weekly:
    """The window in {`days`: ["mon", …], `from`: "22:00", `to`: "06:00", `zone`: "Europe/Berlin"}. ValueError."""
    if not isinstance(body, Mapping):
        raise ValueError("weekly has days, from, to and zone")
    days = body.get("days")
    if not isinstance(days, list) or not days or not all(isinstance(day, str) for day in days):
        raise ValueError(f"days is a list out of {', '.join(DAYS)}")
    lowered = [day.lower()[:3] for day in days]
    if any(day not in DAYS for day in lowered):
        raise ValueError(f"days is a list out of {', '.join(DAYS)}")
    start, end = _minutes(body.get("from"), "from"), _minutes(body.get("to"), "to")
    if start == end:
        raise ValueError("from and to are the same")
    zone = body.get("zone", "UTC")
    where = find_zone(zone) if isinstance(zone, str) else None
    if where is None:
        raise ValueError("zone is a name such as UTC or Europe/Berlin")
    return Weekly(tuple(sorted({DAYS.index(day) for day in lowered})), start, end % _MINUTES_A_DAY, where.key)


def added(silences: tuple[Silence, ...], new: Silence, now: float) -> tuple[Silence, ...]:
    """The silences with a new one. Raises ValueError where there are too many already."""
    if sum(not silence.is_over(now) for silence in silences) >= ACTIVE_AT_MOST:
        raise ValueError(f"There are {ACTIVE_AT_MOST} silences already: end some first")
    return kept((*silences, new), now)


def ended(silences: tuple[Silence, ...], silence_id: str, by: str, now: float) -> tuple[Silence, ...]:
    """The silences with one of them ended. Raises UnknownSilence, and NotAllowed where somebody was first."""
    found = next((silence for silence in silences if silence.id == silence_id), None)
    if found is None:
        raise UnknownSilence("There is no such silence")
    if found.is_over(now):
        raise NotAllowed("ended", found.ended_by, found.until if found.ended_at is None else found.ended_at)
    over = replace(found, ended_by=by, ended_at=now)
    return kept([over if silence is found else silence for silence in silences], now)


def kept(silences: Iterable[Silence], now: float) -> tuple[Silence, ...]:
    """Those that are not over, and of the others the newest, in the order in which they were made."""
    silences = sorted(silences, key=lambda silence: (silence.at, silence.id))
    over = [silence for silence in silences if silence.is_over(now) and _end(silence) > now - ENDED_KEPT_S]
    stay = {silence.id for silence in sorted(over, key=_end)[-ENDED_KEPT:]}
    return tuple(silence for silence in silences if not silence.is_over(now) or silence.id in stay)


def joined(one: Iterable[Silence], other: Iterable[Silence]) -> tuple[Silence, ...]:
    """What two processes know together; of one silence the ended one, and of two ends the earlier, counts."""
    found: dict[str, Silence] = {}
    for silence in (*one, *other):
        known = found.get(silence.id)
        if known is None or _finality(silence) < _finality(known):
            found[silence.id] = silence
    return tuple(sorted(found.values(), key=lambda silence: (silence.at, silence.id)))


def silencing(counting: Iterable[Silence], alert: Alert, words: Callable[[], str]) -> str | None:
    """The id of the first of the silences that count now which is for an alert; None: it is not silenced."""
    return next((silence.id for silence in counting if silence.matches(alert, words)), None)


def next_edge(silences: Iterable[Silence], now: float) -> float | None:
    """When what counts may be another set (Unix seconds, at the latest for a weekly window); None: never."""
    edges = []
    for silence in silences:
        if silence.is_over(now):
            continue
        edges += [edge for edge in (silence.starts, silence.until) if edge is not None and edge > now]
        if silence.weekly is not None:
            edges.append((now // 60 + 1) * 60)  # windows begin and end with a minute
    return min(edges, default=None)


def dump_silences(silences: Iterable[Silence]) -> bytes:
    """As Redis keeps them: strict JSON."""
    return orjson.dumps({"version": 1, "silences": [asdict(silence) for silence in silences]},
                        option=orjson.OPT_SORT_KEYS)


def load_silences(data: bytes) -> tuple[Silence, ...]:
    """What `dump_silences` wrote. Raises ValueError."""
    try:
        tree = orjson.loads(data)
        if tree["version"] != 1:
            raise ValueError(f"version {tree['version']}")
        return tuple(Silence(**row | {"levels": tuple(row["levels"]), "weekly": _weekly(row["weekly"])})
                     for row in tree["silences"])
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(type(error).__name__) from error


def _weekly(row: dict[str, Any] | None) -> Weekly | None:
    return None if row is None else Weekly(tuple(row["days"]), row["start"], row["end"], row["zone"])


def _finality(silence: Silence) -> tuple[float, str]:
    return (math.inf if silence.ended_at is None else silence.ended_at), silence.ended_by or ""


def _end(silence: Silence) -> float:
    return silence.at if silence.ended_at is None and silence.until is None else min(
        end for end in (silence.ended_at, silence.until) if end is not None)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str) or len(value) > TEXT_LIMIT:
        raise ValueError(f"{name} is a text of at most {TEXT_LIMIT} characters")
    return value.strip().encode("utf-8", "replace").decode()


def _time(body: Mapping[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        raise ValueError(f"{name} is a time")
    return float(value)


def _minutes(value: Any, name: str) -> int:
    if value == "24:00" and name == "to":
        return _MINUTES_A_DAY
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{name} is a time of day such as 22:00")
    return int(match[1]) * 60 + int(match[2])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
