"""Times to acknowledge and to resolve, and the noise table."""

from __future__ import annotations

import pytest

from dashboard.alerts.lifecycle import acknowledge, alerts_of, document_for, resolve, resolved, triggered, unacknowledge
from dashboard.alerts.statistics import statistics
from tests.alert_events import NOW, resolution, trigger

DAY_S = 86_400


def lived(alert_id, at, *, taken=None, over=None, by_person=True, level="WARNING", component="db"):
    """One alert that was acknowledged and resolved so many seconds after it fired."""
    event = trigger(alert_id, at, level=level, component=component)
    document = triggered(document_for(event), event)
    key = alerts_of(document)[-1].key
    if taken is not None:
        document = acknowledge(document, key, "anna", at + taken)
        document = unacknowledge(document, key, "anna", at + taken + 1)
    if over is not None:
        document = resolve(document, key, "anna", at + over) if by_person else resolved(
            document, resolution(alert_id, at + over))
    return alerts_of(document)[-1]


def test_means_and_medians_by_level_and_component():
    alerts = [lived("a", NOW, taken=10, over=100), lived("b", NOW, taken=20, over=200),
              lived("c", NOW, taken=90, level="CRITICAL", component="net"), lived("d", NOW),
              lived("old", NOW - 30 * DAY_S, taken=5)]
    found = statistics(alerts, NOW - 7 * DAY_S, NOW + 1000)
    assert found["counts"] == {"by_state": {"resolved": 2, "active": 2}, "by_level": {"CRITICAL": 1, "WARNING": 3}}
    assert found["all"] == {"count": 4, "acknowledged": 3, "resolved": 2, "mean_acknowledge_s": pytest.approx(40),
                            "median_acknowledge_s": pytest.approx(20), "mean_resolve_s": pytest.approx(150),
                            "median_resolve_s": pytest.approx(150)}
    assert found["by_level"]["WARNING"]["mean_acknowledge_s"] == pytest.approx(15)
    assert found["by_component"]["net"]["mean_resolve_s"] is None
    assert list(found["by_component"]) == ["db", "net"]


def test_the_noise_table_names_what_fires_often_clears_itself_and_is_never_taken_on():
    alerts = [lived("noisy", NOW + number * 1000, over=299 if number else 301, by_person=False)
              for number in range(4)] + [lived("calm", NOW, taken=5, over=60)]
    rows = statistics(alerts, NOW - 14 * DAY_S + 4000, NOW + 4000)["noise"]
    assert [(row["id"], row["alerts"], row["fires_a_week"]) for row in rows] == [
        ("noisy", 4, pytest.approx(2)), ("calm", 1, pytest.approx(0.5))]
    assert (rows[0]["share_cleared_itself"], rows[0]["share_never_acknowledged"]) == (0.75, 1.0)
    assert (rows[1]["share_cleared_itself"], rows[1]["share_never_acknowledged"]) == (0.0, 0.0)


def test_nothing_is_no_error():
    assert statistics([], NOW - 1, NOW)["all"]["mean_resolve_s"] is None


def test_a_producer_whose_clock_is_ahead_takes_no_time_below_zero():
    alert = lived("a", NOW + 5)
    assert statistics([alert], NOW, NOW + 10)["all"]["count"] == 1
    event = trigger("a", NOW + 3, received=NOW)
    document = triggered(document_for(event), event)
    document = acknowledge(document, alerts_of(document)[-1].key, "anna", NOW + 1)
    assert statistics(alerts_of(document), NOW, NOW + 200)["all"]["mean_acknowledge_s"] == 0.0
