"""Moments as people write them: `now-6h`, `now/d`, `now-1d/d`, `yesterday`, ISO 8601, Unix time. Read strictly.

The grammar of the relative ones is Grafana's: `now`, then steps from left to right, `-6h` or `+30m` to move and `/d`
to go to where the day begins. Seconds, minutes and hours are lengths; days, weeks, months and years are what the
viewer's calendar says, so that `now-1d` is the same time of the day before, also where the clocks were changed.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.explore.zones import instant, wall, zone_of

TEXT_LIMIT = 64
"""Characters of one moment: more than its longest canonical form with all its steps."""
STEPS_LIMIT = 6
DIGITS_LIMIT = 5
"""Digits of one step: 99,999 h are 11 years."""
LATEST_S = 7_258_118_400.0
"""2200: no clock shows more, and any calendar arithmetic still works there."""
UNIX_DIGITS = 9
"""A number with fewer digits is a date (20260131) or a slip; Unix seconds have had nine since 1973."""
MILLISECONDS_ABOVE = 1e11
EXAMPLES = "write now-6h, now/d, yesterday, 2026-01-31 10:00 or Unix seconds"

LENGTHS_S = {"s": 1, "m": 60, "h": 3_600}
UNITS = ("s", "m", "h", "d", "w", "M", "y")
"""Second, minute, hour, day, week (from Monday), month, year."""


class TimeError(ValueError):
    """A time or range that cannot be used; the text says what is wrong with it, for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Move by `amount` units; None: go back to where the unit begins."""

    amount: int | None
    unit: str

    @property
    def text(self) -> str:
        return f"/{self.unit}" if self.amount is None else f"{self.amount:+d}{self.unit}"


@dataclass(frozen=True, slots=True)
class Relative:
    """Now, moved by steps."""

    steps: tuple[Step, ...] = ()

    @property
    def text(self) -> str:
        """The canonical form, as it stands in a URL."""
        return "now" + "".join(step.text for step in self.steps)

    @property
    def rounded_to(self) -> str | None:
        """The unit the moment is the beginning of; None where it is none."""
        return self.steps[-1].unit if self.steps and self.steps[-1].amount is None else None


@dataclass(frozen=True, slots=True)
class Absolute:
    """A moment in Unix milliseconds."""

    ms: int

    @property
    def text(self) -> str:
        """ISO 8601 in UTC, with milliseconds only where there are some."""
        seconds, rest = divmod(self.ms, 1_000)
        clock = wall(seconds, "UTC").strftime("%Y-%m-%dT%H:%M:%S")
        return f"{clock}.{rest:03d}Z" if rest else f"{clock}Z"


Moment = Relative | Absolute
NOW = Relative()
WORDS = {
    "today": Relative((Step(None, "d"),)),
    "yesterday": Relative((Step(-1, "d"), Step(None, "d"))),
}


def parse_moment(text: str, zone: str = "UTC") -> Moment:
    """The moment that is written; an ISO time without an offset is one of `zone`.

    Raises:
        TimeError: what is wrong with it.
    """
    text = " ".join(text.split()) if len(text) <= 4 * TEXT_LIMIT else text
    if not text:
        raise TimeError(f"a time is missing: {EXAMPLES}")
    if len(text) > TEXT_LIMIT:
        raise TimeError(f"a time has at most {TEXT_LIMIT} characters")
    lowered = text.lower()
    if lowered in WORDS:
        return WORDS[lowered]
    if lowered.startswith("now"):
        return _relative(text)
    return absolute(_absolute_s(text, zone), text)


def absolute(at: float, text: str = "") -> Absolute:
    """Unix seconds as a moment, to the millisecond.

    Raises:
        TimeError: before 1970, or from 2200 on.
    """
    if not 0 <= at < LATEST_S:
        raise TimeError(f"{_quoted(text or str(at))} lies outside the years 1970 to 2199")
    return Absolute(round(at * 1_000))


def moment_s(moment: Moment, now: float, zone: str, *, as_end: bool = False) -> float:
    """The moment in Unix seconds. `as_end`: of one that is rounded, where its unit ends (`now/d`: tonight).

    Raises:
        TimeError: before 1970, or from 2200 on.
    """
    if isinstance(moment, Absolute):
        return moment.ms / 1_000
    at = now
    try:
        for step in moment.steps:
            at = _began(at, step.unit, zone) if step.amount is None else _moved(at, step.amount, step.unit, zone)
            _check(at, moment)
        if as_end and moment.rounded_to is not None:
            at = _ended(at, moment.rounded_to, zone)
            _check(at, moment)
    except (OverflowError, ValueError) as error:
        if isinstance(error, TimeError):
            raise
        raise TimeError(_outside(moment)) from None  # the calendar itself ends before year 1 and after 9999
    return at


def length_words(seconds: float) -> str:
    """A length of time for a message: the largest unit that says it, `90 min`, `24 h`, `30 d`."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size or seconds == size:
            return f"{round(seconds / size, 1):g} {unit}"
    return f"{round(seconds, 1):g} s"


def _check(at: float, moment: Relative) -> None:
    if not 0 <= at < LATEST_S:
        raise TimeError(_outside(moment))


def _outside(moment: Relative) -> str:
    return f"{_quoted(moment.text)} lies outside the years 1970 to 2199"


def _relative(text: str) -> Relative:
    rest = text[3:].replace(" ", "")
    steps: list[Step] = []
    at = 0
    while at < len(rest):
        if len(steps) == STEPS_LIMIT:
            raise TimeError(f"{_quoted(text)} has more than {STEPS_LIMIT} steps")
        sign, at = rest[at], at + 1
        if sign not in "+-/":
            raise TimeError(f"{_quoted(text)}: after now comes -, + or /, as in now-6h or now/d")
        first = at
        while at < len(rest) and rest[at] in "0123456789":
            at += 1
        digits = rest[first:at]
        unit, at = rest[at:at + 1], at + 1
        steps.append(_step(text, sign, digits, unit))
    return Relative(tuple(step for step in steps if step.amount != 0))


def _step(text: str, sign: str, digits: str, unit: str) -> Step:
    if not unit:
        raise TimeError(f"{_quoted(text)}: a unit is missing at the end; there are {', '.join(UNITS)}")
    if unit not in UNITS:
        raise TimeError(f"{_quoted(text)}: {_quoted(unit)} is no unit; there are {', '.join(UNITS)}")
    if sign == "/":
        if digits:
            raise TimeError(f"{_quoted(text)}: after / comes a unit, as in now/{unit}")
        return Step(None, unit)
    if not digits:
        raise TimeError(f"{_quoted(text)}: a number is missing before {unit}")
    if len(digits) > DIGITS_LIMIT:
        raise TimeError(f"{_quoted(text)}: a step has at most {DIGITS_LIMIT} digits")
    return Step(int(sign + digits), unit)


def _absolute_s(text: str, zone: str) -> float:
    whole, _, fraction = text.partition(".")
    # `float()` would take 1_000, Arabic digits and nan.
    if whole.isascii() and whole.isdigit() and len(whole) >= UNIX_DIGITS and (
            not fraction or (fraction.isascii() and fraction.isdigit())):
        number = float(text)
        return number / 1_000 if number > MILLISECONDS_ABOVE else number
    if len(text) > 16 and text[-6] == " " and text[-3] == ":":
        text = f"{text[:-6]}+{text[-5:]}"  # in a query a + means a space, where nobody took care to encode it
    try:
        clock = datetime.fromisoformat(text)
        return clock.timestamp() if clock.tzinfo is not None else instant(clock, zone)
    except (ValueError, OverflowError, OSError):
        raise TimeError(f"{_quoted(text)} is no time: {EXAMPLES}") from None


def _quoted(text: str) -> str:
    return f'"{text}"'


def _moved(at: float, amount: int, unit: str, zone: str) -> float:
    if unit in LENGTHS_S:
        return at + amount * LENGTHS_S[unit]
    local = wall(at, zone)
    clock = local.replace(tzinfo=None, fold=0)
    if unit in ("d", "w"):
        moved = clock + timedelta(days=amount * (7 if unit == "w" else 1))
    else:
        months = clock.year * 12 + clock.month - 1 + amount * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        if not 1 <= year <= 9999:
            raise OverflowError
        moved = clock.replace(year=year, month=month + 1,
                              day=min(clock.day, calendar.monthrange(year, month + 1)[1]))
    return moved.replace(tzinfo=zone_of(zone), fold=local.fold).timestamp()


def _ended(began: float, unit: str, zone: str) -> float:
    following = _moved(began, 1, unit, zone)
    # A day that had no midnight began late: the next one does not for that.
    return following if unit in LENGTHS_S else _began(following, unit, zone)


def _began(at: float, unit: str, zone: str) -> float:
    local = wall(at, zone)
    if unit in LENGTHS_S:
        ahead_s = local.utcoffset().total_seconds()
        return (at + ahead_s) // LENGTHS_S[unit] * LENGTHS_S[unit] - ahead_s
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)
    if unit == "w":
        midnight -= timedelta(days=midnight.weekday())
    elif unit == "M":
        midnight = midnight.replace(day=1)
    elif unit == "y":
        midnight = midnight.replace(month=1, day=1)
    return instant(midnight, zone)
