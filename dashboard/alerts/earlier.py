"""An open alert of the history made a document again, where Redis and every process have lost it. Pure.

The history keeps an alert as people see it, not the facts it follows from: those are taken as known up to the last
occurrence, and what is heard after that goes on from there.
"""

from __future__ import annotations

from dashboard.alerts.alert import Alert
from dashboard.alerts.document import Document, identity_of_key
from dashboard.alerts.episode import Episode, previous_named
from dashboard.alerts.facts import ACKNOWLEDGE, SNOOZE, Content, identity_of, microseconds
from dashboard.alerts.timeline import SEVERITY
from dashboard.events import normal_level


def document_of(alert: Alert) -> Document | None:
    """The document of an open alert, whose only alert is equal to it. None: it is over, or its identity is not told by
    it (a text that no database keeps as it was).

    What has the time of the last occurrence may be a second one, or the end: that is no longer told by it.
    """
    if not alert.is_open or identity_of(alert.source, alert.id) != identity_of_key(alert.key):
        return None
    previous, last = previous_named(alert.key), microseconds(alert.last_seen)
    content = Content(alert.level, alert.component, alert.message, alert.details, alert.suggested_actions)
    base = Episode(
        previous=previous, first=microseconds(alert.first_seen), last=last, count=alert.count,
        transitions=alert.revision - alert.count, content=content, level=alert.level, state=alert.state,
        regressed=alert.regressed, acknowledged_by=alert.acknowledged_by, acknowledged_at=_us(alert.acknowledged_at),
        acknowledged_until=_us(alert.acknowledged_until),
        acknowledged_rank=_rank_at(alert, ACKNOWLEDGE) if alert.acknowledged_by else None,
        snoozed_by=alert.snoozed_by, snoozed_at=_us(alert.snoozed_at), snoozed_until=_us(alert.snoozed_until),
        snoozed_rank=_rank_at(alert, SNOOZE) if alert.snoozed else None,
        assigned_to=alert.assigned_to, assigned_by=alert.assigned_by, assigned_at=_us(alert.assigned_at),
        notes=alert.notes, flapping_until=_us(alert.flapping_until), timeline=alert.timeline)
    return Document(alert.source, alert.id, horizon=last - 1, previous=previous, base=base, by_person=alert.regressed)


def _rank_at(alert: Alert, action: str) -> int:
    """How grave it was at the last `action`: what its level changed from after that, else what it is."""
    level = alert.level
    for entry in reversed(alert.timeline):
        if entry.action == action:
            break
        if entry.action == SEVERITY:
            level = entry.reason.partition(" to ")[0]
    return normal_level(level)[1]


def _us(at: float | None) -> int | None:
    return None if at is None else microseconds(at)
