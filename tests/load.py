"""A producer that goes on through everything, and knows exactly what was accepted."""

from __future__ import annotations

import threading
import time

import redis

from dashboard.feed.connection import connect
from dashboard.publisher import Publisher
from dashboard.settings import Settings

PAUSE_S = 0.005  # some 150 events a second
AFTER_A_FAILURE_S = 0.05


class Load(threading.Thread):
    """Publishes numbers with a publisher that records, from `first` on, until it is stopped.

    `accepted` maps each number that Redis accepted to the time at which it had; what failed is not sent again.
    """

    def __init__(self, settings: Settings, first: int = 0):
        super().__init__(daemon=True)
        self._publisher = Publisher(connect(settings), source="it", journal=settings.key_prefix)
        self._stopping = threading.Event()
        self.number = first
        self.accepted: dict[int, float] = {}
        self.refused: dict[int, Exception] = {}

    def run(self) -> None:
        while not self._stopping.is_set():
            number, self.number = self.number, self.number + 1
            try:
                self.send(number)
            except redis.RedisError as error:
                self.refused[number] = error
                self._stopping.wait(AFTER_A_FAILURE_S)
            self._stopping.wait(PAUSE_S)

    def send(self, number: int) -> None:
        """One event, with a time of its own."""
        self._publisher.metric_update({"application": {"symbols_processed": number}},
                                      at=time.time() - 3600 + number / 1e6)
        self.accepted[number] = time.time()

    def stop(self) -> None:
        self._stopping.set()
        self.join(10)
        assert not self.is_alive()
