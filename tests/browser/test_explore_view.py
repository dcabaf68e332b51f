"""Explore around its charts: the address, what must not move, what is wrong, notes and files, phones and readers."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.browser.explore_page import CPU, MEMORY, QUEUE, Explorer, fresh, looking_back
from tests.browser.publisher import SOURCE, Publisher

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
    return fresh(tmp_path_factory.mktemp("history"))


@pytest.fixture
def host(redis_server, month_file, tmp_path):
    with looking_back(redis_server, month_file, tmp_path) as host:
        yield host


@pytest.fixture
def explorer(browsing, host):
    return lambda **options: Explorer(browsing.page(**options), host)


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
    page.page.select_option("#explore-focus", label="Memory used")
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
    again.ask("() => { window.answered = monitoring.explore.answer; }")
    again.page.get_by_role("tab", name="Charts").click()
    again.settled()
    assert again.ask("() => monitoring.explore.answer === window.answered")  # drawn from what was there already
    assert len(again.traces("line")[0]["x"]) > 300  # as finely as the charts are wide, though they were not to be seen
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

    numbered = "() => [...monitoring.explore.frames.values()].map(({plot}) => plot._fullLayout.yaxis.showticklabels)"
    assert page.ask(numbered) == [True]
    page.page.locator("#explore-from").fill("now-90d")
    page.page.locator("#explore-to").fill("now-89d")
    page.page.locator('[data-do="show-ends"]').click()
    page.settled()
    assert page.ask(numbered) == [False]  # no numbers where there is nothing


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
        if panel == "distribution":  # axe reads no text of a drawing
            page.follow("dark")
            muted = page.ask("() => getComputedStyle(document.querySelector('#explore-panel p.muted')).color")
            titles = page.page.locator(".xtitle, .ytitle")
            assert {muted} == set(titles.evaluate_all("(all) => all.map((one) => getComputedStyle(one).fill)"))
            page.follow("light")


def test_of_many_sources_the_metrics_are_in_view(explorer, redis_server):
    for number in range(31):
        Publisher(redis_server, f"vm-{number:02}.rack.example.com").update({"system": {"cpu_percent": number}})
    page = explorer()
    page.open(f"?m={SOURCE}/{CPU}")
    page.until("() => document.querySelectorAll('#explore-sources button').length > 25")
    top, panel = page.ask("() => [document.getElementById('explore-list').getBoundingClientRect().top,"
                          " document.querySelector('.explore-metrics').getBoundingClientRect().height]")
    assert top < 450 and panel < 900  # of a desk of 900 pixels


def test_a_phone_does_not_scroll_sideways(explorer, publisher):
    publisher.alert("a", "pool empty", "CRITICAL")
    small = explorer(color_scheme="light", **PHONE)
    small.open(f"?m={SOURCE}/{CPU}&range=now-4h..now-1h&compare=yesterday")
    assert small.ask("() => document.documentElement.scrollWidth") <= 390
    assert not small.ask("() => document.getElementById('explore-metrics').open")
    # What can be done with a line is in sight, though its figures may be wider than the screen.
    edges = small.ask("() => [...document.querySelectorAll('.legend .actions button')].map((button) => {"
                      " const box = button.getBoundingClientRect(); return [box.left, box.right]; })")
    assert len(edges) == 3 and all(0 <= left < right <= 390 for left, right in edges)
    small.ask(DOUBLE_TAP)
    small.until("() => monitoring.explore.view.live")
    small.settled()
    small.page.locator('.view-tab[data-view="moment"]').click()
    small.say("#explore-panel", "pool empty")
    for scheme in ("light", "dark"):
        small.follow(scheme)
        assert small.ask("() => document.documentElement.scrollWidth") <= 390
