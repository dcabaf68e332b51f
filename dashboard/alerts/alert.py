"""An alert as everybody sees it, and why a transition was refused. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

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

    `state` does not know what time it is: an acknowledgement that has run out is seen by `as_of`.
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

    @property
    def is_open(self) -> bool:
        """True until the alert is resolved."""
        return self.state != RESOLVED

    def state_at(self, now: float) -> str:
        """The state at Unix time `now`: an acknowledgement counts until its `acknowledged_until`."""
        until = self.acknowledged_until
        return ACTIVE if self.state == ACKNOWLEDGED and until is not None and until <= now else self.state

    def as_of(self, now: float) -> Alert:
        """The alert with the state it has at `now`; who had acknowledged it, and until when, stays to be read."""
        state = self.state_at(now)
        return self if state == self.state else replace(self, state=state)

    def to_json(self) -> dict[str, Any]:
        """The fields of the REST contract and `simulated`, ready for JSON; times in ISO 8601 with `Z`."""
        return {
            "key": self.key, "id": self.id, "source": self.source, "simulated": is_simulated(self.source),
            "level": self.level, "component": self.component, "message": self.message, "details": self.details,
            "suggested_actions": list(self.suggested_actions), "state": self.state,
            "first_seen": iso(self.first_seen), "last_seen": iso(self.last_seen), "count": self.count,
            "acknowledged_by": self.acknowledged_by, "acknowledged_at": iso(self.acknowledged_at),
            "acknowledged_until": iso(self.acknowledged_until),
            "resolved_by": self.resolved_by, "resolved_at": iso(self.resolved_at), "notes": self.notes,
        }


class NotAllowed(Exception):
    """The alert's state does not allow the transition: `state` it is in, who made it so (`by`) and when (`at`)."""

    def __init__(self, state: str, by: str | None, at: float | None):
        self.state, self.by, self.at = state, by, at
        super().__init__(f"The alert is already {state}"
                         + (f", by {by}" if by else "") + (f" at {iso(at)}" if at is not None else ""))


class UnknownAlert(LookupError):
    """Nobody knows an alert with this key."""

    def __init__(self, key: str):
        self.key = key
        super().__init__("There is no such alert")


def iso(at: float | None) -> str | None:
    """ISO 8601 in UTC with `Z`, milliseconds; None stays None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
