"""Silences in a browser: prefilled from an address, previewed, made, ended; and with Redis away."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.browser.test_access import TARGET_PX, TARGETS

PATH = "alerts/silences/"
MARKUP = "<img src=x onerror=window.__xss=1>"


@pytest.fixture
def alerted(console, publisher, host):
    """Three alerts, one of them full of markup; the page is not open yet."""
    publisher.alert("a1", "pool empty", level="CRITICAL", at=time.time() - 30)
    publisher.alert("a2", "pool low")
    publisher.alert("a3", MARKUP, component=MARKUP)
    console.eventually(lambda: len(host.services.alerts.all()) == 3, "three alerts")
    return console


def test_a_silence_from_an_address_is_previewed_made_and_ended(alerted, host, publisher):
    page = alerted.page
    alerted.open(PATH + "?source=TickStockPL&component=database&level=critical,warning&text=pool")
    alerted.say("#silence-hits", "Would silence 2 of 3 open alerts.")
    expect(page.get_by_role("checkbox", name="Critical")).to_be_checked()
    expect(page.locator("#silence-form")).to_be_focused()
    publisher.alert("a4", "pool odd")  # the preview follows the world
    alerted.say("#silence-hits", "Would silence 3 of 4 open alerts.")
    page.get_by_role("checkbox", name="Critical").uncheck()  # and the form
    alerted.say("#silence-hits", "Would silence 2 of 4 open alerts.")
    expect(page.locator("#silence-preview")).not_to_contain_text("pool empty")
    alerted.until("() => location.search.includes('level=WARNING&') || location.search.endsWith('level=WARNING')")
    page.get_by_label("Reason").fill("known")
    page.locator("#silence-save").press("Enter")
    alerted.say("#silence-feedback", "Silenced, until")
    silence, = host.services.alerts.silences()
    assert (silence.by, silence.levels, silence.reason) == ("ada", ("WARNING",), "known")
    assert host.services.alerts.find("a2")[0].silenced_by == silence.id
    expect(page.locator(".silence")).to_contain_text("hits 2 open alerts now")
    expect(page.get_by_role("textbox", name="Text")).to_have_value("")
    alerted.until("() => !location.search.includes('text=')")

    page.get_by_role("button", name="End").press("Enter")
    alerted.say("#silence-ended", "The silence is over.")
    page.get_by_text("Over (1)").click()
    alerted.say("#silences-over", "ended by ada")
    page.get_by_role("link", name="Use again").click()
    alerted.ready()
    alerted.say("#silence-hits", "Would silence 2 of 4 open alerts.")


def test_a_weekly_one_and_what_is_typed_stays_while_redis_is_away(alerted, host, redis_server):
    page = alerted.page
    alerted.open(PATH)
    page.get_by_label("Component").fill(MARKUP)
    alerted.say("#silence-hits", "Would silence 1 of 3 open alerts.")
    page.get_by_label("Every week").check()
    page.locator("#silence-save").click()
    alerted.say("#silence-feedback", "Not silenced: Choose a day of the week.")
    page.get_by_label("Sat").check()
    page.locator("#silence-from").fill("23:30")
    expect(page.locator("#silence-zone")).to_have_value("Europe/Zurich")
    redis_server.kill()
    page.locator("#silence-save").click()
    alerted.say("#silence-feedback", "Not silenced:")
    alerted.ticks(2)
    expect(page.get_by_label("Component")).to_have_value(MARKUP)
    redis_server.start()
    alerted.eventually(host.listens, "the connection")
    page.locator("#silence-save").click()
    alerted.say("#silence-list", "Sat 23:30 to 06:00 Europe/Zurich")
    alerted.say("#silence-list", MARKUP)
    assert alerted.ask("() => window.__xss") is None
    assert alerted.ask("() => document.querySelectorAll('img[src=x]').length") == 0


def test_everybody_can_use_it_in_light_and_in_dark(browsing, host, publisher):
    publisher.alert("a", "pool low")
    host.services.alerts.silence({"levels": ["WARNING"], "text": "pool", "until": time.time() + 600}, "grace")
    console = browsing.console(color_scheme="light", viewport={"width": 390, "height": 844}).open(PATH + "?text=pool")
    console.say("#silence-list", "hits 1 open alert now")
    console.say("#silence-preview", "silenced already")
    console.page.get_by_label("Every week").check()
    for scheme in ("light", "dark"):
        console.follow(scheme)
        # A level has its colour, what is named is not pale, and only what it is called is.
        colours = console.ask("""() => ['.tone-warning', '.chip', '.chip-label', '#silence-list', '.silence > .muted']
            .map((one) => [...document.querySelectorAll(one)].at(-1))
            .map((one) => getComputedStyle(one).color)""")
        assert colours[1] == colours[3] and colours[2] == colours[4] and len(set(colours)) == 3, colours
        assert console.ask("() => [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
        assert [one for one in console.ask(TARGETS) if one[4] > 390 or min(one[1], one[2]) < TARGET_PX] == []
        assert console.barriers() == []
