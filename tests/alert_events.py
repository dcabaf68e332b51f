"""Alert events for tests, as the parser would make them."""

from __future__ import annotations

from dashboard.events import AlertResolved, AlertTriggered

NOW = 1_800_000_000.0


def trigger(alert_id="cpu", at=NOW, *, key=None, received=None, source="producer", **fields) -> AlertTriggered:
    """A trigger at producer time `at`; `key` follows from the rest unless it is given."""
    received = at + 0.01 if received is None else received
    fields = {"level": "WARNING", "component": "system", "message": "too much"} | fields
    key = key or f"t/{source}/{alert_id}/{at}/{fields['message']}"
    return AlertTriggered(kind="alert_triggered", source=source, time=at, received=received, key=key, id=alert_id,
                          **fields)


def resolution(alert_id="cpu", at=NOW, *, key=None, received=None, source="producer", **fields) -> AlertResolved:
    """The producer's resolution at its time `at`."""
    received = at + 0.01 if received is None else received
    return AlertResolved(kind="alert_resolved", source=source, time=at, received=received,
                         key=key or f"r/{source}/{alert_id}/{at}", id=alert_id, **fields)
