"""What stands in for the plots and the alert table until their code is there is what that will draw: the same axes,
lines, words, arcs, and the same rows, to the pixel."""

from __future__ import annotations

import pytest

from tests.browser.host import PAGE

WIDTHS = 1440, 390
LEVELS = ("CRITICAL", "WARNING", "INFO", "strange", "EMERGENCY", "ERROR", "warn", "INFO", "ERROR")  # more than a page
HOURS_AGO_S = 9_000  # an age that stays the same for half an hour
ROWS = """() => [...document.querySelectorAll("#alert-table :is(th, td), .alert-actions, #health")].map((one) => {
    const {x, y, width, height} = one.getBoundingClientRect(), look = getComputedStyle(one);
    const words = one.matches("th, td") ? [one.innerText, look.color, look.font] : [];
    return [...words, x, y, width, height];
})"""
CONTROLS = """() => ["filter-text", "filter-state", "filter-source", "range-select"]
    .map((id) => document.getElementById(id).value)"""
SKETCHED = """() => [...document.querySelectorAll("#first-paint :is(.chart[data-chart], .gauge[data-gauge])")]
    .every((frame) => frame.querySelector(".sketch"))"""
HALF_PX = 0.5  # plotly.js leaves out points that are closer to their line than this
# A thin bar is widened to whole pixels: where it ends at the edge of one, the last bit of a number decides to which.
ABOUT_PX = {"bars": 1.0}
PICTURE = """(frame) => {
    const box = (one) => { const {x, y, width, height} = one.getBoundingClientRect(); return [x, y, width, height]; };
    const boxes = (root, selector) => [...root.querySelectorAll(selector)]
        .filter((one) => getComputedStyle(one).fillOpacity !== "0" || getComputedStyle(one).stroke !== "none").map(box)
        .sort((one, other) => one[1] - other[1] || one[0] - other[0]);
    const of = (root) => ({
        words: [...root.querySelectorAll("text")].filter((one) => one.textContent && box(one)[3])
            .map((one) => [one.textContent, ...box(one)])
            .sort((one, other) => one[0].localeCompare(other[0]) || one[2] - other[2] || one[1] - other[1]),
        lines: boxes(root, ".scatterlayer .js-line"), grid: boxes(root, ".gridlayer path"),
        bars: boxes(root, ".barlayer rect, .barlayer .point path"), shapes: boxes(root, ".shapelayer path, .shape"),
        arcs: boxes(root, ".arc, .bg-arc ~ .bg-arc path, .value-arc path"),
    });
    const plot = frame.querySelector(".js-plotly-plot"), holder = frame.querySelector(".plot"), theirs = of(plot);
    monitoring.sketch(holder, holder.getBoundingClientRect(), plot);
    const ours = of(holder.querySelector(".sketch"));
    monitoring.dropSketch(holder);
    return [ours, theirs];
}"""
GAP = """() => {
    const [start, end] = monitoring.model.window;
    monitoring.model.gaps = [[start + (end - start) * 0.5, start + (end - start) * 0.6, "not connected"]];
    monitoring.drawCharts();
}"""
# The window ends so long after a round time, whose words may then stand out at the right.
EDGE = """(past_ms) => {
    const round = 300000, [start, end] = monitoring.model.window, last = Math.floor(end / round) * round + past_ms;
    monitoring.model.window = [last - (end - start), last];
    monitoring.drawCharts();
}"""
EDGES_MS = 0, 10, 1_000, 3_000, 6_000, 9_000, 12_000, 20_000
FIRST = {"system": {"cpu_percent": 12.5, "memory_percent": 61, "memory_mb": 4}, "trades": {"profit": -41_500},
         "queue": {"length": 0}}
SECOND = {"system": {"cpu_percent": 97, "memory_percent": 62, "memory_mb": 3.1}, "trades": {"profit": 1_250_000},
          "queue": {"length": 0}}


class Held:
    """Keeps Dash's scripts from a page until they are let go, or the answers to questions that hold `words`."""

    def __init__(self, page, address="**/_dash-component-suites/**", words=""):
        self.waiting, self._is_open, self._words = [], False, words
        page.route(address, self._take)

    def _take(self, route):
        if self._is_open or self._words not in (route.request.post_data or ""):
            route.continue_()
        else:
            self.waiting.append(route)

    def release(self):
        self._is_open = True
        for route in self.waiting:
            route.continue_()


def looks(console):
    """The alert table and what is below it, at each width."""
    found = []
    for width in WIDTHS:
        console.page.set_viewport_size({"width": width, "height": 900})
        found.append(console.ask(ROWS))
    return found


def test_the_rows_of_alerts_are_there_at_first_and_the_table_moves_nothing(console, publisher, host):
    publisher.update(FIRST)
    publisher.update(SECOND)
    for number, level in enumerate(LEVELS):
        words = f"{number} <b>is</b> too high" + " and goes on rising" * (number % 3)
        for second in range(1 + number % 2):
            publisher.alert(f"a{number}", words, level, at=publisher.second(second - HOURS_AGO_S))
    console.eventually(lambda: len(host.services.alerts.all()) == len(LEVELS), "all alerts")
    held = Held(console.page)
    console.page.goto(host.url + PAGE + "?sort=what&q=too&range=5m")
    console.until("() => document.querySelector('#first-paint #alert-table td')")
    console.until(SKETCHED)  # those below the screen, too
    first, chosen = looks(console), console.ask(CONTROLS)
    held.release()
    console.until("() => !document.getElementById('first-paint')")
    console.ready()
    console.rest()
    assert looks(console) == first
    assert console.ask(CONTROLS) == chosen == ["too", "open", "all", "5m"]
    assert "0 <b>is</b> too high" in str(first) and console.rows().count() == len(LEVELS) - 1
    assert console.text("#alert-summary") == str(len(LEVELS))


def test_the_sketch_of_a_plot_is_that_plot(console, publisher):
    for number, values in enumerate((FIRST, SECOND) * 8):
        publisher.update(values, at=publisher.second(number * 10 - 200))
    publisher.alert("one")
    console.open()
    console.rest()
    chart = console.page.locator(".chart[data-chart]").first
    for past_ms in EDGES_MS:
        console.ask(EDGE, past_ms)
        ours, theirs = chart.evaluate(PICTURE)
        assert [one[0] for one in ours["words"]] == [one[0] for one in theirs["words"]], past_ms
    seen = set()
    for frame in console.page.locator(".chart[data-chart], .gauge[data-gauge]").all():
        frame.scroll_into_view_if_needed()
        console.ready()
        console.ask(GAP)
        ours, theirs = frame.evaluate(PICTURE)
        for part, drawn in theirs.items():
            where = frame.get_attribute("aria-label"), part
            assert len(ours[part]) == len(drawn), where
            for mine, other in zip(ours[part], drawn, strict=True):
                assert mine[:-4] == other[:-4], where  # the words, where there are some
                assert mine[-4:] == pytest.approx(other[-4:], abs=ABOUT_PX.get(part, HALF_PX)), where
            seen |= {part} if drawn else set()
    assert seen == {*theirs}
