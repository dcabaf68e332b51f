"""The long past: one thread that writes what the ring has, and what everybody asks of it."""

from __future__ import annotations

from dashboard.history.answers import HistoryStatus
from dashboard.history.event_archive import EventArchive
from dashboard.history.metric_reader import MetricReader


class HistoryStore:
    """`metrics` answers about metrics, `events` about alerts, commands, gaps and annotations.

    Opens no file, no socket and starts no thread before it is told to.
    """

    metrics: MetricReader
    events: EventArchive

    @property
    def status(self) -> HistoryStatus:
        """How the store is, for the page and for REST. From memory."""
        raise NotImplementedError
