"""A tick is small, and bounded whatever a producer sends; and it is strict JSON."""

from __future__ import annotations

import json

import pytest

from dashboard.ui import ids, layers
from dashboard.ui.points import POINTS
from dashboard.ui.structure import MAX_CHARTS, MAX_LINES, MAX_TILES
from tests.unit.full_producer import fill
from tests.unit.ui_world import HEALTH_SECTIONS, Screen, ask, hear_alert, hear_metrics, make_world, strict

STEADY_BYTES = 6_000  # of one tick of a page of 12 charts and 6 gauges, before compression


def steady(services):
    screen = Screen(services)
    screen.tick()
    fill(services, 1)
    return screen.tick()


def test_a_steady_tick_of_a_full_page_is_small():
    services = make_world()
    fill(services, 180)
    plan_live, _ = ask(services)
    assert len(plan_live["charts"]) >= 12 and len(plan_live["gauges"]) == 6
    live, sections = steady(services)
    size = len(json.dumps(live, ensure_ascii=False, separators=(",", ":")).encode())
    assert size <= STEADY_BYTES, size
    assert sections.keys() <= {ids.FEED, *HEALTH_SECTIONS}


def test_a_steady_tick_is_as_small_after_a_day_as_after_minutes():
    small, large = make_world(), make_world(rows=20_000)
    fill(small, 60)
    fill(large, 2_000)
    sizes = [len(json.dumps(steady(services)[0])) for services in (small, large)]
    assert sizes[1] < sizes[0] * 1.2


def test_a_whole_answer_is_bounded_whatever_the_ring_holds():
    services = make_world()
    fill(services, 2 * POINTS, step_s=2)
    live, _ = ask(services, range_name="24h")
    assert all(len(x) <= POINTS for x, _ in live["lines"])


def test_a_producer_that_sends_everything_makes_a_page_of_bounded_size():
    services = make_world()
    many = {f"group{group}": {f"thing{number}_ms": number for number in range(20)} for group in range(25)}
    for _ in range(3):
        services.clock.now += 5
        hear_metrics(services, **many)
    for number in range(150):
        hear_alert(services, f"a{number}", message="x" * 5000)
    live, _ = ask(services)
    assert len(live["charts"]) <= MAX_CHARTS and len(live["lines"]) <= MAX_CHARTS * MAX_LINES
    assert len(live["tiles"]) <= MAX_TILES
    assert len(live["lane"]) <= layers.SPANS_DRAWN
    assert len(json.dumps(strict(live))) < 200_000


@pytest.mark.parametrize("value", [1e308, -1e308, 1e-300, 0, -0.0, 2**63, 1e17])
def test_extreme_numbers_arrive_as_strict_json(value):
    services = make_world()
    screen = Screen(services)
    for sign in (1, -1, 1):
        services.clock.now += 5
        hear_metrics(services, system={"cpu_percent": value * sign, "memory_mb": value, "network_io": {
            "bytes_sent": value * sign}}, application={"cache_hit_rate": value}, x={"y_total": value * sign})
        live, _ = screen.tick()
        strict(live)
