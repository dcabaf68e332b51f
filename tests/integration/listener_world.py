"""Listeners with the real parser behind them, what is published to them, and the exact count of what arrived."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson

from dashboard.events import MetricUpdate
from dashboard.feed.intake import Intake
from dashboard.feed.listener import Listener
from dashboard.feed.record import FeedRecord
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from dashboard.sources import SourceBoard
from tests.servers import wait_for

CHANNEL = Settings().channel


def update(number, size=0):
    """A message of its own: its number is a metric, its time rises."""
    return orjson.dumps({
        "event_type": "METRIC_UPDATE", "source": "it", "timestamp": time.time() + number / 1e6,
        "metrics": {"application": {"symbols_processed": number}}, "filler": "x" * size})


class Feed:
    """A listener with the real parser, ring and board, and a record of the numbers that arrived."""

    def __init__(self, settings):
        self.record = FeedRecord()
        self.numbers = []
        self.ring, self.board = Ring(rows=50_000), SourceBoard(max_sources=8)
        self.intake = Intake(self.ring, self.board, self, self.record)
        self.listener = Listener(settings, self.intake, self.record)

    def offer(self, event):
        if isinstance(event, MetricUpdate):
            self.numbers.append(event.metrics["application.symbols_processed"])

    def is_connected(self):
        return self.record.state == "connected"

    def is_disconnected(self):
        return self.record.state == "disconnected"

    def start(self):
        self.listener.start()
        self.wait_for_both_lines()
        return self

    def wait_for_both_lines(self):
        wait_for(lambda: self.listener.is_whole, what="both connections")


@contextmanager
def making_feeds() -> Iterator[Callable[..., Feed]]:
    """Makes feeds, and stops them in the end: each has counted all it received, and applied no event twice."""
    made = []

    def make(url=None, **options):
        made.append(Feed(Settings(redis_url=url, **options)))
        return made[-1]

    yield make
    for feed in made:
        assert feed.listener.stop()
        seen = feed.record.snapshot()
        assert seen.received == seen.accepted + sum(seen.rejected.values()) + seen.duplicates
        assert len(feed.numbers) == len(set(feed.numbers)), "an event was applied twice"


def publish(server, *messages):
    """Sends the messages; every one must have been received by exactly the two connections of the feed."""
    with server.client(socket_timeout=5) as client, client.pipeline(transaction=False) as pipeline:
        for message in messages:
            pipeline.publish(CHANNEL, message)
        assert set(pipeline.execute()) == {2}


def wait_received(feed, count):
    wait_for(lambda: feed.record.received >= count, what=f"message number {count}")
    assert feed.record.received == count
