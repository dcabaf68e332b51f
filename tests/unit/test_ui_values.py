"""Current values as people read them: absent is a dash, 0 is 0, what is old says so, counters are rates."""

from __future__ import annotations

import pytest

from dashboard.ui.structure import structure_of
from dashboard.ui.values import SPARK_POINTS
from tests.unit.ui_world import NOW, Screen, ask, hear, hear_metrics, make_world

COUNTER = "system.network_io.bytes_sent"


@pytest.fixture
def services():
    return make_world()


def tile(services, name, **asked):
    live, _ = ask(services, **asked)
    return dict(zip(structure_of("pl", services.ring.metrics("pl")).tiles, live["tiles"], strict=True))[name]


def gauge(services, key, **asked):
    live, _ = ask(services, **asked)
    plans = structure_of("pl", services.ring.metrics("pl")).gauges
    return dict(zip([plan.key for plan in plans], live["gauges"], strict=True))[key]


def send(services, *samples, step_s=5, **groups):
    for sample in samples or (groups,):
        services.clock.now += step_s
        hear_metrics(services, **sample)


@pytest.mark.parametrize(("group", "metric", "value", "shown"), [
    ("processing", "queue_depth", 0, ["0", ""]), ("processing", "queue_depth", 1234, ["1,234", ""]),
    ("system", "memory_mb", 2432, ["2.4", "GB"]), ("database", "query_avg_ms", 4.56, ["4.56", "ms"]),
    ("processing", "ticks_per_second", 812.5, ["812", "1/s"]), ("redis", "memory_usage_mb", 0, ["0", "MB"]),
    ("shop", "free_percent", 12.25, ["12.2", "%"]), ("shop", "hit_ratio", 0.5, ["50", "%"]),
    ("shop", "hit_ratio", 50, ["50", "%"]), ("shop", "temperature", -4.5, ["-4.5", ""]),
])
def test_a_value_and_its_unit(services, group, metric, value, shown):
    send(services, **{group: {metric: value}})
    assert tile(services, f"{group}.{metric}")[:2] == shown


def test_a_metric_that_is_gone_keeps_its_last_value_and_says_how_old_it_is(services):
    send(services, processing={"queue_depth": 7}, system={"thread_count": 1})
    for _ in range(30):
        send(services, system={"thread_count": 1})
    assert tile(services, "processing.queue_depth")[:3] == ["7", "", "2 min old"]
    services.clock.now += 7200
    assert tile(services, "processing.queue_depth")[:3] == ["7", "", "2 h 2 min old"]
    assert tile(services, "system.thread_count")[:3] == ["1", "", "2 h old"]


def test_a_source_whose_clock_is_behind_is_not_old_for_that(services):
    for _ in range(3):
        services.clock.now += 5
        hear(services, event_type="METRIC_UPDATE", timestamp=services.clock.now - 3600,
             metrics={"processing": {"queue_depth": 7}})
    assert tile(services, "processing.queue_depth")[:3] == ["7", "", "→"]


def test_samples_in_local_time_beside_health_in_unix_time_are_drawn_and_the_clock_is_told(services):
    for _ in range(3):
        services.clock.now += 5
        hear(services, event_type="METRIC_UPDATE", timestamp=services.clock.now - 18_000,
             metrics={"processing": {"queue_depth": 7}})
        hear(services, type="health_check", timestamp=services.clock.now, component="db", status="ok")
    live, _ = ask(services)
    assert live["strip"]["source"]["skew"] == "clock 5 h behind"
    assert live["window"][1] == pytest.approx((services.clock.now - 18_000) * 1000)
    assert live["lines"][0][1] == [7, 7, 7]
    assert tile(services, "processing.queue_depth")[:3] == ["7", "", "→"]


def test_a_change_is_told_with_its_direction(services):
    send(services, {"processing": {"queue_depth": 10}}, {"processing": {"queue_depth": 25}})
    assert tile(services, "processing.queue_depth")[2] == "↗ +15"
    send(services, processing={"queue_depth": 4})
    assert tile(services, "processing.queue_depth")[2] == "↘ −6"
    send(services, processing={"queue_depth": 10})
    assert tile(services, "processing.queue_depth")[2] == "→"


def test_one_sample_has_no_change(services):
    send(services, processing={"queue_depth": 10})
    assert tile(services, "processing.queue_depth")[2] == ""


# -- counters --------------------------------------------------------------------------------------------------------


def count(services, *totals, step_s=5):
    send(services, *({"system": {"network_io": {"bytes_sent": total}}} for total in totals), step_s=step_s)


def test_a_counter_is_shown_as_its_rate(services):
    count(services, 1000, 11240, 21480)
    assert tile(services, COUNTER)[:3] == ["2", "KB/s", "→"]
    assert ask(services)[0]["sparks"][0] == [None, 2048, 2048]


def test_what_falls_and_rises_is_no_counter(services):
    count(services, 3000, 1024, 2900, 2048)
    assert tile(services, COUNTER)[:2] == ["2", "KB"]


def test_a_counter_at_rest_is_a_rate_of_nothing_and_not_its_total(services):
    count(services, 1000, 11240, 21480, *[21480] * 100)
    assert tile(services, COUNTER)[:2] == ["0", "B/s"]


def test_a_counter_that_never_moved_is_a_rate_of_nothing_in_its_tile_and_its_chart(services):
    count(services, *[123_456_789] * 20)
    assert tile(services, COUNTER)[:3] == ["0", "B/s", "→"]
    live, _ = ask(services)
    assert live["sparks"] == [[None, *[0] * 19]] and live["lines"][0][1] == [None, *[0] * 19]


def test_a_counter_of_too_few_samples_has_no_value_yet(services):
    screen = Screen(services)
    for shown in (["–", "", ""], ["–", "", ""], ["2", "KB/s", "→"]):
        count(services, 123_456_789 + int(services.clock.now - NOW) * 2048)
        screen.tick()
        assert tile(services, COUNTER)[:3] == shown
        assert 123_456_789 not in screen.lines[0][1]
    assert screen.lines[0][1] == [None, 2048, 2048]


def test_a_size_in_bytes_that_stands_is_a_size(services):
    send(services, *[{"app": {"heap_bytes": 2048}}] * 20)
    assert tile(services, "app.heap_bytes")[:2] == ["2", "KB"]


def test_a_counter_nobody_heard_within_the_range_has_no_rate(services):
    count(services, 1000, 11240, 21480)
    services.clock.now += 1000
    assert tile(services, COUNTER, range_name="15m")[:3] == ["–", "", "16 min old"]


def test_a_counter_whose_source_is_silent_keeps_its_last_rate(services):
    count(services, 1000, 11240, 21480)
    for later in (299, 301, 500):
        services.clock.now = NOW + 15 + later
        assert tile(services, COUNTER)[:2] == ["2", "KB/s"]
    assert tile(services, COUNTER)[2] == "8 min old"


def test_a_restarted_counter_has_no_rate_until_it_has_counted_on(services):
    count(services, *range(0, 50_000, 2048), 100)
    assert tile(services, COUNTER)[:2] == ["–", ""]
    count(services, 10340)
    assert tile(services, COUNTER)[:2] == ["2", "KB/s"]


# -- bands and gauges ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("metric", "key", "value", "needle", "band"), [
    ("system.cpu_percent", "cpu", 0, 0, "ok"), ("system.cpu_percent", "cpu", 70, 70, "ok"),
    ("system.cpu_percent", "cpu", 70.1, 70.1, "warning"), ("system.cpu_percent", "cpu", 85.1, 85.1, "critical"),
    ("system.cpu_percent", "cpu", 140, 140, "critical"),
    ("application.cache_hit_rate", "cache", 0.93, 93, "ok"), ("application.cache_hit_rate", "cache", 93, 93, "ok"),
    ("application.cache_hit_rate", "cache", 0.7, 70, "warning"),
    ("application.cache_hit_rate", "cache", 0.2, 20, "critical"),
    ("application.cache_hit_rate", "cache", 0, 0, "critical"),
    ("application.patterns_per_second", "patterns", 12.3456, 12.346, "none"),
])
def test_gauges_and_their_bands(services, metric, key, value, needle, band):
    group, _, name = metric.partition(".")
    send(services, **{group: {name: value}})
    assert gauge(services, key)[:2] == [needle, band]


def test_a_gauge_says_its_value_in_words(services):
    send(services, system={"cpu_percent": 41.5}, application={"patterns_per_second": 3})
    assert gauge(services, "cpu")[2] == "CPU: 41.5 % of 100"
    assert gauge(services, "patterns")[2] == "Patterns: 3 1/s of 30"


def test_a_gauge_of_an_old_value_stays(services):
    send(services, system={"cpu_percent": 41.5})
    services.clock.now += 3600
    assert gauge(services, "cpu")[0] == 41.5


def test_a_gauge_of_an_old_value_says_its_age_and_is_not_judged(services):
    send(services, system={"cpu_percent": 99, "memory_percent": 50})
    assert gauge(services, "cpu")[1:] == ["critical", "CPU: 99 % of 100", ""]
    for _ in range(14):
        send(services, system={"memory_percent": 50})
    assert gauge(services, "cpu") == [99, "none", "CPU: 99 % of 100, 1 min old", "1 min old"]
    assert gauge(services, "memory")[3] == ""
    services.clock.now += 600
    assert gauge(services, "cpu")[3] == "11 min old"


@pytest.mark.parametrize(("value", "band"), [(5, "ok"), (6, "warning"), (600, "warning")])
def test_slow_queries_are_bad_above_five(services, value, band):
    send(services, database={"slow_queries_count": value})
    assert tile(services, "database.slow_queries_count")[3] == band


def test_a_metric_without_bands_is_not_judged(services):
    send(services, processing={"queue_depth": 10**6})
    assert tile(services, "processing.queue_depth")[3] == "none"


# -- sparklines ------------------------------------------------------------------------------------------------------


def test_a_sparkline_has_the_last_minutes_and_at_most_sixty_points(services):
    send(services, *({"processing": {"queue_depth": number}} for number in range(200)), step_s=2)
    sparks = ask(services)[0]["sparks"]
    assert sparks == [list(range(200 - SPARK_POINTS, 200))]


def test_a_sample_without_the_metric_adds_nothing_to_its_sparkline(services):
    screen = Screen(services)
    send(services, processing={"queue_depth": 1}, system={"thread_count": 1})
    screen.tick()
    send(services, system={"thread_count": 1})
    live, _ = screen.tick()
    fresh = dict(zip(structure_of("pl", services.ring.metrics("pl")).tiles, live["tiles"], strict=True))
    assert fresh["processing.queue_depth"][4] == [] and fresh["system.thread_count"][4] == [1]


def test_two_names_of_one_metric_are_one_tile(services):
    send(services, database={"query_latency_ms": 3})
    send(services, database={"query_avg_ms": 5})
    assert structure_of("pl", services.ring.metrics("pl")).tiles == ("database.query_avg_ms",)
    assert tile(services, "database.query_avg_ms")[:3] == ["5", "ms", "↗ +2"]
