"""Pages whose content the server makes are shown by our scripts before Dash is there, and Dash's page moves nothing."""

from __future__ import annotations

import time

import pytest

from tests.browser.host import PAGE
from tests.browser.test_sketch import WIDTHS, Held

PAGES = {"alerts/silences/": "hits 1 open alert now", "notifications/": "night",
         "alerts/history/?span=custom&from=2026-01-01T00%3A00&level=CRITICAL&q=pool": "Closed alerts"}
# The preview of a form and rows are asked for later, and what is below them moves then; what a silence says grows
# older.
BOXES = """() => [...document.querySelectorAll(
    ".tabs > *, main :is(.panel-head, .form-check, label, button, input, select, textarea, .silence, .route)")]
    .filter((one) => one.offsetParent)
    .filter((one) => !one.closest("#route-form .route-preview ~ *, .board-past .panel:not(#past) *"))
    .map((one) => {
        const {x, y, width, height} = one.getBoundingClientRect();
        const says = one.matches(".panel-head, .form-check") ? one.innerText
            : one.matches("select, input:not([type=checkbox], [type=radio])") ? one.value : "";
        return [says, x, y, width, height];
    })"""
SAID = "(words) => document.querySelector('#first-paint:not([hidden])')?.innerText.includes(words)"

LIMIT_IN_HAND = """
    const plain = window.setTimeout;
    window.setTimeout = (go, ms, ...more) => {
        if (ms !== 20000) return plain(go, ms, ...more);
        window.overLimit = go;
    };
"""

ROWS_ASKED = '"..alert-rows.data'
NO_LIMIT_BUT_SHIFTS = """
    const plain = window.setTimeout;
    const limits = [5000, 20000]; // of the wait for rows, and of the first paint, which busy cores reach
    window.setTimeout = (go, ms, ...more) => limits.includes(ms) ? 0 : plain(go, ms, ...more);
    window.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shifted += one.value; }))
        .observe({type: "layout-shift", buffered: true});
"""

EXPLORED = """(page) => {
    const of = (what) => [...document.querySelectorAll(`${page} ${what}`)];
    const value = (id) => of("#explore-" + id)[0].value;
    return [of(":is(.explore-time, .explore-options) [aria-pressed=true]").map((key) => key.textContent),
        of("[aria-selected=true]").map((tab) => tab.textContent),
        ...["preset", "from", "to", "per", "compare"].map(value), of("[data-do=live]")[0].disabled];
}"""


@pytest.fixture
def filled(console, publisher, host):
    """An open alert, a silence that hits it, and a route."""
    publisher.alert("a1", "pool empty", level="CRITICAL")
    console.eventually(lambda: host.services.alerts.find("a1"), "the alert")
    host.services.alerts.silence({"text": "pool", "until": time.time() + 3_600}, "ada")
    host.services.notifications.add_route({"name": "night", "urls": ["json://127.0.0.1:9/x"], "enabled": False}, "ada")
    return console


def looks(console):
    found = []
    for width in WIDTHS:
        console.page.set_viewport_size({"width": width, "height": 900})
        found.append(console.ask(BOXES))
    return found


def test_words_are_there_at_first_and_dash_moves_nothing(filled, host):
    for path, words in PAGES.items():
        held = Held(filled.page)
        filled.page.goto(host.url + PAGE + path)
        filled.until(SAID, words)
        first = looks(filled)
        held.release()
        filled.ready()
        filled.rest()
        assert looks(filled) == first, path
        assert len(first[0]) > 8


def test_the_alert_console_has_the_filter_of_its_address_at_first_however_slow_the_line_is(filled, host):
    held = Held(filled.page)
    filled.page.add_init_script(LIMIT_IN_HAND)
    filled.page.goto(host.url + PAGE + "alerts/?filter=level%3Ainfo&zone=Asia/Kathmandu")
    # What the layout alone says may be there before: without an answer Dash's page would be shown at the limit.
    filled.until("() => document.querySelector('#first-paint #zone-select')?.value === 'Asia/Kathmandu'")
    assert filled.page.input_value("#first-paint #filter-line") == "level:info"
    filled.ask("() => window.overLimit()")
    assert filled.ask(SAID, "Alerts")  # Dash's scripts are on their way
    held.release()
    filled.ready()
    assert filled.page.input_value("#filter-line") == "level:info"


def test_the_alert_console_comes_with_its_rows_and_nothing_in_it_moves(console, publisher, host):
    for number in range(12):
        publisher.alert(f"a{number}", f"too high {number}")
    console.eventually(lambda: len(host.services.alerts.all()) == 12, "all alerts")
    held = Held(console.page, "**/_dash-update-component*", ROWS_ASKED)
    console.page.add_init_script(NO_LIMIT_BUT_SHIFTS)
    console.page.goto(host.url + PAGE + "alerts/")
    console.eventually(lambda: held.waiting, "the question for the rows")
    console.until("() => document.querySelector('#react-entry-point #alert-bar')")
    assert console.page.locator("#first-paint").count() == 1
    held.release()
    console.ready()
    console.rest()
    assert console.rows().count() == 12
    assert console.ask("() => window.shifted") < 0.001


def test_explore_shows_what_its_address_says_before_anything_was_answered(console, publisher, host):
    publisher.update({"system": {"cpu_percent": 5}})
    scripts = Held(console.page)
    answers = Held(console.page, "**/_dash-update-component*", '"..explore-answer.data')
    console.page.goto(host.url + PAGE + "explore/?m=TickStockPL/system.cpu_percent&range=24h&charts=metric"
                      "&compare=yesterday&log=1&without=alert,gap&panel=nonsense")
    console.until("() => document.querySelector('#first-paint #source-select option')")
    first = console.ask(EXPLORED, "#first-paint")
    assert first == [["24h", "Log", "Thresholds", "Commands", "Annotations"], ["Charts"],
                     "24h", "now-24h", "now", "metric", "yesterday", True]
    scripts.release()
    console.until("() => !document.getElementById('first-paint')")
    console.eventually(lambda: answers.waiting, "the question for the charts")
    assert console.ask(EXPLORED, "#react-entry-point") == first
    answers.release()
    console.until("() => monitoring.explore.answer")
    assert console.ask(EXPLORED, "#react-entry-point") == first
