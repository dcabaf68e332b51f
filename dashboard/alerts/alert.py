"""An alert as everybody sees it, and why a transition was refused. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.alerts.timeline import Change, expiry, extended, snooze_over
from dashboard.alerts.times import iso
from dashboard.event_types import is_simulated

ACTIVE, ACKNOWLEDGED, RESOLVED = "active", "acknowledged", "resolved"
STATES = (ACTIVE, ACKNOWLEDGED, RESOLVED)
"""All states there are, in the order a person works them."""
OPEN_STATES = (ACTIVE, ACKNOWLEDGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert from its first trigger to its resolution. Times are Unix seconds in UTC.

    `key` is ours: stable while the alert lives, safe in a URL, another one for each recurrence of the same `id`.
    `rank` is 0 for EMERGENCY to 4 for INFO. `revision` is the number of occurrences and transitions that made the
    alert what it is; it rises with each change and is the same in every process. `notes` is the newest note.

    `regressed`: it came back after a person had resolved it. `snoozed_until` None with a `snoozed_by`: until it gets
    worse. `flapping_until`: it changes so often that it counts as flapping until then.

    `state` does not know what time it is: what has run out is seen by `as_of`. What lies over an alert and is no
    part of its life (`silenced_by`: a silence's id, `stale_since`: its source has been silent) is set by `overlay`.
    """

    key: str
    id: str
    source: str
    level: str
    component: str = ""
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    suggested_actions: tuple[str, ...] = ()
    state: str = ACTIVE
    first_seen: float
    last_seen: float
    count: int = 1
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    acknowledged_until: float | None = None
    resolved_by: str | None = None
    resolved_at: float | None = None
    notes: str = ""
    rank: int
    revision: int = 1
    regressed: bool = False
    flapping_until: float | None = None
    assigned_to: str | None = None
    assigned_by: str | None = None
    assigned_at: float | None = None
    snoozed_by: str | None = None
    snoozed_at: float | None = None
    snoozed_until: float | None = None
    cleared_itself: bool = False
    silenced_by: str | None = None
    stale_since: float | None = None
    timeline: tuple[Change, ...] = ()

    @property
    def is_open(self) -> bool:
        """True until the alert is resolved."""
        return self.state != RESOLVED

    @property
    def snoozed(self) -> bool:
        """True while a person wants to hear of it only once it is worse or the time is over."""
        return self.snoozed_by is not None

    @property
    def flapping(self) -> bool:
        """True while it changes too often to be news each time; of an alert `as_of` a time."""
        return self.flapping_until is not None

    @property
    def stale(self) -> bool:
        """True while its source is silent, so that nobody knows whether it is still so."""
        return self.stale_since is not None

    @property
    def previous_state(self) -> str | None:
        """The state before the present one; None where it has had no other."""
        return next((entry.old or None for entry in reversed(self.timeline) if entry.old != entry.new), None)

    @property
    def made_by(self) -> tuple[str | None, float | None]:
        """Who made the state what it is, and when (Unix seconds)."""
        entry = next((entry for entry in reversed(self.timeline) if entry.old != entry.new), None)
        return (None, None) if entry is None else (entry.by or None, entry.at_us / 1_000_000)

    @property
    def next_change(self) -> float | None:
        """When the first of what is limited in time ends by itself, Unix seconds; None: nothing is."""
        if self.acknowledged_until is None and self.snoozed_until is None and self.flapping_until is None:
            return None  # nearly all, and this is asked of ten thousand at once
        until = self.acknowledged_until if self.state == ACKNOWLEDGED else None
        for other in (self.snoozed_until, self.flapping_until):
            if other is not None and (until is None or other < until):
                until = other
        return until

    def state_at(self, now: float) -> str:
        """The state at Unix time `now`: an acknowledgement counts until its `acknowledged_until`."""
        until = self.acknowledged_until
        return ACTIVE if self.state == ACKNOWLEDGED and until is not None and until <= now else self.state

    def as_of(self, now: float) -> Alert:
        """The alert as it is at `now`, with what ended by itself in its timeline.

        Who had acknowledged it, and until when, stays to be read.
        """
        due = self.next_change
        if due is None or due > now:
            return self
        changes: dict[str, Any] = {}
        entries = []
        state = self.state_at(now)
        if state != self.state:
            changes["state"] = state
            entries.append(expiry(_us(self.acknowledged_until), self.acknowledged_by, self.state, state))
        if self.snoozed_until is not None and self.snoozed_until <= now:
            changes |= {"snoozed_by": None, "snoozed_at": None, "snoozed_until": None}
            entries.append(snooze_over(_us(self.snoozed_until), self.snoozed_by, state))
        if self.flapping_until is not None and self.flapping_until <= now:
            changes["flapping_until"] = None
        return replace(self, **changes, timeline=extended(self.timeline, *sorted(entries, key=lambda e: e.at_us)))

    def overlay(self, silenced_by: str | None, stale_since: float | None) -> Alert:
        """The alert with what lies over it; the same object where that is as it was."""
        if (self.silenced_by, self.stale_since) == (silenced_by, stale_since):
            return self
        return replace(self, silenced_by=silenced_by, stale_since=stale_since)

    def to_json(self) -> dict[str, Any]:
        """The fields of the REST contract, `simulated`, then ours, ready for JSON; times in ISO 8601 with `Z`."""
        return {
            "key": self.key, "id": self.id, "source": self.source, "simulated": is_simulated(self.source),
            "level": self.level, "component": self.component, "message": self.message, "details": self.details,
            "suggested_actions": list(self.suggested_actions), "state": self.state,
            "first_seen": iso(self.first_seen), "last_seen": iso(self.last_seen), "count": self.count,
            "acknowledged_by": self.acknowledged_by, "acknowledged_at": iso(self.acknowledged_at),
            "acknowledged_until": iso(self.acknowledged_until),
            "resolved_by": self.resolved_by, "resolved_at": iso(self.resolved_at), "notes": self.notes,
            "previous_state": self.previous_state, "regressed": self.regressed, "flapping": self.flapping,
            "assigned_to": self.assigned_to, "assigned_by": self.assigned_by, "assigned_at": iso(self.assigned_at),
            "snoozed": self.snoozed, "snoozed_by": self.snoozed_by, "snoozed_at": iso(self.snoozed_at),
            "snoozed_until": iso(self.snoozed_until), "silenced_by": self.silenced_by,
            "stale": self.stale, "stale_since": iso(self.stale_since),
        }


def _us(at: float) -> int:
    return round(at * 1_000_000)


class NotAllowed(Exception):
    """The alert does not allow the transition: `state` it is in, who made it so (`by`) and when (`at`).

    `what` says it in more words where the state is not the reason: "snoozed", "assigned to bert".
    """

    def __init__(self, state: str, by: str | None, at: float | None, what: str | None = None):
        self.state, self.by, self.at, self.what = state, by, at, what or state
        super().__init__(f"The alert is already {self.what}"
                         + (f", by {by}" if by else "") + (f" at {iso(at)}" if at is not None else ""))


class UnknownAlert(LookupError):
    """Nobody knows an alert with this key."""

    def __init__(self, key: str):
        self.key = key
        super().__init__("There is no such alert")
