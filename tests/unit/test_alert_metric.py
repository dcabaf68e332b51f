"""Which metric an alert names, and what it has measured: read from its own words, and nothing beyond them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.alert import Alert
from dashboard.alerts.measure import Measure, measure_of
from dashboard.alerts.named_metric import NamedMetric, named_metric
from dashboard.host_alerts import RULES
from tests.alert_events import NOW

NAMES = ("application.cache_hit_rate", "application.patterns_per_second", "database.active_connections",
         "database.query_avg_ms", "database.slow_queries_count", "feed.lag_ms", "processing.queue_depth",
         "redis.latency_ms", "redis.memory_percent", "redis.memory_usage_mb", "system.cpu_percent",
         "system.disk_percent", "system.memory_mb", "system.memory_percent", "system.patterns_per_second",
         "system.swap_percent", "worker.value", "worker.jobs.rate")


def alert(**fields) -> Alert:
    return Alert(**{"key": "k", "id": "7", "source": "pl", "level": "ERROR", "rank": 2, "first_seen": NOW,
                    "last_seen": NOW} | fields)


@pytest.mark.parametrize(("fields", "metric", "where"), [
    ({"details": {"metric": "system.cpu_percent"}, "message": "Queue depth"}, "system.cpu_percent", "details"),
    ({"details": {"metric_name": " CPU_percent "}}, "system.cpu_percent", "details"),
    ({"details": {"threshold": 5, "queue_depth": 9}}, "processing.queue_depth", "details"),
    ({"details": {"metric": "database.query_latency_ms"}}, "database.query_avg_ms", "details"),
    ({"id": "system.cpu_percent"}, "system.cpu_percent", "id"),
    ({"id": "alert/high_cpu_percent/3"}, "system.cpu_percent", "id"),
    ({"id": "cpu-high"}, "system.cpu_percent", "id"),
    ({"component": "queue_depth"}, "processing.queue_depth", "component"),
    ({"message": "processing.queue_depth is 1200"}, "processing.queue_depth", "message"),
    ({"message": "Queue depth above 1,000 for 30 s"}, "processing.queue_depth", "message"),
    ({"message": "CACHE HIT RATE is low"}, "application.cache_hit_rate", "message"),
    ({"message": "Memory is above 85 %"}, "system.memory_percent", "message"),
    ({"message": "Memory used by the workers"}, "system.memory_mb", "message"),
    ({"message": "Redis memory is above 75 %", "id": "redis-memory"}, None, None),  # two metrics are called so
    ({"message": "Redis memory is above 75 %", "details": {"unit": "%"}}, "redis.memory_percent", "message"),
    ({"message": "System patterns", "id": "patterns_system"}, "system.patterns_per_second", "id"),
    ({"message": "Feed lag grows"}, "feed.lag_ms", "message"),
    ({"message": "A lag was seen"}, "feed.lag_ms", "message"),
    ({"message": "CPU and memory", "id": "cpu"}, "system.cpu_percent", "id"),  # named twice
    ({"message": "Slow queries", "component": "database"}, "database.slow_queries_count", "message"),
])
def test_what_is_named_is_found(fields, metric, where):
    found = named_metric(alert(**fields), NAMES)
    assert found == (None if metric is None else NamedMetric(metric, where))


@pytest.mark.parametrize("fields", [
    {}, {"message": "The pool is exhausted", "component": "database"}, {"message": "CPU and disk"},
    {"message": "A value is wrong"}, {"message": "The rate of jobs"}, {"message": "cpux is odd"},
    {"details": {"metric": "gone.metric"}}, {"details": {"metric": 5, "threshold": 3}},
    {"details": {"patterns_per_second": 5}, "id": "patterns_per_second"},  # two have that last part
    {"message": "x" * 600 + " cpu_percent"},
])
def test_where_nothing_is_named_nothing_is_made_up(fields):
    assert named_metric(alert(**fields), NAMES) is None


def test_a_source_without_metrics_has_none_to_name():
    assert named_metric(alert(message="CPU is high"), ()) is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_agents_own_alerts_name_theirs(rule):
    names = [*{one.metric for one in RULES}, "system.memory_mb", "redis.memory_usage_mb"]
    found = named_metric(alert(id=rule.id, component=rule.component, message=f"{rule.title} is above 5 {rule.unit}",
                               details={"unit": rule.unit}),
                         sorted(names))
    assert found is not None and found.metric == rule.metric


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.text(max_size=20), st.dictionaries(st.text(max_size=9), st.integers() | st.text()))
def test_any_words_are_read(message, alert_id, details):
    found = named_metric(alert(message=message, id=alert_id, details=details), NAMES)
    assert found is None or found.metric in NAMES


@pytest.mark.parametrize(("details", "measure", "limit"), [
    ({}, Measure(), None),
    ({"threshold": 80, "current_value": 91.25, "unit": "%"}, Measure(91.25, 80, "%"), 80.0),
    ({"limit": 5, "value": 6}, Measure(6, 5), 5.0),
    ({"threshold": "80%", "current": "91%"}, Measure("91%", "80%"), None),
    ({"threshold": [1], "current_value": None, "value": True}, Measure(), None),
    ({"threshold": float("nan")}, None, None), ({"threshold": 10**400}, Measure(None, 10**400), None),
    ({"current_value": 0, "threshold": 0}, Measure(0, 0), 0.0), ({"unit": "x" * 13, "value": ""}, Measure(), None),
])
def test_what_was_measured(details, measure, limit):
    found = measure_of(details)
    assert measure is None or found == measure
    assert found.limit == limit
