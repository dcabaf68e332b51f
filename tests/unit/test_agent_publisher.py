"""What the publisher sends is what the console's own reader understands, without a complaint."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard import events
from dashboard.publisher import LARGEST_MESSAGE, MessageTooLarge, Publisher, iso

NOW = 1_790_000_000.25


class Paper:
    """A Redis that writes down what it is given."""

    def __init__(self):
        self.sent: list[tuple[str, bytes]] = []

    def publish(self, channel, message):
        self.sent.append((channel, message))
        return 3


@pytest.fixture
def paper():
    return Paper()


@pytest.fixture
def publisher(paper):
    return Publisher(paper, source="TickStockPL", clock=lambda: NOW)


def read(paper):
    event = events.parse(paper.sent[-1][1], NOW + 1)
    assert not isinstance(event, events.Rejected), event
    assert event.complaints == ()
    assert (event.source, event.time) == ("TickStockPL", NOW)
    return event


def test_a_source_has_a_name(paper):
    with pytest.raises(ValueError):
        Publisher(paper, source=" ")


def test_metrics(paper, publisher):
    metrics = {"system": {"cpu_percent": 41.5, "network_io": {"bytes_sent": 7}}, "redis": {"connected": True}}
    health = {"overall": 88, "status": "healthy", "components": {"cpu": {"status": "ok", "score": 88}}}
    trends = {"cpu": {"direction": "INCREASING", "rate": 2.5, "prediction_1h": 44}}
    assert publisher.metric_update(metrics, health_score=health, trends=trends, recommendations=["rest"]) == 3
    assert paper.sent[-1][0] == "tickstock:monitoring"
    event = read(paper)
    assert event.metrics == {"system.cpu_percent": 41.5, "system.network_io.bytes_sent": 7}
    assert event.facts == {"redis.connected": True}
    assert event.health.score == 88 and event.health.components[0].score == 88
    assert event.trends["cpu"].prediction_1h == 44 and event.recommendations == ("rest",)


def test_what_is_absent_stays_absent(paper, publisher):
    nan = float("nan")
    publisher.metric_update({"system": {"a": nan, "b": float("inf"), "c": None, "d": 0, "e": np.float64(nan)}})
    event = read(paper)
    assert event.metrics == {"system.d": 0} and event.health is None and event.recommendations is None
    assert b"null" not in paper.sent[-1][1] and b"NaN" not in paper.sent[-1][1]


def test_what_was_measured_earlier_keeps_its_time(paper, publisher):
    publisher.metric_update({"system": {"cpu_percent": 1}}, at=NOW - 60)
    assert events.parse(paper.sent[-1][1], NOW).time == NOW - 60


def test_health(paper, publisher):
    publisher.health_check(62.5, "degraded", {"database": {"status": "warning", "latency_ms": 80}}, uptime_seconds=60)
    report = read(paper).report
    assert (report.score, report.status, report.uptime_s) == (62.5, "degraded", 60)
    assert report.components[0].name == "database" and report.components[0].status == "degraded"


def test_status(paper, publisher):
    publisher.system_status("stopping", "on request", details={"by": "ann"}, uptime_seconds=1)
    event = read(paper)
    assert (event.lifecycle, event.message, event.uptime_s) == ("stopping", "on request", 1)


def test_alerts(paper, publisher):
    publisher.alert_triggered(
        "a/1", "WARNING", "database", "Pool is <b>full</b>", details={"threshold": 80}, suggested_actions=["grow it"]
    )
    event = read(paper)
    assert (event.id, event.level, event.component) == ("a/1", "WARNING", "database")
    assert event.message == "Pool is <b>full</b>"
    assert event.details["threshold"] == 80 and event.suggested_actions == ("grow it",) and event.alert_time == NOW
    publisher.alert_resolved("a/1", resolved_by="ann", notes="grown")
    event = read(paper)
    assert (event.id, event.resolved_by, event.notes) == ("a/1", "ann", "grown")


def test_jobs_and_answers(paper, publisher):
    publisher.job_progress("run-1", "scan", total_symbols=100, completed=51, percentage=51.0, current_symbol=None)
    event = read(paper)
    assert (event.run_id, event.phase, event.total, event.completed) == ("run-1", "scan", 100, 51)
    publisher.command_result("r1", "done", "well")
    event = read(paper)
    assert (event.request_id, event.status, event.message) == ("r1", "done", "well")


def test_every_event_has_an_id_of_its_own_and_sending_again_is_the_same_event(paper, publisher):
    publisher.metric_update({"system": {"cpu_percent": 1}})
    publisher.metric_update({"system": {"cpu_percent": 1}})
    first, second = (events.parse(message, NOW).key for _, message in paper.sent)
    assert first != second
    event = publisher.flat("METRIC_UPDATE", {"metrics": {}})
    publisher.send(event)
    publisher.send(event)
    assert paper.sent[-1] == paper.sent[-2]


def test_a_body_cannot_pretend_to_be_another(paper, publisher):
    event = publisher.flat("METRIC_UPDATE", {"source": "somebody else", "event_type": "X", "metrics": {}})
    assert event["source"] == "TickStockPL" and event["event_type"] == "METRIC_UPDATE"


def test_what_is_no_json_is_not_sent(paper, publisher):
    endless: dict = {}
    endless["self"] = endless
    for metrics in ({"a": object()}, {"a": endless}):
        with pytest.raises(ValueError):
            publisher.metric_update(metrics)
    with pytest.raises(MessageTooLarge):
        publisher.metric_update({"a": "x" * LARGEST_MESSAGE})
    publisher.metric_update({"a": {"huge": 10**400, "when": datetime(2026, 1, 2, tzinfo=UTC), 1: np.arange(2)}})
    assert json.loads(paper.sent[-1][1])["metrics"]["a"] == {"when": "2026-01-02T00:00:00+00:00", "1": [0, 1]}
    assert len(paper.sent) == 1


def test_times_are_utc():
    assert iso(0) == "1970-01-01T00:00:00.000Z" and iso(NOW).endswith(".250Z")
