"""The feed: events a second from a real Redis into the ring, and what listening costs while little happens."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import threading
import time

import orjson

from benchmarks import Row
from benchmarks.forwarder import forwarded
from dashboard.feed.intake import Intake
from dashboard.feed.record import FeedRecord
from dashboard.metrics.ring import Ring
from dashboard.services import listen
from dashboard.settings import Settings
from dashboard.sources import SourceBoard
from tests.servers import RedisServer, wait_for

EVENTS = 20_000
ROUNDS = 3
RATIO, RATIO_TARGET = "events/s through listener, parser and ring ÷ bare get_message loop", 0.5
FORWARDER, FORWARDER_TARGET, FORWARDED = "the same ÷ a subscriber that forwards each event by HTTP POST", 60, 600
CPU, CPU_TARGET_PERCENT, CPU_OVER_S = "CPU of the listener's two threads and the journal's at 1 event/s", 1.0, 10
THREADS = ("monitoring-feed", "monitoring-journal")
CHANNEL, SOURCE, BEGAN = Settings().channel, "TickStockPL", 1_700_000_000.0


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


class Feed:
    """A whole feed, as the console has it: two connections, and the journal that is written meanwhile."""

    def __init__(self, server: RedisServer, ring: Ring | None = None):
        self.record, self.ring = FeedRecord(), ring or Ring()
        settings = Settings(redis_url=server.url)
        intake = Intake(self.ring, SourceBoard(max_sources=32), None, self.record, keys_kept=settings.journal_events)
        self.listener, self.journal = listen(settings, intake, self.record)

    def __enter__(self) -> Feed:
        self.listener.start()
        self.journal.start()
        wait_for(lambda: self.journal.status.state == "connected" and self.record.state == "connected",
                 what="the subscription and the journal")
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.stop()
        self.journal.stop()


def whole(server: RedisServer, events: int = EVENTS, copies: int = 1, ring: Ring | None = None) -> tuple[float, int]:
    """Events a second of the whole feed, and how many of them are missing in the ring, which may have some before."""
    with server.client() as client:
        client.flushall()  # the events are the same each time, and must not be known from the journal
    with Feed(server, ring) as feed:
        before = feed.ring.length(SOURCE)
        process = publisher(server, events, copies)
        wait_for(lambda: feed.record.accepted, 30, what="the first event")
        first = feed.record.snapshot()
        wait_for(lambda: feed.record.received >= events or (
            process.poll() is not None and time.time() - feed.record.last_message_at > 2), 60, what="the last event")
        last = feed.record.snapshot()
        process.wait()
        missing = events - min(last.accepted, feed.ring.length(SOURCE) - before)
    return (last.received - first.received) / (last.last_message_at - first.last_message_at), missing


def never_cut_off(server: RedisServer) -> None:
    """Let Redis hold back whatever a subscriber has not read yet: that it cuts off a slow one is another test."""
    with server.client() as client:
        client.config_set("client-output-buffer-limit", "pubsub 0 0 0")


def ratio(server: RedisServer) -> list[Row]:
    never_cut_off(server)
    rounds = [(bare(server), *whole(server)) for _ in range(ROUNDS)]
    reached = statistics.median(through / alone for alone, through, _ in rounds)
    alone, through = (statistics.median(each[column] for each in rounds) for column in (0, 1))
    lost = sum(missing for *_, missing in rounds)
    by_post = statistics.median(forwarded(server, [message(number) for number in range(FORWARDED)])
                                for _ in range(ROUNDS))
    times = through / by_post
    return [
        Row(RATIO, f"{reached:.2f} ({through:,.0f}/s ÷ {alone:,.0f}/s), {lost} lost", f"≥ {RATIO_TARGET}, none lost",
            reached >= RATIO_TARGET and lost == 0),
        Row(FORWARDER, f"{times:.0f} ({through:,.0f}/s ÷ {by_post:,.0f}/s)", f"≥ {FORWARDER_TARGET}",
            times >= FORWARDER_TARGET)]


def idle(server: RedisServer) -> Row:
    with server.client() as client:
        client.flushall()
    with Feed(server) as feed, server.client() as client:
        threads = [thread for thread in threading.enumerate() if thread.name.startswith(THREADS)]
        clocks = [time.pthread_getcpuclockid(thread.ident) for thread in threads]
        began, cpu = time.monotonic(), sum(map(time.clock_gettime, clocks))
        for number in range(CPU_OVER_S):
            client.publish(CHANNEL, message(number))
            time.sleep(1)
        percent = 100 * (sum(map(time.clock_gettime, clocks)) - cpu) / (time.monotonic() - began)
        arrived = feed.record.accepted
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
