"""One alert while its facts are gone through in the order of their times. Times in microseconds."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.alerts.alert import ACKNOWLEDGED, ACTIVE, RESOLVED, Alert
from dashboard.alerts.facts import ACKNOWLEDGE, MICROSECONDS, Click, Content, Trigger, digest, identity_of
from dashboard.events import normal_level


@dataclass(slots=True)
class Episode:
    """From the first trigger to the resolution. `previous` is the key of the resolution before it.

    `closed` is the resolution's place in the producer's time, `resolved_at` when it was by the clock of whoever did
    it. `newest` is the key of the newest trigger, `content` what it said.
    """

    previous: str
    first: int
    last: int
    count: int = 0
    transitions: int = 0
    newest: str = ""
    content: Content | None = None
    acknowledged_by: str | None = None
    acknowledged_at: int | None = None
    acknowledged_until: int | None = None
    resolved_by: str | None = None
    resolved_at: int | None = None
    closed: int | None = None
    notes: str = ""

    def occurred(self, trigger: Trigger) -> None:
        """One more occurrence, later than all before."""
        self.count += 1
        self.last = trigger.at
        self.newest = trigger.key
        if trigger.content is not None:
            self.content = trigger.content

    def click(self, click: Click) -> None:
        """What a person did, as far as it still applies here."""
        if self.first > click.seen:
            return  # began after what the person saw
        if click.action != ACKNOWLEDGE:
            self.resolve(click.at, click.by, click.notes, click.clicked)
            return
        if self.acknowledged_at is not None and not self._acknowledgement_over(click.clicked):
            return  # somebody was first
        self.acknowledged_by, self.acknowledged_at = click.by, click.clicked
        self.acknowledged_until = click.until
        self.transitions += 1
        self.notes = click.notes or self.notes

    def _acknowledgement_over(self, now: int) -> bool:
        return self.acknowledged_until is not None and self.acknowledged_until <= now

    def resolve(self, place: int, by: str, notes: str, at: int | None = None) -> None:
        """The end, at `place` in the producer's time."""
        self.resolved_by, self.resolved_at, self.closed = by, place if at is None else at, place
        self.transitions += 1
        self.notes = notes or self.notes

    def to_alert(self, source: str, alert_id: str) -> Alert:
        """The alert as everybody sees it. Its key does not change with occurrences that are heard of late."""
        content = self.content or Content("UNKNOWN", "", "", {}, ())
        acknowledged = self.acknowledged_at is not None
        return Alert(
            key=f"{identity_of(source, alert_id)}-{digest(4, self.previous)}",
            id=alert_id, source=source,
            level=content.level, rank=normal_level(content.level)[1], component=content.component,
            message=content.message, details=content.details, suggested_actions=content.suggested_actions,
            state=RESOLVED if self.resolved_at is not None else ACKNOWLEDGED if acknowledged else ACTIVE,
            first_seen=self.first / MICROSECONDS, last_seen=self.last / MICROSECONDS, count=self.count,
            acknowledged_by=self.acknowledged_by, acknowledged_at=_seconds(self.acknowledged_at),
            acknowledged_until=_seconds(self.acknowledged_until),
            resolved_by=self.resolved_by, resolved_at=_seconds(self.resolved_at), notes=self.notes,
            revision=self.count + self.transitions,
        )


def _seconds(at: int | None) -> float | None:
    return None if at is None else at / MICROSECONDS
