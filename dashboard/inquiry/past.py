"""Whom the past is asked of, and how far it reaches."""

from __future__ import annotations

from typing import Any

from dashboard.history.answers import OFF
from dashboard.inquiry.ring_past import MemoryArchive

FASTEST_SAMPLE_S = 2.0
"""Between two samples of the fastest producers: so long do the rows of the ring last at least."""
DAY_S = 86_400.0


def kept_s(services: Any) -> float:
    """How far back anything is kept, in seconds: by the store, or where there is none by the ring."""
    if services.history.status.state == OFF:
        return max(DAY_S, services.settings.ring_rows * FASTEST_SAMPLE_S)
    return services.history.kept.longest_s


def archive_of(services: Any) -> Any:
    """What keeps events and annotations."""
    try:
        import dashboard.history.annotations  # noqa: F401
    except ImportError:
        return services.__dict__.setdefault("_archive", MemoryArchive(services))
    return services.history.events
