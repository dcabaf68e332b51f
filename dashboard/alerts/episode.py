"""One alert while its facts are gone through in the order of their times. Times in microseconds."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.alerts.alert import ACKNOWLEDGED, ACTIVE, RESOLVED, Alert
from dashboard.alerts.facts import (
    ACKNOWLEDGE,
    ASSIGN,
    MICROSECONDS,
    REOPEN,
    RESOLVE,
    SNOOZE,
    UNACKNOWLEDGE,
    UNSNOOZE,
    Click,
    Content,
    Trigger,
    digest,
    identity_of,
)
from dashboard.alerts.timeline import CLEARED, FIRED, NOTE_SHOWN, SEVERITY, WORSE, Change, expiry, extended, snooze_over
from dashboard.events import normal_level

PRODUCER = "producer"
_NAMED = "#"
"""Begins a `previous` of which only its part in the alert's key is known: no fact has such a key."""


@dataclass(slots=True)
class Episode:
    """From the first trigger to the resolution. `previous` is the key of the resolution before it.

    `closed` is the resolution's place in the producer's time, `resolved_at` when it was by the clock of whoever did
    it. `newest` is the key of the newest trigger, `content` what it said, `level` how grave that was. The ranks are
    those at which it was acknowledged and snoozed: what is graver ends both.
    """

    previous: str
    first: int
    last: int
    count: int = 0
    transitions: int = 0
    newest: str = ""
    content: Content | None = None
    level: str = ""
    state: str = ACTIVE
    regressed: bool = False
    acknowledged_by: str | None = None
    acknowledged_at: int | None = None
    acknowledged_until: int | None = None
    acknowledged_rank: int | None = None
    snoozed_by: str | None = None
    snoozed_at: int | None = None
    snoozed_until: int | None = None
    snoozed_rank: int | None = None
    assigned_to: str | None = None
    assigned_by: str | None = None
    assigned_at: int | None = None
    resolved_by: str | None = None
    resolved_at: int | None = None
    cleared_itself: bool = False
    closed: int | None = None
    notes: str = ""
    flapping_until: int | None = None
    timeline: tuple[Change, ...] = ()

    def occurred(self, trigger: Trigger) -> bool:
        """One more occurrence, later than all before; True where its level is another one."""
        self.lapse(trigger.at + trigger.lag)
        self.count += 1
        self.last = trigger.at
        self.newest = trigger.key
        if trigger.content is not None:
            self.content = trigger.content
        if self.count == 1:
            reason = "Came back after a person had resolved it" if self.regressed else "Fired"
            self._enter(trigger.at, FIRED, PRODUCER, f"{reason}, {trigger.level}" if trigger.level else reason, "")
        before, self.level = self.level, trigger.level or self.level
        if not before or before == self.level:
            return False
        self._enter(trigger.at, SEVERITY, PRODUCER, f"{before} to {self.level}")
        self._compare_ranks(trigger.at + trigger.lag)
        return True

    def _compare_ranks(self, at: int) -> None:
        """What is worse than what a person took on, or wanted to be quiet, ends both at once: `at`, by our clock, since
        what people were told, and when, goes by that."""
        rank = normal_level(self.level)[1]
        if self.state == ACKNOWLEDGED and self.acknowledged_rank is not None and rank < self.acknowledged_rank:
            self._enter(at, WORSE, "", f"It got worse than what {self.acknowledged_by} had acknowledged",
                        ACKNOWLEDGED, ACTIVE)
            self.state = ACTIVE
        if self.snoozed_by is not None and self.snoozed_rank is not None and rank < self.snoozed_rank:
            self._enter(at, WORSE, "", f"It got worse than what {self.snoozed_by} had snoozed")
            self._wake()

    def lapse(self, now: int) -> None:
        """What has run out by `now`, by our clock."""
        due = []
        if self.state == ACKNOWLEDGED and self.acknowledged_until is not None and self.acknowledged_until <= now:
            due.append((self.acknowledged_until, ACKNOWLEDGE))
        if self.snoozed_until is not None and self.snoozed_until <= now:
            due.append((self.snoozed_until, SNOOZE))
        for at, what in sorted(due):
            if what == ACKNOWLEDGE:
                self.timeline = extended(self.timeline, expiry(at, self.acknowledged_by, self.state, ACTIVE))
                self.state = ACTIVE
            else:
                self.timeline = extended(self.timeline, snooze_over(at, self.snoozed_by, self.state))
                self._wake()

    def click(self, click: Click) -> None:
        """What a person did, as far as it still applies here."""
        if self.first > click.seen:
            return  # began after what the person saw
        self.lapse(click.clicked)
        if click.action == RESOLVE:
            self.resolve(click.at, click.by, click.notes, click.clicked)
            return
        old = self.state
        if not self._applies(click):
            return  # somebody was first
        reason = "By hand"
        if click.action == ACKNOWLEDGE:
            self.state = ACKNOWLEDGED
            self.acknowledged_by, self.acknowledged_at = click.by, click.clicked
            self.acknowledged_until, self.acknowledged_rank = click.until, self._rank
            reason = "Until it is resolved" if click.until is None else f"For {_minutes(click)}"
        elif click.action == UNACKNOWLEDGE:
            self.state = ACTIVE
            self.acknowledged_by = self.acknowledged_at = self.acknowledged_until = self.acknowledged_rank = None
        elif click.action == ASSIGN:
            before, self.assigned_to = self.assigned_to, click.target or None
            self.assigned_by, self.assigned_at = click.by, click.clicked
            reason = f"To {self.assigned_to or 'nobody'}" + (f", before to {before}" if before else "")
        elif click.action == SNOOZE:
            self.snoozed_by, self.snoozed_at = click.by, click.clicked
            self.snoozed_until, self.snoozed_rank = click.until, self._rank
            reason = "Until it gets worse" if click.until is None else f"For {_minutes(click)}, or until it gets worse"
        else:
            self._wake()
        self.transitions += 1
        self.notes = click.notes or self.notes
        self._enter(click.clicked, click.action, click.by, reason, old, self.state, click.notes)

    def _applies(self, click: Click) -> bool:
        return {ACKNOWLEDGE: self.state == ACTIVE, UNACKNOWLEDGE: self.state == ACKNOWLEDGED, ASSIGN: True,
                SNOOZE: self.snoozed_by is None, UNSNOOZE: self.snoozed_by is not None}.get(click.action, False)

    def resolve(self, place: int, by: str, notes: str, at: int | None = None) -> None:
        """The end, at `place` in the producer's time; `at`, by our clock, where a person did it."""
        old, self.state = self.state, RESOLVED
        self.resolved_by, self.resolved_at, self.closed = by, place if at is None else at, place
        self.cleared_itself = at is None
        self.transitions += 1
        self.notes = notes or self.notes
        reason = "By hand" if at is not None else CLEARED
        self._enter(self.resolved_at, RESOLVE, by, reason, old, RESOLVED, notes)
        self._wake()

    def reopen(self, click: Click) -> None:
        """A person takes the end back; the alert is active, whatever it was before the end."""
        self.state = ACTIVE
        self.resolved_by = self.resolved_at = self.closed = None
        self.cleared_itself = False
        self.acknowledged_by = self.acknowledged_at = self.acknowledged_until = self.acknowledged_rank = None
        self.transitions += 1
        self.notes = click.notes or self.notes
        self._enter(click.clicked, REOPEN, click.by, "By hand", RESOLVED, ACTIVE, click.notes)

    @property
    def _rank(self) -> int | None:
        return normal_level(self.level)[1] if self.level else None

    def _wake(self) -> None:
        self.snoozed_by = self.snoozed_at = self.snoozed_until = self.snoozed_rank = None

    def _enter(self, at: int, action: str, by: str, reason: str, old: str | None = None, new: str | None = None,
               note: str = "") -> None:
        old, new = self.state if old is None else old, new or self.state
        self.timeline = extended(self.timeline, Change(at, action, by, reason, old, new, note[:NOTE_SHOWN]))

    def key(self, source: str, alert_id: str) -> str:
        """The alert's key. It does not change with occurrences that are heard of late."""
        named = self.previous[1:] if self.is_from_history else digest(4, self.previous)
        return f"{identity_of(source, alert_id)}-{named}"

    @property
    def is_from_history(self) -> bool:
        """Whether it was taken up from there: of what was before its alert only the key is known."""
        return self.previous.startswith(_NAMED)

    def to_alert(self, source: str, alert_id: str) -> Alert:
        """The alert as everybody sees it."""
        content = self.content or Content("UNKNOWN", "", "", {}, ())
        return Alert(
            key=self.key(source, alert_id), id=alert_id, source=source,
            level=content.level, rank=normal_level(content.level)[1], component=content.component,
            message=content.message, details=content.details, suggested_actions=content.suggested_actions,
            state=self.state,
            first_seen=self.first / MICROSECONDS, last_seen=self.last / MICROSECONDS, count=self.count,
            acknowledged_by=self.acknowledged_by, acknowledged_at=_seconds(self.acknowledged_at),
            acknowledged_until=_seconds(self.acknowledged_until),
            resolved_by=self.resolved_by, resolved_at=_seconds(self.resolved_at), notes=self.notes,
            revision=self.count + self.transitions, regressed=self.regressed,
            flapping_until=_seconds(self.flapping_until),
            assigned_to=self.assigned_to, assigned_by=self.assigned_by, assigned_at=_seconds(self.assigned_at),
            snoozed_by=self.snoozed_by, snoozed_at=_seconds(self.snoozed_at),
            snoozed_until=_seconds(self.snoozed_until), cleared_itself=self.cleared_itself, timeline=self.timeline,
        )


def previous_named(key: str) -> str:
    """The `previous` that gives an alert this key again."""
    return _NAMED + key.partition("-")[2]


def _minutes(click: Click) -> str:
    minutes = (click.until - click.clicked) / MICROSECONDS / 60
    return f"{round(minutes, 1):.10g} min"  # what was chosen: the click itself took some milliseconds


def _seconds(at: int | None) -> float | None:
    return None if at is None else at / MICROSECONDS
