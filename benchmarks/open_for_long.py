"""The heap of a tab: an hour with one tab open at its own pace, one with ten, one that ticks ten times as fast, and one
of consoles with ten times as much.

A browser goes on compiling, and keeping what it compiles, for a quarter of an hour and more: the first third of the
time is left out. `--only "1 tab"`, "10 tabs", "quick" or "grown" for one of them; BENCH_LONG_MINUTES (60) is how long
each is open, the quick one for a third of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from benchmarks import Row
from benchmarks.browser import SAMPLE_S, Tab, chromium, kept_open, slope, visitor
from benchmarks.grown import producing
from benchmarks.grown import site as with_a_day
from benchmarks.side_by_side import SAMPLES, STEP_S, TABS, console, site
from benchmarks.sizes import DAYS, PLAIN
from benchmarks.stored import with_days

MINUTES = float(os.environ.get("BENCH_LONG_MINUTES", "60"))
WARM_UP_SHARE = 1 / 3
HEAP_MB_H = 1.0
INTERVAL_MS, QUICKER, QUICK, QUICK_SHARE = 5_000, 10, "quick", 1 / 3
GROWN = "grown"
# One sample a tick, so that an hour's ticks are an hour's samples; 600 of them fill the range that is shown then.
QUICK_EVERY_S, QUICK_SAMPLES, QUICK_RANGE = INTERVAL_MS / QUICKER / 1000, 600, "?range=5m"


def words(tabs: int) -> str:
    return f"{tabs} tab{'s' * (tabs > 1)}"


def row(what: str, growth: float) -> Row:
    return Row(what, f"{growth:+.2f} MB", f"< {HEAP_MB_H:g} MB", growth < HEAP_MB_H)


def open_for(tabs: int) -> Row:
    with console(SAMPLES, STEP_S) as host, chromium() as browser:
        growth = kept_open(browser, site(host), tabs, MINUTES, WARM_UP_SHARE).heap_mb_h
    return row(f"{words(tabs)} open for {MINUTES:g} minutes: heap of one, an hour, after the first "
               f"{MINUTES * WARM_UP_SHARE:.0f}", growth)


def quick() -> Row:
    with (console(QUICK_SAMPLES, QUICK_EVERY_S, MONITORING_INTERVAL_MS=str(INTERVAL_MS // QUICKER)) as host,
          chromium() as browser):
        minutes = MINUTES * QUICK_SHARE
        growth = kept_open(browser, site(host, QUICK_RANGE), 1, minutes, WARM_UP_SHARE).heap_mb_h / QUICKER
    return row("growth of a tab's heap in the ticks of an hour, a sample each, after those of "
               f"{minutes * WARM_UP_SHARE * QUICKER:.0f} minutes", growth)


def grown() -> Row:
    """A tab of each of the four consoles whose costs are compared, all open at once.

    A day gains points until a thousand are new, in 83 minutes at 5 s; then the page asks for it anew, and has them no
    more. So what each gains until then is compared, and has no bound of its own.
    """
    with ExitStack() as stack:
        consoles = with_days(stack, DAYS)
        browser = stack.enter_context(chromium())
        stack.enter_context(producing(consoles))
        tabs = {name: Tab(stack.enter_context(visitor(browser, with_a_day(each))), with_a_day(each))
                for name, each in consoles.items()}
        wait, began = next(iter(tabs.values())).page.wait_for_timeout, time.monotonic()
        wait(MINUTES * 60_000 * WARM_UP_SHARE)
        heaps: dict[str, list[tuple[float, float]]] = {name: [] for name in tabs}
        while (elapsed := time.monotonic() - began) < MINUTES * 60:
            for name, tab in tabs.items():
                heaps[name].append((elapsed, tab.heap_mb()))
            wait(SAMPLE_S * 1000)
    growth = {name: slope(points) * 3600 for name, points in heaps.items()}
    more = max(growth.values()) - growth[PLAIN]
    return Row(f"ten times as much: heap of a tab with 24 h open for {MINUTES:g} minutes, an hour, after the first "
               f"{MINUTES * WARM_UP_SHARE:.0f}", ", ".join(f"{name} {mb:+.2f} MB" for name, mb in growth.items()),
               f"less than {HEAP_MB_H:g} MB more than the plain one", more < HEAP_MB_H)


TAKEN: dict[str, Callable[[], Row]] = {
    **{words(tabs): partial(open_for, tabs) for tabs in (1, TABS)}, QUICK: quick, GROWN: grown}


def rows(*only: str) -> list[Row]:
    """The figures, each with its target; `only` some of `TAKEN`. Raises KeyError for one there is not."""
    return [take() for take in [TAKEN[name] for name in only or TAKEN]]
