"""What the strip says first, over all that is heard."""

from __future__ import annotations

import pytest

from tests.unit.ui_world import ask, hear_alert, hear_metrics, make_world


def verdict(services, **view):
    shown = ask(services, **view)[0]["strip"]["worst"]
    return shown["word"], shown["tone"]


def test_a_silent_source_is_told_although_the_page_shows_a_living_one():
    services = make_world()
    hear_metrics(services, source="TickStockPL", system={"cpu_percent": 1})
    services.clock.now += 600
    hear_metrics(services, source="host-agent", system={"cpu_percent": 1})
    assert verdict(services, source="host-agent") == ("TickStockPL: inactive", "critical")
    assert ask(services)[0]["source"] == "TickStockPL"


def test_a_simulator_in_trouble_is_nobodys_trouble():
    services = make_world()
    hear_metrics(services, source="pl-simulator", system={"cpu_percent": 1})
    services.clock.now += 600
    hear_metrics(services, source="host-agent", system={"cpu_percent": 1})
    assert verdict(services, source="host-agent") == ("All quiet", "ok")
    assert verdict(services, source="pl-simulator") == ("Source inactive", "critical")


@pytest.mark.parametrize(("level", "word"), [("info", "Source inactive"), ("warning", "Source inactive"),
                                             ("error", "Error"), ("emergency", "Emergency")])
def test_a_silent_source_is_hidden_only_by_an_alert_as_grave(level, word):
    services = make_world()
    hear_metrics(services, source="TickStockPL", system={"cpu_percent": 1})
    hear_alert(services, 1, level=level)
    services.clock.now += 600
    assert verdict(services) == (word, "critical")


def test_a_warning_comes_before_a_source_that_is_late_or_degraded():
    services = make_world()
    hear_metrics(services, source="TickStockPL", score=65, system={"cpu_percent": 1})
    assert verdict(services) == ("Degraded", "warning")
    hear_alert(services, 1, level="info")
    assert verdict(services) == ("Degraded", "warning")
    hear_alert(services, 2, level="warning")
    assert verdict(services) == ("Warning", "warning")
    services.clock.now += 40
    assert verdict(services) == ("Warning", "warning")


def test_without_redis_only_a_grave_alert_is_told_first():
    services = make_world()
    hear_alert(services, 1, level="warning")
    services.record.lost(services.clock.now, "away")
    assert verdict(services) == ("No connection to Redis", "critical")
    hear_alert(services, 2, level="critical")
    assert verdict(services) == ("Critical", "critical")


def test_an_alert_is_more_than_no_data():
    services = make_world()
    hear_alert(services, 1, level="info")
    assert verdict(services) == ("Info", "info")
