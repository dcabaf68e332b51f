"""The REST API in a real server: ten clients that ask for the status without a pause, over connections of their own."""

from __future__ import annotations

import threading
import time
from http.client import HTTPConnection

from benchmarks import Row
from benchmarks.page import alert, metrics
from tests.integration.mounted import ONE_PROCESS, Host, Person, publish, subscribers
from tests.servers import RedisServer, wait_for
from tests.unit.web_host import API

CLIENTS, REQUESTS, WARM_UP = 10, 2_000, 200
EVENTS, ALERTS = 300, 40
TARGET_MS = 50.0


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


def ask(host: Host, cookie: str, requests: int) -> tuple[list[float], float, int]:
    """(sorted seconds of each answer, answers a second, bytes of one) of all clients together."""
    clients = [Client(host, cookie, requests // CLIENTS) for _ in range(CLIENTS)]
    began = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    taken = sorted(each for client in clients for each in client.taken)
    assert len(taken) == requests, "an answer is missing"
    return taken, requests / (time.perf_counter() - began), clients[0].size


def fill(server: RedisServer, person: Person) -> None:
    """Some hundred events of every kind; returns when the host has them."""
    for number in range(EVENTS):
        publish(server, metrics=metrics(number), health_score={"overall": 88.0, "status": "good"})
    for number in range(ALERTS):
        publish(server, **alert(number))
    wait_for(lambda: person.status().json()["active_alerts"] == ALERTS, what="the events in the host")


def rows() -> list[Row]:
    """The figures, each with its target."""
    server = RedisServer().start()
    host = Host(server.url, *ONE_PROCESS)
    try:
        person = Person(host.started())
        wait_for(lambda: len(subscribers(server)) == 1, what="the feed")
        fill(server, person)
        cookie = "; ".join(f"{each.name}={each.value}" for each in person.session.cookies)
        ask(host, cookie, WARM_UP)
        taken, rate, size = ask(host, cookie, REQUESTS)
    finally:
        host.kill()
        server.close()
    median, p99 = taken[len(taken) // 2] * 1000, taken[int(len(taken) * 0.99)] * 1000
    return [Row(f"GET /status, {CLIENTS} clients, one process of 4 threads, p99",
                f"{p99:.1f} ms (median {median:.1f} ms, {rate:,.0f}/s, {size:,} bytes)", f"≤ {TARGET_MS:.0f} ms",
                p99 <= TARGET_MS)]
