"""What clients of the four consoles wait for, in a closed loop: how it grows with ten times as much of one thing."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from benchmarks import Row
from benchmarks.clients import Asked, Question, Round, ask, cookie_of, percentile
from benchmarks.filled import Filled
from benchmarks.questions import (
    ACKNOWLEDGE,
    EXPLORE,
    EXPLORE_ALL,
    FIRST,
    REPORT_ALL,
    SERIES_ALL,
    STATUS,
    TICK,
    Questions,
)
from benchmarks.sizes import (
    AT_WORST,
    HISTORY,
    IN_PROPORTION,
    MANY_ALERTS,
    METRICS,
    NOT_AFFECTED,
    PLAIN,
    SHOWN,
    ratios,
    row,
)
from benchmarks.stock import stock

CLIENTS, WRITING = (10, 50), 10  # of those that write each has an alert of its own
TURNS, TURN_S = 2, 0.8
ENOUGH, LONG_S = 100, 15.0  # turns go on until each console has given so many answers, or they took so long
READ = {  # what each reads, or shows, of what there is more of; of all that is stored only what is asked for is read
    STATUS: {METRICS: IN_PROPORTION},
    TICK: {METRICS: SHOWN},
    FIRST: {METRICS: SHOWN},
    # Alerts of the window stand in its charts. What is stored of an event is one field with all its metrics: of ten
    # times as many a line is read out of a field ten times as long.
    EXPLORE: {METRICS: IN_PROPORTION, MANY_ALERTS: IN_PROPORTION},
    EXPLORE_ALL: {METRICS: IN_PROPORTION, HISTORY: IN_PROPORTION, MANY_ALERTS: IN_PROPORTION},
    "GET /alerts, 40 open": {MANY_ALERTS: IN_PROPORTION},
    "GET /alerts/history, 24 h": {MANY_ALERTS: IN_PROPORTION},
    "GET /alerts/statistics": {MANY_ALERTS: IN_PROPORTION},
    "GET /metrics/historical, 24 h of one metric": {},
    "GET /metrics/historical, 24 h of all": {METRICS: IN_PROPORTION},
    "GET /metrics/series, 24 h of one metric": {METRICS: IN_PROPORTION},
    SERIES_ALL: {METRICS: IN_PROPORTION, HISTORY: IN_PROPORTION},
    "GET /metrics/moved, half an hour": {METRICS: IN_PROPORTION},
    "GET /history/moment, an hour ago": {METRICS: IN_PROPORTION, MANY_ALERTS: IN_PROPORTION},
    "GET /report, 24 h": {METRICS: IN_PROPORTION, MANY_ALERTS: IN_PROPORTION},
    REPORT_ALL: {METRICS: IN_PROPORTION, HISTORY: IN_PROPORTION, MANY_ALERTS: IN_PROPORTION},
    "GET /alerts/{id}": {},
    "GET /alerts/export, CSV": {MANY_ALERTS: IN_PROPORTION},
    "GET /metrics": {METRICS: IN_PROPORTION},
    "GET /metrics/historical, 24 h of all, CSV": {METRICS: IN_PROPORTION},
    "GET /explore/export, 12 lines of 24 h, CSV": {METRICS: IN_PROPORTION},
    "GET /explore/export, 12 lines of 24 h, Parquet": {METRICS: IN_PROPORTION},
    "GET /explore/export, 12 charts of 24 h, HTML": {METRICS: IN_PROPORTION, MANY_ALERTS: IN_PROPORTION},
    "GET /silences": {MANY_ALERTS: IN_PROPORTION},  # each says which alerts it is about
    "GET /annotations, 24 h": {},
    "GET /routes": {},
    "GET /deliveries": {},
    "GET /history/commands, 24 h": {},
    "GET /history/gaps, 24 h": {},
    "GET /openapi.json": {},
}

ADDRESSES = (*READ, ACKNOWLEDGE)


def over_http(consoles: dict[str, Filled], addresses: Collection[str]) -> list[Row]:
    """For each of `addresses` that is one of ADDRESSES, and each number of clients: median and slowest hundredth."""
    questions = {name: Questions(console) for name, console in consoles.items()}
    found = []
    for console in consoles.values():
        stock(console)  # the same in all
    for what, bounds in READ.items():
        for clients in CLIENTS if what in addresses else ():
            turns = in_turns(consoles, lambda name, what=what: (
                questions[name].all() | questions[name].of_all_days())[what], clients)
            found += rows_of(f"{what}, {clients} clients in a closed loop", turns, bounds)
    if ACKNOWLEDGE not in addresses:
        return found
    turns = in_turns(consoles, lambda name: questions[name].writes("alert")[ACKNOWLEDGE], WRITING)
    return [*found, *rows_of(f"{ACKNOWLEDGE}, {WRITING} clients in a closed loop", turns, {MANY_ALERTS: IN_PROPORTION})]


def in_turns(consoles: dict[str, Filled], asked: Callable[[str], Question | Round], clients: int
             ) -> dict[str, list[Asked]]:
    """Each console as often as the others, since the machine's speed changes with what others do on it."""
    found: dict[str, list[Asked]] = {name: [] for name in consoles}
    began = time.monotonic()
    while goes_on(found, time.monotonic() - began):
        for name, console in consoles.items():
            found[name].append(ask(console.host, cookie_of(console.person), asked(name), clients, TURN_S))
    return found


def goes_on(found: dict[str, list[Asked]], elapsed_s: float) -> bool:
    """Whether there is another turn. The first is always; where it takes very long, it has many clients' answers."""
    if elapsed_s >= LONG_S:
        return not found[PLAIN]
    return len(found[PLAIN]) < TURNS or fewest(found) < ENOUGH


def fewest(turns: dict[str, list[Asked]]) -> int:
    return min(sum(len(each.taken) for each in asked) for asked in turns.values())


def rows_of(what: str, turns: dict[str, list[Asked]], bounds: dict[str, float]) -> list[Row]:
    """The median is that of the turn that was held up least; the slowest hundredth is of the answers of all turns."""
    medians = {name: min(each.median_ms for each in asked) for name, asked in turns.items()}
    slowest = {name: percentile([one for each in asked for one in each.taken], 0.99) * 1000
               for name, asked in turns.items()}
    pause = max((each for asked in turns.values() for each in asked), key=lambda each: each.paused_ms).pause
    return [row(f"{what}, p50", f"{medians[PLAIN]:.1f} ms", ratios(medians), bounds, NOT_AFFECTED),
            row(f"{what}, p99", f"{slowest[PLAIN]:.1f} ms, of {fewest(turns):,} answers at least{pause}",
                ratios(slowest), bounds, AT_WORST)]
