"""Redis or the server away while the page is open: it says so, keeps what it has, and recovers by itself."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.host import PAGE
from tests.servers import wait_for

CPU = "system.cpu_percent"
GONE = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "Failed to fetch",
        "the server did not respond")


def test_redis_killed_and_back_with_the_page_open(console, publisher, redis_server, host):
    publisher.history(thread_count=88)
    publisher.alert("a", "pool empty")
    console.open()
    console.drag("system")
    zoomed = console.ranges()
    points = len(console.trace(CPU)["y"])

    redis_server.kill()
    expect(console.page.locator("#notice strong")).to_have_text(
        re.compile(r"No connection to Redis since \d\d:\d\d:\d\d"))
    console.say("#notice", "Nothing answers at the address of Redis")
    console.say("#connection", "feed interrupted")
    assert console.is_stale()
    assert console.barriers() == []  # what is left to read can be read
    assert "41" not in console.text("#gauges")  # nothing was made up
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 31 % of 100")
    expect(console.rows()).to_have_count(1)
    console.until("""() => document.querySelector('.chart[data-chart="system"] .js-plotly-plot')
        .layout.shapes.some((shape) => shape.name === "gap")""")
    start = console.shapes("system", "gap")[-1]["x0"]

    redis_server.start()
    wait_for(host.listens)
    publisher.update({"system": {"cpu_percent": 41.5, "memory_percent": 40}})
    expect(console.page.locator("#notice strong")).to_have_count(0)
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 41.5 % of 100")
    console.until("() => document.documentElement.dataset.values === 'fresh'")
    expect(console.page.locator("#connection")).to_be_empty()
    assert console.ranges() == zoomed
    gap = console.shapes("system", "gap")[-1]
    assert gap["x0"] == start < gap["x1"]
    drawn = console.trace(CPU)["y"]
    assert drawn[points:] == [None, 41.5]  # the line does not cross the gap
    console.say("#feed", "Gaps")
    expect(console.row("pool empty")).to_have_count(1)

    console.page.keyboard.press("Escape")
    expect(console.chart("system").locator(".shape-label")).to_have_text("Redis closed the connection")


def test_gaps_that_follow_each_other_do_not_write_over_each_other(console, publisher, redis_server, host):
    publisher.history()
    console.open()
    with redis_server.client() as client:
        for number in (1, 2):
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            console.eventually(lambda: host.services.record.reconnects == number  # noqa: B023
                               and host.services.listener.is_sure, "a gap")
    console.until("""() => document.querySelector('.chart[data-chart="system"] .js-plotly-plot')
        .layout.shapes.filter((shape) => shape.name === "gap").length === 2""")
    words = [gap["label"]["text"] for gap in console.shapes("system", "gap")]
    assert words == ["", "Redis closed the connection"]
    too_long = "these are too long for a plot as narrow as this"
    assert console.ask("""(cases) => cases.map((gaps) => monitoring.gapShapes(gaps, [1000, 1200], 200, (ms) => ms)
        .map(({label: {text, xanchor}}) => text && xanchor))""", [
        [[1000, 1040, "twenty letters have 9"], [1158, 1160, "twenty letters have 9"]],
        [[1000, 1040, "twenty letters have 9"], [1190, 1191, "twenty letters have 9"], [1198, 1199, "ab"]],
        [[1020, 1180, "in itself"], [1190, 1191, "not over a wider one"]], [[1000, 1020, too_long]],
        [[910, 950, "not in the picture"], [950, 1060, "partly"], [1210, 1220, "nor this"]],
        [[1080, 1082, "these are too long for each side"]], [[1110, 1900, "as far as it is seen"]],
    ]) == [["left", ""], ["left", "", "right"], ["left", ""], [""], ["", "left", ""], ["center"], ["right"]]
    assert console.ask("() => monitoring.gapShapes([[900, 1900, 'x']], [1000, 1200], 200, (ms) => ms).map("
                       "({x0, x1}) => [x0, x1])") == [[1000, 1200]]  # its words are in the middle of what is seen
    console.say("#feed", "Gaps")
    expect(console.page.locator("#feed li")).to_have_text([re.compile(words[1])] * 2)


def test_a_server_that_goes_away_is_told_and_a_new_one_is_taken_up(console, browsing, publisher, host):
    browsing.expect_trouble(*GONE)
    publisher.history()
    publisher.alert("full", "pool full")
    console.open("?range=1h")
    expect(console.row("pool full")).to_have_count(1)
    console.page.fill("#filter-text", "disk")
    expect(console.row("pool full")).to_have_count(0)
    console.drag("system")
    zoomed, epoch, address = console.ranges(), console.ask("() => monitoring.held.epoch"), console.page.url
    console.ask("() => { window.same = true; }")

    host.stop()
    console.say("#offline", "This server has not answered since")
    hour, _, rest = console.text("#offline").split("since ")[1][:8].partition(":")
    console.ask("() => { monitoring.clockOffset -= 7200; }")  # of a browser that is two hours ahead
    console.say("#offline", f"{(int(hour) - 2) % 24:02}:{rest}")
    console.say("#worst", "No answer from this server")
    console.say("#liveness", "unknown")
    console.until("() => document.documentElement.dataset.values === 'stale'")

    host.start()
    now = time.time()
    for number in range(3):  # later than all of the history, however quick the restart was
        publisher.update({"system": {"cpu_percent": 60 + number}}, at=now - 2 + number)
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 62 % of 100")
    console.until("(epoch) => monitoring.held.epoch !== epoch", epoch)
    console.until("() => document.documentElement.dataset.values === 'fresh'")
    expect(console.page.locator("#offline")).to_be_empty()
    console.say("#liveness", "active")
    console.ticks(2)
    drawn = console.trace(CPU)["y"]  # what the new server has: the past from the journal, and what it heard itself
    assert [value for value in drawn if value in (60, 61, 62)] == [60, 61, 62]
    assert len(drawn) > 100
    assert console.ranges() == zoomed[:1]
    assert [console.page.url, *map(console.page.input_value, ("#filter-text", "#range-select"))] == [
        address, "disk", "1h"]
    expect(console.row("pool full")).to_have_count(0)
    assert console.ask("() => window.same")  # it was not loaded anew


def test_a_page_opened_while_redis_is_away_says_so_and_fills_by_itself(console, publisher, redis_server, host):
    redis_server.kill()
    wait_for(lambda: host.services.record.state == "disconnected")
    console.open()
    console.say("#notice", "No connection to Redis since")
    console.say("#worst", "No connection to Redis")
    redis_server.start()
    wait_for(host.listens)
    publisher.update({"system": {"cpu_percent": 5}})
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 5 % of 100")
    expect(console.page.locator("#notice strong")).to_have_count(0)


@pytest.mark.parametrize("answer", [
    {"status": 503, "body": ""},
    {"status": 200, "content_type": "text/html", "body": "<h1>Welcome to our network</h1>"},
], ids=["refused", "somebody-else"])
def test_a_page_whose_first_question_fails_says_so_and_asks_again(console, browsing, publisher, host, answer):
    browsing.expect_trouble("status of 503", "Callback error updating")
    publisher.update({"system": {"cpu_percent": 5}})
    questions = re.compile("_dash-update-component")  # Dash's own ones end in something more
    console.page.route(questions, lambda route: route.fulfill(**answer))
    console.page.goto(host.url + PAGE)
    console.say("#offline", "This server has not answered since")
    console.page.unroute(questions)
    console.ready()
    expect(console.page.locator("#offline .notice")).to_have_count(0)
