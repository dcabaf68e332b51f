"""The heap of a tab at its own pace: an hour with one tab open, and one with ten.

A browser goes on compiling, and keeping what it compiles, for a quarter of an hour and more: the first twenty minutes
are left out. `--only "1 tab"` or `--only "10 tabs"` for one of the two; BENCH_LONG_MINUTES (60) is how long each is
open.
"""

from __future__ import annotations

import os

from benchmarks import Row
from benchmarks.browser import chromium, kept_open
from benchmarks.side_by_side import HEAP_MB_H, SAMPLES, STEP_S, TABS, console, site

MINUTES = float(os.environ.get("BENCH_LONG_MINUTES", "60"))
WARM_UP_SHARE = 1 / 3


def words(tabs: int) -> str:
    return f"{tabs} tab{'s' * (tabs > 1)}"


def rows(*only: str) -> list[Row]:
    """The figures, each with its target; `only`: "1 tab", "10 tabs"."""
    found = []
    with console(SAMPLES, STEP_S) as host, chromium() as browser:
        for tabs in (1, TABS):
            if not only or words(tabs) in only:
                growth = kept_open(browser, site(host), tabs, MINUTES, WARM_UP_SHARE).heap_mb_h
                found.append(Row(
                    f"{words(tabs)} open for {MINUTES:g} minutes: heap of one, an hour, after the first "
                    f"{MINUTES * WARM_UP_SHARE:.0f}", f"{growth:+.2f} MB", f"< {HEAP_MB_H:g} MB", growth < HEAP_MB_H))
    return found
