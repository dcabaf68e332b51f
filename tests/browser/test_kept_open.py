"""A tab that stays open holds what it shows, once, and nothing of before."""

from __future__ import annotations

import time

LOW = {"width": 1280, "height": 400}  # most charts are off screen
ENOUGH = "() => { window.lines = monitoring.model.lines.map((line) => line.x); monitoring.model.appended = 5000; }"
ANEW = "() => monitoring.model.appended < 5000"
IS_ONE_SET = """() => {
    const {charts, lines} = monitoring.model;
    const frames = [...document.querySelectorAll(".chart[data-chart]")];
    return frames.length > 1 && frames.some((frame) => frame.dataset.seen === "0") && frames.every((frame) => {
        const {data, _fullData} = frame.querySelector(".js-plotly-plot");
        return charts.find(({key}) => key === frame.dataset.chart).lines.every((index, place) => {
            const {x, y} = lines[index];
            return [data[place], _fullData[place]].every((trace) => trace.x === x && trace.y === y);
        });
    });
}"""

# plotly.js measures a copy of a label in a place of its own, and keeps what it found.
COUNT_MEASURED = """() => {
    const measure = Element.prototype.getBoundingClientRect;
    window.measured = [];
    Element.prototype.getBoundingClientRect = function () {
        if (this.textContent && this.closest("#js-plotly-tester")) window.measured.push(this.textContent);
        return measure.call(this);
    };
}"""
PLACES = """() => [...document.querySelectorAll(".chart .xtick text")]
    .map((label) => label.getAttribute("transform"))"""


def test_a_window_that_is_drawn_anew_leaves_no_second_set_of_points(console, publisher):
    for number in range(60, 0, -1):
        publisher.update({f"group{group}": {"value": 30.5 + number % 20, "other": group} for group in range(8)},
                         at=time.time() - number * 5)
    console.page.set_viewport_size(LOW)
    console.open()
    console.until(IS_ONE_SET)
    shown = console.ask("() => monitoring.model.lines.map((line) => [line.x[0], line.y[0], line.x.length])")
    console.ask(ENOUGH)
    console.until(ANEW)
    assert console.ask(IS_ONE_SET)
    assert console.ask("() => monitoring.model.lines.every((line, place) => line.x === window.lines[place])")
    assert console.ask("() => monitoring.model.lines.every(({x, y}) => x.length === y.length && "
                       "x.every((at, place) => !place || at > x[place - 1]))")
    assert console.ask("() => monitoring.model.lines.map((line) => [line.x[0], line.y[0], line.x.length])") == shown


def test_dash_keeps_no_more_than_one_change_to_go_back_to(console, publisher):
    publisher.history(minutes=1)
    console.open()
    console.ticks(5)
    kept = console.ask("() => window.dash_stores.map((store) => store.getState().history.past.length)")
    assert len(kept) == 1 and kept[0] <= 3  # what was set since the last answer is there until the next


def test_a_plot_that_moves_on_measures_no_label_of_its_axes(console, publisher):
    publisher.history(minutes=1)
    console.open()
    console.ticks(1)
    console.ask(COUNT_MEASURED)
    before = console.ask(PLACES)
    publisher.update({"system": {"cpu_percent": 41.5}})
    console.ticks(3)
    console.rest()
    assert before and console.ask(PLACES) != before
    of_gauges = {"41.5 %", "0100"}
    assert set(console.ask("() => window.measured")) <= of_gauges
