"""The four consoles in processes of their own, with their history in SQLite: what a browser sees of each, what clients
are told, what they cost.

All are there at the same time and are asked in turns, since the machine's speed changes with what others do on it.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from playwright.sync_api import Browser

from benchmarks import Row
from benchmarks.browser import Opened, Site, Tab, chromium, openings, visitor
from benchmarks.clients import memory_mb
from benchmarks.filled import Filled
from benchmarks.grown_answers import ADDRESSES, over_http
from benchmarks.page import STEP_S
from benchmarks.side_by_side import TABS
from benchmarks.side_by_side import site as of_its_host
from benchmarks.sizes import DAYS, IN_PROPORTION, METRICS, PLAIN, SHOWN, ratios, row
from benchmarks.stored import with_days
from tests.integration.mounted import cpu_s

OPENINGS = 9  # the median of three is one and a half times that of three others by chance, on a machine with other work
SETTLED_S, WATCHED_S = 12.0, 40.0  # eight ticks
TURNS = 2  # of many tabs
ROUNDS = 3
BROWSER, OPEN, CLIENTS, SERVER = PARTS = "browser", "tabs", "clients", "server"
TICKS, HEARD_S = 60, 0.02  # so long after it was published an event is known


@dataclass(frozen=True)
class Kept:
    """An open tab, after its first ticks: what its scripts hold, its traffic, and what its main thread takes of a
    processor."""

    heap_mb: float
    bytes_s: float
    processor: float


def site(console: Filled) -> Site:
    """The overview with the whole day: a line of it has at most a thousand points, whatever there is."""
    plain = of_its_host(console.host)
    return replace(plain, address=plain.address + "?range=24h")


@contextmanager
def producing(consoles: dict[str, Filled]) -> Iterator[None]:
    """Each is sent an update every five seconds."""
    over = threading.Event()

    def send() -> None:
        while not over.wait(STEP_S):
            for console in consoles.values():
                console.publish_update()

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(10)


def opened(browser: Browser, consoles: dict[str, Filled]) -> dict[str, tuple[Opened, Opened]]:
    """Each, with an empty cache and with a full one: the medians of some openings."""
    found: dict[str, list[tuple[Opened, Opened]]] = {name: [] for name in consoles}
    for turn in range(1 + OPENINGS):
        for name, console in consoles.items():
            console.catch_up()
            pair = openings(browser, site(console), 1)
            if turn:  # the first visit of all warms the server, too
                found[name].append(pair)
    return {name: tuple(Opened(*(statistics.median(getattr(pair[place], field) for pair in pairs)
                                 for field in Opened.__dataclass_fields__)) for place in (0, 1))
            for name, pairs in found.items()}


def kept_open(browser: Browser, consoles: dict[str, Filled], tabs: int = 1) -> dict[str, Kept]:
    """So many tabs of each, all at once: what they hold and send is not a matter of the machine. Means over tabs."""
    with ExitStack() as stack:
        opened = {name: [] for name in consoles}
        for name, console in consoles.items():
            visit = stack.enter_context(visitor(browser, site(console)))
            opened[name] += [Tab(visit, site(console)) for _ in range(tabs)]
        first = next(iter(opened.values()))[0]
        stack.enter_context(producing(consoles))
        first.page.wait_for_timeout(SETTLED_S * 1000)
        began, before = time.monotonic(), _so_far(opened)
        first.page.wait_for_timeout(WATCHED_S * 1000)
        watched, after = (time.monotonic() - began) * tabs, _so_far(opened)
        return {name: Kept(statistics.mean(tab.heap_mb() for tab in each),
                           *((now - then) / watched for now, then in zip(after[name], before[name], strict=True)))
                for name, each in opened.items()}


def _so_far(opened: dict[str, list[Tab]]) -> dict[str, tuple[float, float]]:
    """Bytes both ways, and seconds of processor of the main threads, of all tabs of each console."""
    return {name: (sum(tab.received + tab.sent for tab in tabs), sum(tab.processor_s() for tab in tabs))
            for name, tabs in opened.items()}


def in_turn(browser: Browser, consoles: dict[str, Filled], tabs: int) -> dict[str, Kept]:
    """One console after the other, and so again: together their tabs would want more than the machine has."""
    found: dict[str, list[Kept]] = {name: [] for name in consoles}
    for _ in range(TURNS):
        for name, console in consoles.items():
            console.catch_up()
            found[name].append(kept_open(browser, {name: console}, tabs)[name])
    return {name: Kept(*(statistics.mean(getattr(each, field) for each in turns)
                         for field in Kept.__dataclass_fields__)) for name, turns in found.items()}


def open_tabs(what: str, found: dict[str, Kept]) -> list[Row]:
    """`what` names the tab, or one of many."""
    return [row(f"{measure} of {what}{rest}", words.format(values[PLAIN]), ratios(values), {METRICS: SHOWN})
            for measure, rest, values, words in (
                ("heap", "", {name: kept.heap_mb for name, kept in found.items()}, "{:.1f} MB"),
                ("bytes both ways", ", a second", {name: kept.bytes_s / 1000 for name, kept in found.items()},
                 "{:.2f} kB"),
                ("processor of the main thread", "", {name: kept.processor * 100 for name, kept in found.items()},
                 "{:.1f} %"))]


def openings_of(consoles: dict[str, Filled]) -> list[Row]:
    with chromium() as browser:
        pages = opened(browser, consoles)
    found = []
    for place, cache in enumerate(("cold", "warm")):
        for words, field, unit in (("to live values", "value_ms", "ms"), ("to all charts", "charts_ms", "ms"),
                                   ("until it takes clicks, all charts drawn", "ready_ms", "ms"),
                                   ("bytes", "bytes", "bytes"), ("requests", "requests", "requests")):
            values = {name: getattr(pair[place], field) for name, pair in pages.items()}
            found.append(row(f"the page with 24 h in Chromium, {cache}: {words}", f"{values[PLAIN]:,.0f} {unit}",
                             ratios(values), {METRICS: SHOWN}))
    return found


def tabs_of(consoles: dict[str, Filled]) -> list[Row]:
    with chromium() as browser:
        return [*open_tabs("an open tab", kept_open(browser, consoles)),
                *open_tabs(f"one of {TABS} open tabs", in_turn(browser, consoles, TABS))]


def ticks(consoles: dict[str, Filled]) -> dict[str, float]:
    """Seconds of processor of the server for a tick and the event before it."""
    spent = dict.fromkeys(consoles, 0.0)
    for console in consoles.values():
        console.person.tick()
    for _ in range(ROUNDS):
        for name, console in consoles.items():
            before = cpu_s(console.host)
            for _ in range(TICKS // ROUNDS):
                console.publish_update()
                time.sleep(HEARD_S)
                assert console.person.tick().ok
            spent[name] += cpu_s(console.host) - before
    return {name: seconds / TICKS for name, seconds in spent.items()}


def served(parts: Collection[str]) -> list[Row]:
    """The figures of these parts, some of PARTS or of ADDRESSES, each with its target."""
    with ExitStack() as stack:
        consoles = with_days(stack, DAYS)
        memory = {name: memory_mb(console.host) for name, console in consoles.items()}
        found = openings_of(consoles) if BROWSER in parts else []
        found += tabs_of(consoles) if OPEN in parts else []
        found += over_http(consoles, ADDRESSES if CLIENTS in parts else parts)
        if SERVER not in parts:
            return found
        spent = ticks(consoles)  # the last: it sends as no producer does that sends every five seconds
    return [*found,
            row("processor of the server for a tick and its event", f"{spent[PLAIN] * 1000:.1f} ms", ratios(spent),
                {METRICS: SHOWN}),
            row("memory of the server", f"{memory[PLAIN]:,.0f} MB", ratios(memory), {METRICS: IN_PROPORTION})]
