"""The host agent's judgement: a score with its reason, a trend where there is one, advice where it holds."""

from __future__ import annotations

import random

import pytest

from dashboard import health as console_health
from dashboard.host_health import STATUS, Trend, assess, recommend, score, word

IDLE = {"system.cpu_percent": 5, "system.memory_percent": 30, "system.disk_percent": 40, "redis.connected": True,
        "redis.latency_ms": 0.3}  # fmt: skip


@pytest.mark.parametrize("value, expected", [(0, 100), (50, 100), (60, 87.5), (70, 75), (85, 60), (99, 24), (150, 20)])
def test_scores_lie_on_lines_between_the_corners(value, expected):
    assert score(value, ((50, 100), (70, 75), (85, 60), (95, 40), (100, 20))) == expected


def test_words_are_those_of_the_console():
    for value in (100, 90, 89.9, 75, 74.9, 60, 59.9, 40, 39.9, 0):
        assert word(value, STATUS) == console_health.score_band(value)


def test_an_idle_machine_is_well():
    found = assess(IDLE)
    assert (found["overall"], found["status"], found["reason"]) == (100, "excellent", "every component is well")
    assert set(found["components"]) == {"cpu", "memory", "disk", "redis"}


def test_the_reason_names_what_pulls_it_down_worst_first():
    found = assess(IDLE | {"system.disk_percent": 97, "system.cpu_percent": 90})
    assert found["reason"] == "pulled down by disk at 97 %, CPU at 90 %"
    assert found["overall"] < 60 and found["components"]["disk"]["status"] == "critical"


def test_a_full_disk_is_not_outvoted():
    assert assess(IDLE | {"system.disk_percent": 100})["overall"] < 40


def test_redis_away_or_slow():
    assert assess(IDLE | {"redis.connected": False})["components"]["redis"]["status"] == "critical"
    slow = assess(IDLE | {"redis.latency_ms": 300})
    assert slow["components"]["redis"]["status"] == "unhealthy" and "Redis answering in 300 ms" in slow["reason"]


def test_what_was_not_measured_is_not_judged():
    assert assess({}) == {
        "overall": None, "status": "unknown", "components": {}, "reason": "nothing could be measured"
    }  # fmt: skip
    assert set(assess({"system.cpu_percent": 0})["components"]) == {"cpu"}


def follow(values, most=100.0, step_s=5.0):
    trend = Trend(most)
    for index, value in enumerate(values):
        trend.add(index * step_s, value)
    return trend.read()


def test_no_trend_before_there_is_enough_to_tell():
    assert follow([]) is None
    assert follow([1, 2, 3] * 5) is None  # 70 s
    assert follow([1, 2, 3], step_s=100) is None  # three readings


def test_a_rising_line_goes_on():
    found = follow([10 + 0.01 * n for n in range(60)])
    assert found["direction"] == "INCREASING"
    assert found["rate"] == pytest.approx(7.2) and found["prediction_1h"] == pytest.approx(10.6 + 7.2, abs=0.1)


def test_a_line_that_falls_below_nothing_predicts_nothing_and_a_rising_one_stops_at_the_whole():
    falling = follow([50 - 0.1 * n for n in range(60)])
    assert falling["direction"] == "DECREASING" and "prediction_1h" not in falling
    found = follow([4000 + 10 * n for n in range(60)], most=8000.0)
    assert found["prediction_1h"] == 8000 and found["direction"] == "INCREASING"


def test_noise_and_a_level_line_are_stable():
    chance = random.Random(7)
    found = follow([40 + chance.uniform(-5, 5) for _ in range(60)])
    assert found["direction"] == "STABLE" and found["rate"] == 0 and found["prediction_1h"] == pytest.approx(40, abs=1)
    assert follow([40.0] * 60) == {"direction": "STABLE", "rate": 0.0, "prediction_1h": 40.0}


def test_only_the_last_minutes_count():
    found = follow([90 - 0.5 * n for n in range(100)] + [40.0] * 130)
    assert found["direction"] == "STABLE" and found["prediction_1h"] == 40


def test_advice_only_where_its_reason_holds():
    assert recommend(IDLE, {}, 4, 8000) == []
    assert recommend({}, {}, 4, 8000) == []
    hot = {
        "system.load_5m": 9.1, "system.memory_percent": 91, "system.swap_percent": 70, "system.disk_percent": 88,
        "redis.memory_percent": 80, "redis.maxmemory_policy": "allkeys-lru",
    }  # fmt: skip
    told = recommend(hot, {}, 4, 8000)
    assert len(told) == 6 and "Load 9.1 on 4 cores" in told[0] and "allkeys-lru" in told[-1]
    heading = {"memory": {"direction": "INCREASING", "prediction_1h": 7990.0}}
    assert "within the hour" in recommend(IDLE, heading, 4, 8000)[0]
    assert recommend(IDLE, {"memory": {"prediction_1h": 4000.0}}, 4, 8000) == []
