"""The filter line: `level:critical state:open source:x age>15m "two words"`, read into a predicate. Pure.

Terms are separated by spaces and must all hold. `-` before a term turns it round. `field:value` compares, with commas
between several values; `age`, `count` and `last` take `>`, `<`, `>=`, `<=`; anything else is text to be found in
message, component, id or source. Quotes keep spaces and colons together: `source:"batch 2"`, `"http://host"`.
Of a person, `me` is whoever asks. It is read character by character in one pass; no text makes that slow.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.alerts.alert import ACKNOWLEDGED, OPEN_STATES, STATES, Alert
from dashboard.events import LEVELS, normal_level

LENGTH_LIMIT = 500
"""Characters of a filter: some thirty terms."""
TERMS_LIMIT = 30
UNITS_S = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, ":": operator.eq}
Test = Callable[[Alert, float], bool]

FLAGS: dict[str, Callable[[Alert], bool]] = {
    "snoozed": lambda alert: alert.snoozed,
    "silenced": lambda alert: alert.silenced_by is not None,
    "stale": lambda alert: alert.stale,
    "flapping": lambda alert: alert.flapping,
    "regressed": lambda alert: alert.regressed,
    "assigned": lambda alert: alert.assigned_to is not None,
}
"""What may follow `is:`, beside the states."""
_WORDS: dict[str, Callable[[Alert], tuple[str | None, ...]]] = {
    "source": lambda alert: (alert.source,),
    "component": lambda alert: (alert.component,),
    "id": lambda alert: (alert.id,),
    "assigned": lambda alert: (alert.assigned_to,),
    "by": lambda alert: (alert.acknowledged_by if alert.is_open else alert.resolved_by,),
    "owner": lambda alert: (alert.assigned_to, alert.acknowledged_by if alert.state == ACKNOWLEDGED else None),
}
OTHER = "other"
"""A word for every level that is none of LEVELS: producers send what they like."""
PEOPLE, ME = ("assigned", "by", "owner"), "me"
"""Fields that name a person, and who that is where it is whoever asks."""
_NUMBERS: dict[str, Callable[[Alert, float], float]] = {
    "age": lambda alert, now: now - alert.first_seen,
    "last": lambda alert, now: now - alert.last_seen,
    "count": lambda alert, now: float(alert.count),
}
FIELDS = ("level", "state", "is", *_WORDS, *_NUMBERS)
"""All there are; a word before a colon that is none of them is a slip, and is told."""


class FilterError(ValueError):
    """The filter cannot be meant; `at` is the place of the term, in characters from the beginning."""

    def __init__(self, message: str, at: int = 0):
        self.at = at
        super().__init__(f"{message} (at character {at + 1})")


@dataclass(frozen=True, slots=True)
class _Term:
    """One term: `field` and `sign` are empty for text."""

    at: int
    negated: bool
    field: str
    sign: str
    value: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as read: tests of (alert, Unix time now), and (text, whether it must not occur), in casefold."""

    tests: tuple[Test, ...] = ()
    texts: tuple[tuple[str, bool], ...] = ()

    def matches(self, alert: Alert, now: float) -> bool:
        """Whether all holds for one alert."""
        if not all(test(alert, now) for test in self.tests):
            return False
        words = words_of(alert) if self.texts else ""
        return all((text in words) != negated for text, negated in self.texts)


def words_of(alert: Alert) -> str:
    """What a text is looked for in."""
    return "\n".join((alert.message, alert.component, alert.id, alert.source)).casefold()


def parse(text: str, me: str = "") -> Filter:
    """What `text` asks; `me` is the name of whoever asks. An empty text holds for every alert. Raises FilterError."""
    if len(text) > LENGTH_LIMIT:
        raise FilterError(f"A filter has at most {LENGTH_LIMIT} characters", LENGTH_LIMIT)
    terms = _terms(text)
    if len(terms) > TERMS_LIMIT:
        raise FilterError(f"A filter has at most {TERMS_LIMIT} terms", terms[TERMS_LIMIT].at)
    tests = tuple(_negated(_test(term, me)) if term.negated else _test(term, me) for term in terms if term.sign)
    return Filter(tests, tuple((term.value.casefold(), term.negated) for term in terms if not term.sign))


def _terms(text: str) -> list[_Term]:
    found: list[_Term] = []
    place, end = 0, len(text)
    while place < end:
        if text[place].isspace():
            place += 1
            continue
        start, negated, field, sign, value, quoted = place, False, "", "", [], False
        if text[place] == "-" and place + 1 < end and not text[place + 1].isspace():
            negated, place = True, place + 1
        while place < end and not text[place].isspace():
            character = text[place]
            if character == '"':
                closing = text.find('"', place + 1)
                if closing < 0:
                    raise FilterError("A quotation mark is not closed", place)
                value.append(text[place + 1:closing])
                quoted, place = True, closing + 1
            elif character in ":<>" and not sign and not quoted and value:
                sign = character
                if character != ":" and text[place + 1:place + 2] == "=":
                    sign += "="
                field, value, place = "".join(value), [], place + len(sign)
            else:
                value.append(character)
                place += 1
        found.append(_Term(start, negated, field.lower(), sign, "".join(value)))
    return found


def _test(term: _Term, me: str) -> Test:
    if term.field not in FIELDS:
        raise FilterError(f"There is no field “{term.field[:40]}”; there are {', '.join(FIELDS)}. "
                          "Text with a colon is put in quotation marks", term.at)
    if not term.value.strip(", "):
        raise FilterError(f"{term.field} has no value", term.at)
    if term.field in _NUMBERS:
        return _number(term)
    if term.sign != ":":
        raise FilterError(f"{term.field} is compared with a colon", term.at)
    values = [value.strip() for value in term.value.split(",") if value.strip()]
    if term.field in _WORDS:
        read, wanted = _WORDS[term.field], {value.casefold() for value in values}
        if term.field in PEOPLE and me and ME in wanted:
            wanted.add(me.casefold())
        return lambda alert, now: any((word or "").casefold() in wanted for word in read(alert))
    return {"level": _levels, "state": _states, "is": _states}[term.field](term, values)


def _levels(term: _Term, values: list[str]) -> Test:
    others = OTHER in {value.lower() for value in values}
    wanted = {normal_level(value)[0] for value in values if value.lower() != OTHER}
    if not wanted <= set(LEVELS):
        raise FilterError(f"level is one of {', '.join(LEVELS).lower()}, {OTHER}", term.at)
    return lambda alert, now: alert.level in wanted or (others and alert.level not in LEVELS)


def _states(term: _Term, values: list[str]) -> Test:
    wanted: set[str] = set()
    flags: list[Callable[[Alert], bool]] = []
    for value in values:
        lowered = value.lower()
        if lowered == "open":
            wanted |= set(OPEN_STATES)
        elif lowered in STATES:
            wanted.add(lowered)
        elif lowered in FLAGS:
            flags.append(FLAGS[lowered])
        else:
            raise FilterError(f"{term.field} is one of open, {', '.join((*STATES, *FLAGS))}", term.at)
    return lambda alert, now: alert.state in wanted or any(flag(alert) for flag in flags)


def _number(term: _Term) -> Test:
    compare, read = _COMPARE[term.sign], _NUMBERS[term.field]
    is_span = term.field != "count"
    text, unit = term.value.lower(), 1.0
    if is_span:
        if term.sign == ":":
            raise FilterError(f"{term.field} is compared with > or <", term.at)
        if text[-1] not in UNITS_S:
            raise FilterError(f"{term.field} is a span such as 90s, 15m, 2h, 3d or 1w", term.at)
        text, unit = text[:-1], UNITS_S[text[-1]]
    # `float()` takes more than a person means: 1e9, inf, 1_000, digits of other scripts.
    plain = 0 < len(text) <= 12 and text.isascii() and text.count(".") <= 1 and text.replace(".", "", 1).isdigit()
    if not plain:
        raise FilterError(f"{term.field} is compared with a number" + (" and its unit, such as 15m" if is_span else ""),
                          term.at)
    limit = float(text) * unit
    assert math.isfinite(limit)
    return lambda alert, now: compare(read(alert, now), limit)


def _negated(test: Test) -> Test:
    return lambda alert, now: not test(alert, now)
