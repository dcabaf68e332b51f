"""No source, one, two: what is shown belongs to the chosen one and to nobody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.publisher import Publisher

CPU = "system.cpu_percent"


@pytest.fixture
def simulator(redis_server, host):
    return Publisher(redis_server, "x-simulator")


def test_before_the_first_event_with_it_and_at_the_end_of_its_source_the_page_says_so(console, publisher, simulator):
    console.open()
    console.say("#worst", "No data yet")
    console.say("#health", "No source has published yet")
    console.say("#data-age", "no data yet")
    console.say("#tiles", "No metrics from this source yet")
    console.say("#alert-empty", "No open alerts. None has been heard of yet.")
    expect(console.page.locator(".skeleton")).to_have_count(0)
    assert console.charts() == []
    console.ask("() => { window.notReloaded = true; }")
    publisher.update({"system": {"cpu_percent": 41.5}})
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 41.5 % of 100")
    expect(console.gauge(CPU).locator(".number")).to_have_text("41.5 %")
    console.until("() => document.querySelector('.chart .js-plotly-plot')?.data?.[0].y.length === 1")
    expect(console.page.locator("#source-select")).to_have_value("TickStockPL")
    console.say("#liveness", "active")
    assert console.ask("() => window.notReloaded")

    # A new source is offered and takes nothing over.
    simulator.update({"system": {"cpu_percent": 77}})
    expect(console.page.locator("#source-select option:enabled")).to_have_count(2)
    console.ticks(2)
    expect(console.page.locator("#source-select")).to_have_value("TickStockPL")
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 41.5 % of 100")

    # A source that said it stopped is not active.
    publisher.event("SYSTEM_STATUS", status="stopped", message="maintenance")
    console.say("#liveness", "stopped")
    console.say("#worst", "Source stopped")
    console.say("#facts", "maintenance")
    console.until("() => document.documentElement.dataset.values === 'stale'")


def test_two_sources_are_never_mixed(console, publisher, simulator):
    publisher.update({"system": {"cpu_percent": 11}}, at=publisher.second(0), health_score={"overall": 91})
    simulator.update({"system": {"cpu_percent": 77, "memory_percent": 66}}, at=publisher.second(0),
                     health_score={"overall": 42})
    console.open()
    expect(console.page.locator("#source-select")).to_have_value("TickStockPL")  # the real one first
    expect(console.page.locator("#source-select option:enabled")).to_have_text(
        ["TickStockPL", "x-simulator (simulated)"])
    expect(console.page.locator("#liveness .tag")).to_have_count(0)
    console.say("#liveness", "1 more: 1 active")
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 11 % of 100")

    console.page.select_option("#source-select", "x-simulator")
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 77 % of 100")
    console.say("#liveness", "simulated")
    console.say("#health", "42")
    console.ready()
    console.ticks(1)
    publisher.update({"system": {"cpu_percent": 12}}, at=publisher.second(1))
    simulator.update({"system": {"cpu_percent": 78, "memory_percent": 65}}, at=publisher.second(1))
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 78 % of 100")
    assert console.trace(CPU)["y"] == [77, 78]
    assert console.trace("system.memory_percent")["y"] == [66, 65]

    console.page.select_option("#source-select", "TickStockPL")
    expect(console.gauge(CPU)).to_have_attribute("aria-label", "CPU: 12 % of 100")
    console.say("#health", "91")
    expect(console.gauge("system.memory_percent")).to_have_count(0)
    console.ready()
    console.until("() => document.querySelector('.chart .js-plotly-plot').data[0].y.length === 2")
    assert console.trace(CPU)["y"] == [11, 12]

    # Alerts of all sources are in the table, and keep their source.
    publisher.alert("7", "the same id", "CRITICAL")
    simulator.alert("7", "the same id")
    expect(console.rows()).to_have_text([
        "the same id\ndatabase · TickStockPL", "the same id\ndatabase · x-simulator (simulated)"])
    console.page.select_option("#filter-source", "x-simulator")
    expect(console.rows()).to_have_text(["the same id\ndatabase · x-simulator (simulated)"])
    console.tick("the same id")
    console.page.click("#resolve")
    console.say("#alert-empty", "No alert matches this filter.")
    console.page.select_option("#filter-source", "all")
    expect(console.rows()).to_have_text(["the same id\ndatabase · TickStockPL"])

    # One that only an address knows of: said so, beside those that are heard.
    console.open("?source=nobody")
    console.say("#liveness", "not heard")
    console.say("#liveness", "2 more: 2 active")
    console.say("#health", "Nothing has been heard from nobody")
