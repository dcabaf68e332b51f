"""The REST API in a real server: clients that ask for the status without a pause, over connections of their own; and
what the server's process takes meanwhile."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection

from benchmarks import Row
from benchmarks.page import alert, metrics
from dashboard.feed.copies import LINES
from tests.integration.mounted import ONE_PROCESS, Host, Person, publish, subscribers
from tests.servers import RedisServer, wait_for
from tests.unit.web_host import API

CLIENTS, MANY_CLIENTS, REQUESTS, WARM_UP = 10, 50, 2_000, 200
EVENTS, ALERTS = 300, 40
TARGET_MS, MANY_TARGET_MS = 50.0, 300.0  # the second: what every page and answer keeps under any load
GROWTH_TARGET_MB = 20.0  # threads for fifty connections, each with a stack
MEGABYTE = 1e6


class Client(threading.Thread):
    """Asks a number of times, and notes how long each answer took."""

    def __init__(self, host: Host, cookie: str, requests: int):
        super().__init__(daemon=True)
        self.host, self.cookie, self.requests = host, cookie, requests
        self.taken: list[float] = []
        self.size = 0

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.host.port, timeout=10)
        for _ in range(self.requests):
            began = time.perf_counter()
            connection.request("GET", API + "/status", headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            body = answer.read()
            self.taken.append(time.perf_counter() - began)
            assert answer.status == 200
            self.size = len(body)
        connection.close()


@dataclass(frozen=True)
class Asked:
    """Milliseconds of the median and of the slowest hundredth, answers a second, bytes of one, and what it cost the
    server's processes: milliseconds of processor an answer."""

    median_ms: float
    p99_ms: float
    rate: float
    size: int
    cpu_ms: float

    @property
    def words(self) -> str:
        return (f"{self.p99_ms:.1f} ms (median {self.median_ms:.1f} ms, {self.rate:,.0f}/s, {self.size:,} bytes, "
                f"{self.cpu_ms:.2f} ms of processor each)")


def ask(host: Host, cookie: str, requests: int, count: int = CLIENTS) -> Asked:
    """What so many clients together were answered."""
    clients = [Client(host, cookie, requests // count) for _ in range(count)]
    began, cpu = time.perf_counter(), cpu_s(host)
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    elapsed, cpu = time.perf_counter() - began, cpu_s(host) - cpu
    taken = sorted(each for client in clients for each in client.taken)
    assert len(taken) == requests // count * count, "an answer is missing"
    return Asked(taken[len(taken) // 2] * 1000, taken[int(len(taken) * 0.99)] * 1000, len(taken) / elapsed,
                 clients[0].size, cpu / len(taken) * 1000)


def cpu_s(host: Host) -> float:
    """Seconds of processor of the host's processes so far."""
    return sum(sum(process.cpu_times()[:2]) for process in host.family())


def memory_mb(host: Host) -> float:
    """Resident memory of the process that answers."""
    return max(process.memory_info().rss for process in host.family()) / MEGABYTE


def cookie_of(person: Person) -> str:
    return "; ".join(f"{each.name}={each.value}" for each in person.session.cookies)


def fill(server: RedisServer, person: Person, alerts: int = ALERTS) -> None:
    """Some hundred events of every kind; returns when the host has them."""
    for number in range(EVENTS):
        publish(server, metrics=metrics(number), health_score={"overall": 88.0, "status": "good"})
    for number in range(alerts):
        publish(server, **alert(number))
    wait_for(lambda: person.status().json()["active_alerts"] == alerts, what="the events in the host")


def rows() -> list[Row]:
    """The figures, each with its target."""
    server = RedisServer().start()
    host = Host(server.url, *ONE_PROCESS, MONITORING_DATABASE_URL="off")
    try:
        person = Person(host.started())
        wait_for(lambda: len(subscribers(server)) == LINES, what="the feed")
        fill(server, person)
        cookie = cookie_of(person)
        ask(host, cookie, WARM_UP)
        before = memory_mb(host)
        few, many = ask(host, cookie, REQUESTS), ask(host, cookie, REQUESTS, MANY_CLIENTS)
        after = memory_mb(host)
    finally:
        host.kill()
        server.close()
    return [
        Row(f"GET /status, {CLIENTS} clients, one process of 4 threads, p99", few.words, f"≤ {TARGET_MS:.0f} ms",
            few.p99_ms <= TARGET_MS),
        Row(f"the same, {MANY_CLIENTS} clients", many.words, f"≤ {MANY_TARGET_MS:.0f} ms",
            many.p99_ms <= MANY_TARGET_MS),
        Row("memory of that process, before ÷ after all these answers", f"{before:.0f} ÷ {after:.0f} MB",
            f"≤ {GROWTH_TARGET_MB:.0f} MB more", after - before <= GROWTH_TARGET_MB)]
