"""The window of time a request is about: `range`, or `start` and `end`, as people write them."""

from __future__ import annotations

from dashboard.explore.ranges import Range, parse_ends, parse_range, resolve, resolve_moment
from dashboard.explore.span import Span
from dashboard.explore.times import EXAMPLES, TimeError, parse_moment
from dashboard.explore.zones import find_zone
from dashboard.web.answers import Problem
from dashboard.web.parameters import single

DEFAULT = "24h"


def zone() -> str:
    """The zone whose days are meant, an IANA name; UTC where none is given."""
    name = single("zone")
    if name is not None and find_zone(name) is None:
        raise Problem(400, "zone is the name of a time zone, such as Europe/Zurich.")
    return name or "UTC"


def asked_span(now: float, kept_s: float, default: str | None = DEFAULT) -> Span:
    """The window in Unix seconds. `range` is a length or words (`6h`, `yesterday`), `start` and `end` are moments.

    `default` None: one of them is needed.
    """
    where = zone()
    try:
        return resolve(_asked(where, default), now, where, kept_s)
    except TimeError as error:
        raise Problem(400, sentence(error)) from None


def asked_moment(name: str, now: float, kept_s: float) -> float:
    """A moment that has been, in Unix seconds: `now-1h`, `yesterday`, ISO 8601 or Unix seconds."""
    where, written = zone(), single(name)
    if written is None:
        raise Problem(400, f"{name} is needed: {EXAMPLES}.")
    try:
        return resolve_moment(parse_moment(written, where), now, where, kept_s)
    except TimeError as error:
        raise Problem(400, f"{name}: {error}.") from None


def _asked(where: str, default: str | None) -> Range:
    written, start, end = single("range"), single("start"), single("end")
    if written is not None and (start is not None or end is not None):
        raise Problem(400, "Either range, or start and end.")
    if start is not None:
        return parse_ends(start, end or "", where)
    if end is not None or (written is None and default is None):
        raise Problem(400, "start is needed: now-6h, now/d, 2026-01-31T10:00:00Z or Unix seconds.")
    return parse_range(written or default or DEFAULT, where)


def sentence(error: Exception) -> str:
    """What is wrong, as a sentence of its own."""
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
