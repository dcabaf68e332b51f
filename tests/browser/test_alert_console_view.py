"""What the console shows and keeps: filter and address, what must not move, markup as text, phones and readers."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.alert_work import open_row, said, state_of, stored, work
from tests.browser.publisher import Publisher
from tests.browser.test_access import PHONE, TARGET_PX, TARGETS, walk
from tests.browser.test_markup import SHOWN, nasty, untouched


def query(console):
    return {name: values[0] for name, values in parse_qs(urlsplit(console.page.url).query).items()}


def test_filter_page_sort_and_open_alert_are_in_the_address_and_filters_have_names(console, browsing, publisher):
    page = console.page
    for number in range(30):
        publisher.alert(f"a{number}", f"about {number:02}", "CRITICAL" if number < 27 else "INFO",
                        at=time.time() - 60 - number, component="database" if number % 2 else "queue")
    work(console)
    expect(page.get_by_role("button", name="Open", exact=True)).to_have_attribute("aria-pressed", "true")
    page.fill("#filter-line", "state:open level:critical")
    console.say("#alert-summary", "27 match")
    page.locator("#alert-table th[data-dash-column=what] .column-header--sort").click()
    page.locator("#alert-table .next-page").click()
    expect(console.rows()).to_have_count(2)
    open_row(console, "about 26")
    console.until("() => location.search.includes('alert=')")
    found = query(console)
    assert (found["filter"], found["page"], found["sort"]) == ("state:open level:critical", "2", "what")

    again = browsing.console()
    again.page.goto(page.url)
    again.until("() => window.monitoring && monitoring.shownRows && monitoring.shownRows.length === 2")
    again.say("#alert-detail", "about 26")
    expect(again.page.locator("#filter-line")).to_have_value("state:open level:critical")
    expect(again.rows().first).to_contain_text("about 25")
    assert query(again) == found

    # By name, in this browser; and gone again.
    page.get_by_role("button", name="Save filter…").click()
    page.fill("#filter-name", "<b>worst</b>")
    page.keyboard.press("Enter")
    said(console, "Filter “<b>worst</b>” is saved in this browser.")
    page.get_by_role("button", name="All", exact=True).click()
    console.say("#alert-summary", "30 match")
    assert query(console)["filter"] == " "  # emptied is not the same as never set
    page.reload()
    console.until("() => window.monitoring && monitoring.answer && monitoring.shownRows")
    console.say("#alert-summary", "30 match")
    page.get_by_role("button", name="<b>worst</b>", exact=True).click()
    console.say("#alert-summary", "27 match")
    page.get_by_role("button", name="Delete the filter <b>worst</b>").click()
    expect(page.locator(".filter-own")).to_have_count(0)

    # What cannot be read is told with its place, and the rows stay.
    before = console.rows().all_inner_texts()
    page.fill("#filter-line", "state:open levle:critical")
    console.say("#filter-error", "There is no field “levle”")
    console.say("#filter-error", "(at character 12)")
    expect(page.locator("#filter-error mark")).to_have_text("levle:critical")
    assert console.rows().all_inner_texts() == before
    expect(page.locator("#filter-line")).to_have_attribute("aria-invalid", "true")
    page.fill("#filter-line", "nothing like it")
    console.say("#alert-empty", "No alert matches this filter.")
    expect(page.locator("#filter-error")).to_be_empty()

    # A link that opens exactly this; one to what is gone says so.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copy]").click()
    said(console, "Link copied.")
    link = console.ask("() => navigator.clipboard.readText()")
    assert link == console.host.url + "/admin/monitoring/alerts/?alert=" + found["alert"]
    work(console, "?alert=gone")
    console.say("#alert-detail", "There is no such alert")


def test_nothing_moves_over_twenty_ticks_and_an_outage_of_redis(console, publisher, redis_server, host):
    page = console.page
    publisher.history(minutes=5)
    for number in range(12):
        publisher.alert(f"a{number}", f"CPU of step {number:02} o", at=time.time() - 60 - number)
    work(console, "?filter=state:open+o")
    page.set_viewport_size({"width": 1440, "height": 500})  # low enough to scroll
    console.tick("step 03", "step 05")
    open_row(console, "step 07")
    expect(page.locator("#alert-chart .js-plotly-plot")).to_be_visible()
    page.fill("#resolve-notes", "half a sent")
    page.locator("#resolve-notes").evaluate("(note) => note.setSelectionRange(4, 4)")
    page.evaluate("() => window.scrollTo(0, 150)")
    place = "() => [document.activeElement.id, document.activeElement.selectionStart, scrollY, location.search]"
    before, rows = page.evaluate(place), [text.split("\n")[0] for text in console.rows().all_inner_texts()]

    start = console.asked()
    with publisher.steadily():
        for number in range(3):
            publisher.alert(f"new{number}", f"too hot o {number}", level="EMERGENCY")
            console.ticks(4)
    redis_server.kill()
    console.say("#notice", "No connection to Redis")
    redis_server.start()
    console.eventually(host.listens, "the connection")
    expect(page.locator("#notice strong")).to_have_count(0)
    console.ticks(max(1, start + 20 - console.asked()))

    after = page.evaluate(place)
    assert after[:2] + after[3:] == before[:2] + before[3:]
    assert abs(after[2] - before[2]) <= 2  # a banner came and went above: the browser keeps what is in view to a pixel
    assert [text.split("\n")[0] for text in console.rows().all_inner_texts()] == rows
    assert sorted(console.ticked()) == ["CPU of step 03 o", "CPU of step 05 o"]
    assert page.input_value("#resolve-notes") == "half a sent"
    console.say("#alert-detail", "step 07")
    console.say("#new-alerts", "3 new")
    console.say("#alert-target", "2 selected")
    page.click("#acknowledge")
    said(console, "2 acknowledged.")
    expect(state_of(console, "step 03")).to_contain_text("Acknowledged · ada")
    assert stored(host, "a3").notes == "half a sent" and stored(host, "a7").state == "active"
    page.click("#alert-close")
    expect(console.rows().first).to_contain_text("too hot")  # the work is done: what waited comes
    expect(page.locator("#new-alerts")).to_be_hidden()


def test_markup_is_text_wherever_it_stands(console, redis_server, host, publisher):
    source = Publisher(redis_server, nasty("source"))
    source.update({nasty("group"): {nasty("leaf_ms"): 7.0}})
    services = host.services
    metric, = console.eventually(lambda: [name for known in services.board.names()
                                          for name in services.ring.metrics(known)], "the metric")
    source.alert(nasty("id"), nasty("message"), nasty("level"), component=nasty("component"), details={
        "metric": metric, "threshold": nasty("limit"), "current_value": nasty("value"), "unit": "<b>",
        nasty("name"): 1}, suggested_actions=[nasty("action")])
    console.page.add_init_script("""addEventListener("securitypolicyviolation", () => { window.__xss = "policy"; })""")
    work(console)
    console.page.fill("#resolve-notes", nasty("note"))
    console.rows().first.click()
    console.say("#alert-detail", SHOWN)
    console.page.fill("#assign-to", nasty("person"))
    console.page.click("#assign")
    said(console, "Assigned.")
    for place, words in (("#alert-table", ["message", "component", "source", "level"]),
                         ("#alert-detail", ["message", "person", "level"]),
                         ("#alert-story", ["action", "name", "limit", "value", "component", "source", "id", "note"]),
                         ("#alert-chart-caption", ["leaf"])):
        for word in words:
            expect(console.page.locator(place)).to_contain_text(word)
    console.page.fill("#filter-line", nasty("filter"))
    console.say("#alert-empty", "No alert matches")
    console.page.fill("#filter-line", '"' + nasty("open"))
    console.say("#filter-error", "not closed")
    untouched(console)


def test_the_chart_waits_for_no_alert_and_axe_finds_nothing_serious_in_light_and_in_dark(browsing, publisher, host):
    publisher.history(minutes=5)
    for number, level in enumerate(["EMERGENCY", "CRITICAL", "WARNING", "INFO", "odd"]):
        publisher.alert(f"a{number}", f"CPU is too high {number}", level, at=time.time() - 60,
                        details={"threshold": 80})
    console = work(browsing.console(color_scheme="light"))
    expect(console.rows()).to_have_count(5)
    host.services.alerts.acknowledge(stored(host, "a1").key, "grace", "on it")
    host.services.alerts.resolve(stored(host, "a3").key, "grace")
    console.tick("too high 0")
    # The chart and the alert are asked for by themselves, and a busy server may answer the second first: it is there
    # also where a tick brought it before the alert.
    held = []

    def hold(route):
        if not held and "alert-detail.children" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    console.page.route(re.compile("_dash-update-component"), hold)
    console.row("too high 1").locator("[data-dash-column=what]").click()
    console.eventually(lambda: held, "the question for the alert")
    console.until("() => document.querySelector('#alert-chart .js-plotly-plot')?.dataset.attended === '1'")
    held[0].continue_()
    console.say("#alert-detail", "too high 1")
    expect(console.page.locator("#alert-chart .js-plotly-plot")).to_be_visible()
    console.page.fill("#filter-line", "state:open levle:x")
    console.say("#filter-error", "levle")
    for scheme in ("light", "dark"):
        console.follow(scheme)
        assert console.barriers() == []
    console.page.click("#help")
    expect(console.page.locator(".modal.show")).to_be_visible()
    for scheme in ("dark", "light"):
        console.follow(scheme)
        assert console.barriers() == []


def test_tab_reaches_every_control_in_order_and_shows_where_it_is(console, publisher, host):
    for number in range(2):
        publisher.alert(f"a{number}", f"about {number}", at=time.time() - 60 - number)
    work(console, "?filter=level:warning")
    host.services.alerts.assign(stored(host, "a0").key, "grace", "carl")
    expect(state_of(console, "about 0")).to_contain_text("→ carl")
    console.box("about 0").evaluate("(box) => box.click()")  # not by the mouse: Tab goes on from where it was
    expect(console.page.locator("#resolve")).to_be_enabled()
    stops = walk(console)
    order = ["filter-line", "help", "resolve-notes", "acknowledge", "acknowledge-for", "resolve", "snooze",
             "snooze-for", "assign-to", "assign", "assign-me"]
    assert [stop["name"] for stop in stops if stop["name"] in order] == order
    assert sum("column-header--sort" in stop["name"] for stop in stops) == 7
    assert [stop["name"] for stop in stops if not stop["sees"]] == []
    names = "() => [...document.querySelectorAll('#assign-people option')].map((one) => one.value)"
    console.eventually(lambda: console.ask(names) == ["carl"], "the name of somebody who has an alert")


def test_a_phone_works_an_alert_without_scrolling_sideways(browsing, publisher, host):
    publisher.history(minutes=5)
    for number in range(3):
        publisher.alert(f"a{number}", f"CPU is too high for the {number}. time, and nobody knows why it is so",
                        at=time.time() - 60 - number, details={"pipeline.stage_two." * 4: "its value has room"})
    console = work(browsing.console(**PHONE))
    expect(console.rows()).to_have_count(3)
    console.page.locator("td[data-dash-column=what]").nth(1).tap()
    console.say("#alert-detail", "the 1. time")
    expect(console.page.locator("#alert-chart .js-plotly-plot")).to_be_visible()
    value = console.page.locator("#alert-aside dd", has_text="its value has room").bounding_box()
    assert value["width"] > 100 and value["x"] + value["width"] <= 390, value  # whatever it is called
    assert console.ask("() => [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
    # The page glides up until what can be done is right below the state, and the alert below that.
    console.until("() => Math.abs(document.querySelector('#alert-bar').getBoundingClientRect().top - 84) < 2")
    tops = console.ask("() => ['#alert-console', '#alert-bar', '#alert-aside'].map("
                       "(one) => document.querySelector(one).getBoundingClientRect().top)")
    assert tops == sorted(tops)
    console.page.locator("#resolve-notes").fill("on my way")
    console.page.locator("#acknowledge").tap()
    said(console, "Acknowledged")
    assert stored(host, "a1").notes == "on my way"
    targets = console.ask(TARGETS)
    assert [one for one in targets if one[3] < 0 or one[4] > 390] == []
    assert [one for one in targets if one[1] < TARGET_PX or one[2] < TARGET_PX] == []
    assert console.barriers() == []
