"""What is known about one alert identity: what the producer said and what people did, each with its place in time.

Facts are never changed, only added; the state of an alert is what follows from them (`lifecycle`). That is what
makes the outcome independent of the order in which processes hear things, and of how often. Times are integers of
microseconds since 1970, so that comparing them is exact wherever they were.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from dashboard.events import AlertResolved, AlertTriggered

MICROSECONDS = 1_000_000
NOTES_LIMIT = 2_000
"""Characters of a note, by the contract. A person is told; what a producer sends is cut."""
PERSON_LIMIT = 200
"""Characters of a name: any e-mail address fits."""
SKEW_NOTICED_US = MICROSECONDS
"""A message may take that long; what is more is the producer's clock being behind ours."""

ACKNOWLEDGE, RESOLVE = "acknowledge", "resolve"
UNACKNOWLEDGE, REOPEN, ASSIGN, SNOOZE, UNSNOOZE = "unacknowledge", "reopen", "assign", "snooze", "unsnooze"
ACTIONS = (ACKNOWLEDGE, UNACKNOWLEDGE, RESOLVE, REOPEN, ASSIGN, SNOOZE, UNSNOOZE)
"""All that a person can do to an alert."""
_RANK_TRIGGER, _RANK_ACKNOWLEDGE, _RANK_RESOLVE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Content:
    """What one trigger said."""

    level: str
    component: str
    message: str
    details: dict[str, Any]
    suggested_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One occurrence. `at` is when the producer says it was, `lag` how much later it was heard (orders equal times).

    `content` is None where it was let go to keep the document small; the occurrence counts all the same, and its
    `level` stays (empty in documents of the first version), since whether an alert got worse depends on it.
    """

    key: str
    at: int
    lag: int
    content: Content | None
    level: str = ""

    @property
    def order(self) -> tuple[int, int, int, str]:
        return self.at, self.at + self.lag, _RANK_TRIGGER, self.key


@dataclass(frozen=True, slots=True)
class Resolution:
    """The producer's word that the alert is over."""

    key: str
    at: int
    lag: int
    by: str
    notes: str

    @property
    def order(self) -> tuple[int, int, int, str]:
        return self.at, self.at + self.lag, _RANK_RESOLVE, self.key


@dataclass(frozen=True, slots=True)
class Click:
    """What a person did: `action` at `clicked` by our clock, placed at `at` in the producer's time.

    `seen` is the newest occurrence that was known at the click: it acts on no alert that began later, and so never
    on one the person cannot have seen. `until` ends an acknowledgement or a snooze (our clock, None: never).
    `target` is whom it is assigned to, or which alert is reopened.
    """

    action: str
    at: int
    lag: int
    clicked: int
    by: str
    notes: str
    until: int | None
    seen: int
    target: str = ""

    @property
    def key(self) -> str:
        return f"{self.action}:{self.clicked}:{self.by}"

    @property
    def order(self) -> tuple[int, int, int, str]:
        return self.at, self.at + self.lag, _RANK_ACKNOWLEDGE if self.action == ACKNOWLEDGE else _RANK_RESOLVE, self.key


Fact = Trigger | Resolution | Click


def microseconds(seconds: float) -> int:
    return round(seconds * MICROSECONDS)


def trigger_of(event: AlertTriggered) -> Trigger:
    """The fact in an ALERT_TRIGGERED. Its place is the envelope's time, else the alert's own, else when it came."""
    at = event.at
    if event.time is None and event.alert_time is not None:
        at = min(event.alert_time, event.received)
    content = Content(event.level, event.component, event.message, event.details, tuple(event.suggested_actions))
    return Trigger(_short(event.key), microseconds(at), microseconds(event.received) - microseconds(at), content,
                   event.level)


def resolution_of(event: AlertResolved) -> Resolution:
    """The fact in an ALERT_RESOLVED."""
    at = microseconds(event.at)
    by = (event.resolved_by or f"producer: {event.source}")[:PERSON_LIMIT]
    return Resolution(_short(event.key), at, microseconds(event.received) - at, by, (event.notes or "")[:NOTES_LIMIT])


def identity_of(source: str, alert_id: str) -> str:
    """Sixteen hex digits for (source, id), the same in every process; whatever the id holds, the result is tame."""
    return digest(8, source, alert_id)


def _short(event_key: str) -> str:
    """Event keys may be long; of 48 bits two of the some 200 kept for an alert never meet."""
    return digest(6, event_key)


def digest(size: int, *parts: str) -> str:
    """`size` bytes of hash as hex, the same in every process."""
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        state.update(b"%d:" % len(encoded) + encoded)  # with lengths: ("ab", "c") is not ("a", "bc")
    return state.hexdigest()
