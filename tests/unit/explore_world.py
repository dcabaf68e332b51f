"""The Explore page over services in memory: what is asked, and an hour that has something in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dashboard.services import Services
from dashboard.ui.explore.fetch import fetch
from tests.unit.ui_world import NOW, hear_alert, hear_metrics, make_world, strict

SOURCE = "pl"
STEP_S = 10.0
RISE_S = 600.0
"""So long before NOW the queue, the CPU and the query time rise."""


def explored(hours: float = 1.0, rise_s: float = RISE_S) -> Services:
    """A source that was heard for `hours`: some of its metrics rise `rise_s` before NOW, others stay as they were."""
    services = make_world(rows=43_200)
    steps = int(hours * 3_600 / STEP_S)
    for number in range(steps):
        at = NOW - (steps - number) * STEP_S
        burst = 1.0 if at >= NOW - rise_s else 0.0
        wave = number * 7_919 % 101 / 50 - 1  # from -1 to 1, each unlike the one before
        services.ring.append(SOURCE, at, {
            "system.cpu_percent": 40 + 2 * wave + 35 * burst, "system.memory_mb": 2048.0 + wave,
            "application.cache_hit_rate": 0.9 + 0.01 * wave, "processing.queue_depth": 20 + wave + 200 * burst,
            "system.network_io.bytes_sent": 1e9 + 50_000.0 * number, "database.query_avg_ms": 5 + wave})
    services.clock.now = NOW - 1
    hear_metrics(services, system={"cpu_percent": 75.0}, score=88)
    hear_alert(services, "q1", "critical", at=NOW - rise_s + 60, message="queue grows")
    services.clock.now = NOW
    return services


def line(metric: str, source: str = SOURCE) -> tuple[str, str]:
    return "m", f"{source}/{metric}"


def asking(services: Services, *pairs: tuple[str, str], action: dict | None = None, **more: Any) -> dict[str, Any]:
    """The page's payload for a view of these fields, as it arrives."""
    question = {"asked": 1, "query": urlencode(pairs), "zone": "Europe/Zurich", "points": 1_000,
                "actions": [] if action is None else [action]}
    live, _ = fetch(services, question | more)
    return strict(live)
