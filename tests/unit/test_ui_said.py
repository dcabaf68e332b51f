"""What producers say beside metrics: numbers by one rule, times by one clock, and nothing that is read is kept back."""

from __future__ import annotations

import pytest

from dashboard.ui import ids
from dashboard.ui.said import details_text, words
from tests.unit.ui_world import NOW, ask, hear, make_world, texts


@pytest.fixture
def services():
    return make_world()


def section(services, name, **asked):
    return texts(ask(services, **asked)[1][name])


@pytest.mark.parametrize(("value", "written"), [
    (True, "yes"), (False, "no"), (0, "0"), (12.0, "12"), (1234, "1,234"), (1_234_567, "1.23M"), (0.12345, "0.123"),
    (float("inf"), "inf"), (10**400, "1" + "0" * 400), ("2025-10-09T18:00:00Z", "20:00:00"), (91.25, "91.25"),
    ("2025-10-10T18:00:00Z", "2025-10-10 20:00:00"), ("2025-99-99T18:00", "2025-99-99T18:00"), (["a", 1.0], "a, 1"),
    (-1234.5678, "-1,234.57"), ("2025-10-09", "2025-10-09"), ("", ""), (None, "None"), ({"a": 1}, "{'a': 1}")])
def test_leaves_in_words(value, written):
    assert words(value, "Europe/Zurich", NOW) == written


def test_details_are_bounded_in_number_and_length():
    text = details_text({f"n{number}": "x" * 500 for number in range(20)}, "UTC")
    assert text.count(" · ") == 5 and max(map(len, text.split(" · "))) == 80


def test_a_job_in_words(services):
    hear(services, event="job_progress_update", payload={
        "run_id": "7", "total_symbols": 2_000_000, "completed": 1_234_567, "processed": 1_240_000, "failed": 0,
        "avg_processing_time_ms": 12.345678, "estimated_completion": "2025-10-09T18:00:00Z"})
    text = section(services, ids.JOBS, zone="Europe/Zurich")
    for said in ("1.23M done", "1.24M processed", "0 failed", "2M in all", "12.3 ms each", "until 20:00:00"):
        assert said in text, said


def test_details_of_a_component_in_words(services):
    hear(services, event_type="HEALTH_CHECK", health={"components": {
        "db": {"status": "ok", "rows": 1234567.0, "last_write": "2025-10-09T07:00:00Z"}}})
    assert "rows 1.23M · last_write 09:00:00" in section(services, ids.HEALTH_COMPONENTS, zone="Europe/Zurich")


def test_a_system_status_shows_its_details(services):
    hear(services, event_type="SYSTEM_STATUS", status="RUNNING", message="fine", details={"workers": 4, "warm": True})
    text = section(services, ids.FACTS)
    assert "fine" in text and "Status details workers 4 · warm yes" in text


def test_a_trend_shows_its_rate(services):
    hear(services, event_type="METRIC_UPDATE", metrics={}, trends={
        "cpu": {"direction": "INCREASING", "rate": -0.25, "prediction_1h": 88.5}, "memory": {"rate": 0}})
    text = section(services, ids.FACTS)
    assert "CPU increasing rate -0.25 in 1 h: 88.5 %" in text and "rate 0" in text
