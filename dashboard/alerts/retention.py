"""Which resolved alerts are let go, and in which steps. Open alerts are kept for ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.alerts.alert import RESOLVED
from dashboard.alerts.facts import MICROSECONDS
from dashboard.alerts.follower import REMOVED_AT_ONCE
from dashboard.alerts.local import LocalCopy
from dashboard.alerts.shared import SharedDocuments
from dashboard.alerts.slots import Slot

UNMATCHED_KEPT = 1_000
UNMATCHED_KEPT_S = 86_400.0
"""Resolutions of alerts nobody knows wait that long, and so many of them, for a trigger that is late."""
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Retention:
    """How many resolved alerts are kept, and for how many seconds after their resolution."""

    kept: int
    kept_s: float

    @classmethod
    def of(cls, kept: int, days: float) -> Retention:
        return cls(kept, days * _DAY_S)

    def stale(self, slots: Iterable[Slot], now: float) -> list[Slot]:
        """The slots that hold nothing that is to be kept; those that wait to be written are left alone."""
        slots = [slot for slot in slots if not slot.is_open]
        closed = sorted((alert.resolved_at for slot in slots for alert in slot.alerts), reverse=True)
        oldest = _oldest(closed, self.kept, now - self.kept_s)
        unmatched = sorted((slot.newest_us / MICROSECONDS for slot in slots if not slot.alerts), reverse=True)
        oldest_unmatched = _oldest(unmatched, UNMATCHED_KEPT, now - UNMATCHED_KEPT_S)
        return [slot for slot in slots if not slot.dirty and slot.token and (
            all(alert.resolved_at < oldest for alert in slot.alerts) if slot.alerts
            else slot.newest_us / MICROSECONDS < oldest_unmatched)]

    def prune(self, local: LocalCopy, shared: SharedDocuments, now: float) -> bool:
        """One step; True where another is due at once. Several processes may do it: what changed is left alone.

        Raises redis.RedisError.
        """
        slots = local.slots()
        stale = self.stale(slots, now)
        chosen = stale[:REMOVED_AT_ONCE]
        if chosen:
            shared.remove([(slot.name, slot.token) for slot in chosen])
            for slot in chosen:
                local.forget(slot.name)
        cutoff = now - self.kept_s
        for slot in slots:  # an identity that is open again still holds what was resolved before
            if slot.is_open and any(alert.state == RESOLVED and alert.resolved_at < cutoff for alert in slot.alerts):
                local.fold(slot.name, int(cutoff * MICROSECONDS))
        return len(stale) > len(chosen)


def _oldest(times: list[float], kept: int, oldest: float) -> float:
    """The time before which nothing is kept; `times` newest first."""
    return max(oldest, times[kept - 1]) if len(times) > kept else oldest
