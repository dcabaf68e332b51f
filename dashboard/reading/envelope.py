"""The envelope of a message: of which kind it is, from whom, of when, and where its body stands."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from msgspec import Struct

from dashboard.event_types import UNNAMED
from dashboard.reading.leaves import MAX_NAME, complain, identity, short_hash, shown, text_of, time

KIND_NAMES = ("event_type", "event", "type")
ID_NAMES = ("event_id", "message_id")
MAX_KIND = 64
"""Kinds are counted by name; the names of real ones have less than 20 characters."""
SPELLINGS_REMEMBERED = 64
"""Of kinds: there are eight, in a few spellings."""
MAX_COUNTER_DIGITS = 12
"""An own id of up to so many digits may be a counter, which starts again with its producer."""


class Envelope(Struct):
    """A message half read; `raw` is all of it. `body` is `payload` where that is an object, else the message itself."""

    kind: str
    source: str
    time: float | None
    received: float
    key: str
    document: dict[str, Any]
    body: dict[str, Any]
    path: str
    complaints: list[str]
    raw: bytes

    def find(self, name: str) -> Any:
        """A member of the body, or else of the message around it."""
        value = self.body.get(name)
        return self.document.get(name) if value is None and self.body is not self.document else value

    def base(self) -> dict[str, Any]:
        """The arguments every event has."""
        return {"kind": self.kind, "source": self.source, "time": self.time, "received": self.received,
                "key": self.key, "complaints": tuple(self.complaints)}


def kind_of(document: dict[str, Any]) -> str:
    """The kind in lower case, empty where the message names none."""
    for name in KIND_NAMES:
        value = document.get(name)
        if isinstance(value, str) and (kind := _kind(value) if len(value) <= MAX_KIND else value.strip().lower()):
            return text_of(kind, MAX_KIND)
    lowered = {key.lower(): value for key, value in document.items()} if len(document) < 100 else {}
    found = (lowered.get(name) for name in KIND_NAMES)
    return next((text_of(value.strip().lower(), MAX_KIND) for value in found
                 if isinstance(value, str) and value.strip()), "")


@lru_cache(maxsize=SPELLINGS_REMEMBERED)
def _kind(value: str) -> str:
    return value.strip().lower()


def open_envelope(document: dict[str, Any], kind: str, raw: bytes, received: float,
                  complaints: list[str]) -> Envelope:
    """Find source, time and identity of a message of a known `kind`."""
    payload = document.get("payload")
    body = payload if isinstance(payload, dict) else document
    source = document.get("source")
    if source is None:
        source = body.get("source")
    name = source.strip() if type(source) is str and len(source) <= MAX_NAME else identity(source).strip()
    if not name:
        name = UNNAMED
        if source is not None and source != "":
            complain(complaints, "source", shown(source))
    stamp = time(document, "timestamp", "", complaints)
    if stamp is None and body is not document:
        stamp = time(body, "timestamp", "payload.", complaints)
    return Envelope(kind, name, stamp, received, key_of(document, name, stamp, raw, received), document, body,
                    "" if body is document else "payload.", complaints, raw)


def key_of(document: dict[str, Any], source: str, stamp: float | None, raw: bytes, received: float) -> str:
    """What makes a message the same message: its own id, else its bytes.

    Small integers as ids are counters, which come again after a restart: there the time belongs to the identity. A
    message with neither id nor time may rightly say the same twice, so the second it was heard in tells them apart.
    """
    for name in ID_NAMES:
        own = document.get(name)
        if own is not None and (own := identity(own)):
            counter = own.isdigit() and len(own) <= MAX_COUNTER_DIGITS
            return f"id-{short_hash(source, own, str(stamp) if counter else '')}"
    return key_of_bytes(raw) if stamp is not None else f"{key_of_bytes(raw)}@{int(received)}"


def key_of_bytes(raw: bytes) -> str:
    """What makes a message with a time, and without an id of its own, the same message."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
