"""What happened to an alert, entry by entry, and what ends by itself when its time has come. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.alerts.times import iso

TIMELINE_KEPT = 100
"""Entries of one alert: weeks of a person's clicks. Of a longer life the first and the newest are kept."""
NOTE_SHOWN = 500
"""Characters of a note in an entry; the newest note is kept whole beside it."""

FIRED, SEVERITY, EXPIRED, WORSE, SNOOZE_OVER = "fired", "severity", "expired", "worse", "snooze-over"
STALE, HEARD_AGAIN, SILENCED, SILENCE_OVER = "stale", "heard-again", "silenced", "silence-over"
"""Actions nobody clicks; those of people are named in `facts`."""
CLEARED = "The producer says it is over"
"""The reason of a resolution that no person made."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry. `at_us` is microseconds since 1970; `by` is empty where nobody did it; states may be the same."""

    at_us: int
    action: str
    by: str
    reason: str
    old: str
    new: str
    note: str = ""

    def to_json(self) -> dict[str, str | None]:
        """The entry as REST gives it: `at`, `action`, `by`, `reason`, `old_state`, `new_state`, `note`."""
        return {"at": iso(self.at_us / 1_000_000), "action": self.action, "by": self.by or None,
                "reason": self.reason, "old_state": self.old or None, "new_state": self.new, "note": self.note}


def extended(timeline: tuple[Change, ...], *entries: Change) -> tuple[Change, ...]:
    """The timeline with entries at its end; one in the middle goes where there are too many."""
    timeline += entries
    if len(timeline) <= TIMELINE_KEPT:
        return timeline
    return timeline[:1] + timeline[len(timeline) - TIMELINE_KEPT + 1:]


def expiry(at_us: int, by: str | None, old: str, new: str) -> Change:
    """An acknowledgement that has run out."""
    return Change(at_us, EXPIRED, "", f"The acknowledgement by {by} has run out", old, new)


def snooze_over(at_us: int, by: str | None, state: str) -> Change:
    """A snooze that has run out."""
    return Change(at_us, SNOOZE_OVER, "", f"The snooze by {by} has run out", state, state)
