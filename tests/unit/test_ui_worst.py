"""What the strip says first, over all that is heard."""

from __future__ import annotations

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


def test_an_alert_comes_before_a_silent_source():
    services = make_world()
    hear_metrics(services, source="TickStockPL", system={"cpu_percent": 1})
    hear_alert(services, 1, level="warning")
    services.clock.now += 600
    assert verdict(services) == ("Warning", "warning")
