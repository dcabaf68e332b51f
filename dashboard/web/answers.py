"""Answers in strict JSON: what no parser chokes on, and no words that were not meant for the outside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response

JSON_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY

# orjson writes integers of 64 bits; a larger one becomes a float, as every JavaScript client reads it anyway.
INTEGER_MAX = 2**63 - 1

NOTES_HEADER = "X-Monitoring-Notes"
# A proxy may have 4 kB for all headers of an answer, of which ours are one.
NOTES_MAX_CHARS = 1_500


class Problem(Exception):
    """What a request cannot have, in words meant for the client. Becomes `{"success": false, "message": …}`."""

    def __init__(self, status: int, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.fields = fields


def answer(payload: dict[str, Any], status: int = 200) -> Response:
    """`payload` as an answer; NaN and Infinity become null."""
    return Response(to_json(payload), status=status, mimetype="application/json")


def success(**fields: Any) -> Response:
    """200 with `success: true` and the given fields."""
    return answer({"success": True, **fields})


def refuse(status: int, message: str, **fields: Any) -> Response:
    """An error as the contract words it, with `fields` beside."""
    return answer({"success": False, "message": message, **fields}, status)


def file(content: bytes | str, name: str, mimetype: str, notes: Sequence[str] = ()) -> Response:
    """A file to be saved. `notes`: what whoever saves it should know, in a header; a table has no place for it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if notes:
        headers[NOTES_HEADER] = _header_text(" ".join(notes))
    return Response(content, mimetype=mimetype, headers=headers)


def _header_text(text: str) -> str:
    """As a header can carry it: one line of ASCII, cut where it is too long. A note may hold a name from outside."""
    shown = "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= NOTES_MAX_CHARS else shown[:NOTES_MAX_CHARS - 3] + "..."


def to_json(payload: Any) -> bytes:
    """Strict JSON in UTF-8. Lone surrogates, huge integers and foreign types are replaced, never an error."""
    try:
        return orjson.dumps(payload, option=JSON_OPTIONS)
    except TypeError:
        return orjson.dumps(_plain(payload), option=JSON_OPTIONS)


def fields_of(record: Any) -> dict[str, Any]:
    """The fields of a dataclass as they are. `asdict` looks into the value of each, and copies it."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def iso(moment: float | None) -> str | None:
    """Unix seconds as ISO 8601 in UTC with `Z`, to the millisecond; None for None and for what is no time."""
    if moment is None or not math.isfinite(moment):
        return None
    try:
        text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    except (OverflowError, OSError, ValueError):
        return None
    return text.replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > INTEGER_MAX:
        return float(value) if abs(value) < 10**300 else None
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value).encode("utf-8", "replace").decode("utf-8")
