"""What draws somebody back to the page: title and icon, notifications and sound, and what happened in the meantime."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from dashboard.ui.attention import TOLD_OF
from tests.browser.console import Console
from tests.browser.test_quiet import HIDE

MARKUP = "<img src=x onerror=window.__xss=1>"
# Notifications as a browser has them, written down: a desktop to show them on there is not.
DESKTOP = """
    window.shown = []; window.asked = 0; window.tones = 0;
    window.Notification = class {
        static get permission() { return localStorage.getItem("allowed") || "default"; }
        static requestPermission() { asked += 1; localStorage.setItem("allowed", "granted"); return Promise.resolve(); }
        constructor(title, options) { Object.assign(this, options, {title}); shown.push(this); }
        close() {}
    };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { tones += 1; return start.call(this, at); };
    window.focus = () => {};
"""
AWAY = """(seconds) => {
    const name = "monitoring-looked-ada", record = JSON.parse(localStorage.getItem(name));
    localStorage.setItem(name, JSON.stringify(Object.assign(record, {looked: record.looked - seconds})));
}"""
SHOWN = "() => shown.map((one) => [one.title, one.body])"


@pytest.fixture
def tabs(browsing, host):
    """Two pages of one browser: the overview and another one."""
    context = browsing.context()
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.add_init_script(DESKTOP)
    return Console(first, host).open(), Console(second, host).open("alerts/silences/")


def test_new_alerts_are_told_once_from_the_level_that_was_chosen_also_to_a_hidden_tab(tabs, publisher, host):
    first, second = tabs
    publisher.alert("old", "old one", "CRITICAL")
    first.say("#worst", "Critical")
    assert first.ask("() => asked") == 0  # nobody is asked before choosing
    first.page.click("#bell-button")
    first.page.get_by_label("Tell me about new alerts").select_option("ERROR")
    first.page.get_by_label("With a sound").check()
    first.say("#bell-state", "Notifications of this computer are on. With a sound.")
    assert first.ask("() => asked") == 1
    expect(second.page.locator("#bell-button")).to_have_attribute(
        "aria-label", "Notifications: from error up, with a sound")  # every tab of this browser
    first.page.keyboard.press("Escape")
    expect(first.page.locator("#bell-button")).to_be_focused()
    for tab in tabs:
        tab.ask(HIDE, True)
        tab.ticks(2)

    host.services.alerts.silence({"text": "hushed", "until": time.time() + 600}, "grace")
    publisher.alert("c", "hushed", "CRITICAL")
    publisher.alert("w", "only a warning")
    publisher.alert("n", f"the news {MARKUP}", "ERROR", component=MARKUP)

    def told():
        return first.ask(SHOWN) + second.ask(SHOWN)

    first.eventually(lambda: told(), "a notification")
    for tab in tabs:
        tab.ticks(3)
    assert told() == [[f"◆ Error: the news {MARKUP}", f"{MARKUP} · TickStockPL"]]
    assert first.ask("() => tones") + second.ask("() => tones") in (0, 2, 3)  # the second tab may have to be silent
    key = host.services.alerts.find("n")[0].key
    teller = first if first.ask(SHOWN) else second
    teller.ask("() => shown[0].onclick()")
    teller.until("(key) => new URLSearchParams(location.search).get('alert') === key", key)
    teller.ready()
    assert teller.ask("() => window.__xss") is None

    second.ask("() => dash_clientside.set_props('bell-level', {value: 'off'})")
    first.until("() => monitoring.bellLevel() === null")
    publisher.alert("later", "nobody hears", "CRITICAL")
    first.eventually(lambda: host.services.alerts.find("later"), "the last alert")
    first.ask(HIDE, False)
    first.ticks(3)
    assert len(told()) <= 1  # the page that was opened by the click has forgotten what it showed


def test_alerts_that_move_up_as_others_are_worked_off_are_no_news(tabs, publisher, host):
    first, _ = tabs
    alerts, now = host.services.alerts, time.time()
    for number in range(TOLD_OF + 3):
        publisher.alert(f"a{number}", f"old {number}", at=now - 600 + number)
    first.say("#alert-counts", f"{TOLD_OF + 3} warning")
    first.page.click("#bell-button")
    first.page.get_by_label("Tell me about new alerts").select_option("WARNING")
    first.until("() => (JSON.parse(localStorage.getItem('monitoring-told')) || {}).older > 0")
    for number in range(TOLD_OF, TOLD_OF + 3):
        alerts.acknowledge(alerts.find(f"a{number}")[0].key, "grace")
    first.until("(count) => JSON.parse(localStorage.getItem('monitoring-told')).keys.length === count", TOLD_OF + 3)
    publisher.alert("n", "the news")
    first.until("() => JSON.parse(localStorage.getItem('monitoring-told')).keys.length > " + str(TOLD_OF + 3))
    assert [title for tab in tabs for title, _ in tab.ask(SHOWN)] == ["▲ Warning: the news"]


def test_what_was_since_you_last_looked_and_how_many_nobody_has_taken_on(browsing, host, publisher):
    console = browsing.console().open()
    publisher.alert("a", f"pool empty {MARKUP}", "CRITICAL")
    publisher.alert("b", "queue long")
    console.say("#alert-counts", "1 warning")
    console.until("() => localStorage.getItem('monitoring-looked-ada') !== null")
    console.ask(HIDE, True)
    console.quiet()
    console.ask(AWAY, 7_200)
    publisher.event("ALERT_RESOLVED", alert_id="b")
    alerts = host.services.alerts
    console.eventually(lambda: alerts.find("b")[0].state == "resolved", "the end of an alert")
    alerts.acknowledge(alerts.find("a")[0].key, "grace", f"on it {MARKUP}")
    expect(console.page.locator("#since summary")).to_have_count(0)  # a hidden tab is not looking
    console.ask(HIDE, False)
    console.say("#since", "away for 2 h")
    console.say("#since", "2 fired, 1 of them over · 1 cleared by itself · grace acknowledged 1")
    console.page.locator("#since summary").press("Enter")
    console.say("#since", f"on it {MARKUP}")
    console.ticks(2)
    expect(console.page.get_by_role("link", name="queue long").first).to_be_visible()  # what was unfolded stays so

    page = console.page
    page.reload()  # the same visit: it is told until somebody dismisses it
    console.ready()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".since")).to_be_hidden()
    page.reload()
    console.ready()
    console.ticks(1)
    expect(page.locator("#since summary")).to_have_count(0)
    assert console.ask("() => window.__xss") is None

    # Title and icon say how many nobody has taken on.
    expect(page).to_have_title("Monitoring")
    publisher.alert("c", "pool full", "CRITICAL")
    publisher.alert("d", "queue longer")
    expect(page).to_have_title("(2) Monitoring")
    icon = console.ask("() => document.querySelector('link[rel~=icon]').href")
    assert icon.startswith("data:image/png")
    alerts.acknowledge(alerts.find("c")[0].key, "grace")
    expect(page).to_have_title("(1) Monitoring")
    assert console.ask("() => document.querySelector('link[rel~=icon]').href") != icon
    alerts.resolve(alerts.find("d")[0].key, "grace")
    expect(page).to_have_title("Monitoring")
