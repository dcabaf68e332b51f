"""The message as it was sent, made an object for the few who ask for it."""

from __future__ import annotations

from typing import Any

from dashboard.reading.decoding import decode
from dashboard.reading.leaves import bounded

MAX_BODY_BYTES = 65_536
"""A body up to this size is shown as sent; of a larger one a shortened copy."""


def body_of(raw: bytes) -> dict[str, Any]:
    """The object in a message that was read before; only what no JSON can hold is replaced.

    Raises Undecodable for a message that is none.
    """
    body = decode(raw, [])
    return body if len(raw) <= MAX_BODY_BYTES else bounded(body)
