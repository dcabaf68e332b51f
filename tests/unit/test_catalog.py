"""Metrics as data: known ones by the contract, unknown ones by what their name says."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.catalog import (
    CHARTS,
    GAUGES,
    METRICS,
    TIMEFRAMES,
    as_rate,
    band,
    canonical,
    chart,
    chart_of,
    describe,
    display,
    in_unit,
    scaled,
    timeframe,
)
from dashboard.metric_names import title_of, unit_of


def test_known_metrics_have_all_a_page_needs():
    for name, metric in METRICS.items():
        assert metric.known
        assert metric.name == name
        assert metric.title
        assert metric.unit
        assert metric.display_unit
        assert metric.group == name.split(".")[0]
        assert list(metric.bands) == sorted(metric.bands)
        assert bool(metric.bands) == (metric.direction != "neutral")
        assert describe(name) is metric


def test_an_alias_is_described_as_what_it_stands_for():
    assert canonical("database.query_latency_ms") == "database.query_avg_ms"
    assert canonical("system.patterns_per_second") == "system.patterns_per_second"
    assert describe("database.query_latency_ms") is METRICS["database.query_avg_ms"]


@pytest.mark.parametrize(("name", "title", "unit", "group"), [
    ("queue.wait_ms", "Wait", "ms", "queue"), ("web.http.request_wait_ms", "HTTP request wait", "ms", "web"),
    ("x.load_percent", "Load", "%", "x"), ("x.errors_per_second", "Errors", "1/s", "x"), ("x.rss_mb", "RSS", "MB", "x"),
    ("x.io.bytes_read", "I/O bytes read", "bytes", "x"), ("x.hit_ratio", "Hit", "ratio", "x"),
    ("x.uptime_seconds", "Uptime", "s", "x"), ("x.items_count", "Items count", "count", "x"),
    ("plain", "Plain", "", "general"), ("x.percent", "Percent", "%", "x"), ("x.y", "Y", "", "x"),
    ("x.jobs_total", "Jobs total", "count", "x"), ("x._ms", "Ms", "ms", "x"), (".", ".", "", ""),
    ("x.p95", "P95", "", "x"), ("x.cpu", "CPU", "", "x")])
def test_an_unknown_metric_is_described_by_its_name(name, title, unit, group):
    metric = describe(name)
    assert (metric.title, metric.unit, metric.group) == (title, unit, group)
    assert not metric.known
    assert band(metric, 1e9) == "none"
    assert (title_of(name), unit_of(name)) == (title, unit)


@pytest.mark.parametrize(("name", "value", "judged"), [
    ("system.cpu_percent", 0, "ok"), ("system.cpu_percent", 55, "ok"), ("system.cpu_percent", 70, "ok"),
    ("system.cpu_percent", 70.1, "warning"), ("system.cpu_percent", 85, "warning"),
    ("system.cpu_percent", 85.1, "critical"),
    ("system.memory_percent", 76, "warning"), ("system.memory_percent", 91, "critical"),
    ("database.slow_queries_count", 5, "ok"), ("database.slow_queries_count", 6, "warning"),
    ("database.slow_queries_count", 5000, "warning"),
    ("application.cache_hit_rate", 0.93, "ok"), ("application.cache_hit_rate", 93, "ok"),
    ("application.cache_hit_rate", 0.7, "warning"), ("application.cache_hit_rate", 49, "critical"),
    ("application.cache_hit_rate", 0, "critical"), ("application.cache_hit_rate", 1, "ok"),
    ("processing.queue_depth", 1e9, "none"), ("system.cpu_percent", None, "none"),
    ("system.cpu_percent", float("nan"), "none")])
def test_bands_follow_the_direction(name, value, judged):
    assert band(describe(name), value) == judged


@pytest.mark.parametrize(("name", "value", "shown"), [
    ("system.memory_mb", 2457.6, ("2.4", "GB")), ("system.cpu_percent", 41.5, ("41.5", "%")),
    ("system.cpu_percent", 0, ("0", "%")), ("system.cpu_percent", -0.01, ("0", "%")),
    ("application.cache_hit_rate", 0.934, ("93.4", "%")), ("application.cache_hit_rate", 93.4, ("93.4", "%")),
    ("system.thread_count", 42.0, ("42", "")), ("application.symbols_processed", 12345, ("12,345", "")),
    ("redis.messages_published", 2_500_000, ("2.5M", "")),
    ("redis.messages_published", 1e30, ("1e+15P", "")),
    ("application.avg_indicator_calc_ms", 3.456, ("3.46", "ms")), ("x.wait_ms", 12_340, ("12.3", "s")),
    ("application.patterns_per_second", 0.1234, ("0.123", "1/s")), ("x.y", 0.00001, ("1.0e-05", "")),
    ("system.network_io.bytes_sent", 512, ("512", "B")), ("system.network_io.bytes_sent", 1536, ("1.5", "KB")),
    ("x.y_bytes", -3 * 1024**3, ("-3", "GB")), ("x.y", 2.5, ("2.5", "")),
    ("system.cpu_percent", None, ("–", "")), ("system.cpu_percent", float("inf"), ("–", ""))])
def test_values_as_people_read_them(name, value, shown):
    assert display(describe(name), value) == shown


def test_a_counter_is_shown_as_a_rate():
    metric = as_rate(describe("system.network_io.bytes_recv"))
    assert (metric.title, metric.unit) == ("Network in", "B/s")
    assert display(metric, 1_258_291) == ("1.2", "MB/s")
    assert as_rate(describe("redis.messages_published")).unit == "1/s"
    assert as_rate(describe("system.memory_mb")).unit == "MB/s"


@pytest.mark.parametrize(("name", "cumulative", "counts"), [
    ("system.network_io.bytes_recv", True, True), ("redis.messages_published", True, True),
    ("disk.read_bytes", True, True), ("shop.orders_total", True, True), ("app.heap_bytes", True, False),
    ("disk.bytes_free", True, False), ("shop.orders_sent", False, False), ("system.thread_count", False, False)])
def test_a_name_may_say_that_something_is_counted_up(name, cumulative, counts):
    assert (describe(name).cumulative, describe(name).counts) == (cumulative, counts)


def test_values_in_the_unit_of_the_screen():
    cache = describe("application.cache_hit_rate")
    assert (in_unit(cache, 93), in_unit(cache, 0.93)) == (0.93, 0.93)
    assert scaled(describe("system.memory_mb"), 2048) == 2
    column = scaled(cache, np.array([0.5, 50.0, 1.0, np.nan]))
    assert column[:3].tolist() == [50.0, 50.0, 100.0]
    assert np.isnan(column[3])


def test_six_gauges():
    assert [gauge.key for gauge in GAUGES] == ["cpu", "memory", "disk", "patterns", "indicators", "cache"]
    assert [gauge.maximum for gauge in GAUGES] == [100, 100, 100, 30, 100, 100]
    assert [gauge.bands for gauge in GAUGES[:2]] == [(50, 70, 85), (60, 75, 90)]
    assert GAUGES[5].bands == (50, 80)


def test_a_gauge_prefers_the_application_and_keeps_each_ones_scale():
    gauge = GAUGES[3]
    both = {"system.patterns_per_second": 1, "application.patterns_per_second": 2}
    assert gauge.choose(both) == ("application.patterns_per_second", 30.0)
    assert gauge.choose(["system.patterns_per_second"]) == ("system.patterns_per_second", 50.0)
    assert gauge.choose({}) is None


@pytest.mark.parametrize(("word", "read"), [
    ("1min", "1min"), ("minute", "1min"), ("Hourly", "hourly"), (" 5min ", "5min"), ("5m", "5min"), ("1d", "daily"),
    ("week", "weekly"), ("monthly", "monthly"), ("yearly", None), (None, None), (5, None), (["1min"], None)])
def test_timeframes(word, read):
    assert timeframe(word) == read
    assert read is None or read in TIMEFRAMES


def test_every_known_metric_has_a_chart_of_one_unit():
    charts = {one.key: one for one in CHARTS}
    assert len(charts) >= 6
    for name, metric in METRICS.items():
        assert chart_of(name) in charts, name
        unit = charts[chart_of(name)].unit
        assert unit in (metric.unit, as_rate(metric).unit, "%" if metric.unit == "ratio" else metric.unit)


def test_an_unknown_metric_gets_a_chart_of_its_group_and_unit():
    assert chart_of("queue.wait_ms") == "other: queue ms"
    assert chart_of("queue.run_ms") == "other: queue ms"
    assert chart_of("queue.size_count") == "other: queue count"
    assert chart_of("queue.thing") == "other: queue"
    assert chart_of("database.query_latency_ms") == "latency"


@pytest.mark.parametrize("key", [one.key for one in CHARTS])
def test_charts_by_key(key):
    assert chart(key).key == key


def test_charts_nobody_foresaw_have_a_title_and_a_unit():
    assert (chart("other: queue ms").title, chart("other: queue ms").unit) == ("Queue", "ms")
    assert (chart("other: queue").title, chart("other: queue").unit) == ("Queue", "")


@pytest.mark.parametrize(("name", "title", "unit"), [
    ("order book.wait_ms", "Order book", "ms"), ("order book.size", "Order book", ""), ("ms.size", "Ms", "")])
def test_the_name_of_a_group_may_have_blanks(name, title, unit):
    found = chart(chart_of(name))
    assert (found.title, found.unit) == (title, unit)
