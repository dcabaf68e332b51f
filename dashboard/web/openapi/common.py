"""Parameters and pieces of answers that several rows share."""

from __future__ import annotations

from dashboard.web.api_explore import SOURCES_MOST
from dashboard.web.openapi.operation import Parameter
from dashboard.web.openapi.shapes import COUNT, NUMBER, TEXT, TIME, either, fields, maybe, text, whole
from dashboard.web.parameters import WORD_MAX_CHARS

WORD = text(WORD_MAX_CHARS)
MOMENT = text(WORD_MAX_CHARS, about="ISO 8601 (naive means UTC) or Unix seconds.")
WRITTEN_MOMENT = text(
    WORD_MAX_CHARS, about="`now-6h`, `now/d`, `yesterday`, ISO 8601 (naive means UTC) or Unix seconds.")
HOURS = {"type": "number", "exclusiveMinimum": 0}

SOURCE = Parameter("source", "Its exact name.", WORD)
SOURCES = Parameter("source", "Exact names; default: all.", WORD, repeated=True, most=SOURCES_MOST)
ZONE = Parameter("zone", "Whose days are meant: an IANA name, default UTC.", WORD)
RANGE = Parameter("range", "A length or words: `6h`, `30d`, `yesterday`; in place of `start` and `end`.", WORD)
START = Parameter("start", "Where the window begins.", WRITTEN_MOMENT)
END = Parameter("end", "Where it ends; default: now.", WRITTEN_MOMENT)
WINDOW = (RANGE, START, END, ZONE)
OFFSET = Parameter("offset", "How many to leave out at the beginning.", whole(0, default=0))

SPAN = either({"type": "number", "minimum": 0}, text(WORD_MAX_CHARS), {"type": "null"})
"""Seconds, or a text such as `15m`; null, 0 or `resolved`: no end."""


def limit(most: int, default: int) -> Parameter:
    return Parameter("limit", "At most so many.", whole(1, most, default))


FIGURES = fields(
    count=COUNT, acknowledged=COUNT, resolved=COUNT, mean_acknowledge_s=maybe(NUMBER),
    median_acknowledge_s=maybe(NUMBER), mean_resolve_s=maybe(NUMBER), median_resolve_s=maybe(NUMBER))
"""How alerts were dealt with, in seconds from the first trigger."""
BETWEEN = {"start": TIME, "end": TIME}
MESSAGE = {"message": TEXT}
