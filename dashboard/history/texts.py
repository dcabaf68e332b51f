"""Texts as every database can hold them. Pure."""

from __future__ import annotations

import re

TEXT_LIMIT = 2_000
"""Of what is no name: as long as the note of an alert."""
_NOT_EVERYWHERE = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
"""PostgreSQL holds no NUL, and no database half a surrogate pair; a SQLite file in UTF-16 gives another character back
for the last two, which are none."""


def storable(text: str, limit: int | None = TEXT_LIMIT) -> str:
    """A text that any database gives back as it got it, of at most `limit` characters: `?` is what none could hold."""
    if text.isascii():  # nearly all of them, and quickly seen
        return text.replace("\0", "?")[:limit]
    return _NOT_EVERYWHERE.sub("?", text)[:limit]


def storable_json(document: str) -> str:
    """JSON of the same value, in characters that any database gives back as it got them: others are written out."""
    if document.isascii():
        return document
    return _NOT_EVERYWHERE.sub(lambda found: f"\\u{ord(found[0]):04x}", document)
