"""A whole feed as a process has it: connections, journal, ring and state of sources, and a list of what was applied."""

from __future__ import annotations

import time
from typing import Any

import orjson

from dashboard.events import AlertTriggered, Event, MetricUpdate
from dashboard.feed.intake import Intake
from dashboard.feed.known_keys import KEYS_KEPT
from dashboard.feed.record import FeedRecord
from dashboard.metrics.ring import Ring
from dashboard.services import listen
from dashboard.settings import Settings
from dashboard.sources import SourceBoard
from tests.servers import wait_for

CHANNEL = Settings().channel
NUMBER = "application.symbols_processed"


def update(number: int, at: float | None = None, source: str = "it", **more: Any) -> bytes:
    """A METRIC_UPDATE of its own: its number is a metric, its time rises with it."""
    at = time.time() + number / 1e6 if at is None else at
    return orjson.dumps({"event_type": "METRIC_UPDATE", "source": source, "timestamp": at,
                         "metrics": {"application": {"symbols_processed": number}}, **more})


class Feed:
    """`numbers` are those of the updates in the order in which they were applied, `alerts` the ids of triggers."""

    def __init__(self, url: str, **options: Any):
        self.settings = Settings(redis_url=url, **options)
        self.record = FeedRecord()
        self.numbers: list[int] = []
        self.alerts: list[str] = []
        self.ring, self.board = Ring(rows=200_000), SourceBoard(max_sources=32)
        self.intake = Intake(self.ring, self.board, self, self.record, keys_kept=max(
            KEYS_KEPT, self.settings.journal_events))
        self.listener, self.journal = listen(self.settings, self.intake, self.record)

    def offer(self, event: Event) -> None:
        if isinstance(event, MetricUpdate) and NUMBER in event.metrics:
            self.numbers.append(int(event.metrics[NUMBER]))
        if isinstance(event, AlertTriggered):
            self.alerts.append(event.id)

    def start(self) -> Feed:
        self.listener.start()
        self.journal.start()
        wait_for(self.is_whole, what="both connections and the journal")
        return self

    def is_whole(self) -> bool:
        """Both connections are there, and the journal unless it is switched off."""
        return self.listener.is_whole and (self.journal.status.state == "connected" or not self.settings.journal)

    def stop(self) -> None:
        assert self.listener.stop()
        assert self.journal.stop()
        self.check()

    def check(self) -> None:
        """What always holds."""
        seen = self.record.snapshot()
        assert seen.received == seen.accepted + sum(seen.rejected.values()) + seen.duplicates
        assert len(self.numbers) == len(set(self.numbers)), "an event was applied twice"
        assert self.journal.errors == {} and seen.handler_errors == {}
