"""How far back the past reaches."""

from __future__ import annotations

from typing import Any

from dashboard.history.answers import OFF

FASTEST_SAMPLE_S = 2.0
"""Between two samples of the fastest producers: so long do the rows of the ring last at least."""
DAY_S = 86_400.0


def kept_s(services: Any) -> float:
    """How far back anything is kept, in seconds: by the store, or where there is none by the ring."""
    if services.history.status.state == OFF:
        return max(DAY_S, services.settings.ring_rows * FASTEST_SAMPLE_S)
    return services.history.kept.longest_s


def alerts_kept_s(services: Any) -> float:
    """How far back resolved alerts are kept, in seconds: by Redis, or by the store where that is longer."""
    settings = services.settings
    stored = 0.0 if services.history.status.state == OFF else settings.history_alerts_days
    return DAY_S * max(settings.alerts_kept_days, stored)
