"""Who may see the page, and what an open page does when that ends."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browsing
from tests.browser.host import PAGE

LOGIN = re.compile(r"/login\?next=.*monitoring")
# What the browser says about it, and Dash's renderer, which reads the answer twice.
REFUSED = ("400 (BAD REQUEST)", "401 (UNAUTHORIZED)", "body stream already read", "Callback failed")

KEPT = """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
    (await navigator.permissions.query({name: "clipboard-read"})).state]"""


def sign_in_again(console, name="ada"):
    console.page.fill("[name=name]", name)
    console.page.click("button")


def test_a_user_who_is_no_admin_is_refused(browsing):
    browsing.expect_trouble("403 (FORBIDDEN)")
    console = browsing.console(user="bob")
    assert console.page.goto(console.host.url + PAGE).status == 403
    expect(console.page.locator("h1")).to_have_text("No access")
    expect(console.page.locator("#status-strip")).to_have_count(0)


def test_a_visitor_signs_in_and_a_session_that_ends_leads_back_there_and_a_new_one_to_the_view(browsing, publisher):
    publisher.update({"system": {"cpu_percent": 5}})
    console = browsing.console(user=None)
    console.page.goto(console.host.url + PAGE + "?range=6h&zone=UTC")
    expect(console.page).to_have_url(LOGIN)
    sign_in_again(console)
    console.ready()
    assert console.page.url.startswith(console.host.url + PAGE)
    assert console.page.input_value("#range-select") == "6h"

    assert browsing.troubles == []
    browsing.expect_trouble(*REFUSED)
    console.page.context.clear_cookies(name="session")
    expect(console.page).to_have_url(LOGIN)
    sign_in_again(console)
    console.ready()
    assert console.page.input_value("#range-select") == "6h"
    assert console.page.input_value("#zone-select") == "UTC"

    # Signing out in another tab ends this one, too; half a minute later: a page is not loaded anew more often.
    console.ask("() => sessionStorage.removeItem('monitoring-reloaded')")
    other = console.page.context.new_page()
    other.goto(console.host.url + "/logout")
    expect(console.page).to_have_url(LOGIN)


def test_what_was_being_typed_when_the_session_ended_is_given_back_to_the_same_person_alone(browsing, host):
    browsing.expect_trouble(*REFUSED)
    console = browsing.console()
    page = console.page
    reason = page.locator("#react-entry-point #silence-reason")  # not the one of the first paint

    starts = page.locator("#react-entry-point #silence-starts")

    def until_it_ends():
        reason.fill("the disk is being replaced")
        starts.fill("2030-01-02T10:00")
        page.context.clear_cookies(name="session")
        expect(page).to_have_url(LOGIN)
        console.ask("() => sessionStorage.removeItem('monitoring-reloaded')")

    page.goto(host.url + PAGE + "alerts/silences/")
    console.until("() => window.monitoring && monitoring.answer && localStorage.getItem('monitoring-looked-ada')")
    until_it_ends()
    sign_in_again(console)
    expect(reason).to_have_value("the disk is being replaced")
    expect(starts).to_have_value("2030-01-02T10:00")  # an empty one is now
    until_it_ends()
    sign_in_again(console, "grace")
    console.until("() => window.monitoring && localStorage.getItem('monitoring-looked-grace')")
    expect(reason).to_have_value("")
    assert console.ask("() => sessionStorage.getItem('monitoring-typed')") is None


def test_a_lost_token_costs_neither_the_note_nor_the_click(console, browsing, publisher):
    """As after an hour in a paused tab: the session still holds, the token does not."""
    browsing.expect_trouble(*REFUSED)
    publisher.alert("a", "pool empty")
    console.open()
    console.box("pool empty").check()
    console.page.fill("#resolve-notes", "on it")
    console.rest()
    console.ask("() => { window.same = true; }")
    console.page.context.clear_cookies(name="monitoring_csrf")
    console.page.click("#acknowledge")
    expect(console.row("pool empty")).to_contain_text("✓ ada")
    assert console.ask("() => window.same")  # it was not loaded anew


@pytest.mark.parametrize("options", [{}, {"locale": "de-CH"}], ids=["profile", "context"])
def test_every_test_meets_a_browser_that_was_never_here(visitors, host, options):
    first = Browsing(visitors, host)
    page = first.page(**options)
    page.goto(host.url + "/")
    first_saw = page.evaluate(KEPT)
    page.evaluate("""() => new Promise((done) => {
        localStorage.setItem("a", "1");
        sessionStorage.setItem("a", "1");
        indexedDB.open("a").onsuccess = (event) => { event.target.result.close(); done(); };
    })""")
    page.context.grant_permissions(["clipboard-read"])
    assert page.evaluate(KEPT) == [1, 1, 1, "granted"]
    first.close()
    second = Browsing(visitors, host)
    page = second.page(user=None, **options)
    page.goto(host.url + "/")
    assert page.evaluate(KEPT) == first_saw == [0, 0, 0, "prompt"]
    assert page.context.cookies() == []
    second.close()
