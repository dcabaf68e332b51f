"""A laptop that was closed for a night, with the page open: by a clock of the browser's own."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from tests.browser.host import INTERVAL_MS
from tests.browser.test_outage import GONE

CPU = "system.cpu_percent"
AT_ONCE = 3
"""What is asked beside a question for each beat since it is awake: 14,400 beats of two seconds were missed."""
STALE = """() => {
    window.same = true;
    new MutationObserver(() => { window.wasStale ||= document.documentElement.dataset.values === "stale"; })
        .observe(document.documentElement, {attributes: true});
}"""


def test_after_eight_hours_asleep_the_page_shows_the_present_by_itself(browsing, publisher, host):
    browsing.expect_trouble(*GONE)
    console = browsing.console(alone=True)  # a clock is the whole context's, for as long as that lasts
    console.page.clock.install()
    publisher.history(minutes=5)
    console.open("?range=1h")
    publisher.alert("evening", "pool empty")
    expect(console.row("pool empty")).to_have_count(1)
    console.page.fill("#filter-text", "disk")
    expect(console.row("pool empty")).to_have_count(0)
    console.drag("system")
    chosen = console.ranges(), console.page.url
    requests = console.requests()
    console.ask(STALE)
    woke = time.monotonic()  # or a little later: it asks as ever until the server is gone
    host.stop()  # nothing answers a machine that sleeps
    console.page.clock.fast_forward("08:00:00")
    console.until("() => window.wasStale")  # eight hours old is not fresh
    host.start()
    publisher.update({"system": {"cpu_percent": 77}})
    publisher.alert("morning", "disk full")
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 77 % of 100")
    console.until("() => document.documentElement.dataset.values === 'fresh'")
    expect(console.page.locator("#offline")).to_be_empty()
    console.say("#liveness", "active")
    assert len(requests) <= AT_ONCE + (time.monotonic() - woke) * 1_000 / INTERVAL_MS
    expect(console.row("disk full")).to_have_count(1)
    expect(console.row("pool empty")).to_have_count(0)
    assert (console.ranges(), console.page.url) == chosen
    assert [console.page.input_value(name) for name in ("#filter-text", "#range-select")] == ["disk", "1h"]
    assert console.ask("() => window.same")  # it was not loaded anew
