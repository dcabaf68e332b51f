"""How cost grows: with ten times the metrics, ten times the history and ten times the alerts, one at a time.

Each figure is that of the larger console ÷ that of the plain one, measured in turns in the same run. Times are of the
processor, but for the page in Chromium and what clients wait. Bounds and sizes are in `sizes.py`: "history" of the
first rows, of one process without a database, is what is in memory; of the consoles with one what is in the database.

`--only processor`, "feed", "browser", "tabs", "clients" or "server" for some of it, or an address as it stands in the
table.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import orjson

from benchmarks import Row
from benchmarks.grown import PARTS, served
from benchmarks.grown_answers import ADDRESSES
from benchmarks.grown_feed import fed
from benchmarks.page import SOURCE, STEP_S, Browser, PageState, World
from benchmarks.sizes import HISTORY, IN_PROPORTION, METRICS, PLAIN, SHOWN, SIZES, ratios, row
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import api_host

ROUNDS = 60
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
FIGURES: tuple[tuple[str, Callable[[Measured], float], dict[str, float]], ...] = (
    ("an event through parser, ring and state", Measured.event, {METRICS: IN_PROPORTION}),
    ("a tick of the page, 24 h shown", Measured.tick, {METRICS: SHOWN}),
    ("the first answer of the page, 24 h", Measured.first_answer, {METRICS: SHOWN, HISTORY: IN_PROPORTION}),
    ("GET /status", Measured.status, {METRICS: IN_PROPORTION}),
    ("GET /alerts, 25 of them", Measured.alerts, {}),
    ("GET /metrics/historical, 24 h of one metric", Measured.series, {HISTORY: IN_PROPORTION}),
)


def on_the_server() -> list[Row]:
    consoles = {name: Measured(World(*size)) for name, size in SIZES.items()}
    found = []
    for what, measure, bounds in FIGURES:
        taken: dict[str, list[float]] = {name: [] for name in consoles}
        for _ in range(ROUNDS):  # in turn, since the processor's speed changes with what others do
            for name, console in consoles.items():
                taken[name].append(measure(console))
        medians = {name: statistics.median(each) for name, each in taken.items()}
        found.append(row(what, f"{medians[PLAIN] * 1000:.2f} ms", ratios(medians), bounds))
    return found


ALONE = {"processor": on_the_server, "feed": fed}
"""Parts that have consoles of their own."""


def rows(*only: str) -> list[Row]:
    """The figures, each with its target; `only` of some of ALONE, PARTS and ADDRESSES. Raises ValueError for others."""
    parts = only or (*ALONE, *PARTS)
    known = (*ALONE, *PARTS, *ADDRESSES)
    if unknown := {*parts} - {*known}:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    found = [row for name, take in ALONE.items() if name in parts for row in take()]
    return found + (served(parts) if {*parts} - {*ALONE} else [])
