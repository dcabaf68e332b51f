"""With a month of data an admin answers “when did this start”, “is it like last week”, “what else moved”: by mouse
and by keyboard, in light and in dark."""

from __future__ import annotations

import shutil
import time
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.explore_page import CPU, INCIDENT_S, KEPT, MEMORY, QUERY, QUEUE, Explorer, fresh
from tests.browser.host import Host
from tests.browser.publisher import SOURCE

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
DOUBLE_TAP = """() => [1, 2].forEach(() => {
    const target = document.querySelector(".explore-chart .nsewdrag"), {x, y} = target.getBoundingClientRect();
    const touch = new Touch({identifier: 1, target, clientX: x + 50, clientY: y + 50});
    const tell = (name, touches) => target.dispatchEvent(
        new TouchEvent(name, {touches, changedTouches: [touch], bubbles: true, cancelable: true}));
    tell("touchstart", [touch]);
    tell("touchend", []);
})"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def month_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "month.sqlite3"
    fresh(path)
    return path


@pytest.fixture
def host(redis_server, month_file, tmp_path):
    """A host whose history is a month old: the month is copied, and nothing is written back."""
    shutil.copy(month_file, tmp_path / "month.sqlite3")
    host = Host(redis_server, database_url=f"sqlite:///{tmp_path}/month.sqlite3", **KEPT).start()
    yield host
    host.stop()


@pytest.fixture
def explorer(browsing, host):
    def make(**options) -> Explorer:
        return Explorer(browsing.page(**options), host)
    return make


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace(" ", "T") + "+00:00").timestamp() * 1_000


def first_above(page: Explorer, value: float) -> float:
    """When the first line of the first chart first rises above `value`, wall-clock ms."""
    line, = page.traces("line")
    return next(moment(x) for x, y in zip(line["x"], line["y"], strict=True) if y is not None and y > value)


@SCHEMES
def test_three_questions_with_the_mouse(explorer, scheme):
    page = explorer(color_scheme=scheme)
    page.open("?range=6h")
    page.say(".explore-empty", "Choose a metric")
    page.choose(QUEUE)
    page.settled()

    # When did this start? Two zooms, each fetched finer.
    page.say(".explore-chart .step", "1 point = 30 s")
    assert page.traces("band")
    page.draw(page.share(INCIDENT_S[0] + 900), page.share(INCIDENT_S[0] - 900))
    page.until("() => !monitoring.explore.view.live")
    page.settled()
    page.say(".explore-chart .step", "every sample")
    assert not page.traces("band")
    started = first_above(page, 120)
    assert abs(page.ask("() => monitoring.explore.answer.now") - started - 1_000 * INCIDENT_S[0]) < 120_000
    page.double_click_busily(page.plot())
    page.until("() => monitoring.explore.view.live && monitoring.explore.view.range === '6h'")
    page.settled()

    # Is it like last week?
    page.page.select_option("#explore-compare", "last-week")
    page.until("() => monitoring.explore.answer.compared === 'Last week'")
    page.settled()
    assert page.traces("ghost")[0]["y"]
    expect(page.legend(QUEUE).locator(".difference")).to_contain_text("+")
    expect(page.page.locator(".ghost-row th")).to_have_text("last week")

    # What else moved?
    page.draw(page.share(INCIDENT_S[0]), page.share(INCIDENT_S[1]), shift=True)
    rows = page.page.locator("#explore-moved-found > table tr[data-moved]")
    expect(rows).to_have_count(4)
    assert {row.get_attribute("data-moved") for row in rows.all()} == {
        QUEUE, CPU, QUERY, "application.cache_hit_rate"}
    page.page.locator(f'[data-moved="{QUERY}"] button').click()
    page.settled()
    expect(page.page.locator(".explore-chart")).to_have_count(2)
    assert page.address()["m"] == [f"{SOURCE}/{QUEUE}", f"{SOURCE}/{QUERY}"]

    # And what was it like then? A moment picked on a chart.
    page.page.locator('[data-do="close-moved"]').click()
    page.page.get_by_role("button", name="Pick a moment").click()
    page.pick(page.share(sum(INCIDENT_S) / 2))
    page.say("#explore-panel", "State at")
    expect(page.page.locator("#explore-panel")).to_be_focused()
    page.say("#explore-panel", "No alert was open.")
    value = page.page.locator("#explore-panel dt", has_text="Queue depth").locator("xpath=following-sibling::dd[1]")
    assert 210 < float(value.inner_text().split()[0]) < 230
    assert page.address()["panel"] == ["moment"]
    at = moment(page.address()["at"][0].removesuffix("Z").replace("T", " "))
    now = page.ask("() => Date.parse(monitoring.answer.now ? new Date(monitoring.answer.now * 1000) : new Date())")
    assert abs(now - at - 1_000 * sum(INCIDENT_S) / 2) < 120_000
    page.page.get_by_role("button", name="Show in charts").click()
    page.until("() => !monitoring.explore.view.live && monitoring.explore.view.panel === null")
    page.settled()
    low, high = page.window()
    assert abs(high - low - 3_600_000) < 1_000


@SCHEMES
def test_three_questions_with_the_keyboard(explorer, scheme):
    page = explorer(color_scheme=scheme)
    page.open("?range=6h")
    keys = page.page.keyboard
    page.page.locator("#explore-search").focus()
    keys.type("queue")
    expect(page.page.locator("#explore-list input")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Space")
    page.until("() => monitoring.explore.answer.charts.length === 1")
    page.settled()

    # When did this start? From and to, then value by value.
    field = page.page.locator("#explore-from")
    field.fill("now-80m")
    page.page.locator("#explore-to").fill("now-60m")
    keys.press("Enter")
    page.until("() => monitoring.explore.view.range === 'now-80m..now-60m'")
    page.settled()
    cursor = page.page.locator(".cursor").first
    cursor.focus()
    keys.press("Home")
    assert "Queue depth" in cursor.get_attribute("aria-valuetext")
    for _ in range(130):
        keys.press("ArrowRight")
        text = cursor.get_attribute("aria-valuetext")
        if float(text.rpartition("Queue depth ")[2].partition(" ")[0].rstrip(",")) > 120:
            break
    now = page.ask("() => monitoring.explore.answer.now")
    assert abs(now - moment(text[:19]) - 1_000 * INCIDENT_S[0]) < 120_000

    # What else moved? A window marked from here on, a quarter of an hour to the right.
    keys.press("Escape")  # back to the last six hours
    page.until("() => monitoring.explore.view.live")
    page.settled()
    page.page.get_by_role("button", name="Annotate").focus()
    page.ask("() => monitoring.explore.act({brush: [' ', '']})")  # what is wrong is said beside the fields
    page.settled()
    page.page.locator(".view-tab").first.focus()
    cursor.focus()
    keys.press("End")
    for _ in range(8):
        keys.press("Control+ArrowLeft")
    keys.down("Shift")
    for _ in range(6):
        keys.press("Control+ArrowLeft")
    keys.up("Shift")
    assert ", marked from" in cursor.get_attribute("aria-valuetext")
    keys.press("Enter")
    expect(page.page.locator(f'.moved [data-moved="{CPU}"]')).to_be_visible()
    expect(page.page.locator("#explore-moved")).to_be_visible()
    page.page.locator('[data-do="close-moved"]').focus()
    keys.press("Enter")
    expect(page.page.locator("#explore-moved")).to_be_hidden()

    # Is it like last week?
    page.page.locator("#explore-compare").focus()
    keys.press("End")
    page.until("() => monitoring.explore.answer.compared === 'Last week'")
    page.settled()
    expect(page.legend(QUEUE).locator(".difference")).to_contain_text("%")

    # What was it like then? The moment under the cursor, and one that is written.
    cursor.focus()
    keys.press("Home")
    keys.press("m")
    page.say("#explore-panel", "State at")
    expect(page.page.locator("#explore-panel")).to_be_focused()
    page.page.locator("#explore-at").fill("now-50m")
    keys.press("Enter")
    page.say("#explore-panel", "50 min ago")
    assert page.address()["at"] == ["now-50m"]
    page.page.locator("#explore-at").fill("half past")
    keys.press("Enter")
    page.say("#explore-at-problem", "is no time")
    expect(page.page.locator("#explore-at")).to_have_value("half past")


def test_the_address_is_the_whole_view(explorer):
    page = explorer()
    page.open(f"?m={SOURCE}/{CPU}&range=7d")
    page.page.select_option("#explore-per", "metric")
    page.choose(MEMORY)
    page.settled()
    page.legend(MEMORY).locator("[data-hide]").click()
    page.page.get_by_role("button", name="Log").click()
    page.page.locator(".menu summary", has_text="Overlays").click()
    page.page.locator('[data-overlay="gap"]').click()
    page.settled()
    page.page.get_by_role("tab", name="Heat map").click()
    expect(page.page.locator(".heat")).to_be_visible()
    page.page.select_option("#explore-heat-kind", "max")
    page.page.select_option("#explore-focus", "1")
    page.say("#explore-panel", "Maximum of each hour")
    page.say("#explore-panel", "Memory used: hour")
    page.settled()
    address = page.address()
    assert address == {"m": [f"{SOURCE}/{CPU}", f"{SOURCE}/{MEMORY}"], "range": ["7d"], "charts": ["metric"],
                       "hide": ["1"], "without": ["gap"], "panel": ["heatmap"], "heat": ["max"], "focus": ["1"],
                       "log": ["1"], "source": [SOURCE]}
    again = explorer()
    again.page.goto(page.page.url)
    again.until("() => monitoring.explore && monitoring.explore.answer && window.Plotly")
    expect(again.page.locator(".heat")).to_be_visible()
    again.say("#explore-panel", "Maximum of each hour")
    expect(again.page.locator("#explore-heat-kind")).to_have_value("max")
    assert again.ask("() => monitoring.explore.view") == page.ask("() => monitoring.explore.view")
    assert again.address() == address
    again.page.get_by_role("tab", name="Charts").click()
    again.settled()
    assert again.traces("line", 1) == [] and again.plot(0).evaluate("(plot) => plot.layout.yaxis.type") == "log"
    assert again.legend(MEMORY).locator("[data-hide]").get_attribute("aria-pressed") == "true"
    again.legend(CPU).locator("[data-take]").click()  # the other one keeps its colour, also for who is sent the address
    again.settled()
    assert again.address()["colours"] == ["1"]
    again.page.reload()
    again.until("() => monitoring.explore && monitoring.explore.answer && window.Plotly")
    assert again.address()["colours"] == ["1"]


def test_nothing_the_viewer_set_moves_while_the_page_lives(explorer, publisher):
    page = explorer()
    with publisher.steadily():
        page.open(f"?m={SOURCE}/{CPU}&m={SOURCE}/{MEMORY}&range=5m&charts=metric")
        before = page.window()
        page.until("(end) => monitoring.explore.answer.window[1] > end + 2000", before[1])  # it is live
        page.page.locator("#explore-search").fill("mem")
        page.page.locator("#explore-from").fill("half a mom")
        key = page.legend(CPU).locator(".key")
        key.focus()
        page.draw(0.2, 0.5)
        page.until("() => !monitoring.explore.view.live")
        page.settled()
        zoomed = page.window()
        for _ in range(3):
            page.ticks(1)
        assert page.window() == zoomed
        assert page.page.locator("#explore-search").input_value() == "mem"
        page.page.locator("#explore-from").fill("half a mom")
        page.ticks(2)
        assert page.page.locator("#explore-from").input_value() == "half a mom"


def test_what_is_wrong_is_said_where_it_was_written(explorer):
    page = explorer()
    page.open(f"?m={SOURCE}/{CPU}&m={SOURCE}/nope&range=6h&frob=1")
    page.say("#explore-notes", 'In the address: "frob" is no part of a view.')
    page.say("#explore-notes", f"{SOURCE} has never sent it")
    for start, end, words in (("now-6q", "now", '"q" is no unit'), ("now", "now-1h", "before start"),
                              ("now-9y", "now", "are kept"), ("now+2d", "", "in the future")):
        page.page.locator("#explore-from").fill(start)
        page.page.locator("#explore-to").fill(end)
        page.page.locator('[data-do="show-ends"]').click()
        page.say("#explore-problem", words)
        expect(page.page.locator("#explore-from")).to_have_attribute("aria-invalid", "true")
    assert page.traces("line")  # what was shown is still there
    page.page.locator("[data-missing]").click()
    page.settled()
    assert page.address()["m"] == [f"{SOURCE}/{CPU}"]


def test_annotations_files_and_the_way_from_the_overview(explorer, publisher, browsing):
    publisher.update({"system": {"cpu_percent": 41.0}})
    publisher.alert("a", "pool empty", "CRITICAL", at=time.time() - 1_200)
    overview = browsing.console()
    overview.open("?range=1h")
    link = overview.page.locator('.chart[data-chart="system"] a.explore-link')
    link.click()
    page = Explorer(overview.page, overview.host)
    page.until("() => monitoring.explore && monitoring.explore.answer && window.Plotly")
    page.settled()
    assert page.address()["m"][0] == f"{SOURCE}/{CPU}" and page.address()["range"] == ["1h"]

    nasty = "<img src=x onerror='window.__xss=1'> deployed"
    page.page.get_by_role("button", name="Annotate").click()
    page.page.locator("#note-text").fill(nasty)
    page.page.locator("#note-from").fill("now-20m")
    page.page.keyboard.press("Enter")
    page.say("#note-feedback", "Added.")
    page.say("#explore-events", nasty)
    page.until("() => monitoring.explore.answer.annotations.length === 1")
    assert page.ask("() => window.__xss") is None
    remove = page.page.locator("[data-note-remove]")
    remove.click()
    page.page.get_by_text("Delete for good?").click()
    expect(remove).to_have_count(0)

    for kind in ("CSV", "Parquet", "Snapshot (HTML)", "Picture (PNG)"):
        page.page.locator(".menu summary", has_text="Export").click()
        with page.page.expect_download() as download:
            page.page.get_by_role("button", name=kind).click()
        assert download.value.path().stat().st_size > 1_000, kind
    page.say("#explore-export-feedback", "Saved explore_")

    page.say("#explore-events", "pool empty")
    page.open_span(page.plot())
    page.until("() => document.querySelector('#alert-detail') && !document.querySelector('#first-paint')")
    page.say("#alert-detail", "pool empty")


def test_axe_finds_nothing_serious_in_light_and_in_dark(explorer, publisher):
    publisher.alert("a", "pool empty", "CRITICAL")
    page = explorer(color_scheme="light")
    page.open(f"?m={SOURCE}/{CPU}&m={SOURCE}/{QUEUE}&range=3h&compare=yesterday")
    page.say("#explore-events", "pool empty")
    for panel in ("", "heatmap", "distribution", "report", "moment"):
        page.page.locator(f'.view-tab[data-view="{panel}"]').click()
        page.quiet()
        for scheme in ("light", "dark") if panel in ("heatmap", "moment") else ("light",):
            page.follow(scheme)
            page.quiet()
            assert page.barriers() == [], (panel, scheme)


def test_a_phone_does_not_scroll_sideways(explorer, publisher):
    publisher.alert("a", "pool empty", "CRITICAL")
    small = explorer(color_scheme="light", **PHONE)
    small.open(f"?m={SOURCE}/{CPU}&range=now-4h..now-1h&compare=yesterday")
    assert small.ask("() => document.documentElement.scrollWidth") <= 390
    assert not small.ask("() => document.getElementById('explore-metrics').open")
    small.ask(DOUBLE_TAP)
    small.until("() => monitoring.explore.view.live")
    small.settled()
    small.page.locator('.view-tab[data-view="moment"]').click()
    small.say("#explore-panel", "pool empty")
    for scheme in ("light", "dark"):
        small.follow(scheme)
        assert small.ask("() => document.documentElement.scrollWidth") <= 390
