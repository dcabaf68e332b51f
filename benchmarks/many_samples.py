"""Samples that come while processes of two hosts are killed: is each stored once, and do all show the same charts?"""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import orjson

from benchmarks import Row
from dashboard.history import schema
from dashboard.history.steps import TIERS
from dashboard.settings import Settings
from tests.fleet import HOSTS, WORKERS, Fleet
from tests.integration.history_process import Process
from tests.integration.mounted import Person
from tests.servers import RedisServer, wait_for
from tests.unit.web_host import API

EVERY_S = 0.02
SOURCE, METRICS = "sampled", ("system.cpu_percent", "system.memory_percent")
WRITTEN_WITHIN_S = 60.0
POINTS = 10_000  # more than come: each sample is a point


class Sampling:
    """Publishes a sample of two metrics fifty times a second while the block lasts; `sent`: how many."""

    def __init__(self, server: RedisServer):
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.sent = 0

    def __enter__(self) -> Sampling:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        with self._server.client() as client:
            while not self._over.wait(EVERY_S):
                number = float(self.sent)
                client.publish(Settings().channel, orjson.dumps({
                    "event_type": "METRIC_UPDATE", "source": SOURCE, "timestamp": time.time(),
                    "metrics": {"system": {"cpu_percent": number, "memory_percent": number}}}))
                self.sent += 1


def sampled_row(fleet: Fleet, sent: int) -> Row:
    """What the database has of so many events, and what each process answers of them."""
    archive, cells = Process(fleet.database_url), sent * len(METRICS)
    with suppress(AssertionError):
        wait_for(lambda: archive.stored() >= cells, WRITTEN_WITHIN_S, 0.5, "the samples")
    stored = [archive.stored(table) for table in (schema.sample, *schema.buckets.values())]
    archive.store.database.close()
    charts = fleet.everywhere(_chart)
    drawn = {orjson.dumps(answer.json()["series"]) for answer in charts.values()}
    wanted = list(map(float, range(sent)))
    right = sum(all(each["last"] == wanted for each in answer.json()["series"].values()) for answer in charts.values())
    return Row(
        f"through the same kills, {1 / EVERY_S:.0f} samples a second: numbers stored, singly and in the buckets of "
        "each width; processes whose chart has all of them, each once; different charts",
        f"{', '.join(f'{number:,}' for number in stored)} of {cells:,}; {right} of {WORKERS * HOSTS}; {len(drawn)}",
        "all, once; all; 1", stored == [cells] * (1 + len(TIERS)) and right == len(charts) and len(drawn) == 1)


def _chart(person: Person):
    names = "&".join(f"metric={name}" for name in METRICS)
    return person.get(f"{API}/metrics/series?source={SOURCE}&{names}&range=1h&points={POINTS}&rates=0")
