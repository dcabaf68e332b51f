"""A page that nobody looks at, or that is paused, asks for nothing."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.host import INTERVAL_MS

HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
    Object.defineProperty(document, "visibilityState", {configurable: true, get: () => hidden ? "hidden" : "visible"});
    document.dispatchEvent(new Event("visibilitychange"));
}"""
# Only time can show that something does not happen: two ticks and a half.
LONG_ENOUGH_MS = 2.5 * INTERVAL_MS
CPU = "system.cpu_percent"


def test_nothing_is_asked_while_paused_or_hidden_and_all_is_there_afterwards(console, publisher):
    publisher.update({"system": {"cpu_percent": 5}}, at=publisher.second(0))
    console.open()
    console.page.click("#live-toggle")
    console.say("#live-toggle", "Paused")
    assert "live=0" in console.page.url
    console.quiet()
    requests = console.requests()
    publisher.update({"system": {"cpu_percent": 6}}, at=publisher.second(1))
    publisher.alert("a", "pool empty")
    console.page.wait_for_timeout(LONG_ENOUGH_MS)
    assert requests == []
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 5 % of 100")
    console.page.click("#live-toggle")
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 6 % of 100")
    expect(console.rows()).to_have_count(1)
    assert console.trace(CPU)["y"] == [5, 6]

    console.open("?live=0")  # an address that says so: one answer, and no more
    console.say("#live-toggle", "Paused")
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 6 % of 100")
    console.quiet()
    requests.clear()
    console.page.wait_for_timeout(LONG_ENOUGH_MS)
    assert requests == []

    # A hidden tab asks nothing, and catches up with one question.
    console.page.click("#live-toggle")
    console.say("#live-toggle", "Live")
    console.ask(HIDE, True)
    console.quiet()
    requests.clear()
    for value in (7, 8, 9):
        publisher.update({"system": {"cpu_percent": value}}, at=publisher.second(value - 5))
    console.page.wait_for_timeout(LONG_ENOUGH_MS)
    assert requests == []

    # The regular beat would join in later: it is stopped to see what the return alone asks.
    console.rest()
    console.ask(HIDE, False)
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 9 % of 100")
    console.quiet()
    assert len(requests) == 1
    assert console.trace(CPU)["y"] == [5, 6, 7, 8, 9]
