"""Alerts of the host agent: raised when it lasts, resolved when it is over, and not fifty times in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.host_alerts import CLEAR_AFTER_S, REMIND_AFTER_S, RULES, Band, Cleared, HostAlerts, Raised, Rule

RULE = Rule("cpu", "system.cpu_percent", "cpu", "CPU", "%", (Band("WARNING", 85, 75), Band("CRITICAL", 95, 90)), 60)


def play(alerts, values, start=0.0, step_s=5.0):
    """Offer the values every 5 s; returns [(second, what was told)] and the next second."""
    told = []
    for index, value in enumerate(values):
        now = start + index * step_s
        told += [(now, what) for what in alerts.offer({"system.cpu_percent": value}, now)]
    return told, start + len(values) * step_s


@pytest.fixture
def alerts():
    return HostAlerts((RULE,))


def test_it_must_last(alerts):
    assert play(alerts, [99] * 12 + [50] * 3 + [99] * 12)[0] == []


def test_raised_after_its_time_with_the_figures(alerts):
    told, _ = play(alerts, [90] * 20)
    [(second, alert)] = told
    assert second == 60 and (alert.id, alert.level, alert.why) == ("cpu", "WARNING", "raised")
    assert alert.message == "CPU is above 85 %"
    assert alert.details == {
        "threshold": 85, "current_value": 90, "duration_seconds": 60, "clears_below": 75, "unit": "%"
    }  # fmt: skip
    assert alerts.open == {"cpu": "WARNING"}


def test_a_figure_around_the_threshold_is_one_alert(alerts):
    told, _ = play(alerts, [90] * 13 + [80, 90] * 50)
    assert [what.why for _, what in told] == ["raised"]


def test_it_ends_below_the_lower_threshold_and_not_sooner(alerts):
    _, now = play(alerts, [90] * 13)
    told, now = play(alerts, [80] * 40, now)
    assert told == []
    told, _ = play(alerts, [70] * 20, now)
    [(second, over)] = told
    assert isinstance(over, Cleared) and second == now + CLEAR_AFTER_S and "below 75 %" in over.notes
    assert alerts.open == {}


def test_it_changes_its_level_both_ways(alerts):
    told, now = play(alerts, [90] * 13 + [98] * 13)
    assert [what.level for _, what in told] == ["WARNING", "CRITICAL"] and told[1][1].why == "changed"
    told, now = play(alerts, [92] * 20, now)
    assert told == []  # below the threshold, but not below the lower one
    told, now = play(alerts, [80] * 13, now)
    assert [(what.level, what.message) for _, what in told] == [("WARNING", "CPU is not yet below 75 %")]


def test_at_once_at_the_highest_level(alerts):
    assert [what.level for _, what in play(alerts, [99] * 14)[0]] == ["CRITICAL"]


def test_reminders_until_somebody_works_on_it(alerts):
    rounds = int(REMIND_AFTER_S / 5)
    told, now = play(alerts, [90] * (13 + rounds))
    assert [what.why for _, what in told] == ["raised", "reminder"]
    assert alerts.acknowledged("cpu")
    told, now = play(alerts, [90] * rounds * 2, now)
    assert told == []
    told, now = play(alerts, [99] * 20, now)
    assert [what.why for _, what in told] == ["changed"]  # worse than what was acknowledged


def test_resolved_by_hand_it_comes_back_if_its_cause_stays(alerts):
    _, now = play(alerts, [90] * 13)
    assert alerts.resolved("cpu") and alerts.open == {}
    told, now = play(alerts, [90] * 14, now)
    assert [(second - now + 70, what.why) for second, what in told] == [(60, "raised")]
    assert alerts.resolved("cpu")
    assert play(alerts, [50] * 40, now)[0] == []


def test_what_nobody_opened(alerts):
    for alert_id in ("cpu", "unknown"):
        assert not alerts.resolved(alert_id) and not alerts.acknowledged(alert_id)


def test_what_an_earlier_run_left_open_is_resolved(alerts):
    alerts.restore({"cpu": "CRITICAL", "unknown": "WARNING"}, 0.0)
    assert alerts.open == {"cpu": "CRITICAL"}
    told, _ = play(alerts, [10] * 14)
    assert [type(what) for _, what in told] == [Cleared]
    alerts.restore({"cpu": "NO LEVEL"}, 0.0)
    assert alerts.open == {}


def test_an_absent_figure_changes_nothing(alerts):
    _, now = play(alerts, [90] * 13)
    assert alerts.offer({}, now + 1000) == [] and alerts.open == {"cpu": "WARNING"}


def test_the_rules_themselves():
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        limits = [limit for band in rule.bands for limit in (band.clear_below, band.above)]
        assert limits == sorted(limits) and all(band.clear_below < band.above for band in rule.bands)


@given(st.lists(st.floats(0, 100), max_size=200))
def test_told_and_open_agree_whatever_happens(values):
    alerts = HostAlerts((RULE,))
    level = None
    for index, value in enumerate(values):
        for what in alerts.offer({"system.cpu_percent": value}, index * 20.0):
            if isinstance(what, Raised):
                assert (what.why == "raised") == (level is None)
                level = what.level
            else:
                assert level is not None
                level = None
        assert alerts.open == ({} if level is None else {"cpu": level})
