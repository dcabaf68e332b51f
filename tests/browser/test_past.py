"""Closed alerts in a browser: filter, sort, page, one in full, all of it in the address; figures, noise and files."""

from __future__ import annotations

import csv
import io
import time

import pytest
from playwright.sync_api import expect

from tests.browser.test_access import TARGET_PX, TARGETS

PATH = "alerts/history/"
MARKUP = "<img src=x onerror=window.__xss=1>"


@pytest.fixture
def past(console, publisher, host):
    """Thirty alerts that are over, one of them worked by a person and full of markup; the page is not open yet."""
    now = time.time()
    for number in range(29):
        publisher.alert(f"a{number}", f"step {number:02} slow", ("INFO", "WARNING", "ERROR")[number % 3],
                        at=now - 4_000 + number * 60)
        publisher.event("ALERT_RESOLVED", at=now - 3_950 + number * 60, alert_id=f"a{number}")
    publisher.alert("x", f"=1+1 {MARKUP}", "CRITICAL", component=MARKUP, at=now - 300)
    alerts = host.services.alerts
    console.eventually(lambda: alerts.find("x"), "the last alert")
    key = alerts.find("x")[0].key
    alerts.acknowledge(key, "grace", f"on it {MARKUP}")
    alerts.resolve(key, "ada")
    console.eventually(lambda: alerts.counts()["resolved"] == 30, "thirty closed alerts")
    return console


def rows(console):
    return console.page.locator("#past-table td[data-dash-column='what']")


def test_history_is_filtered_sorted_paged_and_read_and_the_address_holds_it(past, host, publisher):
    page = past.page
    past.open(PATH)
    expect(rows(past)).to_have_count(12)
    expect(rows(past).first).to_contain_text(f"=1+1 {MARKUP}")
    expect(page.locator("#past-summary")).to_have_text("30")
    past.say("#past-figures", "By component")
    past.say("#past-noise", "Never acknowledged")

    page.locator("#past-level").select_option("WARNING")
    expect(page.locator("#past-summary")).to_have_text("10")
    page.locator("#past-text").fill("slow")
    sort = page.locator("#past-table th[data-dash-column=what] [role=button]")
    sort.focus()
    page.keyboard.press("Enter")
    expect(rows(past).first).to_contain_text("step 01 slow")
    rows(past).nth(1).focus()
    page.keyboard.press("Enter")
    past.say("#past-detail", "step 04 slow")
    past.say("#past-detail", "resolved")
    past.until("(parts) => parts.every((part) => location.search.includes(part))",
               ["level=WARNING", "q=slow", "sort=what", "alert="])

    publisher.alert("new", "slow at last", "WARNING")  # what is closed meanwhile waits: somebody reads
    publisher.event("ALERT_RESOLVED", alert_id="new")
    expect(page.locator("#past-new")).to_have_text("1 more", timeout=30_000)
    expect(rows(past)).to_have_count(10)
    # On another day each of its times is to be told with its date, or without: they are asked for again, and stay.
    with page.expect_response(lambda answer: "past-stamp" in (answer.request.post_data or "")):
        past.ask("""() => monitoring.hooks.onAnswer.forEach(
            (take) => take({...monitoring.answer, today: "2020-01-01"}))""")
    expect(rows(past)).to_have_count(10)
    expect(page.locator("#past-new")).to_have_text("1 more")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    past.ready()
    expect(rows(past)).to_have_count(11)
    expect(rows(past).first).to_contain_text("slow at last")
    past.say("#past-detail", "step 04 slow")
    expect(page.locator("#past-level")).to_have_value("WARNING")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#past-detail")).to_be_empty()

    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    text = download.value.path().read_text()
    assert len(list(csv.DictReader(io.StringIO(text)))) == 11
    past.open(PATH + "?page=3&span=all&q=slow")
    expect(rows(past)).to_have_count(6)
    past.open(PATH + "?span=custom&from=2020-01-01T00%3A00&to=2020-01-02T00%3A00")
    past.say("#past-empty", "No closed alert matches.")
    past.open(PATH + "?q=onerror")
    expect(rows(past)).to_have_count(1)
    rows(past).first.click()
    past.say("#past-detail", f"on it {MARKUP}")
    past.say("#past-noise", MARKUP)
    assert past.ask("() => window.__xss") is None
    assert past.ask("() => document.querySelectorAll('img[src=x]').length") == 0


def test_everybody_can_read_it_in_light_and_in_dark(past, browsing):
    console = browsing.console(color_scheme="light", viewport={"width": 390, "height": 844}).open(PATH)
    expect(rows(console)).to_have_count(12)
    console.say("#past-noise", "Silence…")
    rows(console).first.click()
    console.say("#past-detail", "Timeline")
    for scheme in ("light", "dark"):
        console.follow(scheme)
        assert console.ask("() => [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
        assert [one for one in console.ask(TARGETS) if one[4] > 390 or min(one[1], one[2]) < TARGET_PX] == []
        assert console.barriers() == []
