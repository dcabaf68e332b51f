"""What a soak does to a console: a producer at an even rate, and open pages that tick and read."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter

import orjson
import redis
import requests

from benchmarks.page import HEALTH, metrics
from dashboard.settings import Settings
from tests.integration.mounted import Host, Person

SOURCES = ("TickStockPL", "TickStockPL-2", "TickStockPL-3", "gateway")
TICK_S, READ_EVERY = 5.0, 12
HEALTH_EVERY, RUBBISH_EVERY, TWICE_EVERY, ALERT_EVERY = 20, 100, 100, 1_500
ALERTS = 50  # names of alerts: each fires, is resolved by its producer, and fires again some time later
ALERT_LASTS = 10  # so many other alerts later it is resolved


class Producer(threading.Thread):
    """Publishes `rate` events a second, evenly; counts what it published by what should become of it."""

    def __init__(self, url: str, rate: float):
        super().__init__(daemon=True)
        self.client = redis.Redis.from_url(url)
        self.rate = rate
        self.published: Counter[str] = Counter()
        self.metric_updates = 0
        self.ended = threading.Event()

    def run(self) -> None:
        began = time.monotonic()
        for number in itertools.count():
            pause = began + number / self.rate - time.monotonic()
            if self.ended.wait(max(pause, 0)):
                return
            self._publish(number)

    def _publish(self, number: int) -> None:
        if number % RUBBISH_EVERY == 7:
            self._send("rejected", b'{"event_type": "METRIC_UPDATE", "metrics": ' + b"[" * (number % 50))
            return
        event = self._event(number)
        self._send("accepted", event)
        if number % TWICE_EVERY == 13:
            self._send("repeated", event)

    def _send(self, outcome: str, raw: bytes) -> None:
        self.client.publish(Settings().channel, raw)
        self.published[outcome] += 1

    def _event(self, number: int) -> bytes:
        event = {"source": SOURCES[number % len(SOURCES)], "timestamp": time.time(), "event_id": f"soak-{number}"}
        if number % ALERT_EVERY == 1:
            place = number // ALERT_EVERY % ALERTS
            event |= {"event_type": "ALERT_TRIGGERED", "alert": {
                "id": f"soak {place}", "level": ("warning", "error", "critical")[place % 3], "component": "database",
                "message": f"The latency of step {place} is above its threshold of 90 ms"}}
        elif number % ALERT_EVERY == 1 + ALERT_EVERY // 2 // len(SOURCES) * len(SOURCES):
            place = (number // ALERT_EVERY - ALERT_LASTS) % ALERTS
            event |= {"event_type": "ALERT_RESOLVED", "alert": {"id": f"soak {place}", "resolution_notes": "settled"}}
        elif number % HEALTH_EVERY == 2:
            event |= {"event_type": "HEALTH_CHECK", "health": HEALTH}
        else:
            event |= {"event_type": "METRIC_UPDATE", "metrics": metrics(number)}
            self.metric_updates += 1
        return orjson.dumps(event)


class Page(threading.Thread):
    """An open page: ticks, and once a minute reads what a person reads. Keeps the times of its answers in ms."""

    def __init__(self, host: Host):
        super().__init__(daemon=True)
        self.person = Person(host)
        self.ticks_ms: list[float] = []
        self.reads_ms: list[float] = []
        self.worst = 200
        self.unanswered = 0
        self.ended = threading.Event()

    def run(self) -> None:
        for number in itertools.count():
            self._ask(self.ticks_ms, self.person.tick)
            if number % READ_EVERY == 0:
                self._read()
            if self.ended.wait(TICK_S):
                return

    def _read(self) -> None:
        api = self.person.api
        for path in ("/status", "/alerts", "/alerts/history?hours=24", "/metrics",
                     f"/metrics/series?source={SOURCES[0]}&metric=system.cpu_percent&range=1h"):
            self._ask(self.reads_ms, lambda path=path: self.person.get(api + path))

    def _ask(self, taken: list[float], ask) -> None:
        began = time.monotonic()
        try:
            answer = ask()
        except requests.RequestException:  # counted, and asked again: a page that is open does the same
            self.unanswered += 1
            return
        taken.append(1_000 * (time.monotonic() - began))
        self.worst = max(self.worst, answer.status_code)
