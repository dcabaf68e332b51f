"""What is known of one source at one moment: a frozen snapshot, safe to read from any thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.event_types import Component, HealthReport, JobProgress, Trend
from dashboard.health import Headline, Lifecycle, lifecycle_in_effect, liveness

Job = JobProgress
"""The newest progress of a job is the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """The newest of everything one source said. Mappings are read-only; times are Unix seconds.

    `silences` are those longer than `inactive_after_s` that are over: when it was heard before and after, by our clock.
    `first_received`, `last_received`, `uptime_at` and `lifecycle.since` are by our clock; `last_event_time`, and `at`
    in pairs, by the producer's (or ours, where it sent none or one in the future). `skews` are by kind of
    event, of those that had a time and were heard lately; `skew_s` is the largest of them, None without any;
    `metrics_skew_s` is that of the samples.
    """

    name: str
    simulated: bool
    first_received: float
    last_received: float
    silences: tuple[tuple[float, float], ...]
    last_event_time: float | None
    skew_s: float | None
    skews: Mapping[str, float]
    metrics_skew_s: float | None
    lifecycle: Lifecycle | None
    headline: Headline | None
    components: tuple[Component, ...]
    component_times: Mapping[str, float]
    uptime_s: float | None
    uptime_at: float | None
    trends: Mapping[str, Trend]
    recommendations: tuple[str, ...]
    facts: Mapping[str, Any]
    jobs: tuple[Job, ...]
    latest_metrics: Mapping[str, tuple[float, float]]
    latest_update: tuple[bytes, float] | None
    last_health: tuple[HealthReport, float] | None
    complaints: tuple[str, ...]
    delayed_after_s: float
    inactive_after_s: float

    def liveness(self, now: float) -> str:
        """active, delayed, inactive, starting, stopping or stopped at `now`."""
        word = lifecycle_in_effect(self.lifecycle, self.last_received, self.last_event_time)
        return liveness(self.last_received, now, self.delayed_after_s, self.inactive_after_s, word)

    def age_s(self, now: float) -> float:
        """Seconds since the last sign of life, by our clock; never negative."""
        return max(0.0, now - self.last_received)
