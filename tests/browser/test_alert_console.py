"""The alert console worked from end to end: an alert's whole life, by mouse and by keys, alone and beside others."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.browser.alert_work import open_row, said, state_of, stored, timeline, work
from tests.browser.host import Host

ACKNOWLEDGE_S = 4.0  # an acknowledgement by default, so that a test sees one run out
TYPED = "half a sentence"
SHOWS_WHOLE = """([plot, shows]) => {
    const moments = (texts) => texts.map((text) => Date.parse(text)).join();
    return shows === (moments(plot.layout.xaxis.range) === moments(plot.dataset.whole.split(",")));
}"""


@pytest.fixture
def host(redis_server):
    host = Host(redis_server, acknowledge_s=ACKNOWLEDGE_S).start()
    yield host
    host.stop()


def test_the_whole_life_of_an_alert(console, publisher, host, control):
    page = console.page
    publisher.history(minutes=30, step_s=10)
    publisher.alert("cpu", "CPU is above 45 %", level="WARNING", at=time.time() - 240, component="cpu", details={
        "threshold": 45, "current_value": 48.5, "unit": "%"}, suggested_actions=["See which process takes it"])
    publisher.alert("odd", "Something odd", level="INFO", at=time.time() - 100)
    work(console)
    expect(console.rows()).to_have_count(2)
    expect(console.row("CPU is above").locator("[data-dash-column=value]")).to_have_text("48.5 %\nlimit 45 %")
    open_row(console, "CPU is above 45 %")
    key = console.ask("() => monitoring.openAlert()")
    console.say("#alert-story", "See which process takes it")
    expect(timeline(console)).to_have_count(1)

    # The chart of the metric it names, with the moment it fired and its threshold; nothing invented for the other.
    console.say("#alert-chart-caption", "CPU (system.cpu_percent), named in its id")
    plot = page.locator("#alert-chart .js-plotly-plot")
    expect(plot).to_be_visible()
    assert plot.evaluate("(plot) => plot.data.map((trace) => trace.y.length)")[0] > 50
    assert plot.evaluate("(plot) => plot.data[1].y") == [45, 45]
    assert plot.evaluate("(plot) => plot.layout.shapes.map((shape) => shape.name)") == ["open", "fired"]
    console.draw_over(plot, 0.3, 0.6)
    console.until(SHOWS_WHOLE, [plot.element_handle(), False])
    page.select_option("#zone-select", "Asia/Tokyo")  # the zoom was written in the other zone's times
    console.until("() => monitoring.view.zone === 'Asia/Tokyo'")
    console.until(SHOWS_WHOLE, [plot.element_handle(), True])
    page.select_option("#zone-select", "browser")
    console.draw_over(plot, 0.3, 0.6)
    console.until(SHOWS_WHOLE, [plot.element_handle(), False])
    console.double_click_busily(plot)
    console.until(SHOWS_WHOLE, [plot.element_handle(), True])

    # Acknowledged for as long as the settings say, and run out.
    page.fill("#resolve-notes", "on it")
    page.click("#acknowledge")
    said(console, "Acknowledged for 4 s.")
    expect(page.locator("#resolve-notes")).to_have_value("")
    command = control.next()
    assert (command["action"], command["acknowledged_by"], command["notes"]) == ("ALERT_ACKNOWLEDGED", "ada", "on it")
    expect(state_of(console, "CPU is above")).to_contain_text("Acknowledged · ada")
    console.say("#alert-detail", "Acknowledged by ada")
    expect(state_of(console, "CPU is above")).to_contain_text("Unacknowledged")
    expect(timeline(console).first).to_contain_text("Acknowledgement has run out")
    expect(timeline(console).nth(1)).to_contain_text("on it")

    # Until it is resolved, but not when it gets worse; silenced, assigned and snoozed meanwhile.
    page.select_option("#acknowledge-for", "resolved")
    page.click("#acknowledge")
    said(console, "Acknowledged until it is resolved.")
    host.services.alerts.silence({"component": "cpu", "until": time.time() + 600}, "grace")
    expect(state_of(console, "CPU is above")).to_contain_text("silenced")
    page.fill("#assign-to", "grace")
    page.click("#assign")
    said(console, "Assigned.")
    expect(page.locator("#alert-detail .chip", has_text="→ grace")).to_be_visible()
    page.select_option("#snooze-for", "worse")
    page.click("#snooze")
    said(console, "Snoozed until it gets worse.")
    expect(state_of(console, "CPU is above")).to_contain_text("until resolved · → grace · snoozed · silenced")
    publisher.alert("cpu", "CPU is above 45 %", level="CRITICAL", component="cpu")
    expect(state_of(console, "CPU is above")).to_contain_text("Unacknowledged")
    expect(console.row("CPU is above").locator("[data-dash-column=level]")).to_have_text("⬣ Critical")
    console.say("#alert-story", "It got worse than what ada had acknowledged")

    # Resolved, and come back.
    page.fill("#resolve-notes", "restarted it")
    page.click("#resolve")
    said(console, "Resolved.")
    expect(state_of(console, "CPU is above")).to_contain_text("Resolved · ada")
    expect(page.locator("#reopen")).to_be_visible()
    expect(page.locator("#acknowledge")).to_be_disabled()
    publisher.alert("cpu", "CPU is above 45 %", level="WARNING", component="cpu")
    console.say("#new-alerts", "1 new")
    page.click("#new-alerts")
    expect(state_of(console, "CPU is above")).to_contain_text("regressed")

    # To the charts at that time, and from the span of the alert there back to it.
    page.get_by_role("link", name="Show in charts").click()
    console.ready()
    console.until("() => monitoring.zoom !== null")
    assert "source=TickStockPL" in page.url
    page.keyboard.press("Escape")
    console.ticks(1)
    console.open_span(console.chart("system"))
    assert page.url.endswith(key)
    console.say("#alert-detail", "CPU is above 45 %")
    expect(page.locator("#alert-aside")).to_be_visible()


def test_by_keys_alone(console, publisher, host):
    page = console.page
    for number in range(27):
        publisher.alert(f"a{number}", f"about {number:02}", at=time.time() - 60 - number)
    work(console)
    expect(console.rows()).to_have_count(25)

    def at():
        return console.ask("() => document.activeElement.innerText.split('\\n')[0]")

    page.keyboard.press("j")
    assert at() == "about 00"
    assert console.ask("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert at() == "about 01"
    console.say("#alert-target", "about 01")
    page.keyboard.press("a")
    said(console, "Acknowledged for 4 s.")
    page.keyboard.press("u")
    said(console, "Undone.")
    assert [entry.action for entry in stored(host, "a1").timeline] == ["fired", "acknowledge", "unacknowledge"]
    page.keyboard.press("s")
    said(console, "Snoozed for 1 h.")
    assert stored(host, "a1").snoozed

    page.keyboard.press("o")  # what is open goes along
    console.say("#alert-detail", "about 01")
    page.keyboard.press("j")
    console.say("#alert-detail", "about 02")
    page.keyboard.press("Escape")
    expect(page.locator("#alert-aside")).to_be_hidden()
    assert at() == "about 02"
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    console.say("#alert-target", "2 selected")
    page.keyboard.press("r")
    said(console, "2 resolved.")
    assert [stored(host, f"a{number}").state for number in (2, 3)] == ["resolved", "resolved"]

    # Not while something is typed; "/" leads there, Escape away.
    page.keyboard.press("/")
    expect(page.locator("#filter-line")).to_be_focused()
    page.keyboard.type("rasjkx?/ ")
    assert "rasjkx?/" in page.input_value("#filter-line")
    said(console, "2 resolved.")
    assert not page.locator("#help-dialog").is_visible()
    page.fill("#filter-line", "state:open")
    console.until("() => !location.search.includes('filter')")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator(".modal.show")).to_contain_text("next alert")
    page.keyboard.press("r")  # nor in a dialog
    page.keyboard.press("Escape")
    expect(page.locator(".modal.show")).to_have_count(0)
    assert stored(host, "a4").state == "active"

    # From the last row to the next page: open ones are 25 by now, so those that are over are shown too.
    page.get_by_role("button", name="All", exact=True).click()
    expect(page.locator("#alert-table div.last-page")).to_have_text("2")
    console.page.locator("#alert-table td[data-dash-column=what]").nth(24).focus()
    first_page = console.ask("() => monitoring.shownRows.map((row) => row.id)")
    page.keyboard.press("j")
    console.until("() => location.search.includes('page=2')")
    expect(console.rows()).to_have_count(2)
    console.until("(ids) => monitoring.cursor() && !ids.includes(monitoring.cursor())", first_page)
    expect(page.locator("#alert-table td[data-dash-column=what]").first).to_be_focused()
    page.keyboard.press("o")  # and back, with one open: the last of the page before
    console.until("() => monitoring.openAlert() === monitoring.shownRows[0].id")
    page.keyboard.press("k")
    console.until("(id) => monitoring.openAlert() === id", first_page[-1])
    page.keyboard.press("j")
    console.until("(ids) => monitoring.openAlert() && !ids.includes(monitoring.openAlert())", first_page)

    # Escape closes what lies over the page, and then only what is open in it.
    opened = console.ask("() => monitoring.openAlert()")
    page.locator("#bell-button").press("Enter")
    page.get_by_label("With a sound").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#bell")).not_to_have_attribute("open", "")
    assert console.ask("() => monitoring.openAlert()") == opened
    page.keyboard.press("Escape")
    console.until("() => !monitoring.openAlert()")


def test_many_at_once_with_the_number_first_and_undone(console, publisher, host, control):
    page = console.page
    for number in range(30):
        publisher.alert(f"a{number}", f"about {number:02}", level="ERROR" if number < 4 else "WARNING",
                        at=time.time() - 60 - number)
    work(console, "?filter=state:active")
    console.say("#alert-summary", "30 match · 30 unacknowledged")
    console.tick("about 00", "about 01")
    console.say("#acknowledge", "Acknowledge (2)")
    page.locator("#alert-table .next-page").click()
    expect(console.rows()).to_have_count(5)
    console.tick("about 29")
    console.say("#alert-target", "3 selected (2 on other pages)")
    page.select_option("#acknowledge-for", "3600")
    page.click("#acknowledge")
    said(console, "3 acknowledged.")
    assert [stored(host, f"a{number}").state for number in (0, 1, 29)] == ["acknowledged"] * 3
    page.click("#alert-undo")
    said(console, "3 undone.")
    assert {alert.state for alert in host.services.alerts.all()} == {"active"}
    expect(page.locator("#alert-undo")).to_be_hidden()

    # Above ten a question, for exactly those that matched: what comes meanwhile is not among them.
    page.get_by_role("button", name="Select all 30 that match").click()
    console.say("#alert-target", "All 30 that match")
    page.click("#live-toggle")  # also of a page that asks nothing by itself
    page.get_by_role("button", name="Mine", exact=True).click()
    console.say("#alert-target", "Nothing selected")
    page.fill("#filter-line", "state:active")
    console.say("#alert-target", "Nothing selected")
    page.click("#live-toggle")
    page.get_by_role("button", name="Select all 30 that match").click()
    page.fill("#resolve-notes", "all of them")
    page.click("#resolve")
    dialog = page.locator(".modal.show")
    expect(dialog).to_contain_text("Resolve 30 alerts?")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert {alert.state for alert in host.services.alerts.all()} == {"active"}
    expect(page.locator("#resolve-notes")).to_have_value("all of them")
    page.click("#resolve")
    expect(dialog).to_contain_text("Resolve 30 alerts?")
    publisher.alert("late", "too late")
    console.eventually(lambda: host.services.alerts.find("late"), "the alert")
    page.click("#bulk-confirm")
    said(console, "30 resolved.")
    assert {alert.id for alert in host.services.alerts.all() if alert.is_open} == {"late"}
    expect(page.locator("#resolve-notes")).to_have_value("")
    expect(page.locator("#alert-undo")).to_be_hidden()  # it was asked instead
    expect(console.rows()).to_have_count(1)
    console.say("#alert-target", "Nothing selected")


def test_two_admins_and_redis_away(console, browsing, publisher, redis_server, host):
    publisher.alert("a", "pool empty", at=time.time() - 60)
    publisher.alert("b", "queue long", at=time.time() - 90)
    work(console)
    other = work(browsing.console("grace"))
    for one in (console, other):
        open_row(one, "pool empty")
    console.page.fill("#resolve-notes", TYPED)
    console.rest()  # the other one's click does not show here yet
    other.page.click("#resolve")
    said(other, "Resolved.")
    console.page.click("#acknowledge")
    said(console, "Somebody was quicker: already resolved by grace at")
    console.ask("() => dash_clientside.set_props('interval', {disabled: false})")
    expect(console.page.locator("#resolve-notes")).to_have_value(TYPED)
    assert stored(host, "a").resolved_by == "grace"

    open_row(console, "queue long")
    redis_server.kill()
    console.page.click("#acknowledge")
    said(console, "Not changed:")
    console.say("#acknowledge", "Acknowledge · not changed")
    console.say("#notice", "No connection to Redis since")
    console.ticks(2)
    expect(console.page.locator("#resolve-notes")).to_have_value(TYPED)
    assert stored(host, "b").state == "active"
    redis_server.start()
    console.eventually(host.listens, "the connection")
    console.page.click("#acknowledge")
    said(console, "Acknowledged for 4 s.")
    assert stored(host, "b").notes == TYPED
    expect(console.page.locator("#acknowledge")).not_to_contain_text("not changed")
