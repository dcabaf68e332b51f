"""A console in a process of its own, with a past: so many samples at 5 s, and open alerts."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass

import orjson

from benchmarks.page import ALERTS, SOURCE, STEP_S, alert, many_metrics
from dashboard.feed.copies import LINES
from dashboard.settings import Settings
from tests.integration.mounted import ALLOCATOR, ONE_PROCESS, Host, Person, publish, subscribers
from tests.servers import RedisServer, wait_for

AT_ONCE = 200
WITHIN_S = 180.0  # a day of ten times the metrics on a machine that has other work as well


@dataclass
class Filled:
    """`copies`: so many times the producer's metrics."""

    server: RedisServer
    host: Host
    person: Person
    copies: int
    number: int = 0
    known: int = 0

    def update(self, at: float) -> bytes:
        self.number += 1
        return orjson.dumps({"event_type": "METRIC_UPDATE", "source": SOURCE, "timestamp": at,
                             "metrics": many_metrics(self.number, self.copies),
                             "health_score": {"overall": 88.0, "status": "good"}})

    def publish_update(self) -> None:
        """What the producer sends every five seconds."""
        with self.server.client() as client:
            client.publish(Settings().channel, self.update(time.time()))
        self.known += 1

    def wait_for_update(self) -> None:
        """Until the console knows all that was published."""
        wait_for(lambda: self.heard() >= self.known, step_s=0.002, what="the update")

    def heard(self) -> int:
        feed = self.person.status().json()["feed"]
        return feed["accepted"] + feed["filled"]


def filled(stack: ExitStack, samples: int, copies: int = 1, alerts: int = ALERTS, database_url: str = "off",
           **environment: str) -> Filled:
    """One process of four threads with a Redis of its own; all of it goes with the stack. Its environment has the two
    settings for the C library that docs/deployment.md tells to make."""
    server = RedisServer().start()
    stack.callback(server.close)
    host = Host(server.url, *ONE_PROCESS, MONITORING_DATABASE_URL=database_url, **ALLOCATOR, **environment)
    stack.callback(host.kill)
    found = Filled(server, host, Person(host.started()), copies)
    wait_for(lambda: len(subscribers(server)) == LINES, what="the feed")
    now = time.time()
    with server.client() as client:
        for start in range(0, samples, AT_ONCE):
            with client.pipeline(transaction=False) as pipeline:
                for number in range(start, min(start + AT_ONCE, samples)):
                    pipeline.publish(Settings().channel, found.update(now - (samples - number) * STEP_S))
                pipeline.execute()
    for number in range(alerts):
        publish(server, **alert(number))
    found.known = samples + alerts

    def is_filled() -> bool:
        told = found.person.status().json()
        return (told["active_alerts"] == alerts and found.heard() == found.known
                and told["history"]["state"] in ("ready", "off") and told["history"]["behind_s"] == 0
                and told["feed"]["journal"]["waiting"] == 0)

    wait_for(is_filled, WITHIN_S, 0.2, "the past in the console")
    return found
