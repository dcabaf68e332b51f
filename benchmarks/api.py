"""What an open console asks of its server and programs of its API, in a real one with a day behind it: every address
at 10 and at 50 clients, and fifty open pages at the pace of open pages. One process of four threads, with its history
in SQLite.

The clients ask in a closed loop: see `clients.py` for what that tells. Nobody waits so long who looks at a page, so it
has no target, but for GET `/status`. What has one is what people meet: fifty pages that are open at once, each of which
asks every five seconds.
"""

from __future__ import annotations

import gzip
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection

import orjson

from benchmarks import Row
from benchmarks.clients import PATIENCE_S, Asked, Question, Round, ask, cookie_of, memory_mb, percentile
from benchmarks.filled import Filled
from benchmarks.page import ALERTS, STEP_S
from benchmarks.questions import STATUS, Questions
from benchmarks.stock import stock, stock_for
from benchmarks.stored import with_days
from tests.integration.mounted import cpu_s
from tests.page_client import PageState

FEW, MANY = 10, 50
# For each address and number of clients so long, and on for so many answers, but not for longer than that: all of it
# takes less than five minutes.
SECONDS, ANSWERS, AT_MOST_S = 1.0, 100, 5.0
WARM_UP_S = 0.5
PACED_S = 30.0
STATUS_TARGETS_MS = (50.0, 300.0)  # the second: what every page and answer keeps under any load
PACED_TARGET_MS = 300.0
GROWTH_TARGET_MB = 20.0  # threads for fifty connections, each with a stack
GZIP = b"\x1f\x8b"


class OpenPage(threading.Thread):
    """Asks every five seconds, as a page does; over a new connection, since gunicorn closes an idle one after two."""

    def __init__(self, console: Filled, questions: Questions, delay_s: float, ticks: int):
        super().__init__(daemon=True)
        self._console, self._questions, self._delay_s, self._ticks = console, questions, delay_s, ticks
        self._cookie = cookie_of(console.person)
        self._state = PageState("1h", zone="Europe/Zurich")
        self.taken: list[float] = []

    def open(self) -> None:
        self.tick()
        self.taken.clear()

    def run(self) -> None:
        began = time.perf_counter() + self._delay_s
        for number in range(self._ticks):
            time.sleep(max(0.0, began + number * STEP_S - time.perf_counter()))
            self.tick()

    def tick(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._console.host.port, timeout=PATIENCE_S)
        taken, body = self._questions.tick(self._state).put(connection, self._cookie)
        connection.close()
        self.taken.append(taken)
        self._state.take(read(body))


def read(body: bytes) -> dict:
    """What an answer of the page brings for its scripts, unpacked where it is packed."""
    packed = body.startswith(GZIP)
    return orjson.loads(gzip.decompress(body) if packed else body)["response"]["live"]["data"]


def paced(console: Filled, questions: Questions) -> tuple[list[float], float]:
    """(seconds each tick of fifty pages took, share of a core the server took meanwhile). An update every five
    seconds; the pages' ticks are spread evenly between."""
    pages = [OpenPage(console, questions, number * STEP_S / MANY, round(PACED_S / STEP_S)) for number in range(MANY)]
    for page in pages:
        page.open()
    began, cpu = time.perf_counter(), cpu_s(console.host)
    for page in pages:
        page.start()
    while any(page.is_alive() for page in pages):
        console.publish_update()
        time.sleep(STEP_S)
    busy = (cpu_s(console.host) - cpu) / (time.perf_counter() - began)
    taken = [each for page in pages for each in page.taken]
    assert len(taken) == MANY * round(PACED_S / STEP_S), "a page was not answered"
    return taken, busy


def row(name: str, few: Asked, many: Asked) -> Row:
    """One address. Only the status has targets: see above."""
    has_target = name == STATUS
    target = f"p99 ≤ {STATUS_TARGETS_MS[0]:.0f} and ≤ {STATUS_TARGETS_MS[1]:.0f} ms" if has_target else "told"
    figure = "; ".join(f"{clients} clients {asked.median_ms:,.0f} / {asked.p99_ms:,.0f} ms of {len(asked.taken):,}, "
                       f"{asked.rate:,.0f} a second{asked.pause}" for clients, asked in ((FEW, few), (MANY, many)))
    return Row(f"closed loop, p50 / p99: {name}",
               f"{figure}; {few.size / 1000:,.1f} kB, {few.cpu_ms:.1f} ms of processor each", target,
               not has_target or all(each.p99_ms <= most for each, most in zip((few, many), STATUS_TARGETS_MS,
                                                                               strict=True)))


def closed_loops(console: Filled, questions: Questions) -> tuple[list[Row], float, float]:
    """A row for each address, and the memory of the process before and after all of them."""
    cookie = cookie_of(console.person)

    def asked(question: Question | Round) -> list[Asked]:
        return [ask(console.host, cookie, question, clients, SECONDS, ANSWERS, AT_MOST_S) for clients in (FEW, MANY)]

    for question in questions.all().values():  # one update for all: the producer is none that sends twice a second
        ask(console.host, cookie, question, FEW, WARM_UP_S)
    before = memory_mb(console.host)
    found = [row(name, *asked(questions.all()[name])) for name in questions.all()]
    stock_for(console, MANY)
    found += [row(name, *asked(each)) for name, each in questions.writes().items()]
    return found, before, memory_mb(console.host)


def rows() -> list[Row]:
    """The figures, each with its target."""
    with ExitStack() as stack:
        console, = with_days(stack, {"a day": (1, 1, ALERTS)}).values()
        stock(console)
        questions = Questions(console)
        found, before, after = closed_loops(console, questions)
        taken, busy = paced(console, questions)
    median, p99 = (percentile(taken, share) * 1000 for share in (0.5, 0.99))
    return [
        *found,
        Row(f"{MANY} open pages, each with a tick every {STEP_S:.0f} s: p50 / p99 of {len(taken)} ticks",
            f"{median:.0f} / {p99:.0f} ms, {busy * 100:.0f} % of a core", f"p99 ≤ {PACED_TARGET_MS:.0f} ms",
            p99 <= PACED_TARGET_MS),
        Row("closed loop: memory of that process, before ÷ after all these answers", f"{before:.0f} ÷ {after:.0f} MB",
            f"≤ {GROWTH_TARGET_MB:.0f} MB more", after - before <= GROWTH_TARGET_MB)]
