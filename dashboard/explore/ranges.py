"""The range that the page shows: two moments, as text for people and URLs, and as a span once it is known when now is.

A range is written as a length back from now (`6h`), as words (`yesterday`, `last week`), as one moment (from then until
now), or as two with `..` or ` to ` between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.explore.span import Span
from dashboard.explore.times import (
    DIGITS_LIMIT,
    LENGTHS_S,
    NOW,
    TEXT_LIMIT,
    UNITS,
    Absolute,
    Moment,
    Relative,
    Step,
    TimeError,
    absolute,
    length_words,
    moment_s,
    parse_moment,
)

RANGE_LIMIT = 2 * TEXT_LIMIT + 4
FUTURE_TOLERANCE_S = 60.0
"""A browser's clock may be so far ahead of ours without its "now" being the future."""
BETWEEN = ".."

PRESETS = (
    ("5m", "5 minutes"), ("15m", "15 minutes"), ("30m", "30 minutes"), ("1h", "1 hour"), ("3h", "3 hours"),
    ("6h", "6 hours"), ("12h", "12 hours"), ("24h", "24 hours"), ("2d", "2 days"), ("7d", "7 days"),
    ("30d", "30 days"), ("90d", "90 days"), ("6M", "6 months"), ("1y", "1 year"))
"""Lengths back from now to choose from: (text of the range, title)."""
_UNIT_WORDS = {"second": "s", "minute": "m", "hour": "h", "day": "d", "week": "w", "month": "M", "year": "y"}


@dataclass(frozen=True, slots=True)
class Range:
    """From one moment to another; equal ranges have the same text."""

    start: Moment
    end: Moment = NOW

    @property
    def live(self) -> bool:
        """Whether it ends now, whenever that is."""
        return self.end == NOW

    @property
    def text(self) -> str:
        """The canonical form: `parse_range` of it gives the same range, in any zone."""
        if self in _WORD_OF:
            return _WORD_OF[self]
        if self.live and isinstance(self.start, Relative) and len(self.start.steps) == 1:
            step = self.start.steps[0]
            if step.amount is not None and step.amount < 0:
                return f"{-step.amount}{step.unit}"
        return f"{self.start.text}{BETWEEN}{self.end.text}"


def _whole(back: int, unit: str) -> Range:
    """The unit that lies so many units back, from its beginning to its end; of the present one what there is of it."""
    floor = Step(None, unit)
    if back <= 0:
        return Range(Relative((floor,)))
    moment = Relative((Step(-back, unit), floor))
    return Range(moment, moment)


WORDS = {
    "today": _whole(0, "d"), "yesterday": _whole(1, "d"),
    "this week": _whole(0, "w"), "last week": _whole(1, "w"),
    "this month": _whole(0, "M"), "last month": _whole(1, "M"),
    "this year": _whole(0, "y"), "last year": _whole(1, "y"),
}
"""Ranges that have a name."""
_WORD_OF = {named: word for word, named in WORDS.items()}


def parse_range(text: str, zone: str = "UTC") -> Range:
    """The range that is written; times without an offset are of `zone`.

    Raises:
        TimeError: what is wrong with it.
    """
    if len(text) > RANGE_LIMIT:
        raise TimeError(f"a range has at most {RANGE_LIMIT} characters")
    text = " ".join(text.split())
    lowered = text.lower()
    if lowered in WORDS:
        return WORDS[lowered]
    length = _length(text) or _length_in_words(lowered)
    if length is not None:
        return Range(Relative((length,)))
    for between in (BETWEEN, " to "):
        start, found, end = text.partition(between)
        if found:
            return parse_ends(start, end, zone)
    return Range(parse_moment(text, zone))


def parse_ends(start: str, end: str, zone: str = "UTC") -> Range:
    """The range between two written moments; an empty end is now.

    Raises:
        TimeError: what is wrong, and with which of the two.
    """
    moments = []
    for name, text in (("start", start), ("end", end if end.strip() else NOW.text)):
        try:
            moments.append(parse_moment(text, zone))
        except TimeError as error:
            raise TimeError(f"{name}: {error}") from None
    return Range(*moments)


def resolve(chosen: Range, now: float, zone: str, kept_s: float) -> Span:
    """The range in Unix seconds, as `now` is; `kept_s` is how far back anything is kept.

    An end that is rounded (`now/d`: tonight) or ahead by no more than FUTURE_TOLERANCE_S is cut to now.

    Raises:
        TimeError: end before start, in the future, or more than is kept.
    """
    start = _named("start", chosen.start, now, zone)
    end = _named("end", chosen.end, now, zone)
    if start > now + FUTURE_TOLERANCE_S:
        raise TimeError(f"start lies {length_words(start - now)} in the future")
    rounded = isinstance(chosen.end, Relative) and chosen.end.rounded_to is not None
    if end > now + FUTURE_TOLERANCE_S and not (rounded and start < now):
        raise TimeError(f"end lies {length_words(end - now)} in the future")
    end = min(end, now)
    if end < start:
        raise TimeError(f"end lies {length_words(start - end)} before start")
    if end == start:
        raise TimeError("start and end are the same moment")
    if start < now - kept_s:
        raise TimeError(f"start lies {length_words(now - start)} back, and {length_words(kept_s)} are kept")
    return Span(start, end)


def resolve_moment(chosen: Moment, now: float, zone: str, kept_s: float) -> float:
    """A moment that has been, in Unix seconds; one that is ahead by no more than FUTURE_TOLERANCE_S is now.

    Raises:
        TimeError: in the future, or further back than anything is kept.
    """
    at = moment_s(chosen, now, zone)
    if at > now + FUTURE_TOLERANCE_S:
        raise TimeError(f"that moment lies {length_words(at - now)} in the future")
    if at < now - kept_s:
        raise TimeError(f"that moment lies {length_words(now - at)} back, and {length_words(kept_s)} are kept")
    return min(at, now)


def of_span(start: float, end: float) -> Range:
    """A range between two Unix times, such as a zoom on a chart, to the millisecond.

    Raises:
        TimeError: outside the years 1970 to 2199.
    """
    first = absolute(math.floor(start * 1_000) / 1_000)
    last = absolute(math.ceil(end * 1_000) / 1_000)
    return Range(first, Absolute(max(last.ms, first.ms + 1)))


def stepped(chosen: Range, steps: int, now: float, zone: str, kept_s: float) -> Range:
    """The range so many of its lengths earlier (negative) or later; at the present it is live again.

    Whole days, weeks, months and years step by what they are: before yesterday comes the day before it, however long
    that was. Nothing steps beyond what is kept.

    Raises:
        TimeError: the range itself cannot be used.
    """
    span = resolve(chosen, now, zone, kept_s)
    if steps == 0 or (steps > 0 and chosen.live):
        return chosen
    found = _whole_units(chosen)
    if found is not None:
        back, unit = found
        whole = _whole(back - steps, unit)
        try:
            resolve(whole, now, zone, kept_s)
        except TimeError:  # it began before what is kept, or this instant
            return chosen
        return whole
    return _placed(span.start + steps * span.length_s, span.length_s, now, kept_s)


def zoomed_out(chosen: Range, now: float, zone: str, kept_s: float) -> Range:
    """Twice as long around its middle, within what is kept; a live range stays live.

    Raises:
        TimeError: the range itself cannot be used.
    """
    span = resolve(chosen, now, zone, kept_s)
    length_s = min(2 * span.length_s, kept_s)
    start = now - length_s if chosen.live else span.start - (length_s - span.length_s) / 2
    return _placed(start, length_s, now, kept_s)


def _placed(start: float, length_s: float, now: float, kept_s: float) -> Range:
    if start + length_s >= now - 0.001:
        return Range(Relative((_step_back(length_s, kept_s),)))
    # To the millisecond a range starts a little earlier: not earlier than what is kept.
    start = max(start, math.ceil((now - kept_s) * 1_000) / 1_000)
    return of_span(start, start + length_s)


def _step_back(length_s: float, kept_s: float) -> Step:
    """A length as one step of hours, minutes or seconds: the largest unit that is exact, the smallest that fits."""
    seconds = max(1, min(math.ceil(length_s), math.floor(kept_s)))
    exact = next(unit for unit in ("h", "m", "s") if seconds % LENGTHS_S[unit] == 0)
    if seconds // LENGTHS_S[exact] < 10**DIGITS_LIMIT:
        return Step(-(seconds // LENGTHS_S[exact]), exact)
    unit = next(unit for unit in ("s", "m", "h") if kept_s // LENGTHS_S[unit] < 10**DIGITS_LIMIT or unit == "h")
    return Step(-min(math.ceil(seconds / LENGTHS_S[unit]), math.floor(kept_s / LENGTHS_S[unit])), unit)


def _named(name: str, moment: Moment, now: float, zone: str) -> float:
    try:
        return moment_s(moment, now, zone, as_end=name == "end")
    except TimeError as error:
        raise TimeError(f"{name}: {error}") from None


def _length(text: str) -> Step | None:
    digits, unit = text[:-1].strip(), text[-1:]
    if unit in UNITS and unit and digits.isascii() and digits.isdigit() and len(digits) <= DIGITS_LIMIT and int(digits):
        return Step(-int(digits), unit)
    return None


def _length_in_words(lowered: str) -> Step | None:
    """`last 6 hours`, `6 hours`, `last hour`."""
    number, found, word = lowered.removeprefix("last ").rpartition(" ")
    unit = _UNIT_WORDS.get(word.removesuffix("s"))
    if unit is None or not (found or lowered.startswith("last ")):
        return None
    return _length((number or "1") + unit)


def _whole_units(chosen: Range) -> tuple[int, str] | None:
    """(how many units back, unit) of a range that is one whole unit; None for any other."""
    start, end = chosen.start, chosen.end
    if not isinstance(start, Relative) or start.rounded_to is None:
        return None
    unit = start.rounded_to
    if len(start.steps) == 1:
        return (0, unit) if end in (NOW, start) else None
    shift = start.steps[0]
    if len(start.steps) == 2 and end == start and shift.unit == unit and shift.amount is not None:
        return -shift.amount, unit
    return None
