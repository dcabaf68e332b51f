"""Bytes to a JSON object, whatever arrives: bounded in size and depth, strict first and tolerant second.

orjson reads every sane message. What it refuses (NaN, 1e400, half a surrogate pair) is one bad leaf in a message that
is otherwise good, so a slower reader takes over, replaces the leaf by null and names it in the complaints.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from dashboard.reading.leaves import MAX_COMPLAINT, complain
from dashboard.reading.oversize import size_of

MAX_BYTES = 1_048_576
"""1 MiB: a hundred times the largest message a producer has reason to send."""
MAX_DEPTH = 32
"""Containers inside containers. Real messages reach 6; the readers below may recurse, and this keeps them shallow."""
MAX_INTEGER_DIGITS = 20
"""Longer integers are read as floats, as orjson does: they fit in no 64 bits, and int() raises above 4,300 digits."""

# An unfinished string runs to the end, so that no start is tried twice and a hostile message costs linear time.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")
_SQUARE, _BACKSLASH = ord("["), ord("\\")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Undecodable(Exception):
    """The bytes are no JSON object; `reason` is one of `dashboard.events.REASONS`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class BadNumber(str):
    """A number that no float can hold, as it was written."""

    __slots__ = ()


def decode(raw: bytes, complaints: list[str]) -> dict[str, Any]:
    """The object `raw` holds. Numbers are finite, strings can be stored anywhere (no NUL, no lone surrogate).

    Raises Undecodable with the reason.
    """
    if (size := size_of(raw)) > MAX_BYTES:
        raise Undecodable("too-large", f"{size} bytes, at most {MAX_BYTES}")
    if _containers(raw) > MAX_DEPTH and is_too_deep(raw):
        raise Undecodable("too-deep", f"more than {MAX_DEPTH} levels")
    try:
        document = orjson.loads(raw)
        clean = _BACKSLASH not in raw or b"\\u0000" not in raw
    except ValueError:
        document, clean = _decode_tolerantly(raw), False
    if not isinstance(document, dict):
        raise Undecodable("not-object", f"a JSON {_name(document)}, not an object")
    return document if clean else _cleaned(document, "", complaints)


def _containers(raw: bytes) -> int:
    """At most so many. To look whether a byte is there at all costs a tenth of counting it."""
    return raw.count(b"{") + (raw.count(b"[") if _SQUARE in raw else 0)


def is_too_deep(raw: bytes) -> bool:
    """True where containers nest deeper than MAX_DEPTH, found without reading the JSON (so without recursion)."""
    brackets = _STRINGS.sub(b"", raw).translate(_AS_SQUARE, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):  # each round takes away the innermost level
        brackets = brackets.replace(b"[]", b"")
        if not brackets:
            return False
    # What closes is deep, then. What never closes is no JSON, but must not be tried if the attempt would go deep.
    return b"[]" in brackets or brackets.startswith(b"[" * (MAX_DEPTH + 1))


def _decode_tolerantly(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Undecodable("not-utf8", f"byte {error.start} is not UTF-8") from None
    try:
        return json.loads(text, parse_constant=BadNumber, parse_float=_finite, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise Undecodable("not-json", str(error)[:200]) from None


def _finite(text: str) -> float | BadNumber:
    value = float(text)
    return BadNumber(text) if value in (float("inf"), float("-inf")) else value


def _integer(text: str) -> int | float | BadNumber:
    if len(text) <= MAX_INTEGER_DIGITS and -(2**63) <= (value := int(text)) < 2**64:
        return value
    return _finite(text)


def _cleaned(value: Any, path: str, complaints: list[str]) -> Any:
    if isinstance(value, BadNumber):
        complain(complaints, path, str(value))
        return None
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        keys = ((key, _UNSTORABLE.sub("\ufffd", key)) for key in value)
        return {clean: _cleaned(value[key], _below(path, f".{clean}" if path else clean), complaints)
                for key, clean in keys}
    if isinstance(value, list):
        return [_cleaned(item, _below(path, f"[{index}]"), complaints) for index, item in enumerate(value)]
    return value


def _below(path: str, step: str) -> str:
    """One step down; cut, so that a huge name above a million values does not cost its length a million times."""
    return (path + step)[:MAX_COMPLAINT]


def _name(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return {list: "list", str: "string"}.get(type(value), "number")
