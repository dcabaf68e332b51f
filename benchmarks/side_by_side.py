"""The overview in a browser, beside netdata's dashboard where that is installed: how it opens, and what it costs while
it is open. BENCH_MINUTES (10) is how long one tab, and then ten, are watched."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import Row
from benchmarks.browser import Kept, Opened, Site, chromium, kept_open, openings
from benchmarks.clients import memory_mb
from benchmarks.netdata import netdata
from benchmarks.page import alert, metrics
from dashboard.feed.copies import LINES
from tests.browser.console import READY
from tests.integration.mounted import ONE_PROCESS, Host, Person, cpu_s, publish, subscribers
from tests.servers import RedisServer, wait_for
from tests.unit.web_host import PAGE

MINUTES = float(os.environ.get("BENCH_MINUTES", "10"))
TIMES = 5  # each page is opened so often, with an empty cache and with a full one
PUBLISH_EVERY_S = 2.0
# Half an hour is there at first, at the same pace: the range that is shown is full, and has as many points at the end.
SAMPLES, STEP_S, ALERTS = 900, PUBLISH_EVERY_S, 40
TABS = 10
OTHER_MINUTES = min(5.0, MINUTES)
COLD, WARM = 1 / 2, 1 / 3  # of netdata's time, at most
BYTES_S = 1_500
VALUE = '() => /\\d/.test(document.querySelector(".tile-value").textContent)'
# As with netdata: what is on the screen, with its lines or its number. At first those are of the page's own sketch,
# which has all points that plotly.js will draw; when plotly.js has drawn them is told with the clicks.
CHARTS = """() => {
    const shown = [...document.querySelectorAll(".plot, .skeleton")].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.height > 0 && box.top < innerHeight && box.bottom > 0;
    });
    const isDrawn = (one) => one.closest(".chart") ? one.querySelector(".scatterlayer .js-line")
        : /\\d/.test(one.querySelector(".numbers")?.textContent);
    return shown.some((one) => one.closest(".chart")) && shown.every(isDrawn);
}"""
NOT_HERE = "netdata is not installed"


class Producer(threading.Thread):
    """An update every so many seconds, beginning with that number."""

    def __init__(self, server: RedisServer, every_s: float, number: int):
        super().__init__(daemon=True)
        self._server, self._every_s, self._number, self._stopping = server, every_s, number, threading.Event()

    def run(self) -> None:
        number = self._number
        while not self._stopping.wait(self._every_s):
            publish(self._server, metrics=metrics(number), health_score={"overall": 88.0, "status": "good"})
            number += 1

    def stop(self) -> None:
        self._stopping.set()
        self.join(10)


def fill(server: RedisServer, person: Person, samples: int, step_s: float) -> None:
    now = time.time()
    for number in range(samples):
        publish(server, metrics=metrics(number), timestamp=now - (samples - number) * step_s,
                health_score={"overall": 88.0, "status": "good"})
    for number in range(ALERTS):
        publish(server, **alert(number))
    wait_for(lambda: person.status().json()["active_alerts"] == ALERTS, what="the events in the host")


@contextmanager
def console(samples: int, step_s: float, **environment: str) -> Iterator[Host]:
    """A console with a Redis of its own, so many samples behind it, and a producer that goes on at the same pace."""
    server = RedisServer().start()
    host, producer = Host(server.url, *ONE_PROCESS, MONITORING_DATABASE_URL="off", **environment), None
    try:
        person = Person(host.started())
        wait_for(lambda: len(subscribers(server)) == LINES, what="the feed")
        fill(server, person, samples, step_s)
        producer = Producer(server, step_s, samples)
        producer.start()
        yield host
    finally:
        if producer is not None:
            producer.stop()
        host.kill()
        server.close()


def site(host: Host, query: str = "") -> Site:
    return Site(host.address + PAGE + "/" + query, VALUE, CHARTS,
                lambda context: context.request.get(host.address + "/enter/ada"), READY)


def opening(name: str, ours: Opened, theirs: Opened | None, share: float) -> list[Row]:
    """One row a time, each against the other's."""
    found = []
    for what, attribute in (("live values", "value_ms"), ("all charts of the first screen", "charts_ms")):
        mine, other = getattr(ours, attribute), theirs and getattr(theirs, attribute)
        beside = NOT_HERE if other is None else f"netdata {other:,.0f} ms: {mine / other:.2f}"
        found.append(Row(f"the page in Chromium, {name}: {what}", f"{mine:,.0f} ms, {beside}",
                         f"≤ {share:.2f} of netdata's", other is None or mine <= share * other))
    beside = NOT_HERE if theirs is None else (
        f"netdata's charts {theirs.charts_ms:,.0f} ms: {ours.ready_ms / theirs.charts_ms:.2f}")
    found.append(Row(f"the page in Chromium, {name}: it takes clicks, all charts drawn",
                     f"{ours.ready_ms:,.0f} ms, {beside}", "told", True))
    beside = "" if theirs is None else f", netdata {theirs.bytes / 1000:,.0f} kB in {theirs.requests:.0f}"
    found.append(Row(f"the page in Chromium, {name}: bytes and requests",
                     f"{ours.bytes / 1000:,.0f} kB in {ours.requests:.0f} requests{beside}", "told", True))
    return found


def watched(tabs: int, kept: Kept, other: Kept | None, cost: str) -> list[Row]:
    name = f"{tabs} open tab{'s' * (tabs > 1)} for {MINUTES:g} minutes"
    beside = "" if other is None else (
        f"; netdata in {OTHER_MINUTES:g} min {other.main_thread:.1%}, {other.bytes_s / 1000:.1f} kB/s, "
        f"heap {other.heap_mb_h:+.1f} MB an hour")
    return [
        Row(f"{name}: main thread of a tab, processor and memory of the server, heap",
            f"{kept.main_thread:.2%}; {cost}; heap of one tab {kept.heap_mb_h:+.1f} MB an hour{beside}", "told", True),
        Row(f"{name}: bytes both ways, a tab", f"{kept.bytes_s / 1000:.2f} kB/s", f"≤ {BYTES_S / 1000} kB/s",
            kept.bytes_s <= BYTES_S)]


def rows() -> list[Row]:
    """The figures, each with its target."""
    with console(SAMPLES, STEP_S) as host, chromium() as browser, netdata() as theirs:
        ours = site(host)
        openings(browser, ours, 1)  # the first visit of all warms the server, too
        (cold, warm), others = openings(browser, ours, TIMES), (None, None)
        other_kept = None
        if theirs is not None:
            openings(browser, theirs, 1)
            others = openings(browser, theirs, TIMES)
            other_kept = kept_open(browser, theirs, 1, OTHER_MINUTES)
        found = [*opening("cold", cold, others[0], COLD), *opening("warm", warm, others[1], WARM)]
        for tabs in (1, TABS):
            began, cpu, memory = time.monotonic(), cpu_s(host), memory_mb(host)
            kept = kept_open(browser, ours, tabs, MINUTES)
            cost = f"{(cpu_s(host) - cpu) / (time.monotonic() - began):.1%}, {memory:.0f} → {memory_mb(host):.0f} MB"
            found += watched(tabs, kept, other_kept if tabs == 1 else None, cost)
        return found
