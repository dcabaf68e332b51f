"""Stores of alerts over a real Redis, for tests: what is raised in them, and what the producer is told."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager

from dashboard.alerts.store import AlertStore
from dashboard.settings import Settings
from tests.alert_events import trigger

SOON_S = 5.0  # what waits for a Redis that does not answer waits far longer; the figures are `make bench`'s to tell


class Clock:
    """The real time, with a step that a test may make."""

    def __init__(self):
        self.ahead_s = 0.0

    def __call__(self):
        return time.time() + self.ahead_s


def make(server, **options):
    clock = options.pop("clock", time.time)
    return AlertStore(Settings(redis_url=server.url, **options), clock=clock)


@contextmanager
def two(server):
    """Two stores with their threads: two processes."""
    pair = make(server), make(server)
    for store in pair:
        store.start()
    yield pair
    for store in pair:
        assert store.stop()


def raise_alert(store, alert_id="cpu", **fields):
    store.offer(trigger(alert_id, fields.pop("at", time.time()), **fields))
    assert store.step()
    return store.find(alert_id)[0]


def settled(*stores):
    return all(store.connected and not store.waiting for store in stores) and len(
        {store.revision for store in stores}) == 1


def subscribed(server):
    """A subscriber of the control channel."""
    listener = server.client().pubsub(ignore_subscribe_messages=True)
    listener.subscribe(Settings().control_channel)
    listener.get_message(timeout=1)
    return listener


def heard(listener, count):
    messages, end = [], time.monotonic() + 5
    while len(messages) < count and time.monotonic() < end:
        message = listener.get_message(timeout=0.25)
        messages += [json.loads(message["data"])] if message else []
    assert len(messages) == count
    return messages
