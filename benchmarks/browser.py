"""A page in Chromium: how long it takes to show something, what it loads, and what it costs while it stays open.

The same for every page that is measured: a script in the page looks at each frame whether the first value, and all
charts of the first screen, are there. Chromium reaches nothing beyond this machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import DESK, FLAGS, chromium_path

LIMIT_MS = 60_000
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SAMPLE_S = 15.0
WARM_UP_SHARE = 0.4  # of the time a tab is watched: caches fill, code is compiled, a day's first ticks differ
WATCH = """(() => {
    const seen = window.benchmark = {value: null, charts: null, ready: null};
    const value = %s, charts = %s, ready = %s;
    const holds = (condition) => { try { return condition(); } catch { return false; } };
    const look = () => {
        if (seen.value === null && holds(value)) seen.value = performance.now();
        if (seen.charts === null && seen.value !== null && holds(charts)) seen.charts = performance.now();
        if (seen.charts !== null && holds(ready)) seen.ready = performance.now();
        if (seen.ready === null) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})();"""


@dataclass(frozen=True)
class Site:
    """A page to be measured: its address, two functions of the page that tell when the first value and when all charts
    of the first screen are there, what makes a visitor known, and when the page does what it is told, where that is
    later."""

    address: str
    value: str
    charts: str
    enter: Callable[[BrowserContext], object] = lambda context: None
    ready: str = "() => true"


@dataclass(frozen=True)
class Opened:
    """How a page opened: milliseconds since it was asked for, bytes as they came over the wire, requests."""

    value_ms: float
    charts_ms: float
    ready_ms: float
    bytes: float
    requests: float


@dataclass(frozen=True)
class Kept:
    """What an open tab costs: share of its main thread, bytes a second both ways, growth of its heap in MB an hour."""

    main_thread: float
    bytes_s: float
    heap_mb_h: float


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, ONLY_HERE])
        yield browser
        browser.close()


class Tab:
    """One page whose traffic is counted; opened at once."""

    def __init__(self, context: BrowserContext, site: Site):
        self.page: Page = context.new_page()
        self._devtools = context.new_cdp_session(self.page)
        self.requests, self.received, self.sent = 0, 0, 0
        for domain in ("Network", "Performance", "HeapProfiler"):
            self._devtools.send(f"{domain}.enable")
        self._devtools.on("Network.requestWillBeSent", self._count_request)
        self._devtools.on("Network.loadingFinished", self._count_answer)
        self.page.add_init_script(WATCH % (site.value, site.charts, site.ready))
        self.page.goto(site.address)
        self.page.wait_for_function("() => window.benchmark.ready !== null", timeout=LIMIT_MS)
        self.seen = self.page.evaluate("() => window.benchmark")

    def _count_request(self, event: dict) -> None:
        self.requests += 1
        request = event["request"]
        self.sent += len(request.get("postData", "")) + sum(
            len(name) + len(text) + 4 for name, text in request["headers"].items())

    def _count_answer(self, event: dict) -> None:
        self.received += event["encodedDataLength"]

    @property
    def opened(self) -> Opened:
        return Opened(self.seen["value"], self.seen["charts"], self.seen["ready"], self.received, self.requests)

    def busy_s(self) -> float:
        """Seconds the main thread has worked so far."""
        return self._metric("TaskDuration")

    def processor_s(self) -> float:
        """Seconds of processor that the main thread took so far: of many tabs each works slower, and takes no more."""
        return self._metric("ThreadTime")

    def heap_mb(self) -> float:
        """What scripts hold, after everything that nobody holds was thrown away."""
        self._devtools.send("HeapProfiler.collectGarbage")
        return self._metric("JSHeapUsedSize") / 1e6

    def _metric(self, name: str) -> float:
        return next(each["value"] for each in self._devtools.send("Performance.getMetrics")["metrics"]
                    if each["name"] == name)


@contextmanager
def visitor(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """Somebody with an empty cache."""
    context = browser.new_context(viewport=DESK)
    site.enter(context)
    yield context
    context.close()


def openings(browser: Browser, site: Site, times: int) -> tuple[Opened, Opened]:
    """Medians of opening the page with an empty cache, and again with a full one."""
    cold, warm = [], []
    for _ in range(times):
        with visitor(browser, site) as context:
            for found in (cold, warm):
                tab = Tab(context, site)
                found.append(tab.opened)
                tab.page.close()
    return _median(cold), _median(warm)


def _median(found: list[Opened]) -> Opened:
    return Opened(*(statistics.median(getattr(each, name) for each in found) for name in Opened.__dataclass_fields__))


def kept_open(browser: Browser, site: Site, tabs: int, minutes: float, warm_up: float = WARM_UP_SHARE) -> Kept:
    """So many tabs of one visitor, for so long; means over the tabs, after a warm-up of that share of the time."""
    with visitor(browser, site) as context:
        opened = [Tab(context, site) for _ in range(tabs)]
        _wait(opened, minutes * 60 * warm_up)
        began, end = time.monotonic(), time.monotonic() + minutes * 60 * (1 - warm_up)
        before = [(tab.busy_s(), tab.received + tab.sent) for tab in opened]
        heaps: list[tuple[float, float]] = []
        collecting = 0.0
        while time.monotonic() < end:
            _wait(opened, min(SAMPLE_S, max(0.1, end - time.monotonic())))
            busy = opened[0].busy_s()
            heaps.append((time.monotonic() - began, opened[0].heap_mb()))
            collecting += opened[0].busy_s() - busy  # our own doing
        elapsed = time.monotonic() - began
        busy = [tab.busy_s() - at_first for tab, (at_first, _) in zip(opened, before, strict=True)]
        busy[0] -= collecting
        moved = [tab.received + tab.sent - at_first for tab, (_, at_first) in zip(opened, before, strict=True)]
        return Kept(statistics.mean(busy) / elapsed, statistics.mean(moved) / elapsed, slope(heaps) * 3600)


def _wait(tabs: list[Tab], seconds: float) -> None:
    tabs[0].page.wait_for_timeout(seconds * 1000)


def slope(points: list[tuple[float, float]]) -> float:
    """How much the second rises with each one of the first, by the median of all pairs: one outlier says nothing."""
    slopes = [(later[1] - earlier[1]) / (later[0] - earlier[0])
              for place, earlier in enumerate(points) for later in points[place + 1:] if later[0] > earlier[0]]
    return statistics.median(slopes) if slopes else 0.0
