"""Events on their way to the journal and back: many in one string, each with its key and when it was received. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

_HEAD = struct.Struct(">dHI")


class Entry(NamedTuple):
    """One event as it was heard: `raw` its bytes, `key` what makes it the same event, `received` Unix seconds."""

    key: str
    received: float
    raw: bytes


def pack(entries: Iterable[Entry]) -> bytes:
    """The entries as one string; see `journal_scripts` for its form."""
    parts, head = [], _HEAD.pack
    for key, received, raw in entries:
        name = key.encode()
        parts += (head(received, len(name), len(raw)), name, raw)
    return b"".join(parts)


def unpack(packed: bytes) -> list[Entry]:
    """The entries in a string made by `pack`, or by a script of the journal."""
    entries, at = [], 0
    while at < len(packed):
        received, key_length, length = _HEAD.unpack_from(packed, at)
        at += _HEAD.size
        middle, end = at + key_length, at + key_length + length
        entries.append(Entry(packed[at:middle].decode("utf-8", "replace"), received, packed[middle:end]))
        at = end
    return entries
