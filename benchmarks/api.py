"""What an open console asks of its server, in a real one with a day behind it: every address at 10 and at 50 clients,
and fifty open pages at the pace of open pages. One process of four threads, with its history in SQLite.

The clients ask in a closed loop: see `clients.py` for what that tells. Nobody waits so long who looks at a page, so it
has no target, but for GET `/status`. What has one is what people meet: fifty pages that are open at once, each of which
asks every five seconds.
"""

from __future__ import annotations

import gzip
import tempfile
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.parse import urlencode

import orjson

from benchmarks import Row
from benchmarks.clients import PATIENCE_S, Asked, Question, ask, cookie_of, cpu_s, memory_mb, percentile
from benchmarks.filled import Filled, filled
from benchmarks.page import DAY, SOURCE, STEP_S
from tests.page_client import PageState, callback_body, tick_body
from tests.unit.web_host import API, PAGE

FEW, MANY = 10, 50
SECONDS = 3.0  # for each address and number of clients: all 26 of them, and the rest, in less than three minutes
WARM_UP_S = 0.5
PACED_S = 30.0
STATUS, TICK = "GET /status", "a tick of an open page, one new sample"
FIRST, EXPLORE = "the first answer of a page, 1 h", "Explore: 12 charts of 24 h"
STATUS_TARGETS_MS = (50.0, 300.0)  # the second: what every page and answer keeps under any load
PACED_TARGET_MS = 300.0
GROWTH_TARGET_MB = 20.0  # threads for fifty connections, each with a stack
GZIP = b"\x1f\x8b"
CPU = "system.cpu_percent"
LINES = ("system.cpu_percent", "system.memory_percent", "system.memory_mb", "system.disk_percent",
         "application.patterns_per_second", "application.indicators_per_second", "application.cache_hit_rate",
         "application.avg_pattern_detection_ms", "processing.queue_depth", "processing.ticks_per_second",
         "database.query_avg_ms", "redis.messages_per_second")
READS = {
    STATUS: "/status",
    "GET /alerts, 40 open": "/alerts",
    "GET /alerts/history, 24 h": "/alerts/history?hours=24",
    "GET /alerts/statistics": "/alerts/statistics",
    "GET /metrics/historical, 24 h of one metric": f"/metrics/historical?hours=24&metric={CPU}",
    "GET /metrics/historical, 24 h of all": "/metrics/historical?hours=24",
    "GET /metrics/series, 24 h of one metric": f"/metrics/series?source={SOURCE}&metric={CPU}&range=24h",
    "GET /metrics/moved, half an hour": "/metrics/moved?range=30m",
    "GET /history/moment, an hour ago": "/history/moment?at=now-1h",
    "GET /report, 24 h": "/report?range=24h",
}


class Questions:
    """What is asked of one console, as the scripts of its pages ask it."""

    def __init__(self, console: Filled):
        self._console = console
        self._dependencies = {page: console.person.get(f"{PAGE}/{page}_dash-dependencies").json()
                              for page in ("", "explore/")}
        console.person.tick()  # sets the token, and leaves the page with all there is

    def all(self) -> dict[str, Question]:
        """By name, made anew: for the page there is one new sample, as with every tick of a page that is open."""
        held = self._console.person.page_state
        self._console.person.tick()
        self._console.publish_update()
        self._console.wait_for_update()
        return {
            TICK: self.page("", tick_body(self._dependencies[""], held.question())),
            FIRST: self.page("", tick_body(
                self._dependencies[""], PageState("1h", zone="Europe/Zurich").question())),
            EXPLORE: self.page("explore/", callback_body(
                self._dependencies["explore/"], "explore-asked", {
                    "asked": 1, "zone": "Europe/Zurich", "points": 1_000,
                    "query": urlencode([*(("m", f"{SOURCE}/{name}") for name in LINES), ("range", "24h"),
                                        ("charts", "metric")])})),
        } | {name: Question(API + path) for name, path in READS.items()}

    def page(self, page: str, body: dict) -> Question:
        return Question(f"{PAGE}/{page}_dash-update-component", orjson.dumps(body), {
            "Content-Type": "application/json", "X-CSRFToken": self._console.person.session.cookies["monitoring_csrf"]})

    def tick(self, state: PageState) -> Question:
        return self.page("", tick_body(self._dependencies[""], state.question()))


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
    figure = "; ".join(f"{clients} clients {asked.median_ms:,.0f} / {asked.p99_ms:,.0f} ms, {asked.rate:,.0f} a second"
                       for clients, asked in ((FEW, few), (MANY, many)))
    return Row(f"closed loop, p50 / p99: {name}",
               f"{figure}; {few.size / 1000:,.1f} kB, {few.cpu_ms:.1f} ms of processor each", target,
               not has_target or all(each.p99_ms <= most for each, most in zip((few, many), STATUS_TARGETS_MS,
                                                                               strict=True)))


def rows() -> list[Row]:
    """The figures, each with its target."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        console = filled(stack, DAY, database_url=f"sqlite:///{folder}/history.sqlite3")
        questions, cookie = Questions(console), cookie_of(console.person)
        found = {}
        for name in questions.all():
            ask(console.host, cookie, questions.all()[name], FEW, WARM_UP_S)
        before = memory_mb(console.host)
        for name in questions.all():
            found[name] = [ask(console.host, cookie, questions.all()[name], clients, SECONDS)
                           for clients in (FEW, MANY)]
        after = memory_mb(console.host)
        taken, busy = paced(console, questions)
    median, p99 = (percentile(taken, share) * 1000 for share in (0.5, 0.99))
    return [
        *(row(name, *asked) for name, asked in found.items()),
        Row(f"{MANY} open pages, each with a tick every {STEP_S:.0f} s: p50 / p99 of {len(taken)} ticks",
            f"{median:.0f} / {p99:.0f} ms, {busy * 100:.0f} % of a core", f"p99 ≤ {PACED_TARGET_MS:.0f} ms",
            p99 <= PACED_TARGET_MS),
        Row("closed loop: memory of that process, before ÷ after all these answers", f"{before:.0f} ÷ {after:.0f} MB",
            f"≤ {GROWTH_TARGET_MB:.0f} MB more", after - before <= GROWTH_TARGET_MB)]
