"""One value at a time: numbers, texts, times, levels, each read tolerantly and kept within bounds."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import UTC, datetime
from typing import Any

MAX_COMPLAINTS = 20
MAX_COMPLAINT = 200
"""Enough to find the fault in the producer; a message of nothing but faults must not fill the screen."""
MAX_NAME = 200
"""Characters of a source, an id, a component or a metric's dotted name."""
MAX_TEXT = 2_000
"""Characters of a message or a fact; what people read, with room for a short stack trace."""
MAX_ITEMS = 200
"""Entries of one object or list that is kept as sent (details, facts)."""
MAX_VALUES = 2_000
"""Values of all levels together in something that is kept as sent."""

MILLISECONDS_ABOVE = 1e11
"""A number above it is milliseconds: as seconds it would be the year 5138."""
MAX_TIME_S = 253_402_300_800.0
"""The year 10000: nothing later can be printed."""

LEVELS = {"EMERGENCY": 0, "CRITICAL": 1, "ERROR": 2, "WARNING": 3, "INFO": 4}
"""Alert levels with their rank, worst first."""
UNKNOWN_LEVEL_RANK = LEVELS["WARNING"]
LEVEL_ALIASES = {"WARN": "WARNING", "ERR": "ERROR", "FATAL": "CRITICAL", "EMERG": "EMERGENCY"}
NO_LEVEL = "UNKNOWN"
"""Shown for an alert that was sent without a level."""

_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_NOT_FINITE = re.compile(r"\s*[+-]?(?:nan|inf|infinity)\s*", re.IGNORECASE)
_ZONE_WORD = re.compile(r"(?:UTC|GMT)$")


def complain(complaints: list[str], path: str, why: str) -> None:
    """Remember that the leaf at `path` was not understood, as long as there is room."""
    if len(complaints) < MAX_COMPLAINTS:
        complaints.append(f"{path}: {why}"[:MAX_COMPLAINT])


def shown(value: Any) -> str:
    """A value in a complaint: short, and never the inside of a container."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return repr(value[:80])
    return str(value).lower() if isinstance(value, bool) else str(value)


def parse_number(value: Any) -> float | None:
    """A finite float from a number or a number as a string; None for anything else (a boolean is no number)."""
    kind = type(value)
    if kind is float or kind is int:
        pass
    elif kind is str:
        if len(value) > MAX_NAME or not _NUMBER.fullmatch(value):
            return None
    else:
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def is_not_finite(text: str) -> bool:
    """True for a string that means a number no float can hold: `NaN`, `-inf`, `1e400`."""
    return len(text) <= MAX_NAME and bool(_NOT_FINITE.fullmatch(text) or _NUMBER.fullmatch(text))


def number(holder: dict[str, Any], name: str, path: str, complaints: list[str]) -> float | None:
    """`holder[name]` as a finite float; None where absent or null; a complaint where it is something else."""
    value = holder.get(name)
    if value is None or (type(value) is float and math.isfinite(value)):  # as nearly all send it
        return value
    result = parse_number(value)
    if result is None:
        complain(complaints, f"{path}{name}", shown(value))
    return result


def time_of(value: Any) -> float | None:
    """`parse_time`, quicker for Unix seconds as a float."""
    return value if type(value) is float and 0 <= value <= MILLISECONDS_ABOVE else parse_time(value)


def parse_time(value: Any) -> float | None:
    """Unix seconds from ISO 8601 (naive means UTC), Unix seconds or milliseconds; None where it is no time."""
    seconds = _time_of_text(value.strip()) if isinstance(value, str) else _time_of_number(value)
    return seconds if seconds is not None and 0 <= seconds < MAX_TIME_S else None


def _time_of_number(value: Any) -> float | None:
    seconds = parse_number(value)
    if seconds is None:
        return None
    return seconds / 1000 if seconds > MILLISECONDS_ABOVE else seconds


def _time_of_text(text: str) -> float | None:
    if len(text) > MAX_NAME:
        return None
    if len(text) != 8 and _NUMBER.fullmatch(text):  # eight digits are a date: 20260131
        return _time_of_number(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(_ZONE_WORD.sub("", text.upper()).rstrip())
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()


def time(holder: dict[str, Any], name: str, path: str, complaints: list[str]) -> float | None:
    """`holder[name]` as Unix seconds; None where absent; a complaint where it is no time."""
    value = holder.get(name)
    if value is None:
        return None
    result = time_of(value)
    if result is None:
        complain(complaints, f"{path}{name}", shown(value))
    return result


def normal_level(value: Any) -> tuple[str, int]:
    """An alert level and its rank (0 is worst). An unknown one stays as sent and ranks as WARNING."""
    word = text_of(value, MAX_NAME).strip()
    name = word.upper()
    name = LEVEL_ALIASES.get(name, name)
    rank = LEVELS.get(name)
    return (name, rank) if rank is not None else (word or NO_LEVEL, UNKNOWN_LEVEL_RANK)


def text_of(value: Any, limit: int = MAX_TEXT) -> str:
    """A string for the screen, at most `limit` characters; empty where `value` is absent or a container."""
    if isinstance(value, str):
        return value if len(value) <= limit else value[: limit - 1] + "…"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:limit] if isinstance(value, (int, float)) else ""


def optional_text(value: Any, limit: int = MAX_TEXT) -> str | None:
    """Like `text_of`, but None where there is nothing to show."""
    return text_of(value, limit) or None


def identity(value: Any) -> str:
    """An id or a name as a string: integers become digits, and a long one is cut without becoming another's.

    Empty where `value` is no id: absent, blank, a boolean, a container.
    """
    if isinstance(value, str):
        if len(value) <= MAX_NAME:
            return value if value.strip() else ""
        return f"{value[: MAX_NAME - 25]}…{short_hash(value)}" if value.strip() else ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        value = int(value)
    return str(value)[:MAX_NAME]


def short_hash(*parts: str) -> str:
    """Twenty-four hex digits that are the same in every process."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part.encode("utf-8", "replace"))
        digest.update(b"\0")
    return digest.hexdigest()


def texts(value: Any, limit: int) -> tuple[str, ...] | None:
    """A list of strings, at most `limit`; one string counts as a list of one. None where it is neither."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return None
    found = (text_of(_sentence(item)) for item in value[:limit])
    return tuple(item for item in found if item)


def _sentence(item: Any) -> Any:
    """Some producers wrap each sentence in an object."""
    return next((item[name] for name in ("message", "text", "action") if name in item), "") \
        if isinstance(item, dict) else item


def bounded(value: Any) -> Any:
    """A copy of something that is kept as sent: long strings cut, long containers shortened."""
    return _bounded(value, [MAX_VALUES])


def _bounded(value: Any, left: list[int]) -> Any:
    left[0] -= 1
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, dict):
        kept: dict[str, Any] = {}
        for key, item in value.items():
            if left[0] <= 0 or len(kept) >= MAX_ITEMS:
                break
            kept[identity(key)] = _bounded(item, left)
        return kept
    if isinstance(value, list):
        items = []
        for item in value[:MAX_ITEMS]:
            if left[0] <= 0:
                break
            items.append(_bounded(item, left))
        return items
    return value


def details(value: Any, name: str = "details") -> dict[str, Any]:
    """Free details as a bounded object; anything but an object becomes an object of one entry."""
    if isinstance(value, dict):
        return bounded(value)
    return {} if value is None or value == "" else {name: bounded(value)}
