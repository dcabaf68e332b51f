"""Theme, range, source, zone and filters: what the viewer chose is shown, is in the address, and comes back."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.browser.publisher import Publisher


def theme(console):
    return console.ask("() => document.documentElement.dataset.bsTheme")


def query(console):
    return parse_qs(urlsplit(console.page.url).query)


def background(console):
    return console.ask("() => getComputedStyle(document.body).backgroundColor")


def test_the_theme_follows_the_system_until_it_is_chosen_and_is_remembered(browsing, publisher):
    publisher.update({"system": {"cpu_percent": 50}})
    console = browsing.console(color_scheme="dark").open()
    assert theme(console) == "dark"
    dark = background(console)
    console.page.emulate_media(color_scheme="light")
    console.until("() => document.documentElement.dataset.bsTheme === 'light'")
    assert background(console) != dark

    console.page.click("#theme-toggle")
    console.until("() => document.documentElement.dataset.bsTheme === 'dark'")
    assert background(console) == dark
    expect(console.page.locator("#theme-toggle")).to_have_attribute("aria-label", "Switch to light")
    console.page.reload()
    console.ready()
    assert theme(console) == "dark"
    console.page.emulate_media(color_scheme="dark")
    console.page.click("#theme-toggle")
    console.until("() => document.documentElement.dataset.bsTheme === 'light'")
    console.page.emulate_media(color_scheme="light")
    console.page.emulate_media(color_scheme="dark")
    console.ticks(1)
    assert theme(console) == "light"  # chosen


def test_every_choice_is_in_the_address_and_comes_back_with_it(console, browsing, publisher, redis_server):
    other = Publisher(redis_server, "Second")
    for one in (publisher, other):
        one.history(minutes=4)
        one.alert("a", "pool empty", "CRITICAL")
        one.alert("b", "queue long")
    console.open()
    page = console.page
    page.select_option("#source-select", "Second")
    page.select_option("#range-select", "1h")
    page.select_option("#zone-select", "Asia/Tokyo")
    page.select_option("#filter-state", "all")
    page.select_option("#filter-level", "CRITICAL")
    page.select_option("#filter-source", "Second")
    page.fill("#filter-text", "pool")
    console.key("system.memory_percent").click()
    console.drag("system", 0.85, 0.98)
    expect(console.rows()).to_have_count(1)
    console.until("() => location.search.includes('q=pool')")
    zoomed = console.ranges()
    page.locator("#filter-text").press("Escape")  # of a field, and of the bell, it is not about the charts
    page.fill("#filter-text", "pool")
    page.locator("#bell-button").click()
    page.keyboard.press("Escape")
    expect(page.locator("#bell")).not_to_have_attribute("open", "")
    console.until("() => location.search.includes('q=pool')")
    assert console.ranges() == zoomed and console.zoom()
    page.locator("#range-select").focus()  # nothing to clear there
    page.keyboard.press("Escape")
    console.until("() => monitoring.zoom === null")
    console.drag("system", 0.85, 0.98)
    zoomed = console.ranges()
    console.until("() => location.search.includes('zoom=')")

    again = browsing.console()
    again.page.goto(page.url)
    again.ready()
    for control, value in (("source", "Second"), ("range", "1h"), ("zone", "Asia/Tokyo")):
        expect(again.page.locator(f"#{control}-select")).to_have_value(value)
    for control, value in (("state", "all"), ("level", "CRITICAL"), ("source", "Second"), ("text", "pool")):
        expect(again.page.locator(f"#filter-{control}")).to_have_value(value)
    expect(again.rows()).to_have_count(1)
    again.ticks(1)
    assert again.trace("system.memory_percent")["visible"] is False
    assert again.ranges() == zoomed
    assert query(again) == query(console)


def test_page_sort_and_open_alert_are_in_the_address_and_come_back_with_it(console, browsing, publisher):
    for number in range(20):
        publisher.alert(f"a{number}", f"about {number:02}", "CRITICAL" if number < 12 else "INFO",
                        at=time.time() - 60 - number)
    console.open("?level=CRITICAL&page=2&sort=-what")
    expect(console.rows()).to_have_count(4)
    expect(console.rows().first).to_contain_text("about 03")
    console.row("about 01").locator("[data-dash-column=what]").click()
    console.say("#alert-detail", "about 01")
    console.until("() => location.search.includes('alert=')")
    found = query(console)
    assert (found["page"], found["sort"], found["level"]) == (["2"], ["-what"], ["CRITICAL"])

    again = browsing.console()
    again.open(f"?alert={found['alert'][0]}")  # it is on no page of eight that begins with the newest
    again.say("#alert-detail", "about 01")
    publisher.alert("late", "too late", at=time.time())
    again.say("#new-alerts", "1 new")
    again.say("#alert-detail", "about 01")
    expect(again.page.locator("#resolve")).to_be_enabled()
    lost = []

    def lose(route):
        if lost or "alert-detail.children" not in (route.request.post_data or ""):
            route.continue_()
        else:
            lost.append(route.request)
            route.abort()

    browsing.expect_trouble("ERR_FAILED", "the server did not respond")
    again.page.route(re.compile("_dash-update-component"), lose)
    again.page.click("#alert-close")
    again.until("() => !location.search.includes('alert=')")
    again.eventually(lambda: lost, "the question that is lost")
    publisher.alert("late", "too late again", at=time.time())
    expect(again.page.locator("#alert-detail")).to_be_empty()  # asked once more, with the rows
    asked = []
    again.page.on("request", lambda request: asked.append(request.post_data or "") if "_dash" in request.url else None)
    publisher.alert("later", "too late by far", "CRITICAL", at=time.time())
    expect(again.row("too late by far")).to_be_visible()
    again.ticks(1)
    assert any("alert-rows.data" in body for body in asked)
    assert not any("alert-detail" in body for body in asked)  # nothing is open, so nothing is to be renewed

    again.open("?page=2")
    expect(again.rows()).to_have_count(8)
    before = again.rows().all_inner_texts()
    for number in range(3):
        publisher.alert(f"n{number}", f"newer {number}", "EMERGENCY", at=time.time())
    again.say("#new-alerts", "3 new")  # on later pages nothing moves under the hand either
    assert [row.split("\n")[1:2] for row in again.rows().all_inner_texts()] == [
        row.split("\n")[1:2] for row in before]
    again.page.click("#new-alerts")
    expect(again.rows().first).to_contain_text("newer")
    assert "page" not in query(again)


def test_the_range_changes_what_is_drawn(console, publisher):
    publisher.history(minutes=30, step_s=30)
    console.open()
    assert len(console.trace("system.cpu_percent")["y"]) < 35  # a quarter of an hour
    console.page.select_option("#range-select", "1h")
    console.until("() => document.querySelector('.chart .js-plotly-plot').data[0].y.length === 60")
    start, end = console.ranges()[0]
    assert end - start == 3_600_000
    console.page.select_option("#range-select", "5m")
    console.until("() => document.querySelector('.chart .js-plotly-plot').data[0].y.length < 12")


def test_the_zone_changes_the_times_of_table_and_charts_and_nonsense_in_the_address_nothing(console, publisher):
    at = time.time() - 100
    publisher.update({"system": {"cpu_percent": 5}}, at=at)
    publisher.alert("a", "pool empty", at=at)
    console.open()
    console.rows().first.click()
    for zone, name in (("Europe/Zurich", None), ("Asia/Tokyo", "Asia/Tokyo"), ("UTC", "UTC"),
                       ("Europe/Zurich", "browser")):
        if name:
            console.page.select_option("#zone-select", name)
        local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
        console.say("#alert-detail", f"{local:%Y-%m-%d %H:%M:%S %Z}")
        console.until("(shown) => document.querySelector('.chart .js-plotly-plot').data[0].x[0].startsWith(shown)",
                      f"{local:%Y-%m-%dT%H:%M:%S}"[:-1])

    console.page.select_option("#zone-select", "America/New_York")
    console.until("() => location.search.includes('zone=America')")
    console.open()  # without it in the address: this browser remembers
    expect(console.page.locator("#zone-select")).to_have_value("America/New_York")

    # An address with nonsense is taken for what it can mean.
    console.open("?range=7y&zone=Mars/Olympus&zoom=1e99,x&source=nobody&state=what&level=%3Cb%3E&hidden=,,&live=maybe")
    console.ticks(2)
    assert console.zoom() is None
    expect(console.page.locator("#range-select")).to_have_value("15m")
    expect(console.page.locator("#zone-select")).to_have_value("America/New_York")
    assert console.ask("() => localStorage.getItem('monitoring-zone')") == "America/New_York"
    assert "Mars" not in console.page.url
    console.page.select_option("#source-select", "TickStockPL")
    expect(console.gauge("system.cpu_percent")).to_have_attribute("aria-label", "CPU: 5 % of 100")

    console.open("?zone=asia/kathmandu")  # not among those to choose from: there is more than one address
    expect(console.page.locator("#zone-select")).to_have_value("Asia/Kathmandu")
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo("Asia/Kathmandu"))
    console.rows().first.click()
    console.say("#alert-detail", f"{local:%Y-%m-%d %H:%M:%S %Z}")
