"""Notifications in a browser: a route is made, tried, edited, switched and removed; failures show; Redis goes away."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.browser.host import Host
from tests.receivers import HttpReceiver
from tests.servers import wait_for

PATH = "notifications/"
MARKUP = "<img src=x onerror=window.__xss=1>"
SECRET = "hunter2"


@pytest.fixture
def host(redis_server):
    host = Host(redis_server, notify_group_s=0.2, notify_interval_s=1.0).start()
    yield host
    host.stop()


@pytest.fixture
def receiver():
    server = HttpReceiver()
    yield server
    server.close()


@pytest.fixture
def alerted(console, publisher, host):
    """Two alerts, one of them full of markup; the page is not open yet."""
    publisher.alert("a1", "pool empty", level="CRITICAL", at=time.time() - 30)
    publisher.alert("a2", MARKUP, component=MARKUP)
    console.eventually(lambda: len(host.services.alerts.all()) == 2, "two alerts")
    return console


def web(receiver):
    return f"json://user:{SECRET}@127.0.0.1:{receiver.port}/{SECRET}"


def make(host, *urls, name="Night", **more):
    return host.services.notifications.add_route({"name": name, "urls": list(urls)} | more, "grace")


def button(console, label, name):
    return console.page.get_by_role("button", name=f"{label}: {name}")


def test_a_route_is_made_and_tells_what_is_open(alerted, host, receiver):
    page = alerted.page
    alerted.open(PATH)
    alerted.say("#route-list", "There is no route")
    alerted.say("#route-hits", "Would take 2 open alerts now.")
    page.get_by_role("textbox", name="Name").fill(f"Night {MARKUP}")
    page.get_by_role("checkbox", name="Critical").check()
    alerted.say("#route-hits", "Would take 1 open alert now.")
    page.locator("#route-save").press("Enter")
    alerted.say("#route-saved", "Not saved: A route has one address at least.")
    expect(page.get_by_role("textbox", name="Name")).to_have_value(f"Night {MARKUP}")
    page.locator("#route-urls").fill(f"{web(receiver)}\nnonsense://{SECRET}")
    page.locator("#route-save").press("Enter")
    alerted.say("#route-saved", "Not saved: Address 2: it is no address that Apprise can send to.")
    page.locator("#route-urls").fill(web(receiver))
    page.locator("#route-save").press("Enter")
    alerted.say("#route-saved", "Saved: Night")
    expect(page.locator("#route-urls")).to_have_value("")
    alerted.say("#route-list", "takes 1 open alert now")
    alerted.say("#route-list", "JSON, json://127.0.0.1")
    alerted.say("#route-list", MARKUP)
    alerted.eventually(lambda: receiver.titles, "the message")
    assert receiver.titles == ["CRITICAL: pool empty (database, TickStockPL)"]
    alerted.say("#delivery-list", "✓ Sent")
    alerted.say("#delivery-list", "first message · TickStockPL")
    assert alerted.ask("() => window.__xss") is None
    assert SECRET not in page.content() and SECRET not in page.url


def test_a_test_shows_what_came_of_it_and_with_redis_away_what_was_typed_stays(alerted, host, redis_server, receiver):
    page = alerted.page
    receiver.status = 503
    make(host, web(receiver), name="Night")
    alerted.open(PATH)
    alerted.say("#delivery-list", "try 1 of 9: The service answered 503 (Service Unavailable); next try at")
    button(alerted, "Test", "Night").press("Enter")
    alerted.say("#route-feedback", "Night: 1 test is on the way")
    alerted.say("#delivery-list", "✕ Given up")
    alerted.say("#delivery-list", "test · by ada")
    receiver.status = 200
    button(alerted, "Test", "Night").click()
    alerted.say("#delivery-list", "✓ Sent")
    assert SECRET not in alerted.page.content()

    # With Redis away it is said, and what was typed stays.
    alerted.say("#route-status", "Sent by this process")
    redis_server.kill()
    alerted.say("#route-status", "Nothing is sent since")
    page.get_by_role("textbox", name="Name").fill("Later")
    page.locator("#route-urls").fill(web(receiver))
    page.locator("#route-save").click()
    alerted.say("#route-saved", "Not saved: ")
    button(alerted, "Switch off", "Night").click()
    alerted.say("#route-feedback", "Not changed: ")
    expect(page.locator("#route-urls")).to_have_value(web(receiver))
    redis_server.start()
    alerted.say("#route-status", "Sent by this process")
    page.locator("#route-save").click()
    alerted.say("#route-saved", "Saved: Later.")
    alerted.say("#route-list", "Night")


def test_a_route_is_edited_by_its_address_switched_and_removed(alerted, host, receiver):
    page = alerted.page
    route = make(host, web(receiver), "json://127.0.0.1:9/x", levels=["info"])
    alerted.open(PATH + f"?route={route.id}")
    alerted.say("#route-title", "Route “Night”")
    expect(page.locator("#route-form")).to_be_focused()
    expect(page.get_by_role("checkbox", name="Info")).to_be_checked()
    page.get_by_label("JSON, json://127.0.0.1").last.uncheck()
    page.get_by_role("textbox", name="Name").fill("Day")
    host.services.notifications.change_route(route.id, {"sources": ["x"]}, "grace")
    page.locator("#route-save").click()
    alerted.say("#route-saved", "Not saved: It was changed by grace at")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Day")
    # The form is filled from this process's copy, which follows Redis within a second.
    wait_for(lambda: host.services.notifications.routes()[0].sources == ("x",), what="the change in the copy")
    alerted.say("#route-list", "source x")
    button(alerted, "Edit", "Night").hover()
    page.mouse.down()
    host.services.notifications.change_route(route.id, {"components": ["y"]}, "grace")
    alerted.say("#route-list", "component y")  # the list is drawn anew under the finger
    page.mouse.up()
    expect(page.locator("#route-sources")).to_have_value("x")
    page.get_by_label("JSON, json://127.0.0.1").last.uncheck()
    page.get_by_role("textbox", name="Name").fill("Day")
    page.locator("#route-save").click()
    alerted.say("#route-saved", "Saved: Day.")
    alerted.say("#route-title", "New route")
    alerted.until("() => !location.search.includes('route=')")
    changed, = host.services.notifications.routes()
    assert (changed.name, changed.sources, len(changed.targets)) == ("Day", ("x",), 1)

    button(alerted, "Switch off", "Day").press("Enter")
    alerted.say("#route-list", "switched off")
    button(alerted, "Edit", "Day").click()
    alerted.until("() => location.search.includes('route=')")
    page.locator("#route-cancel").click()
    alerted.until("() => !location.search.includes('route=')")
    button(alerted, "Remove", "Day").click()
    alerted.say("#route-question", "Day tells 1 address.")
    page.get_by_role("button", name="Keep it").press("Enter")
    expect(page.locator("#route-question")).to_have_count(0)
    assert len(host.services.notifications.routes()) == 1
    button(alerted, "Remove", "Day").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    alerted.say("#route-feedback", "The route is removed.")
    alerted.say("#route-list", "There is no route")


def test_everybody_can_use_it_in_light_and_in_dark(browsing, host, publisher, receiver):
    publisher.alert("a", "pool low")
    route = make(host, web(receiver), "json://127.0.0.1:9/x", levels=["warning"], components=["database"])
    console = browsing.console(color_scheme="light", viewport={"width": 390, "height": 844})
    console.open(PATH + f"?route={route.id}")
    console.say("#delivery-list", "✓ Sent")
    console.say("#delivery-list", "next try at")
    console.say("#route-kept", "json://127.0.0.1")
    for scheme in ("light", "dark"):
        console.follow(scheme)
        assert console.ask("() => [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
        assert console.barriers() == []
