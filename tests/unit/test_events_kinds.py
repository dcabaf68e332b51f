"""Health checks, lifecycle, alerts, jobs and answers to commands."""

from __future__ import annotations

import pytest

from dashboard.events import Component, HealthReport
from tests.unit.messages import RECEIVED, SENT, SENT_TEXT, health, read

SHAPES = [
    ("ok", "healthy", "ok", None, {}),
    ("Healthy", "healthy", "Healthy", None, {}), ("RUNNING", "healthy", "RUNNING", None, {}),
    ("up", "healthy", "up", None, {}), ("excellent", "healthy", "excellent", None, {}),
    ("warning", "degraded", "warning", None, {}), ("warn", "degraded", "warn", None, {}),
    ("degraded", "degraded", "degraded", None, {}), ("unhealthy", "unhealthy", "unhealthy", None, {}),
    ("error", "unhealthy", "error", None, {}), ("critical", "critical", "critical", None, {}),
    ("down", "critical", "down", None, {}), ("failed", "critical", "failed", None, {}),
    ("starting", "lifecycle", "starting", None, {}), ("stopping", "lifecycle", "stopping", None, {}),
    ("stopped", "lifecycle", "stopped", None, {}), ("sleepy", "unknown", "sleepy", None, {}),
    (None, "unknown", None, None, {}), (True, "unknown", "true", None, {}),
    (95, "healthy", None, 95.0, {}), (80, "healthy", None, 80.0, {}), (62, "degraded", None, 62.0, {}),
    (45, "unhealthy", None, 45.0, {}), (0, "critical", None, 0.0, {}), ("62", "degraded", None, 62.0, {}),
    (100.00000000000001, "healthy", None, 100.0, {}),
    ({"score": 62}, "degraded", None, 62.0, {}), ({"score": "62"}, "degraded", None, 62.0, {}),
    ({"status": "down", "details": {"why": "disk"}}, "critical", "down", None, {"why": "disk"}),
    ({"status": "ok", "details": "all fine"}, "healthy", "ok", None, {"details": "all fine"}),
    ({"status": "ok", "latency_ms": 3, "connections": 7}, "healthy", "ok", None, {"latency_ms": 3, "connections": 7}),
    ({"status": "ok", "score": 50, "details": {"a": 1}, "a": 2}, "healthy", "ok", 50.0, {"a": 1}),
    ({"status": "sleepy", "score": 20}, "unknown", "sleepy", 20.0, {}),
    ({"status": 85}, "healthy", None, 85.0, {}),
    ({}, "unknown", None, None, {}),
]


@pytest.mark.parametrize(("sent", "status", "word", "score", "details"), SHAPES)
def test_shapes_of_a_component(sent, status, word, score, details):
    event = health(components={"database": sent})
    assert event.report.components == (Component("database", status, word, score, details),)
    assert event.complaints == ()


@pytest.mark.parametrize(("sent", "word", "complaint"), [
    (150, "150", "components.database: 150 is no score of 0 to 100"),
    (-1, "-1", "components.database: -1 is no score of 0 to 100"),
    ({"score": 101}, None, "components.database.score: 101 is no score of 0 to 100"),
    ({"score": "good"}, None, "components.database.score: 'good'"),
    ({"score": True}, None, "components.database.score: true"),
    ({"status": ["x"]}, None, "components.database.status: a list"),
    (["ok"], None, "components.database: a list"),
])
def test_a_component_that_is_not_understood_costs_only_itself(sent, word, complaint):
    event = health(components={"database": sent, "redis": "ok"})
    assert event.report.components == (Component("database", "unknown", word), Component("redis", "healthy", "ok"))
    assert event.complaints == (complaint,)


def test_components_may_come_as_a_list():
    event = health(components=[{"name": "a", "status": "ok"}, {"component": "b", "score": 5}, "c", {"status": "ok"},
                               {"name": "a", "status": "down"}])
    assert [(one.name, one.status, one.details) for one in event.report.components] == [
        ("a", "healthy", {"name": "a"}), ("b", "critical", {"component": "b"})]
    assert len(event.complaints) == 3


def test_components_of_the_wrong_kind():
    assert health(components="fine", score=50).complaints == ("components: 'fine'",)


def test_a_report_of_the_wrong_kind_beside_a_score():
    event = health(health="odd", score=50)
    assert (event.report.score, event.complaints) == (50.0, ("health: 'odd'",))


def test_components_are_bounded():
    event = health(components={f"c{index}" + "x" * 400: {"status": "s" * 500, "details": {"d": "y" * 3000}}
                               for index in range(220)})
    assert len(event.report.components) == 200
    assert all(len(one.name) <= 200 and len(one.word) <= 200 for one in event.report.components)
    assert len(event.report.components[0].details["d"]) == 2000


@pytest.mark.parametrize("place", ["health", "payload", None])
@pytest.mark.parametrize("name", ["overall_score", "overall", "score"])
def test_health_body_in_three_places(place, name):
    body = {name: 77.5, "status": "healthy", "uptime_seconds": "3600", "components": {"cpu": 90}}
    event = health(**({place: body} if place else body))
    assert event.report == HealthReport(77.5, "healthy", 3600.0, (Component("cpu", "healthy", None, 90.0),))
    assert event.component is None


def test_health_inside_the_payload():
    assert health(payload={"health": {"overall_score": 12}}).report.score == 12.0


def test_the_first_score_that_is_one_counts():
    event = health(overall_score="bad", overall=60, score=10)
    assert (event.report.score, event.complaints) == (60.0, ("overall_score: 'bad'",))


def test_zero_is_a_score_and_absent_is_none():
    assert health(overall_score=0).report.score == 0.0
    assert health(status="degraded").report == HealthReport(None, "degraded", None, ())
    assert health(health={}).report == HealthReport(None, None, None, ())


def test_one_component_a_message():
    event = read(type="health_check", component="database", status="ok", timestamp=SENT, latency_ms=4, message="fine",
                 source="pl", metrics={"pool": {"used": 3}, "primary": True}, score=91, details={"host": "db1"})
    assert event.component == "database"
    assert event.report.score is None
    assert event.report.status is None
    component, = event.report.components
    assert (component.name, component.status, component.score) == ("database", "healthy", 91.0)
    assert component.details == {"host": "db1", "latency_ms": 4, "message": "fine", "pool": {"used": 3},
                                 "primary": True}
    assert event.metrics == {"database.pool.used": 3.0}
    assert event.facts == {"database.primary": True}


def test_one_component_beside_its_payload():
    event = read(type="health_check", component="redis", payload={"status": "down"})
    assert (event.component, event.report.components) == ("redis", (Component("redis", "critical", "down"),))


def test_a_component_beside_a_whole_report_is_not_the_whole():
    event = health(component="pl", overall_score=50, components={"a": "ok"})
    assert (event.component, event.report.score, len(event.report.components)) == (None, 50.0, 1)


def test_metrics_of_a_whole_health_check_keep_their_names():
    assert health(score=5, metrics={"database": {"query_latency_ms": 3}}).metrics == {"database.query_avg_ms": 3.0}
    assert health(score=5, metrics="x").complaints == ("metrics: 'x'",)


@pytest.mark.parametrize(("word", "lifecycle"), [
    ("RUNNING", "running"), ("running", "running"), ("Starting", "starting"), ("stopping", "stopping"),
    ("STOPPED", "stopped"), ("hibernating", None)])
def test_system_status(word, lifecycle):
    event = read(event_type="SYSTEM_STATUS", status=word, message="m", details={"pid": 7}, uptime_seconds=60)
    assert (event.status, event.lifecycle, event.message) == (word, lifecycle, "m")
    assert (event.details, event.uptime_s) == ({"pid": 7}, 60.0)


def test_a_status_message_without_a_word_is_still_a_message():
    event = read(type="system_status", message="hello", status={})
    assert (event.status, event.lifecycle, event.complaints) == ("", None, ("status: an object",))


def test_alert_with_everything():
    event = read(event_type="ALERT_TRIGGERED", timestamp=SENT_TEXT, source="pl", alert={
        "id": "db-pool", "level": "warn", "component": "database", "message": "pool is full",
        "details": {"threshold": 5, "current_value": 9, "duration_seconds": 60, "nested": {"a": [1]}},
        "suggested_actions": ["restart", "wait"], "timestamp": SENT - 5})
    assert (event.id, event.level, event.component, event.message) == (
        "db-pool", "WARNING", "database", "pool is full")
    assert event.details == {"threshold": 5, "current_value": 9, "duration_seconds": 60, "nested": {"a": [1]}}
    assert event.suggested_actions == ("restart", "wait")
    assert (event.alert_time, event.time) == (SENT - 5, SENT)


def _alert(**fields):
    return read(event_type="ALERT_TRIGGERED", source="pl", alert=fields)


@pytest.mark.parametrize(("sent", "kept"), [
    (7, "7"), (0, "0"), (7.0, "7"), (-3, "-3"), ("a/b", "a/b"), ("a'\"b", "a'\"b"), ("<b>x</b>", "<b>x</b>"),
    (" 7 ", " 7 "), (2**63, str(2**63))])
def test_alert_ids_are_strings(sent, kept):
    assert _alert(id=sent).id == kept
    assert read(event_type="ALERT_RESOLVED", alert_id=sent).id == kept


def test_long_ids_stay_bounded_and_apart():
    one, other = _alert(id="i" * 5000 + "1").id, _alert(id="i" * 5000 + "2").id
    assert len(one) <= 200
    assert one != other


@pytest.mark.parametrize("bad", [None, "", "  ", True, [], {}])
def test_an_alert_without_an_id_gets_a_stable_one(bad):
    one = _alert(id=bad, component="c", message="m")
    assert one.id.startswith("auto-")
    assert one.id == _alert(component="c", message="m", level="error").id
    assert one.id != _alert(component="c", message="n").id
    assert one.id != _alert(component="cm", message="").id
    assert one.id != read(event_type="ALERT_TRIGGERED", source="other", alert={"component": "c", "message": "m"}).id
    assert one.id == read(event_type="ALERT_RESOLVED", source="pl", alert={"component": "c", "message": "m"}).id


def test_an_alert_that_has_only_a_level_is_one_of_its_source():
    one, same, other = (read(event_type="ALERT_TRIGGERED", source=source, alert={"level": "critical"})
                        for source in ("a", "a", "b"))
    assert one.id.startswith("auto-") and one.id == same.id != other.id


def test_an_alert_may_be_flat_or_in_the_payload():
    for place in ({"id": 7, "message": "m"}, {"payload": {"id": 7, "message": "m"}},
                  {"payload": {"alert": {"id": 7, "message": "m"}}}, {"alert": {"alert_id": 7, "message": "m"}}):
        assert read(event_type="ALERT_TRIGGERED", **place).id == "7"


def test_bad_leaves_of_an_alert_cost_only_themselves():
    event = _alert(id=True, level=7, message="m", details="text", suggested_actions={"a": 1}, timestamp="soon")
    assert (event.level, event.details, event.suggested_actions, event.alert_time) == (
        "7", {"details": "text"}, (), None)
    assert set(event.complaints) == {"alert.id: true", "alert.timestamp: 'soon'", "alert.suggested_actions: an object"}


def test_the_time_of_the_alert_stands_in_for_one_of_the_envelope():
    assert _alert(id=1, timestamp=SENT).time == SENT


def test_alerts_are_bounded():
    event = _alert(id=1, message="m" * 90_000, component="c" * 9000, level="l" * 9000,
                   details={f"d{index}": "x" * 3000 for index in range(300)}, suggested_actions=["a"] * 900)
    assert len(event.message) == 2000
    assert len(event.component) <= 200
    assert len(event.level) <= 200
    assert len(event.details) <= 200
    assert len(event.suggested_actions) == 20


@pytest.mark.parametrize("fields", [
    {"alert_id": 7}, {"alert": {"id": "7"}}, {"alert": {"alert_id": 7}}, {"id": 7}, {"payload": {"alert_id": "7"}},
    {"payload": {"alert": {"id": 7}}}, {"alert_id": "7", "alert": {"id": "8"}, "id": "9"},
    {"alert": {"id": "7", "alert_id": "8"}, "id": "9"}, {"alert_id": None, "id": "7"}])
def test_the_id_of_a_resolved_alert_stands_in_four_places(fields):
    assert read(event_type="ALERT_RESOLVED", **fields).id == "7"


def test_who_resolved_it_and_why():
    event = read(event_type="ALERT_RESOLVED", alert_id=1, resolved_by="ops", notes="restarted")
    assert (event.resolved_by, event.notes) == ("ops", "restarted")
    event = read(event_type="ALERT_RESOLVED", alert={"id": 1, "resolved_by": "ops"})
    assert (event.resolved_by, event.notes) == ("ops", None)


def test_job_progress():
    event = read(event="job_progress_update", version="1.0", timestamp=SENT_TEXT + "Z", payload={
        "run_id": 17, "phase": "indicators", "total_symbols": 100, "completed": "50", "failed": 1, "processed": 51,
        "remaining": 49, "percentage": 51.0, "current_symbol": "AAPL", "estimated_completion": SENT_TEXT,
        "avg_processing_time_ms": 12.5})
    assert (event.run_id, event.phase, event.total, event.completed) == ("17", "indicators", 100.0, 50.0)
    assert (event.failed, event.processed, event.remaining, event.percentage) == (1.0, 51.0, 49.0, 51.0)
    assert (event.current_symbol, event.estimated_completion) == ("AAPL", SENT_TEXT)
    assert event.avg_processing_time_ms == 12.5


def test_a_job_in_part():
    event = read(event="job_progress_update", payload={"run_id": "r", "failed": "many", "percentage": 0})
    assert (event.failed, event.percentage, event.total, event.complaints) == (
        None, 0.0, None, ("payload.failed: 'many'",))
    event = read(event="job_progress_update", payload={"phase": "x"})
    assert (event.run_id, event.complaints) == ("unnamed", ("payload.run_id: None",))


def test_command_result():
    event = read(RECEIVED, event="command_result", payload={"request_id": "r-1", "status": "DONE", "message": "ok"})
    assert (event.request_id, event.status, event.message) == ("r-1", "done", "ok")
