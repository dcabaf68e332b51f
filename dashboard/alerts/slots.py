"""One field of the shared hash as this process has it, and how fields are named."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.alerts.alert import RESOLVED, Alert
from dashboard.alerts.facts import microseconds
from dashboard.alerts.lifecycle import Document, alerts_of, identity_of_key

_DOCUMENT, _ALERT = "d:", "a:"
SILENCES = "s:all"
"""The field that holds all silences."""
SPARE_AT_ONCE = 500
"""So many that are over are found in one go through all."""


def document_name(identity: str) -> str:
    """The field of an identity's document."""
    return _DOCUMENT + identity


def name_of_key(key: str) -> str:
    """The field of the document that alert `key` belongs to."""
    return document_name(identity_of_key(key))


def is_document(name: str) -> bool:
    return name.startswith(_DOCUMENT)


@dataclass(slots=True)
class Slot:
    """One field: its JSON, the alerts in it, and which version of it (`token`, `revision`) Redis has.

    `newest_us` is the time of its newest fact, in microseconds; `facts` is how many its document holds.
    """

    name: str
    body: bytes
    alerts: tuple[Alert, ...]
    newest_us: int
    token: str = ""
    revision: int = 0
    dirty: bool = False
    fingerprint: int = 0
    facts: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is kept for ever: an alert in it is open, or it is that of the silences."""
        return self.name == SILENCES or any(alert.state != RESOLVED for alert in self.alerts)

    @property
    def may_go(self) -> bool:
        """Whether it can be spared where there is no room: all in it is over, and no end would be lost with it."""
        return bool(self.alerts) and not self.is_open and not (self.dirty and is_document(self.name))


def document_slot(document: Document, body: bytes, token: str, revision: int, dirty: bool = False) -> Slot:
    newest = max((fact.at for fact in document.facts.values()), default=document.horizon or 0)
    return Slot(document_name(document.identity), body, alerts_of(document), newest, token, revision, dirty,
                facts=len(document.facts))


def alert_slot(alert: Alert, body: bytes, token: str = "", revision: int = 0, dirty: bool = False) -> Slot:
    return Slot(_ALERT + alert.key, body, (alert,), microseconds(alert.resolved_at or alert.last_seen), token, revision,
                dirty)


def longest_over(slots: Iterable[Slot]) -> list[str]:
    """The names of those that may go, at most SPARE_AT_ONCE; the one that is over for longest is last."""
    oldest = heapq.nsmallest(SPARE_AT_ONCE, (slot for slot in slots if slot.may_go), key=lambda slot: slot.newest_us)
    return [slot.name for slot in reversed(oldest)]
