"""Acknowledge and resolve, by mouse and by keyboard, alone and against somebody who is quicker."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect


@pytest.fixture
def alerted(console, publisher):
    """An open page with two alerts."""
    publisher.alert("a1", "pool empty", level="CRITICAL", at=time.time() - 30)
    publisher.alert("a2", "queue long", at=time.time() - 20)
    console.open()
    expect(console.rows()).to_have_count(2)
    return console


def stored(host, alert_id):
    return host.services.alerts.find(alert_id)[0]


def state_of(console, words):
    return console.row(words).locator("[data-dash-column=level]")


def tab_to(console, selector, limit=120):
    """Press Tab until the focus is on it, as somebody without a mouse would."""
    for _ in range(limit):
        if console.ask("(selector) => document.activeElement.matches(selector)", selector):
            return
        console.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector}")


def test_a_name_without_a_space_pushes_nothing_off_the_screen(console, publisher):
    publisher.alert("a1", "/srv/ticks/" + "2026-11-28_" * 15, level="EMERGENCY", component="pool." * 20)
    console.open()
    expect(console.rows()).to_have_count(1)
    assert console.ask("() => [document.documentElement.scrollWidth, innerWidth]") == [1440, 1440]
    # What is short is not broken for it.
    level = console.page.locator("#alert-table td[data-dash-column=level] .dash-cell-value")
    assert level.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth && cell.getClientRects().length") == 1
    assert level.bounding_box()["height"] < 40  # shape and word, in two lines


def test_acknowledge_and_resolve_with_notes_by_mouse_one_and_several(alerted, control, publisher, host):
    page = alerted.page
    expect(page.locator("#acknowledge")).to_be_disabled()
    alerted.tick("pool empty")
    expect(page.locator("#acknowledge")).to_have_text("Acknowledge (1)")
    page.fill("#resolve-notes", "calling the database people")
    page.click("#acknowledge")
    alerted.say("#alert-feedback", "Done.")
    expect(page.locator("#resolve-notes")).to_have_value("")
    expect(state_of(alerted, "pool empty")).to_contain_text("✓ ada")
    assert alerted.ticked() == []

    command = control.next()
    assert (command["action"], command["alert_id"], command["acknowledged_by"], command["notes"]) == (
        "ALERT_ACKNOWLEDGED", "a1", "ada", "calling the database people")
    alert = stored(host, "a1")
    assert (alert.state, alert.acknowledged_by, alert.notes) == ("acknowledged", "ada", "calling the database people")

    alerted.row("pool empty").locator("[data-dash-column=what]").click()
    alerted.say("#alert-detail", "acknowledged by ada at")
    alerted.say("#alert-detail", "calling the database people")

    alerted.tick("pool empty")
    page.fill("#resolve-notes", "pool enlarged")
    page.click("#resolve")
    alerted.say("#alert-feedback", "Done.")
    command = control.next()
    assert (command["action"], command["alert_id"], command["resolved_by"], command["notes"]) == (
        "ALERT_RESOLVED", "a1", "ada", "pool enlarged")
    assert stored(host, "a1").state == "resolved" and stored(host, "a1").resolved_by == "ada"
    assert stored(host, "a2").state == "active"
    alerted.say("#alert-counts", "1 warning")
    assert control.nothing()

    # Several at once.
    publisher.alert("a3", "cache cold", level="CRITICAL")
    expect(alerted.rows()).to_have_count(2)
    alerted.tick("cache cold", "queue long")
    page.click("#resolve")
    alerted.say("#alert-feedback", "2 changed.")
    assert {control.next()["alert_id"], control.next()["alert_id"]} == {"a2", "a3"}
    page.select_option("#filter-state", "resolved")
    expect(alerted.rows()).to_have_count(3)
    expect(state_of(alerted, "cache cold")).to_contain_text("resolved")
    alerted.say("#worst", "All quiet")
    page.select_option("#filter-state", "open")
    alerted.say("#alert-empty", "No open alerts. The last one fired")


FILTER = "(text) => dash_clientside.set_props('filter-text', {value: text})"


def test_a_filter_that_is_chosen_at_work_brings_its_rows(alerted):
    """A tick asks for the rows to stay where they are, in the same moment or while those of the filter are coming."""
    page = alerted.page
    page.fill("#resolve-notes", "begun")  # from here on the rows stay
    alerted.ask(f"(text) => {{ ({FILTER})(text); monitoring.askTable(); }}", "pool")
    expect(alerted.rows()).to_have_count(1)

    held, questions = [], re.compile("_dash-update-component")
    page.route(questions, lambda route: held.append(route) if (
        "alert-rows.data" in (route.request.post_data or "")) else route.continue_())
    alerted.ask(FILTER, "")
    alerted.eventually(lambda: held, "the question for the rows of the filter")
    alerted.ask("() => monitoring.askTable()")
    alerted.eventually(lambda: len(held) >= 2, "the question of a tick")
    for route in held:
        route.continue_()
    page.unroute(questions)
    expect(alerted.rows()).to_have_count(2)
    assert page.input_value("#resolve-notes") == "begun"


def test_acknowledge_and_resolve_by_keyboard(alerted, control, host):
    page = alerted.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")  # to the alerts
    tab_to(alerted, "#alert-table input[type=checkbox]")
    page.keyboard.press("Space")
    expect(alerted.box("pool empty")).to_be_checked()
    assert alerted.ticked() == ["pool empty"]
    tab_to(alerted, "#resolve-notes")
    page.keyboard.type("seen")
    tab_to(alerted, "#acknowledge")
    page.keyboard.press("Enter")
    alerted.say("#alert-feedback", "Done.")
    command = control.next()
    assert (command["action"], command["alert_id"], command["notes"]) == ("ALERT_ACKNOWLEDGED", "a1", "seen")
    expect(state_of(alerted, "pool empty")).to_contain_text("✓ ada")

    alerted.box("queue long").focus()
    page.keyboard.press("Space")
    tab_to(alerted, "#resolve")
    page.keyboard.press("Space")
    alerted.say("#alert-feedback", "Done.")
    assert control.next()["action"] == "ALERT_RESOLVED"
    assert stored(host, "a2").state == "resolved"


def test_who_is_slower_is_told_who_was_quicker_and_without_redis_nothing_changes(alerted, browsing, redis_server, host):
    other = browsing.console("grace").open()
    expect(other.rows()).to_have_count(2)
    for console in (alerted, other):
        console.tick("pool empty")
    other.page.click("#acknowledge")
    other.say("#alert-feedback", "Done.")
    alerted.page.click("#acknowledge")
    alerted.say("#alert-feedback", "Somebody was quicker: already acknowledged by grace at")
    expect(state_of(alerted, "pool empty")).to_contain_text("✓ grace")
    assert stored(host, "a1").acknowledged_by == "grace"
    other.page.close()

    # Redis goes away, and the note stays.
    alerted.tick("queue long")
    alerted.page.fill("#resolve-notes", "a long explanation")
    # The banner that tells so comes between the press and the release, which is still a click.
    button = alerted.page.locator("#acknowledge")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    alerted.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    redis_server.kill()
    alerted.page.mouse.down()
    expect(alerted.page.locator("#notice .notice").first).to_have_count(1)
    alerted.page.mouse.up()
    alerted.say("#alert-feedback", "Not changed:")
    expect(alerted.page.locator("#notice .notice").first).to_be_visible()
    assert alerted.page.input_value("#resolve-notes") == "a long explanation"
    alerted.ticks(3)
    assert alerted.page.input_value("#resolve-notes") == "a long explanation"
    assert alerted.ticked() == ["queue long"]
    assert stored(host, "a2").state == "active"
    redis_server.start()
    alerted.eventually(host.listens, "the connection")
    alerted.page.click("#acknowledge")
    alerted.say("#alert-feedback", "Nobody is listening on the control channel")
    assert stored(host, "a2").notes == "a long explanation"
