"""One open page of the console, for tests: what is on it, and what a person does with it.

Waits are conditions looked at in the page; the page's own count of answers tells how many ticks went by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.host import PAGE, Host

# Two busy cores stretch everything (plotly.js alone may take six seconds to begin); a condition that holds costs
# nothing of it.
LIMIT_MS = 40_000
STEP_MS = 50
LOOK_MS = 100  # between two looks of a wait: one at each frame costs a fifth of what a page at rest does
BUSY_MS = 600  # longer than plotly.js lets two clicks be apart
STILL_MS = 500  # a callback that follows another one follows at once, one of a search once its typing rests
# What fades in has another contrast on its way; a skeleton breathes for ever.
AT_REST = """() => Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished))"""
# Told in full is only what is wrong: what is right is megabytes. Media are loaded ahead for a rule that is not serious.
AXE = {"resultTypes": ["violations"], "preload": False}
# A plot that plotly.js has made is empty until the page's script gives it its points, up to a beat of its timer later.
READY = """() => {
    const plots = [...document.querySelectorAll(".js-plotly-plot")];
    if (document.getElementById("first-paint")) return false; // there until Dash has made all that it shows
    if (!window.monitoring || !monitoring.answer || !plots.every((plot) => plot._fullLayout)) return false;
    const {charts, lines} = monitoring.model || {charts: [], lines: []}; // the overview alone has one
    const isDrawn = (frame) => {
        const plan = charts.find((chart) => chart.key === frame.dataset.chart);
        return plan && frame.querySelector(".js-plotly-plot").data[0].x === lines[plan.lines[0]].x;
    };
    return document.querySelectorAll(".plot").length === plots.length
        && [...document.querySelectorAll(".chart[data-chart]")].every(
            (frame) => frame.dataset.seen === "0" || isDrawn(frame));
}"""
PLOTS = '[...document.querySelectorAll(".chart[data-chart]")]'


class Console:
    """`page` is Playwright's; everything here is what only this page has."""

    def __init__(self, page: Page, host: Host):
        self.page = page
        self.host = host
        self._count_requests()

    def open(self, query: str = "") -> Console:
        """Open the page and wait for its first answer, drawn."""
        self.page.goto(self.host.url + PAGE + query)
        return self.ready()

    def ready(self) -> Console:
        self.until(READY)
        return self

    def ask(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def until(self, condition: str, argument: Any = None, limit_ms: int = LIMIT_MS) -> None:
        """Wait for a function of the page to return something true. A function, since the policy forbids `eval`."""
        self.page.wait_for_function(condition, arg=argument, timeout=limit_ms, polling=LOOK_MS)

    def eventually(self, look: Callable[[], Any], what: str, limit_ms: int = LIMIT_MS) -> Any:
        """Wait for something outside the page, and return it, while the page goes on."""
        for _ in range(limit_ms // STEP_MS):
            if found := look():
                return found
            self.page.wait_for_timeout(STEP_MS)
        raise AssertionError(f"{what} did not come true within {limit_ms} ms")

    def asked(self) -> int:
        """The number of the question that was answered last."""
        return self.ask("() => monitoring.answer.asked")

    def ticks(self, count: int) -> None:
        """Wait until `count` more answers were drawn."""
        self.until("(number) => monitoring.answer.asked >= number", self.asked() + count)

    def rest(self) -> None:
        """Stop the regular beat, and wait until no answer is due."""
        self.ask("() => dash_clientside.set_props('interval', {disabled: true})")
        self.quiet()

    def quiet(self) -> None:
        """Wait until no request is under way and none has followed the last for a while."""
        still = 0
        for _ in range(LIMIT_MS // STEP_MS):
            self.page.wait_for_timeout(STEP_MS)
            still = 0 if self._under_way or self._started else still + STEP_MS
            self._started = 0
            if still >= STILL_MS:
                return
        raise AssertionError(f"the page did not come to rest within {LIMIT_MS} ms")

    def _count_requests(self) -> None:
        """Playwright's "networkidle" is a moment of loading a page: it tells nothing about later requests."""
        self._under_way = self._started = 0

        def begun(_request: Request) -> None:
            self._under_way += 1
            self._started += 1

        def over(_request: Request) -> None:
            self._under_way -= 1

        self.page.on("request", begun)
        self.page.on("requestfinished", over)
        self.page.on("requestfailed", over)

    # What is on it

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def tile(self, metric: str) -> Locator:
        return self.page.locator(f'.tile[title="{metric}"]')

    def gauge(self, metric: str) -> Locator:
        return self.page.locator(f'.gauge[title="{metric}"]')

    def chart(self, key: str) -> Locator:
        return self.page.locator(f'.chart[data-chart="{key}"]')

    def key(self, metric: str) -> Locator:
        """The button of the legend that hides a series."""
        return self.page.locator(f'button[data-metric="{metric}"]')

    def charts(self) -> list[str]:
        return self.ask(f"() => {PLOTS}.map((frame) => frame.dataset.chart)")

    def trace(self, metric: str) -> dict[str, Any]:
        """{x, y, visible} of the drawn line of a metric."""
        self.ready()
        return self.ask(f"""(metric) => {{
            for (const frame of {PLOTS}) {{
                const trace = frame.querySelector(".js-plotly-plot").data.find((one) => one.meta === metric);
                if (trace) return {{x: trace.x, y: trace.y, visible: trace.visible !== false}};
            }}
        }}""", metric)

    def ranges(self) -> list[list[float]]:
        """The x-range of every chart that is drawn, as its axis has it: wall-clock ms, to a tenth of a second."""
        self.ready()
        return self.ask(f"() => {PLOTS}.filter((frame) => frame.dataset.seen !== '0')"
                        ".map((frame) => frame.querySelector('.js-plotly-plot')._fullLayout.xaxis)"
                        ".map((axis) => axis.range.map((edge) => Math.round(axis.r2l(edge) / 100) * 100))")

    def shapes(self, key: str, name: str) -> list[dict[str, Any]]:
        """The shapes of a chart that bear the name: "gap" or "threshold"."""
        return self.chart(key).locator(".js-plotly-plot").evaluate(
            "(plot, name) => plot.layout.shapes.filter((shape) => shape.name === name)", name)

    def barriers(self) -> list[tuple[str, list[str]]]:
        """What axe finds serious or critical, once nothing fades any more: its rule, and where."""
        self.ask(AT_REST)
        found = Axe().run(self.page, options=AXE).response["violations"]
        return [(one["id"], [node["html"][:150] for node in one["nodes"][:4]]) for one in found
                if one["impact"] in ("serious", "critical")]

    def follow(self, scheme: str) -> None:
        """The system turns "light" or "dark", and the page with it."""
        self.page.emulate_media(color_scheme=scheme)
        self.until("(scheme) => document.documentElement.dataset.bsTheme === scheme", scheme)

    def is_stale(self) -> bool:
        return self.ask("() => document.documentElement.dataset.values") == "stale"

    # Alerts

    def rows(self) -> Locator:
        return self.page.locator("#alert-table td[data-dash-column='what']")

    def row(self, words: str) -> Locator:
        """The row of the alert whose message holds `words`."""
        return self.page.locator("#alert-table tr", has=self.page.locator("td[data-dash-column]", has_text=words))

    def box(self, words: str) -> Locator:
        return self.row(words).locator("input[type=checkbox]")

    def tick(self, *messages: str) -> None:
        for words in messages:
            self.box(words).check()

    def ticked(self) -> list[str]:
        """The messages of the rows that are ticked on the screen, in their order."""
        return self.ask("""() => [...document.querySelectorAll("#alert-table tr")]
            .filter((row) => row.querySelector("input:checked"))
            .map((row) => row.querySelector("[data-dash-column=what]").innerText.split("\\n")[0])""")

    def say(self, selector: str, words: str) -> None:
        expect(self.page.locator(selector)).to_contain_text(words)

    # What a person does

    def drag(self, key: str, start: float = 0.3, end: float = 0.6) -> None:
        """Draw the mouse over a chart, between two shares of its width: that zooms."""
        self.draw_over(self.chart(key), start, end)
        self.until("() => monitoring.zoom !== null")

    def draw_over(self, chart: Locator, start: float, end: float) -> None:
        """Draw the mouse over the plot of any chart, between two shares of its width."""
        box = self._area(chart)
        middle = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] * start, middle)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] * end, middle, steps=5)
        self.page.mouse.up()

    def double_click_busily(self, chart: Locator) -> None:
        """A double click in the middle of a chart, on a page that is busy between the two clicks."""
        box, mouse = self._area(chart), self.page.mouse
        mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.ask("(ms) => { const end = performance.now() + ms; while (performance.now() < end) continue; }", BUSY_MS)
        mouse.down(click_count=2)  # by the clock of the hand, which the browser counts with, it is the second
        mouse.up(click_count=2)

    def open_span(self, chart: Locator) -> None:
        """Click on the newest alert's span in the lane of a chart: that leads to the alert."""
        span = chart.locator(".bars .point path").last
        span.scroll_into_view_if_needed()
        box = span.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.wait_for_url(re.compile(r"/alerts/\?alert="))
        self.until("() => window.monitoring && monitoring.answer && monitoring.shownRows")

    def _area(self, chart: Locator) -> dict[str, float]:
        plot = chart.locator(".nsewdrag.drag").first
        plot.scroll_into_view_if_needed()
        return plot.bounding_box()

    def zoom(self) -> list[float] | None:
        return self.ask("() => monitoring.zoom")

    def requests(self) -> list[str]:
        """From now on: the list that every callback's request of this page is added to."""
        seen: list[str] = []
        self.page.on("request", lambda request: seen.append(request.url) if "_dash-update" in request.url else None)
        return seen


