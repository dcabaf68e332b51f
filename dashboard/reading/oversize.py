"""A message that is too long to be one of ours: its beginning and its size are all that was kept of it."""

from __future__ import annotations

HEAD_BYTES = 4096
"""Enough to recognise it."""


class Oversize(bytes):
    """The beginning of a message of `size` bytes."""

    size: int

    @classmethod
    def of(cls, head: bytes, size: int) -> Oversize:
        """The message of `size` bytes that begins so."""
        made = cls(head[:HEAD_BYTES])
        made.size = size
        return made


def size_of(raw: bytes) -> int:
    """Bytes of a message, whatever was kept of it."""
    return raw.size if type(raw) is Oversize else len(raw)
