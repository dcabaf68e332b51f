"""GET /status, field for field."""

from __future__ import annotations

import pytest

from dashboard.feed.packed import Entry
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import NOW, api_host, hear, hear_alert, hear_metrics, make_services


@pytest.fixture
def services():
    return make_services()


@pytest.fixture
def status(services):
    client = sign_in(api_host(services).test_client())

    def get(query: str = "") -> dict:
        answer = client.get(API + "/status" + query)
        assert answer.status_code == 200
        return answer.json

    return get


def test_before_anything_was_heard_nothing_is_invented(status):
    found = status()
    assert found["success"] is True
    assert found["redis"] == "disconnected"
    assert found["latest_update"] is None
    assert found["active_alerts"] == 0
    assert found["health_score"] is None
    assert found["latest_metrics"] == {}
    assert found["health_status"] == {"overall_score": None, "status": None, "uptime_seconds": None, "components": {},
                                      "source": None, "reason": None}
    assert found["sources"] == []
    assert found["source"] is None


def test_the_fields_of_the_contract(status, services):
    services.record.subscribed()
    hear_metrics(services, system={"cpu_percent": 41.5, "nested": {"deep": [1, "x"]}}, score=88)
    services.clock.now += 2
    hear(services, event_type="HEALTH_CHECK", health={
        "overall_score": 91, "status": "healthy", "uptime_seconds": 3600,
        "components": {"database": {"status": "warning", "latency_ms": 80}, "redis": 97}})
    hear_alert(services, "a")
    found = status()
    assert found["redis"] == "connected"
    assert found["latest_update"] == "2025-10-09T08:53:22.000Z"
    assert found["active_alerts"] == 1
    assert found["health_score"] == 91
    assert found["latest_metrics"]["metrics"] == {"system": {"cpu_percent": 41.5, "nested": {"deep": [1, "x"]}}}
    assert found["latest_metrics"]["event_type"] == "METRIC_UPDATE"
    health = found["health_status"]
    assert (health["overall_score"], health["status"], health["uptime_seconds"]) == (91, "healthy", 3600)
    assert health["components"]["database"]["status"] == "degraded"
    assert health["components"]["database"]["score"] is None
    assert health["components"]["redis"]["score"] == 97


def test_a_score_of_zero_is_a_score(status, services):
    hear_metrics(services, system={"cpu_percent": 1}, score=0)
    assert status()["health_score"] == 0


def test_an_acknowledged_alert_is_not_active(status, services):
    hear_alert(services, "a")
    hear_alert(services, "b", "critical")
    services.alerts.acknowledge(services.alerts.find("a")[0].key, "ada")
    found = status()
    assert found["active_alerts"] == 1
    assert found["alerts"]["acknowledged"] == 1
    assert found["alerts"]["open"] == {"CRITICAL": 1, "WARNING": 1}


def test_sources_are_listed_and_never_mixed(status, services):
    hear_metrics(services, NOW - 40, "old-simulator", score=10, system={"cpu_percent": 1})
    hear_metrics(services, NOW - 4, "pl", score=80, system={"cpu_percent": 2})
    found = status()
    assert found["health_score"] == 80
    assert found["latest_metrics"]["source"] == "pl"
    names = ("name", "liveness", "simulated", "age_s")
    assert [tuple(source[name] for name in names) for source in found["sources"]] == [
        ("old-simulator", "delayed", True, 40), ("pl", "active", False, 4)]
    assert status("?source=old-simulator")["health_score"] == 10
    assert status("?source=old-simulator")["latest_metrics"]["source"] == "old-simulator"
    assert (found["source"], status("?source=old-simulator")["source"]) == ("pl", "old-simulator")
    nobody = status("?source=nobody")
    assert (nobody["latest_metrics"], nobody["source"], nobody["latest_update"]) == ({}, None, None)


def test_one_source_answers_for_all_and_stays_the_same_whoever_spoke_last(status, services):
    hear_metrics(services, NOW - 9, "a-simulator", score=10, system={"cpu_percent": 1})
    hear_alert(services, "x", source="only-alerts", at=NOW - 8)
    hear_metrics(services, NOW - 7, "pl", score=80, system={"cpu_percent": 2})
    hear_metrics(services, NOW - 6, "second", score=60, system={"cpu_percent": 3})
    hear(services, NOW - 5, event_type="METRIC_UPDATE", source="second", metrics={"system": {"cpu_percent": 4}})
    hear_metrics(services, NOW - 4, "a-simulator", score=11, system={"cpu_percent": 5})
    found = status()
    assert (found["source"], found["health_status"]["source"], found["latest_metrics"]["source"]) == ("pl",) * 3
    assert (found["health_score"], found["latest_update"]) == (80, "2025-10-09T08:53:13.000Z")
    services.clock.now += 40
    hear_metrics(services, source="second", score=61, system={"cpu_percent": 3})
    assert (status()["source"], status()["health_score"]) == ("second", 61)  # pl has fallen silent


def test_a_real_source_answers_even_where_only_a_simulated_one_lives(status, services):
    hear_metrics(services, NOW - 500, "pl", score=80, system={"cpu_percent": 2})
    hear_metrics(services, NOW - 1, "x-simulator", score=90, system={"cpu_percent": 2})
    assert (status()["source"], status()["health_score"]) == ("pl", 80)


def test_the_feed_says_what_it_counted(status, services):
    hear_metrics(services, system={"cpu_percent": 2})
    services.intake.accept(b"{", NOW)
    services.record.failed("Connection refused", NOW + 3)
    feed = status()["feed"]
    assert (feed["received"], feed["accepted"], feed["rejected"]) == (2, 1, {"not-json": 1})
    assert (feed["state"], feed["reason"], feed["next_try_at"]) == (
        "disconnected", "Connection refused", "2025-10-09T08:53:23.000Z")
    assert feed["gaps"] == [{"start": "2025-10-09T08:53:20.000Z", "end": None, "why": "Connection refused"}]


def test_what_the_journal_told_is_counted_apart(status, services):
    raw = b'{"event_type": "METRIC_UPDATE", "source": "pl", "metrics": {"a": 1}, "timestamp": 1}'
    services.intake.replay([Entry("", NOW - 1, raw)])
    services.intake.accept(raw, NOW)
    feed = status()["feed"]
    assert [feed[name] for name in ("received", "accepted", "duplicates", "filled", "echoes", "gaps_filled")] == [
        0, 0, 0, 1, 1, 0]
    assert feed["journal"]["state"] == "off" and feed["journal"]["since"].endswith("Z")
    assert {"reason", "events", "bytes", "waiting", "recorded", "unrecorded"} <= feed["journal"].keys()


def test_it_says_which_redis_it_is_and_at_which_servers_it_listens(status, services):
    services.record.server = "redis+cluster://one:7000,two:7000"
    services.record.places_of_lines = lambda: ("one:7000", "two:7000")
    feed = status()["feed"]
    assert (feed["server"], feed["listens_at"]) == ("redis+cluster://one:7000,two:7000", ["one:7000", "two:7000"])
