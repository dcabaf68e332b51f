"""Messages as they came, kept for inspection: bounded on arrival, made readable when somebody looks."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

RAW_TEXT_BYTES = 4096  # enough to recognise any message; 500 of them stay under 2 MiB
DETAIL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message as it came. `outcome` is "accepted", "filled", "duplicate" or "rejected:<reason>".

    `via` is "redis", "http" or "journal"; `size` is in bytes.
    `detail`: what exactly was wrong with a rejected one.
    """

    received: float
    via: str
    size: int
    outcome: str
    kind: str | None
    source: str | None
    text: str
    detail: str = ""


def readable(message: tuple, detail: str = "") -> RawMessage:
    """What was kept of a message, as text."""
    *fields, head = message
    # A detail may quote half a surrogate pair, which no answer could carry.
    return RawMessage(*fields, _text(head, fields[2]), detail.encode("utf-8", "replace").decode())


def _text(head: bytes, size: int) -> str:
    """Readable whatever it was; a character cut in half at the end of the head is left out, not replaced."""
    return codecs.getincrementaldecoder("utf-8")("replace").decode(head, final=size <= len(head))
