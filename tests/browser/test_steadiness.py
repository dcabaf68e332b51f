"""Nothing the viewer set ever moves: over twenty ticks with data and new alerts, and with a slow server."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

import dashboard.ui.tick as tick
from tests.browser.host import INTERVAL_MS

ALERTS = ["pool empty", "queue long", "cache cold"]
CPU, MEMORY = "system.cpu_percent", "system.memory_percent"


@pytest.fixture
def busy(console, publisher):
    """An open page with ten minutes of data and three alerts."""
    publisher.history()
    for number, message in enumerate(ALERTS):
        publisher.alert(f"a{number}", message, at=time.time() - 60 + number)
    console.open()
    expect(console.rows()).to_have_count(3)
    return console


def test_everything_stays_over_twenty_ticks_and_new_alerts_wait(busy, publisher):
    page = busy.page
    page.set_viewport_size({"width": 1440, "height": 500})  # low enough to scroll
    page.fill("#filter-text", "o")  # "pool", "cold" and "long" match
    busy.until("() => monitoring.filters.q === 'o'")
    busy.drag("system")
    busy.key(MEMORY).click()
    busy.tick("pool empty", "cache cold")
    page.fill("#resolve-notes", "half a sent")
    page.locator("#resolve-notes").evaluate("(note) => note.setSelectionRange(4, 4)")
    page.evaluate("() => window.scrollTo(0, 90)")
    assert page.evaluate("() => window.scrollY") == 90
    before = busy.ranges(), busy.zoom(), page.url
    points = len(busy.trace(CPU)["y"])

    start = busy.asked()
    with publisher.steadily():
        busy.ticks(5)
        for number in range(4):
            publisher.alert(f"new{number}", f"too hot {number}", level="CRITICAL")
            busy.ticks(2)
        busy.ticks(start + 20 - busy.asked())

    assert (busy.ranges(), busy.zoom(), page.url) == before
    assert busy.trace(MEMORY)["visible"] is False and busy.trace(CPU)["visible"] is True
    assert busy.key(MEMORY).get_attribute("aria-pressed") == "false"
    assert sorted(busy.ticked()) == ["cache cold", "pool empty"]
    assert busy.rows().count() == 3
    assert page.input_value("#filter-text") == "o"
    assert page.input_value("#resolve-notes") == "half a sent"
    assert page.evaluate("() => [document.activeElement.id, document.activeElement.selectionStart, window.scrollY]"
                         ) == ["resolve-notes", 4, 90]
    assert len(busy.trace(CPU)["y"]) > points  # and all the while the data came
    expect(page.locator("#new-alerts")).to_have_text("4 new")

    page.click("#new-alerts")
    expect(busy.rows()).to_have_count(7)
    assert sorted(busy.ticked()) == ["cache cold", "pool empty"]
    assert busy.ask("() => document.querySelectorAll('#alert-table td.dash-select-cell').length") == 7
    expect(page.locator("#new-alerts")).to_be_hidden()
    page.click("#acknowledge")
    busy.say("#alert-feedback", "2 changed")
    expect(busy.row("cache cold").locator("[data-dash-column=level]")).to_contain_text("✓ ada")
    expect(busy.row("too hot 1").locator("[data-dash-column=level]")).not_to_contain_text("✓")


def test_what_waited_comes_by_itself_once_the_work_is_done(busy, publisher):
    """Where the last of it was still to be seen as an alert came, that one waited for a minute, or for a click."""
    busy.tick("pool empty")
    publisher.alert("late", "too late", level="EMERGENCY")
    expect(busy.page.locator("#new-alerts")).to_have_text("1 new")
    expect(busy.rows()).to_have_count(3)
    busy.box("pool empty").uncheck()
    expect(busy.rows()).to_have_count(4)
    expect(busy.page.locator("#new-alerts")).to_be_hidden()


def test_new_alerts_come_by_themselves_while_nobody_is_at_work_and_what_is_ticked_or_open_stays(busy, publisher):
    publisher.alert("late", "too late", level="EMERGENCY")
    expect(busy.rows()).to_have_count(4)
    expect(busy.rows().first).to_contain_text("too late")  # the gravest first
    expect(busy.page.locator("#new-alerts")).to_be_hidden()
    busy.say("#worst", "Emergency")
    busy.say("#alert-counts", "1 emergency")
    publisher.event("ALERT_RESOLVED", alert_id="late")
    expect(busy.rows()).to_have_count(3)

    # Ticks follow their alerts when the order changes.
    busy.tick("queue long")
    for place in (2, 0):  # ascending, descending; it began in the middle
        busy.page.locator("#alert-table th[data-dash-column=what] .column-header--sort").click()
        expect(busy.rows().nth(place)).to_contain_text("queue long")
        assert busy.ticked() == ["queue long"]
    busy.page.click("#acknowledge")
    busy.say("#alert-feedback", "Done")
    expect(busy.row("queue long").locator("[data-dash-column=level]")).to_contain_text("✓ ada")

    # An open row stays open, and is kept up to date.
    busy.row("queue long").locator("[data-dash-column=what]").click()
    busy.say("#alert-detail", "queue long")
    for _ in range(2):
        publisher.alert("a1", "queue long")
        publisher.alert("b", "another one", level="EMERGENCY")
        busy.ticks(2)
    busy.say("#alert-detail", "queue long")
    expect(busy.page.locator("#alert-detail dd", has_text="3")).not_to_have_count(0)
    expect(busy.rows()).to_have_count(3)


def test_one_zoom_is_everybodys_until_it_is_live_again_and_a_slow_server_updates_the_page(busy, publisher, monkeypatch):
    publisher.update({"system": {"cpu_percent": 40, "memory_mb": 2048, "thread_count": 9}, "odd": {"number": 1}})
    busy.until("() => document.querySelectorAll('.chart .js-plotly-plot').length === 4")
    busy.ready()
    busy.ticks(1)
    live = busy.ranges()
    busy.drag("system")
    zoomed = busy.ranges()
    assert len(zoomed) == len(live) >= 2 and all(one == zoomed[0] for one in zoomed) and zoomed[0] != live[0]
    assert live[0][0] < zoomed[0][0] < zoomed[0][1] < live[0][1]
    busy.say("#live-toggle", "zoomed")
    busy.ticks(2)
    assert busy.ranges() == zoomed

    busy.double_click_busily(busy.chart("system"))
    busy.until("() => monitoring.zoom === null")
    busy.ticks(1)
    assert busy.ranges()[0][1] > live[0][1]  # live again: the window goes on
    assert "zoom" not in busy.page.url

    busy.drag("system")
    assert "zoom=" in busy.page.url
    busy.page.keyboard.press("Escape")
    busy.until("() => monitoring.zoom === null")
    assert "zoom" not in busy.page.url

    # A server slower than the interval still updates the page.
    read_moment, asked = tick.read_moment, []

    def read_slowly(*arguments):
        asked.append(time.monotonic())
        time.sleep(3 * INTERVAL_MS / 1000)
        return read_moment(*arguments)

    monkeypatch.setattr(tick, "read_moment", read_slowly)
    for value in (71, 72):
        publisher.update({"system": {"cpu_percent": value, "memory_percent": 40}})
        expect(busy.gauge(CPU)).to_have_attribute("aria-label", f"CPU: {value} % of 100")
    steps = [after - before for before, after in zip(asked[:-1], asked[1:], strict=True)]
    assert min(steps) >= 3 * INTERVAL_MS / 1000  # one question at a time
