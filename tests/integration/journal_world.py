"""Whole feeds with a journal in a real Redis: what is published, what is recorded, and who has how much of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dashboard.feed.journal_scripts import journal_keys
from dashboard.settings import Settings
from tests.feeds import CHANNEL, Feed

STREAM, INDEX, STATE, HEARD = journal_keys(Settings().key_prefix)


@contextmanager
def making_feeds() -> Iterator[Callable[..., Feed]]:
    """Makes feeds, and stops them in the end: what always holds has held for each."""
    made: list[Feed] = []

    def make(url, **options):
        made.append(Feed(url, **options))
        return made[-1]

    yield make
    for feed in made:
        feed.stop()


def publish(server, *messages):
    with server.client(socket_timeout=5) as client, client.pipeline(transaction=False) as pipeline:
        for message in messages:
            pipeline.publish(CHANNEL, message)
        return pipeline.execute()


def recorded(server):
    with server.client() as client:
        return client.xlen(STREAM)


def has(feed, count, limit_s=10.0):
    end = time.monotonic() + limit_s
    while len(feed.numbers) < count and time.monotonic() < end:
        time.sleep(0.01)
    assert set(range(count)) - set(feed.numbers) == set()
    assert len(feed.numbers) == count
