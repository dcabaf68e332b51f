"""The reader of events: whatever comes, it is an event or a Rejected with a reason, and the same a second time; what is
read by the shape of messages before it is what is read name by name.
"""

from __future__ import annotations

import json

from dashboard import events
from dashboard.events import REASONS, Event, MetricUpdate, Rejected
from dashboard.reading.shape import Shape

RECEIVED = 1_769_853_700.0
MESSAGES = (
    {"event_type": "METRIC_UPDATE", "source": "pl", "timestamp": "2026-01-31T10:00:00",
     "metrics": {"system": {"cpu_percent": 41.5, "text": "x"}}, "health_score": {"overall": 80, "status": "ok"},
     "trends": {"cpu": {"direction": "INCREASING", "rate": 1.5, "prediction_1h": 50}}, "recommendations": ["x"]},
    {"event_type": "ALERT_TRIGGERED", "alert": {
        "id": 7, "level": "warn", "component": "db", "message": "m", "suggested_actions": ["a"],
        "details": {"threshold": 1, "current_value": 2}, "timestamp": 1769853600}},
    {"event_type": "ALERT_RESOLVED", "alert_id": "7"},
    {"type": "health_check", "component": "db", "status": "down", "timestamp": 1769853600.5,
     "metrics": {"latency_ms": 5}},
    {"event_type": "HEALTH_CHECK", "health": {"overall_score": 50, "components": {
        "a": 5, "b": "ok", "c": {"status": "warning", "details": "x"}}}},
    {"event_type": "SYSTEM_STATUS", "status": "stopping", "uptime_seconds": "12", "details": {}},
    {"event": "job_progress_update", "version": "1", "payload": {"run_id": "r", "percentage": 5, "phase": "p"}},
    {"event": "command_result", "payload": {"request_id": "r", "status": "done", "message": "m"}})
SHAPE = Shape(MESSAGES[0], "metric_update")
SEEDS = [*(json.dumps(message).encode() for message in MESSAGES), b"NaN", b"[[[", b""]


def look_at(data: bytes) -> None:
    read = events.parse(data, RECEIVED)
    if isinstance(read, Rejected):
        assert read.reason in REASONS and read.reason != "unreadable", read
    else:
        assert isinstance(read, Event) and read.source and read.at <= RECEIVED + events.FUTURE_TOLERANCE_S
    assert events.parse(data, RECEIVED) == read
    by_shape = SHAPE.read(data, RECEIVED) if b"\\" not in data else None
    assert by_shape is None or (isinstance(read, MetricUpdate) and by_shape == read)
