"""Clients of a real server, over connections of their own: what they ask, and how long they wait for it.

In a closed loop (`ask`) so many clients each ask again as soon as they are answered. Then the server is never idle, and
how long an answer takes is a matter of arithmetic: clients ÷ answers a second. Fifty clients of an answer that costs
10 ms wait half a second. It tells what the server can do, not what somebody waits who looks at a page.
"""

from __future__ import annotations

import atexit
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from http.client import HTTPConnection

from requests.utils import default_user_agent

from benchmarks.pauses import NOTICED_MS, Pauses, undisturbed
from tests.integration.mounted import Host, Person, cpu_s

PATIENCE_S = 240.0  # fifty clients of an answer that costs half a second, on a machine that does other things as well
MEGABYTE = 1e6
AGENT = default_user_agent()
"""Of the person whose session it is: Flask-Login would mark that of another one, and Flask write it anew each time."""


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
                           {"Cookie": cookie, "Accept-Encoding": "gzip", "User-Agent": AGENT} | self.headers)
        answer = connection.getresponse()
        found = answer.read()
        elapsed = time.perf_counter() - began
        assert answer.status == 200, (self.path, answer.status)
        return elapsed, found


Round = Callable[[int], Sequence[Question]]
"""What each client, by its number, asks one after the other, and then again: to do a thing and to take it back."""


class Client(threading.Thread):
    """Asks without a pause for so long, and then until it has so many answers, but not for longer than `at_most_s`; at
    least once. Notes how long each answer took. It ends with a whole round of its questions."""

    def __init__(self, host: Host, cookie: str, questions: Sequence[Question], seconds: float, at_least: float = 1.0,
                 at_most_s: float = math.inf):
        super().__init__(daemon=True)
        self.host, self.cookie, self.questions = host, cookie, questions
        self.seconds, self.at_least, self.at_most_s = seconds, at_least, at_most_s
        self.taken: list[float] = []
        self.size = 0
        self.is_content = False

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.host.port, timeout=PATIENCE_S)
        began = time.perf_counter()
        while not self.taken or self._goes_on(time.perf_counter() - began):
            for question in self.questions:
                taken, body = question.put(connection, self.cookie)
                self.taken.append(taken)
                self.size = len(body)
        self.is_content = True
        connection.close()

    def _goes_on(self, elapsed_s: float) -> bool:
        return elapsed_s < self.seconds or (elapsed_s < self.at_most_s and len(self.taken) < self.at_least)


@dataclass(frozen=True)
class Asked:
    """What so many clients were answered: seconds each answer took, seconds in all, bytes of one as they travel, and
    seconds of processor that all of them cost the server's processes."""

    taken: Sequence[float]
    elapsed_s: float
    size: int
    cpu_s: float
    paused_ms: float = 0.0
    """The machine itself stood still for so long meanwhile."""

    @property
    def median_ms(self) -> float:
        return percentile(self.taken, 0.5) * 1000

    @property
    def p99_ms(self) -> float:
        """Of the slowest hundredth; of up to a hundred answers the slowest."""
        return percentile(self.taken, 0.99) * 1000

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.taken) / self.elapsed_s

    @property
    def cpu_ms(self) -> float:
        """Of one answer."""
        return self.cpu_s / len(self.taken) * 1000

    @property
    def pause(self) -> str:
        """The words for it; "" where it would not be noticed."""
        return f", the machine stood still for {self.paused_ms:.0f} ms" if self.paused_ms > NOTICED_MS else ""


def ask(host: Host, cookie: str, question: Question | Round, clients: int, seconds: float, answers: int = 1,
        at_most_s: float = math.inf) -> Asked:
    """What so many clients together were answered in so long; where that are not so many `answers`, they go on, each
    until `at_most_s`. Asked again where the machine stood still. AssertionError where one was not answered."""
    found, paused_ms = undisturbed(
        lambda: _ask(host, cookie, question, clients, seconds, answers, at_most_s), _pauses().longest_ms)
    return replace(found, paused_ms=paused_ms)


@cache
def _pauses() -> Pauses:
    pauses = Pauses()
    atexit.register(pauses.close)
    return pauses


def _ask(host: Host, cookie: str, question: Question | Round, clients: int, seconds: float, answers: int,
         at_most_s: float) -> Asked:
    threads = [Client(host, cookie, (question,) if isinstance(question, Question) else question(number), seconds,
                      answers / clients, at_most_s) for number in range(clients)]
    began, cpu = time.perf_counter(), cpu_s(host)
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    elapsed, cpu = time.perf_counter() - began, cpu_s(host) - cpu
    assert all(each.is_content for each in threads), "a client was not answered"
    return Asked([each for client in threads for each in client.taken], elapsed, threads[0].size, cpu)


def percentile(taken: Sequence[float], share: float) -> float:
    """The value below which that share of them lie; of few the greatest, for a high share."""
    return sorted(taken)[int(len(taken) * share)]


def cookie_of(person: Person) -> str:
    return "; ".join(f"{each.name}={each.value}" for each in person.session.cookies)


def memory_mb(host: Host) -> float:
    """Resident memory of the process that answers."""
    return max(process.memory_info().rss for process in host.family()) / MEGABYTE
