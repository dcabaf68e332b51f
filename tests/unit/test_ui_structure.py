"""Which gauges, tiles and charts a set of metrics calls for."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import catalog
from dashboard.ui.structure import (
    MAX_CHARTS,
    MAX_LINES,
    MAX_TILES,
    SHOWN_ELSEWHERE,
    structure_of,
)

NAMES = st.lists(st.one_of(
    st.sampled_from(sorted(catalog.METRICS)),
    st.builds("{}.{}{}".format, st.sampled_from("abcdef"), st.sampled_from(["x", "wait", "häufig"]),
              st.sampled_from(["_ms", "_mb", "_percent", "_total", "_per_second", "_ratio", "", "_bytes"]))))


@settings(deadline=None)  # how long one takes is the machine's affair
@given(NAMES, st.randoms())
def test_the_same_names_in_any_order_and_number_give_the_same_plan(names, chance):
    shuffled = names + names[:3]
    chance.shuffle(shuffled)
    assert structure_of("pl", names) == structure_of("pl", shuffled)


@settings(deadline=None)
@given(NAMES)
def test_every_metric_has_its_place_once(names):
    plan = structure_of("pl", names)
    gauges, lines = [gauge.metric for gauge in plan.gauges], [line.metric for line in plan.lines]
    assert len(set(lines)) == len(lines) and len(set(plan.tiles)) == len(plan.tiles)
    assert not set(gauges) & set(plan.tiles)
    places = {*gauges, *plan.tiles, *SHOWN_ELSEWHERE}
    if not plan.more_tiles:
        assert set(names) <= places
    drawn = len(lines) + sum(chart.hidden for chart in plan.charts)
    assert drawn == len(set(names)) or plan.more_charts
    assert len(plan.gauges) + len(plan.missing_gauges) == len(catalog.GAUGES)


def test_another_name_or_another_source_is_another_revision():
    plans = [structure_of(source, names) for source in ("pl", "other", None)
             for names in ([], ["system.cpu_percent"], ["system.cpu_percent", "a.b"])]
    assert len({plan.revision for plan in plans}) == len(plans)


def test_no_number_of_metrics_makes_the_page_endless():
    plan = structure_of("pl", [f"group{number % 40}.thing{number}_ms" for number in range(600)])
    assert len(plan.tiles) == MAX_TILES and plan.more_tiles == 600 - MAX_TILES
    assert len(plan.charts) == MAX_CHARTS and plan.more_charts == 40 - MAX_CHARTS
    assert all(len(chart.lines) == MAX_LINES and chart.hidden == 15 - MAX_LINES for chart in plan.charts)


def test_an_empty_source_has_an_empty_plan():
    plan = structure_of(None, [])
    assert (plan.gauges, plan.tiles, plan.charts, plan.lines) == ((), (), (), ())
    assert plan.missing_gauges == tuple(gauge.title for gauge in catalog.GAUGES)


def test_known_metrics_come_in_the_order_of_the_catalog_and_unknown_ones_after_them():
    names = ["zoo.x", "redis.channels", "aaa.y", "system.thread_count"]
    random.Random(1).shuffle(names)
    assert structure_of("pl", names).tiles == ("system.thread_count", "redis.channels", "aaa.y", "zoo.x")
    charts = [chart.key for chart in structure_of("pl", [*names, "system.cpu_percent"]).charts]
    assert charts[0] == "system" and charts[-1].startswith(catalog.OTHER)


@pytest.mark.parametrize(("names", "metric", "maximum"), [
    (["application.patterns_per_second"], "application.patterns_per_second", 30),
    (["system.patterns_per_second"], "system.patterns_per_second", 50),
    (["system.patterns_per_second", "application.patterns_per_second"], "application.patterns_per_second", 30),
])
def test_the_application_wins_where_two_publish_a_gauge(names, metric, maximum):
    gauge, = structure_of("pl", names).gauges
    assert (gauge.metric, gauge.maximum) == (metric, maximum)


def test_what_two_publish_stays_readable_where_it_is_no_gauge():
    plan = structure_of("pl", ["system.patterns_per_second", "application.patterns_per_second"])
    assert plan.tiles == ("system.patterns_per_second",)


def test_the_cache_gauge_is_in_percent_and_low_is_bad():
    gauge, = structure_of("pl", ["application.cache_hit_rate"]).gauges
    assert (gauge.maximum, gauge.bands, gauge.unit, gauge.low_is_bad) == (100, (50, 80), "%", True)
    assert not structure_of("pl", ["system.cpu_percent"]).gauges[0].low_is_bad


def test_gauges_that_are_not_reported_are_named():
    assert structure_of("pl", ["system.cpu_percent"]).missing_gauges == (
        "Memory", "Disk", "Patterns", "Indicators", "Cache hit rate")


def test_metrics_of_one_group_and_two_units_get_two_charts():
    plan = structure_of("pl", ["queue.wait_ms", "queue.size_mb", "queue.busy_ms"])
    assert [(chart.unit, [line.metric for line in chart.lines]) for chart in plan.charts] == [
        ("MB", ["queue.size_mb"]), ("ms", ["queue.busy_ms", "queue.wait_ms"])]


def test_a_chart_is_drawn_in_the_unit_of_its_tiles_and_so_are_its_thresholds():
    memory, = structure_of("pl", ["system.memory_mb"]).charts
    assert (memory.unit, memory.lines[0].factor) == ("GB", 1 / 1024)
    cache, = structure_of("pl", ["application.cache_hit_rate"]).charts
    assert (cache.unit, cache.lines[0].factor, cache.lines[0].share) == ("%", 100, True)
    assert lines_across(cache) == ((50, "critical"), (80, "warning"))


def test_a_line_says_whose_it_is_where_its_chart_does_not():
    latency, = structure_of("pl", ["redis.latency_ms", "redis.CPU_ms", "processing.wait_ms"]).charts[:1]
    assert {line.metric: line.title for line in latency.lines} == {
        "redis.latency_ms": "Redis latency", "redis.CPU_ms": "Redis CPU", "processing.wait_ms": "Processing wait"}
    own, = structure_of("pl", ["quantum.flux_ms"]).charts
    assert (own.title, own.lines[0].title) == ("Quantum", "Flux")


def test_no_chart_has_two_lines_of_one_title():
    for chart in structure_of("pl", list(catalog.METRICS)).charts:
        assert len({line.title for line in chart.lines}) == len(chart.lines), chart.title


def test_titles_fit_a_tile():
    tiles = structure_of("pl", list(catalog.METRICS)).tiles
    assert not [name for name in tiles if len(catalog.describe(name).title) > 17]


def test_counters_are_drawn_per_second_without_a_factor():
    network, = structure_of("pl", ["system.network_io.bytes_sent", "system.network_io.bytes_recv"]).charts
    assert network.unit == "B/s"
    assert all(line.rate and line.factor == 1 for line in network.lines)


def lines_across(chart):
    return tuple((line.value, line.tone) for line in chart.thresholds)


def test_thresholds_of_the_only_banded_metric_or_the_critical_one_of_each_of_several():
    assert lines_across(structure_of("pl", ["system.cpu_percent"]).charts[0]) == ((85, "critical"), (70, "warning"))
    several = structure_of("pl", ["system.cpu_percent", "system.memory_percent", "system.disk_percent"]).charts[0]
    assert lines_across(several) == ((85, "critical"), (90, "critical"), (95, "critical"))
    assert [line.metric for line in several.thresholds] == [
        "system.cpu_percent", "system.memory_percent", "system.disk_percent"]
    assert lines_across(structure_of("pl", ["database.slow_queries_count"]).charts[0]) == ((5, "warning"),)
    assert structure_of("pl", ["processing.queue_depth"]).charts[0].thresholds == ()


def test_the_score_has_a_chart_but_no_tile():
    plan = structure_of("pl", ["health.score"])
    assert plan.tiles == () and [line.metric for line in plan.lines] == ["health.score"]


def test_names_that_are_hostile_are_only_names():
    plan = structure_of("<b>pl</b>", ["<script>.x_ms", "\ud800.y", "a" * 5000, ".", "x."])
    assert len(plan.tiles) == 5 and len(plan.lines) == 5
