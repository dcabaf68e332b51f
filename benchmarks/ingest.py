"""The feed: events a second from a real Redis into the ring, and what listening costs while little happens."""

from __future__ import annotations

import contextlib
import math
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence

import orjson

from benchmarks import Row
from benchmarks.forwarder import forwarded
from benchmarks.page import STEP_S, alert
from dashboard.feed.record import CONNECTED
from dashboard.history.answers import OFF, READY
from dashboard.services import build
from dashboard.settings import Settings
from tests.servers import RedisServer, wait_for

EVENTS = 20_000
WRITTEN = 60_000
"""With the history, which gathers samples for two seconds: so it writes while most of them arrive."""
ROUNDS = 3
RATIO, RATIO_TARGET = "events/s through listener, parser and ring ÷ bare get_message loop", 0.5
WITH_HISTORY = "the same with the history, which is written to disk meanwhile ÷ bare get_message loop"
FORWARDER, FORWARDER_TARGET, FORWARDED = "the same ÷ a subscriber that forwards each event by HTTP POST", 60, 600
CPU, CPU_TARGET_PERCENT, CPU_OVER_S = "CPU of the listener's two threads and the journal's at 1 event/s", 1.0, 10
THREADS = ("monitoring-feed", "monitoring-journal")
CHANNEL, SOURCE = Settings().channel, "TickStockPL"
BEGAN = time.time() - 600.0
"""The time of the first event: what is older than the raw samples that are kept would not be written."""


def message(number: int, copies: int = 1) -> bytes:
    """A METRIC_UPDATE of 600 bytes as the producer sends it; no two are alike. `copies`: its metrics so many times."""
    body = {
        "event_type": "METRIC_UPDATE", "timestamp": BEGAN + number / 100, "source": SOURCE,
        "metrics": {
            "system": {"cpu_percent": 41.5, "memory_percent": 55.25, "memory_mb": 2403.5, "disk_percent": 31.0,
                       "thread_count": 42, "network_io": {"bytes_sent": 123456789, "bytes_recv": 987654321}},
            "application": {"patterns_per_second": 12.5, "indicators_per_second": 40.25, "cache_hit_rate": 0.93,
                            "avg_pattern_detection_ms": 3.75, "symbols_processed": 4000 + number},
            "database": {"active_connections": 7, "query_avg_ms": 1.5, "connected": True}},
        "health_score": {"overall": 88.0, "status": "good"}}
    groups = dict(body["metrics"])
    for copy in range(1, copies):
        body["metrics"] |= {f"{group}_{copy}": values for group, values in groups.items()}
    text = orjson.dumps(body)
    return text[:-1] + b',"note":"' + b"x" * (600 - len(text) - 10) + b'"}'


def publish(port: int, count: int, copies: int) -> None:
    """In a process of its own, so that the reader does not share an interpreter with it."""
    parts = []
    for number in range(count):
        raw = message(number, copies)
        parts.append(b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (
            len(CHANNEL), CHANNEL.encode(), len(raw), raw))
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"".join(parts))
        answered = 0
        while answered < count:
            answered += connection.recv(1 << 16).count(b"\n")


def publisher(server: RedisServer, events: int, copies: int) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "benchmarks.ingest", *map(str, (server.port, events, copies))])


def bare(server: RedisServer, events: int = EVENTS, copies: int = 1) -> float:
    """Events a second of a loop that reads and does nothing else."""
    with server.client() as client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe(CHANNEL)
        pubsub.get_message(timeout=1)
        process, count, began = publisher(server, events, copies), 0, 0.0
        while count < events:
            if pubsub.get_message(timeout=1):
                began = began or time.perf_counter()
                count += 1
        rate = (events - 1) / (time.perf_counter() - began)
    process.wait()
    return rate


class Console:
    """All that is mounted but the pages: the two connections, the ring, the alerts, the journal, and the history in a
    file, or none. `samples` are in memory from the start, and `alerts` are open."""

    def __init__(self, server: RedisServer, history: bool = True, samples: int = 0, alerts: int = 0):
        self._server, self._alerts = server, alerts
        self._folder = tempfile.TemporaryDirectory()
        self.services = build(Settings(redis_url=server.url), self._folder.name if history else None)
        self.record, self.ring = self.services.record, self.services.ring
        for number in range(samples):
            self.ring.append(SOURCE, BEGAN - STEP_S * (samples - number), {"system.cpu_percent": float(number)})

    def __enter__(self) -> Console:
        services = self.services
        services.start()
        wait_for(lambda: (services.journal.status.state, self.record.state, services.history.status.state)
                 == (CONNECTED, CONNECTED, READY if services.history.database else OFF),
                 what="the subscription, the journal and the history")
        with self._server.client() as client:
            for number in range(self._alerts):
                client.publish(CHANNEL, orjson.dumps(alert(number)))
        wait_for(lambda: len(services.alerts.all()) == self._alerts, what="the open alerts")
        return self

    def __exit__(self, *_: object) -> None:
        self.services.stop()
        self._folder.cleanup()


def whole(server: RedisServer, events: int = EVENTS, copies: int = 1, *, history: bool = True, samples: int = 0,
          alerts: int = 0) -> tuple[float, int]:
    """Events a second of a console, and how many of them are missing in its ring or, half a minute later, history."""
    with server.client() as client:
        client.flushall()  # the events are the same each time, and must not be known from the journal
    with Console(server, history, samples, alerts) as console:
        record, ring = console.record, console.ring
        before, in_ring = record.snapshot(), ring.length(SOURCE)
        process = publisher(server, events, copies)
        wait_for(lambda: record.accepted > before.accepted, 30, what="the first event")
        first = record.snapshot()
        wait_for(lambda: record.received >= before.received + events or (
            process.poll() is not None and time.time() - record.last_message_at > 2), 60, what="the last event")
        last = record.snapshot()
        process.wait()
        kept = min(events, console.services.settings.ring_rows - in_ring)
        missing = max(events - (last.accepted - before.accepted), kept - (ring.length(SOURCE) - in_ring))
        if history:
            missing = max(missing, _unwritten(console, events, samples))
    return (last.received - first.received) / (last.last_message_at - first.last_message_at), missing


def _unwritten(console: Console, events: int, samples: int) -> int:
    """How many of so many events are not whole in the history half a minute later. Each sample has one value."""
    store, metrics = console.services.history, len(console.ring.metrics(SOURCE))
    cells = events * metrics + samples
    with contextlib.suppress(AssertionError):
        wait_for(lambda: store.status.written >= cells, 30, what="the history")
    return math.ceil((cells - store.status.written) / metrics)


def never_cut_off(server: RedisServer) -> None:
    """Let Redis hold back whatever a subscriber has not read yet: that it cuts off a slow one is another test."""
    with server.client() as client:
        client.config_set("client-output-buffer-limit", "pubsub 0 0 0")


def ratio(server: RedisServer) -> list[Row]:
    never_cut_off(server)
    rounds = [(bare(server), *whole(server, history=False), *whole(server, WRITTEN)) for _ in range(ROUNDS)]
    alone, through, lost, on_disk, unwritten = zip(*rounds, strict=True)
    by_post = statistics.median(forwarded(server, [message(number) for number in range(FORWARDED)])
                                for _ in range(ROUNDS))
    times = statistics.median(through) / by_post
    return [
        _of_the_loop(RATIO, through, alone, sum(lost)),
        Row(FORWARDER, f"{times:.0f} ({statistics.median(through):,.0f}/s ÷ {by_post:,.0f}/s)", f"≥ {FORWARDER_TARGET}",
            times >= FORWARDER_TARGET),
        _of_the_loop(WITH_HISTORY, on_disk, alone, sum(unwritten))]


def _of_the_loop(what: str, console: Sequence[float], loop: Sequence[float], lost: int) -> Row:
    reached = statistics.median(one / other for one, other in zip(console, loop, strict=True))
    rates = " ÷ ".join(f"{statistics.median(each):,.0f}/s" for each in (console, loop))
    return Row(what, f"{reached:.2f} ({rates}), {lost} lost", f"≥ {RATIO_TARGET}, none lost",
               reached >= RATIO_TARGET and lost == 0)


def idle(server: RedisServer) -> Row:
    with server.client() as client:
        client.flushall()
    with Console(server, history=False) as console, server.client() as client:
        threads = [thread for thread in threading.enumerate() if thread.name.startswith(THREADS)]
        clocks = [time.pthread_getcpuclockid(thread.ident) for thread in threads]
        began, cpu = time.monotonic(), sum(map(time.clock_gettime, clocks))
        for number in range(CPU_OVER_S):
            client.publish(CHANNEL, message(number))
            time.sleep(1)
        percent = 100 * (sum(map(time.clock_gettime, clocks)) - cpu) / (time.monotonic() - began)
        arrived = console.record.accepted
    return Row(CPU, f"{percent:.2f} % of a core", f"< {CPU_TARGET_PERCENT:g} %",
               percent < CPU_TARGET_PERCENT and arrived == CPU_OVER_S)


def rows() -> list[Row]:
    server = RedisServer().start()
    try:
        return [*ratio(server), idle(server)]
    finally:
        server.close()


if __name__ == "__main__":
    publish(*map(int, sys.argv[1:]))
