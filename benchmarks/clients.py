"""Clients of a real server, over connections of their own: what they ask, and how long they wait for it.

In a closed loop (`ask`) so many clients each ask again as soon as they are answered. Then the server is never idle, and
how long an answer takes is a matter of arithmetic: clients ÷ answers a second. Fifty clients of an answer that costs
10 ms wait half a second. It tells what the server can do, not what somebody waits who looks at a page.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection

from tests.integration.mounted import Host, Person

PATIENCE_S = 60.0
MEGABYTE = 1e6


@dataclass(frozen=True)
class Question:
    """One request. Everything a browser sends with it that costs the server something is in `headers`."""

    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def put(self, connection: HTTPConnection, cookie: str) -> tuple[float, bytes]:
        """(seconds until all of the answer was there, the answer). AssertionError unless it is a 200."""
        began = time.perf_counter()
        connection.request("POST" if self.body else "GET", self.path, self.body or None,
                           {"Cookie": cookie, "Accept-Encoding": "gzip"} | self.headers)
        answer = connection.getresponse()
        found = answer.read()
        elapsed = time.perf_counter() - began
        assert answer.status == 200, (self.path, answer.status)
        return elapsed, found


class Client(threading.Thread):
    """Asks without a pause for so long, and at least once; notes how long each answer took."""

    def __init__(self, host: Host, cookie: str, question: Question, seconds: float):
        super().__init__(daemon=True)
        self.host, self.cookie, self.question, self.seconds = host, cookie, question, seconds
        self.taken: list[float] = []
        self.size = 0

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.host.port, timeout=PATIENCE_S)
        end = time.perf_counter() + self.seconds
        while not self.taken or time.perf_counter() < end:
            taken, body = self.question.put(connection, self.cookie)
            self.taken.append(taken)
            self.size = len(body)
        connection.close()


@dataclass(frozen=True)
class Asked:
    """Milliseconds of the median and of the slowest hundredth, answers a second, bytes of one as they travel, and what
    it cost the server's processes: milliseconds of processor an answer."""

    median_ms: float
    p99_ms: float
    rate: float
    size: int
    cpu_ms: float


def ask(host: Host, cookie: str, question: Question, clients: int, seconds: float) -> Asked:
    """What so many clients together were answered. AssertionError where one of them was not."""
    threads = [Client(host, cookie, question, seconds) for _ in range(clients)]
    began, cpu = time.perf_counter(), cpu_s(host)
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    elapsed, cpu = time.perf_counter() - began, cpu_s(host) - cpu
    assert all(each.taken and each.size for each in threads), "a client was not answered"
    taken = [each for client in threads for each in client.taken]
    return Asked(percentile(taken, 0.5) * 1000, percentile(taken, 0.99) * 1000, len(taken) / elapsed, threads[0].size,
                 cpu / len(taken) * 1000)


def percentile(taken: Sequence[float], share: float) -> float:
    """The value below which that share of them lie; of few the greatest, for a high share."""
    return sorted(taken)[int(len(taken) * share)]


def cookie_of(person: Person) -> str:
    return "; ".join(f"{each.name}={each.value}" for each in person.session.cookies)


def cpu_s(host: Host) -> float:
    """Seconds of processor of the host's processes so far."""
    return sum(sum(process.cpu_times()[:2]) for process in host.family())


def memory_mb(host: Host) -> float:
    """Resident memory of the process that answers."""
    return max(process.memory_info().rss for process in host.family()) / MEGABYTE
