"""What a client asks for, read strictly: anything out of bounds is a 400 in plain words, never a guess."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any

import orjson
from flask import request

from dashboard.events import parse_time
from dashboard.web.answers import Problem

# Notes of 2,000 characters, each up to 12 bytes as an escaped pair, and room for the rest.
JSON_BODY_MAX_BYTES = 64 * 1024

# One word of a query: longer than any name or id there is; what is longer is a mistake or an attack.
WORD_MAX_CHARS = 500

SPAN_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")


def single(name: str) -> str | None:
    """The one value of a query parameter; None where it is absent or empty. Given twice: 400."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise Problem(400, f"{name} is given more than once.")
    if not values or not values[0].strip():
        return None
    if len(values[0]) > WORD_MAX_CHARS:
        raise Problem(400, f"{name} is longer than {WORD_MAX_CHARS} characters.")
    return values[0].strip()


def several(name: str, at_most: int) -> list[str]:
    """All values of a repeatable parameter, in order and without doubles."""
    values = list(dict.fromkeys(value.strip() for value in request.args.getlist(name) if value.strip()))
    if len(values) > at_most:
        raise Problem(400, f"{name} is given more than {at_most} times.")
    if any(len(value) > WORD_MAX_CHARS for value in values):
        raise Problem(400, f"{name} is longer than {WORD_MAX_CHARS} characters.")
    return values


def words(name: str, known: Collection[str]) -> list[str]:
    """Values out of a closed set, ignoring case; repeated or separated by commas. An unknown one: 400."""
    found = [word.strip() for value in request.args.getlist(name) for word in value.split(",") if word.strip()]
    by_lower = {word.lower(): word for word in known}
    if any(word.lower() not in by_lower for word in found):
        raise Problem(400, f"{name} is one of {', '.join(known)}.")
    return list(dict.fromkeys(by_lower[word.lower()] for word in found))


def integer(name: str, default: int, minimum: int, maximum: int | None = None) -> int:
    """A whole number within its bounds."""
    text = single(name)
    if text is None:
        return default
    # `int()` would take 1_000, +5 and Arabic digits, and thousands of digits at some cost.
    value = int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else None
    if value is None or value < minimum or (maximum is not None and value > maximum):
        bounds = f"from {minimum} to {maximum}" if maximum is not None else f"of at least {minimum}"
        raise Problem(400, f"{name} is a whole number {bounds}.")
    return value


def hours(default: float, maximum: float) -> float:
    """The parameter `hours`: above 0, at most what is kept."""
    text = single("hours")
    if text is None:
        return default
    value = _number(text)
    if value is None or not 0 < value <= maximum:
        raise Problem(400, f"hours is a number above 0 and at most {maximum:g}, which is what is kept.")
    return value


def moment(name: str) -> float | None:
    """A time, ISO 8601 or Unix seconds (milliseconds above 1e11), as Unix seconds."""
    text = single(name)
    if text is None:
        return None
    number = _number(text)
    # In a query a `+` means a space: `…T10:00:00+01:00` arrives with one where nobody took care to encode it.
    value = parse_time(number if number is not None else re.sub(r" (?=\d\d:?\d\d$)", "+", text))
    if value is None or not math.isfinite(value):
        raise Problem(400, f"{name} is a time: ISO 8601 or Unix seconds.")
    return value


def read_body(max_bytes: int) -> bytes:
    """The body as sent; 413 where it is longer than allowed, without reading it all."""
    too_large = Problem(413, f"The body is larger than {max_bytes} bytes.")
    if (request.content_length or 0) > max_bytes:
        raise too_large
    pieces: list[bytes] = []
    room = max_bytes + 1
    while room > 0 and (piece := request.stream.read(room)):
        pieces.append(piece)
        room -= len(piece)
    if room <= 0:
        raise too_large
    return b"".join(pieces)


def json_body() -> dict[str, Any]:
    """The body as a JSON object, whatever its content type says; an empty body is an empty object."""
    raw = read_body(JSON_BODY_MAX_BYTES)
    if not raw.strip():
        return {}
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Problem(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Problem(400, "The body is a JSON object.")
    return body


def text_field(body: dict[str, Any], name: str, max_chars: int, required: bool = False) -> str:
    """A string of a JSON body, without white space around it."""
    value = body.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise Problem(400, f"{name} is a text{' and is needed' if required else ''}.")
    value = value.strip()
    if len(value) > max_chars:
        raise Problem(400, f"{name} is longer than {max_chars} characters.")
    return value


def span_field(body: dict[str, Any], name: str, maximum_s: float) -> float | None:
    """A length of time of a JSON body in seconds: a number, or a text such as `90`, `45s`, `30m`, `2h`, `1d`."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, str) and (match := SPAN.fullmatch(value.strip().lower())):
        value = float(match[1]) * SPAN_UNITS_S.get(match[2], 1)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= maximum_s:
        raise Problem(400, f"{name} is seconds above 0 and at most {maximum_s:g}, or a text such as 30m or 2h.")
    return float(value)


def _number(text: str) -> float | None:
    if not re.fullmatch(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})(e[+-]?\d{1,3})?", text, re.ASCII | re.IGNORECASE):
        return None
    value = float(text)
    return value if math.isfinite(value) else None
