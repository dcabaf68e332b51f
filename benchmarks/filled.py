"""A console in a process of its own, with a producer that sends every five seconds, and open alerts."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass

import orjson

from benchmarks.page import SOURCE, STEP_S, alert, many_metrics
from dashboard.feed.copies import LINES
from dashboard.history.statements import chunks
from dashboard.settings import Settings
from tests.integration.mounted import ALLOCATOR, ONE_PROCESS, Host, Person, publish, subscribers
from tests.servers import RedisServer, wait_for

AT_ONCE = 200
WITHIN_S = 180.0  # a day of ten times the metrics on a machine that has other work as well


@dataclass
class Filled:
    """`copies`: so many times the producer's metrics. `sent_at`: the time of the newest of them."""

    server: RedisServer
    host: Host
    person: Person
    copies: int
    sent_at: float
    number: int = 0
    known: int = 0

    def update(self, at: float) -> bytes:
        self.number += 1
        return orjson.dumps({"event_type": "METRIC_UPDATE", "source": SOURCE, "timestamp": at,
                             "metrics": many_metrics(self.number, self.copies),
                             "health_score": {"overall": 88.0, "status": "good"}})

    def publish_update(self) -> None:
        """What the producer sends every five seconds, of now."""
        self._publish([time.time()])

    def catch_up(self) -> None:
        """What it would have sent since its last: without a hole all consoles have the same in the same window."""
        self._publish(due(self.sent_at, time.time()))
        self.wait_for_update()

    def _publish(self, times: list[float]) -> None:
        with self.server.client() as client:
            for some in chunks(times, AT_ONCE):
                with client.pipeline(transaction=False) as pipeline:
                    for at in some:
                        pipeline.publish(Settings().channel, self.update(at))
                    pipeline.execute()
        self.sent_at = times[-1] if times else self.sent_at
        self.known += len(times)

    def wait_for_update(self) -> None:
        """Until the console knows all that was published."""
        wait_for(lambda: self.heard() >= self.known, WITHIN_S, 0.002, "the updates")

    def heard(self) -> int:
        feed = self.person.status().json()["feed"]
        return feed["accepted"] + feed["filled"]


def due(sent_at: float, now: float) -> list[float]:
    """When a producer that sent at `sent_at` has sent again until `now`."""
    return [sent_at + place * STEP_S for place in range(1, int((now - sent_at) / STEP_S) + 1)]


def filled(stack: ExitStack, sent_at: float, copies: int, alerts: int, database_url: str, **environment: str
           ) -> Filled:
    """One process of four threads with a Redis of its own; all of it goes with the stack. Its environment has the two
    settings for the C library that docs/deployment.md tells to make. `sent_at`: the time of the newest sample in the
    database."""
    server = RedisServer().start()
    stack.callback(server.close)
    host = Host(server.url, *ONE_PROCESS, MONITORING_DATABASE_URL=database_url, **ALLOCATOR, **environment)
    stack.callback(host.kill)
    found = Filled(server, host, Person(host.started()), copies, sent_at)
    wait_for(lambda: len(subscribers(server)) == LINES, what="the feed")
    for number in range(alerts):
        publish(server, **alert(number))
    found.known = alerts
    found.catch_up()

    def is_filled() -> bool:
        told = found.person.status().json()
        return (told["active_alerts"] == alerts and found.heard() == found.known
                and told["history"]["state"] in ("ready", "off") and told["history"]["behind_s"] == 0
                and told["feed"]["journal"]["waiting"] == 0)

    wait_for(is_filled, WITHIN_S, 0.2, "the past in the console")
    return found
