"""Whom the past is asked of, and how far it reaches."""

from __future__ import annotations

from typing import Any, Protocol

from dashboard.history.event_archive import EventArchive
from dashboard.history.metric_reader import MetricReader
from dashboard.inquiry.ring_past import remembered


class Kept(Protocol):
    """How long anything is kept, in seconds."""

    @property
    def longest_s(self) -> float: ...


class Past(Protocol):
    """`dashboard.history.store.HistoryStore`, as far as it is asked here."""

    metrics: MetricReader
    events: EventArchive
    kept: Kept


def past_of(services: Any) -> Past:
    """The store of these services."""
    history = getattr(services, "history", None)
    if history is None:
        history = services.__dict__.get("_remembered") or remembered(services)
        services.__dict__["_remembered"] = history
    return history
