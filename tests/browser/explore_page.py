"""One open Explore page, for tests: what is drawn, and what a person does with it. And a month for it to show."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, Route

from dashboard import Settings
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.ui import ids
from tests.browser.console import Console
from tests.browser.host import PAGE, Host
from tests.browser.publisher import SOURCE
from tests.servers import RedisServer

EXPLORE = PAGE + "explore/"
KEPT = {"history_raw_hours": 800, "history_minute_days": 40}
"""So that a month can be written at once, as if it had been heard bit by bit."""
DAY_S, HOUR_S = 86_400.0, 3_600.0
INCIDENT_S = (4_200.0, 2_400.0)
"""Between so long ago the queue, the CPU and the query time are up, and the cache hit rate is down."""
QUESTIONS = re.compile("_dash-update-component")
CPU, QUEUE, QUERY, MEMORY = ("system.cpu_percent", "processing.queue_depth", "database.query_avg_ms",
                             "system.memory_mb")


def month(path: Path, now: float) -> None:
    """31 days of six metrics in a SQLite file: every 10 minutes, and every 10 seconds of the last 6 hours."""
    ring = Ring(rows=10_000)
    times = [now - 31 * DAY_S + 600 * number for number in range(int((31 * DAY_S - 6 * HOUR_S) / 600))]
    times += [now - 6 * HOUR_S + 10 * number for number in range(int(6 * HOUR_S / 10))]
    for number, at in enumerate(times):
        up = 1.0 if now - INCIDENT_S[0] <= at < now - INCIDENT_S[1] else 0.0
        noise = number * 7_919 % 101 / 50 - 1
        ring.append(SOURCE, at, {
            CPU: 40 + 3 * noise + 35 * up, QUEUE: round(20 + 2 * noise + 200 * up), QUERY: 5 + noise / 2 + 20 * up,
            MEMORY: 2_400 + 5 * noise, "application.cache_hit_rate": 0.93 + noise / 200 - 0.2 * up,
            "system.disk_percent": 30 + (at - now + 31 * DAY_S) / DAY_S})
    store = HistoryStore(Settings(database_url=f"sqlite:///{path}", **KEPT), ring, clock=lambda: now)
    assert store.step()
    store.database.close()


class Explorer(Console):
    """`page` is Playwright's. Waits are conditions in the page."""

    def __init__(self, page: Page, host: Host):
        super().__init__(page, host)

    def open(self, query: str = "") -> Explorer:
        self.page.goto(self.host.url + EXPLORE + query)
        self.until("() => window.monitoring && monitoring.explore && monitoring.explore.answer"
                   " && monitoring.explore.list.source !== null && window.Plotly")
        return self.settled()

    def settled(self) -> Explorer:
        """Nothing is asked that is not answered, and what is in sight is drawn."""
        self.until("""() => {
            const {explore} = monitoring;
            return !explore.pending && !explore.again && !explore.actions.length
                && [...explore.frames.values()].every((frame) => !frame.seen || frame.plot._fullLayout);
        }""")
        return self

    def address(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.page.url).query)

    def plot(self, at: int = 0) -> Locator:
        return self.page.locator(".explore-chart").nth(at).locator(".js-plotly-plot")

    def traces(self, kind: str, at: int = 0) -> list[dict[str, Any]]:
        """[{x, y, key}] of the traces of one kind in a chart: line, ghost, band, usual, outlook, outside."""
        return self.plot(at).evaluate("""(plot, kind) => plot.data.filter((one) => one.meta && one.meta.kind === kind)
            .map((one) => ({x: one.x, y: one.y, key: one.meta.key}))""", kind)

    def window(self) -> tuple[float, float]:
        """What the first chart shows, in wall-clock ms."""
        start, end = self.plot().evaluate("(plot) => plot._fullLayout.xaxis.range.map((x) => Date.parse(x + 'Z'))")
        return start, end

    @contextmanager
    def unanswered(self, asked: str = ids.EXPLORE_ASKED) -> Iterator[list[Route]]:
        """What is asked of one callback, by its input, waits in this list until the end."""
        with self._instead(asked, lambda _: None) as waiting:
            yield waiting
        for route in waiting:
            route.continue_()

    @contextmanager
    def failing(self, asked: str = ids.EXPLORE_ASKED) -> Iterator[list[Route]]:
        """What is asked of one callback, by its input, is refused until the end, and stands in this list."""
        with self._instead(asked, lambda route: route.fulfill(status=502)) as refused:
            yield refused

    @contextmanager
    def _instead(self, asked: str, answer: Callable[[Route], None]) -> Iterator[list[Route]]:
        taken: list[Route] = []
        is_over = False

        def take(route: Route) -> None:
            if is_over or f'"id":"{asked}"' not in (route.request.post_data or ""):
                route.fallback()
                return
            taken.append(route)
            answer(route)

        self.page.route(QUESTIONS, take)
        yield taken
        is_over = True  # and it stays: to take it off would let go what waits

    def choose(self, metric: str) -> None:
        self.page.locator(f'#explore-list input[data-metric="{metric}"]').check()

    def draw(self, start: float, end: float, shift: bool = False) -> None:
        """Draw the mouse over the first chart between two shares of its width: a zoom, or with shift a mark."""
        if shift:
            self.page.keyboard.down("Shift")
        self.draw_over(self.plot(), start, end)
        if shift:
            self.page.keyboard.up("Shift")

    def pick(self, share: float) -> None:
        """Click on the first chart at a share of its width."""
        box = self._area(self.plot())
        self.page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)

    def share(self, ago_s: float) -> float:
        """Where on the first chart the moment so long ago lies, 0 to 1."""
        start, end = self.window()
        now = self.ask("() => monitoring.explore.answer.now")
        return (now - 1_000 * ago_s - start) / (end - start)

    def legend(self, metric: str) -> Locator:
        return self.page.locator(f'.legend tr[data-line="{SOURCE}/{metric}"]')


def fresh(folder: Path) -> Path:
    """A month up to now, in a file of that folder, which has the time at which it ends."""
    path, now = folder / "month.sqlite3", time.time()
    month(path, now)
    os.utime(path, (now, now))
    return path


@contextmanager
def looking_back(redis_server: RedisServer, month_file: Path, folder: Path) -> Iterator[Host]:
    """A host whose history is a month old: the month is copied, and nothing is written back."""
    shutil.copy(month_file, folder / "month.sqlite3")
    host = Host(redis_server, database_url=f"sqlite:///{folder}/month.sqlite3", **KEPT).start()
    yield host
    host.stop()
