"""Published values are on the page as they are: gauges, tiles, charts, nothing invented."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

FULL = {
    "system": {"cpu_percent": 41.5, "memory_percent": 62, "disk_percent": 31.2, "memory_mb": 2457.6,
               "thread_count": 88},
    "application": {"patterns_per_second": 12.5, "indicators_per_second": 47, "cache_hit_rate": 0.93,
                    "avg_pattern_detection_ms": 4.25},
    "processing": {"queue_depth": 0, "ticks_per_second": 1250},
    "database": {"slow_queries_count": 7},
}


def test_what_was_published_is_shown_zero_is_zero_what_is_absent_is_a_dash_and_what_is_no_number_is_told(console,
                                                                                                         publisher):
    publisher.update(FULL)
    console.open()
    for metric, words in (
            ("system.cpu_percent", "CPU: 41.5 % of 100"), ("system.disk_percent", "Disk: 31.2 % of 100"),
            ("application.patterns_per_second", "Patterns: 12.5 1/s of 30"),
            ("application.cache_hit_rate", "Cache hit rate: 93 % of 100")):
        expect(console.gauge(metric)).to_have_attribute("aria-label", words)
    # What is drawn, not only what is told to a screen reader.
    expect(console.gauge("system.cpu_percent").locator(".number")).to_have_text("41.5 %")
    expect(console.tile("system.memory_mb")).to_contain_text("2.4")
    expect(console.tile("system.memory_mb").locator(".tile-unit")).to_have_text("GB")
    expect(console.tile("system.thread_count").locator(".tile-value")).to_have_text("88")
    expect(console.tile("database.slow_queries_count")).to_have_attribute("data-band", "warning")
    expect(console.tile("processing.queue_depth").locator(".tile-value")).to_have_text("0")
    for metric, value in (("system.cpu_percent", 41.5), ("system.memory_mb", 2.4),
                          ("application.cache_hit_rate", 93), ("processing.ticks_per_second", 1250)):
        assert console.trace(metric)["y"] == [value], metric
    # Nothing is shown for what was never sent.
    assert console.text("#health .score") == "–"
    console.say("#health", "No score reported")
    expect(console.tile("redis.connected_clients")).to_have_count(0)

    publisher.update({"system": {"cpu_percent": 0.0}, "application": {"cache_hit_rate": None}},
                     health_score={"overall": 88, "status": "healthy", "components": {"database": 62}})
    expect(console.gauge("system.cpu_percent")).to_have_attribute("aria-label", "CPU: 0 % of 100")
    expect(console.tile("processing.queue_depth").locator(".tile-value")).to_have_text("0")
    console.say("#health", "88")
    console.say("#health", "database")
    expect(console.tile("redis.connected_clients")).to_have_count(0)

    publisher.update(
        {"application": {"active_timeframes": ["minute", "daily"]}, "database": {"connected": True}},
        trends={"cpu": {"direction": "INCREASING", "rate": 1.2, "prediction_1h": 77.5},
                "memory": {"direction": "DECREASING", "rate": -4, "prediction_1h": 1800}},
        recommendations=["Add a worker"])
    publisher.payload("job_progress_update", run_id="run-7", phase="load", total_symbols=200, completed=102, failed=1,
                      percentage=51, current_symbol="MSFT")
    console.say("#facts", "Add a worker")
    console.say("#facts", "CPU increasing")
    console.say("#facts", "77.5 %")
    console.say("#facts", "1.76 GB")
    expect(console.page.locator(".chip.on")).to_have_text(["1min ✓", "daily ✓"])
    console.say("#jobs", "run-7 · load")
    console.say("#jobs", "51 %")
    console.say("#jobs", "MSFT")


def test_new_values_and_unforeseen_metrics_arrive_without_a_reload_and_lines_grow(console, publisher):
    publisher.update({"system": {"cpu_percent": 10}}, at=publisher.second(0))
    console.open()
    # Gauges that are not reported are named.
    expect(console.page.locator(".gauge")).to_have_count(1)
    console.say("#gauges", "Not reported by this source: Memory, Disk, Patterns, Indicators, Cache hit rate.")
    for value in (20, 30):
        publisher.update({"system": {"cpu_percent": value}}, at=publisher.second(value / 10))
        expect(console.gauge("system.cpu_percent")).to_have_attribute("aria-label", f"CPU: {value} % of 100")
    # The charts follow the gauges by up to a beat of the page's timer.
    console.eventually(lambda: console.trace("system.cpu_percent")["y"] == [10, 20, 30], "the line")

    publisher.update({"system": {"cpu_percent": 6}, "quantum": {"flux_ms": 7.25}, "order book": {"depth": 3}},
                     at=publisher.second(4))
    expect(console.tile("quantum.flux_ms").locator(".tile-value")).to_have_text("7.25")
    name = console.tile("order book.depth").locator(".tile-name")
    expect(name).to_have_text("Order book depth")
    assert name.evaluate("(name) => name.scrollWidth <= name.clientWidth")  # where there is room it is not cut
    expect(console.tile("quantum.flux_ms").locator(".tile-unit")).to_have_text("ms")
    console.until("() => document.querySelector('.chart[data-chart=\"other: quantum ms\"] .js-plotly-plot')"
                  "?.data?.[0].y.length === 1")
    assert console.trace("quantum.flux_ms")["y"] == [7.25]
    assert console.trace("system.cpu_percent")["y"] == [10, 20, 30, 6]  # the new frames brought nothing down


def test_a_value_is_read_whole_however_long_it_is(console, publisher):
    """What a tile cut off would be another figure: 1.5e+30 of 1.5e+300."""
    values = {"count": 987_654, "loss": -123_456.5, "huge_ms": 1.5e300, "tiny": 3.4e-12, "wide": 1.7e308, "plain": 4,
              "sent_per_second": 1_023_456.7}
    publisher.update({"odd": values}, at=publisher.second(0))
    publisher.update({"odd": values | {"wide": -1.7e308}}, at=publisher.second(1))
    console.open()
    expect(console.tile("odd.count").locator(".tile-value")).to_have_text("987,654")
    expect(console.tile("odd.wide").locator("path")).to_have_attribute("d", re.compile("^M[0-9. L]+$"))
    tiles = console.page.locator(".tile")
    cut = "(tiles) => tiles.map((tile) => tile.title).filter((_, at) => [tiles[at], ...tiles[at].children].some(" \
          "(part) => part.scrollWidth > part.clientWidth))"
    assert tiles.count() == len(values)
    assert tiles.evaluate_all(cut) == []
    sizes = [console.tile(f"odd.{name}").locator(".tile-value").evaluate("(value) => getComputedStyle(value).fontSize")
             for name in ("plain", "count")]
    assert sizes[0] == "28px" != sizes[1]


def test_a_counter_is_a_rate_and_points_lie_at_the_producers_time_in_the_viewers_zone(console, publisher):
    now = time.time()
    at = now - 120
    publisher.update({"system": {"cpu_percent": 33}}, at=at)
    for step in range(5):
        publisher.update({"system": {"network_io": {"bytes_sent": 1_000_000 + step * 20_480}}}, at=now - 50 + step * 10)
    console.open()
    expect(console.tile("system.network_io.bytes_sent").locator(".tile-unit")).to_have_text("KB/s")
    expect(console.tile("system.network_io.bytes_sent").locator(".tile-value")).to_have_text("2")

    shown = datetime.fromisoformat(console.trace("system.cpu_percent")["x"][0])
    meant = datetime.fromtimestamp(at, ZoneInfo("Europe/Zurich")).replace(tzinfo=None)
    assert abs((shown - meant).total_seconds()) < 0.2
    # And so does the axis, in whose hours the point is drawn.
    start, end = console.ranges()[0]
    assert start < meant.replace(tzinfo=UTC).timestamp() * 1000 < end
    expect(console.chart("system").locator(".xtick text").first).to_have_text(
        re.compile(rf"{meant - timedelta(minutes=16):%H}:|{meant:%H}:"))


def test_a_zoom_into_another_season_is_told_by_the_clocks_of_then(console, publisher):
    zone, now = ZoneInfo("Europe/Zurich"), datetime.now(UTC).replace(microsecond=0)
    days = (now - timedelta(days=number) for number in range(366))
    then = next(day for day in days if day.astimezone(zone).utcoffset() != now.astimezone(zone).utcoffset())
    publisher.update({"system": {"cpu_percent": 33}})
    ends = [then - timedelta(hours=2), then - timedelta(hours=1)]
    console.open("?zoom=" + ",".join(f"{end.timestamp() * 1000:.0f}" for end in ends))
    shown = [end.astimezone(zone).replace(tzinfo=UTC).timestamp() * 1000 for end in ends]
    console.eventually(lambda: console.ranges()[:1] == [shown], "the hour of then")
    console.page.keyboard.press("Escape")
    today = now.astimezone(zone).replace(tzinfo=UTC).timestamp() * 1000
    console.eventually(lambda: abs(console.ranges()[0][1] - today) < 120_000, "the clock of now")
    assert len(console.trace("system.cpu_percent")["x"]) == 1
