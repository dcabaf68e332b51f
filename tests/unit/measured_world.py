"""The services behind the page, after a producer has sent its metrics for twenty minutes."""

from __future__ import annotations

from dashboard.services import Services
from tests.unit.ui_world import NOW, hear_metrics, make_world


def measured_world() -> Services:
    services = make_world()
    for number in range(240, 0, -1):
        at = NOW - number * 5
        hear_metrics(services, at, system={"cpu_percent": 40.0 + number % 7}, application={"cache_hit_rate": 0.93},
                     worker={"jobs_total": (240 - number) * 10})
    return services
