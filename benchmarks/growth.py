"""How cost grows: with ten times the metrics, ten times the history and ten times the alerts, one at a time.

Each figure is that of the larger console ÷ that of the plain one, measured in turns in the same run. Times are of the
processor, but for the page in Chromium.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import orjson

from benchmarks import Row
from benchmarks.browser import chromium, openings
from benchmarks.clients import memory_mb
from benchmarks.page import ALERTS, SOURCE, Browser, PageState, World, alert, many_metrics
from benchmarks.side_by_side import site
from dashboard.feed.copies import LINES
from dashboard.settings import Settings
from tests.integration.mounted import ONE_PROCESS, Host, Person, publish, subscribers
from tests.servers import RedisServer, wait_for
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import api_host

TIMES = 10
SAMPLES, STEP_S = 1_728, 5.0  # 2.4 hours: ten times as much is the day that is kept
METRICS, HISTORY, MANY_ALERTS = "metrics", "history", "alerts"
SIZES = {"plain": (SAMPLES, 1, ALERTS), METRICS: (SAMPLES, TIMES, ALERTS), HISTORY: (SAMPLES * TIMES, 1, ALERTS),
         MANY_ALERTS: (SAMPLES, 1, ALERTS * TIMES)}
ROUNDS, OPENINGS = 60, 3
IN_PROPORTION = 12.0  # of what there is ten times as much; a little more, for what no longer fits into a cache
NOT_AFFECTED = 1.5  # of what has ten times as much of something it does not show
DAY = "24h"


def processor(work: Callable[[], object]) -> float:
    """Seconds of this thread."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


class Measured:
    """What is measured of one console."""

    def __init__(self, world: World):
        self.world = world
        self.page = Browser(world, DAY)
        self.page.tick()
        app = api_host(world.services)
        del app.extensions["described"]  # tests compare each answer with the description of the API
        self.api = sign_in(app.test_client())

    def event(self) -> float:
        """One event through the door: parsed, filed, the state of its source kept."""
        world = self.world
        world.now += STEP_S
        world.number += 1
        raw = orjson.dumps({"source": SOURCE, "timestamp": world.now, **world.update()})
        return processor(partial(world.services.intake.accept, raw, world.now + 0.01))

    def tick(self) -> float:
        self.world.sample()
        return self.page.tick()[0]

    def first_answer(self) -> float:
        self.page.state = PageState(DAY, zone="Europe/Zurich")
        return self.page.tick()[0]

    def status(self) -> float:
        return processor(lambda: self.api.get(API + "/status"))

    def alerts(self) -> float:
        return processor(lambda: self.api.get(API + "/alerts?limit=25"))

    def series(self) -> float:
        return processor(lambda: self.api.get(API + "/metrics/historical?hours=24&metric=system.cpu_percent"))


# What each reads or shows of what there is more of: the rest should not notice.
FIGURES: tuple[tuple[str, Callable[[Measured], float], set[str]], ...] = (
    ("an event through parser, ring and state", Measured.event, {METRICS}),
    ("a tick of the page, 24 h shown", Measured.tick, {METRICS}),
    ("the first answer of the page, 24 h", Measured.first_answer, {METRICS, HISTORY}),
    ("GET /status", Measured.status, {METRICS}),
    ("GET /alerts, 25 of them", Measured.alerts, set()),
    ("GET /metrics/historical, 24 h of one metric", Measured.series, {HISTORY}),
)


def row(what: str, plain: str, ratios: dict[str, float], affected: set[str]) -> Row:
    """One measure: how many times as much it costs with ten times as much of each."""
    figure = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
    targets = {name: IN_PROPORTION if name in affected else NOT_AFFECTED for name in ratios}
    target = ", ".join(f"{name} ≤ {most:g}" for name, most in targets.items())
    return Row(f"ten times as much: {what} (× {plain})", figure, target,
               all(ratio <= targets[name] for name, ratio in ratios.items()))


def on_the_server() -> list[Row]:
    consoles = {name: Measured(World(*size)) for name, size in SIZES.items()}
    found = []
    for what, measure, affected in FIGURES:
        taken: dict[str, list[float]] = {name: [] for name in consoles}
        for _ in range(ROUNDS):  # in turn, since the processor's speed changes with what others do
            for name, console in consoles.items():
                taken[name].append(measure(console))
        medians = {name: statistics.median(each) for name, each in taken.items()}
        plain = medians.pop("plain")
        found.append(row(what, f"{plain * 1000:.2f} ms", {name: each / plain for name, each in medians.items()},
                         affected))
    return found


def _started(stack: ExitStack, samples: int, copies: int, alerts: int) -> Host:
    """A console of this size in a process of its own, with a Redis of its own."""
    server = RedisServer().start()
    stack.callback(server.close)
    host = Host(server.url, *ONE_PROCESS, MONITORING_DATABASE_URL="off")
    stack.callback(host.kill)
    person = Person(host.started())
    wait_for(lambda: len(subscribers(server)) == LINES, what="the feed")
    now = time.time()
    with server.client() as client, client.pipeline(transaction=False) as pipeline:
        for number in range(samples):
            pipeline.publish(Settings().channel, orjson.dumps({
                "event_type": "METRIC_UPDATE", "source": SOURCE, "timestamp": now - (samples - number) * STEP_S,
                "metrics": many_metrics(number, copies), "health_score": {"overall": 88.0, "status": "good"}}))
            if number % 200 == 199:
                pipeline.execute()
        pipeline.execute()
    for number in range(alerts):
        publish(server, **alert(number))

    def is_filled() -> bool:
        told = person.status().json()
        return told["active_alerts"] == alerts and told["feed"]["accepted"] + told["feed"]["filled"] == samples + alerts

    wait_for(is_filled, 120, 0.2, "the events in the host")
    return host


def in_the_browser() -> list[Row]:
    charts, sizes, memory = {}, {}, {}
    with chromium() as browser:
        for name, size in SIZES.items():
            with ExitStack() as stack:
                host = _started(stack, *size)
                openings(browser, site(host), 1)
                cold, _ = openings(browser, site(host), OPENINGS)
                charts[name], sizes[name], memory[name] = cold.charts_ms, cold.bytes, memory_mb(host)
    found = []
    for what, values, unit, affected in (
            ("the page in Chromium, cold, to all charts", charts, "ms", {METRICS}),
            ("bytes of the same", sizes, "bytes", set()),
            ("memory of the server", memory, "MB", {METRICS, HISTORY})):
        plain = values.pop("plain")
        found.append(row(what, f"{plain:,.0f} {unit}", {name: each / plain for name, each in values.items()}, affected))
    return found


def rows() -> list[Row]:
    """The figures, each with its target."""
    return [*on_the_server(), *in_the_browser()]
