"""What a message becomes once it is read: one frozen class per kind of event, and `Rejected`.

Data only. `dashboard.events` is the public door; import from there. The classes are msgspec's and not dataclasses: one
is made for every message of a flood, and a frozen dataclass takes many times as long to make.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from dashboard.named_numbers import NamedNumbers

UNNAMED = "unnamed"
"""Source of an event that names none."""

FUTURE_TOLERANCE_S = 5.0
"""Producer clocks run a little fast; a time further ahead than this is no time to file a sample under."""

REASONS = ("not-utf8", "not-json", "not-object", "too-large", "too-deep", "no-type", "bad-body", "unreadable")
"""Every code of `Rejected.reason`. `unreadable` is the safety net: the reader itself failed, which is our fault."""

SIMULATED_MARKS = ("simulator", "test")


class Component(Struct, frozen=True):
    """One part of a producer's health, whichever of the five shapes it was sent in.

    `status` is one of healthy, degraded, unhealthy, critical, lifecycle, unknown; `word` is the word as sent, None
    where only a number came; `score` is 0 to 100 or None, never derived from a word.
    """

    name: str
    status: str
    word: str | None = None
    score: float | None = None
    details: dict[str, Any] = field(default_factory=dict)


class HealthReport(Struct, frozen=True):
    """What a producer says about its health; `status` is the word as sent, `score` 0 to 100 or None."""

    score: float | None
    status: str | None
    uptime_s: float | None
    components: tuple[Component, ...] = ()


class Trend(Struct, frozen=True):
    """Where a value is heading: increasing, decreasing or stable. `prediction_1h` in the unit of the value."""

    direction: str
    rate: float | None = None
    prediction_1h: float | None = None


class Event(Struct, frozen=True, kw_only=True):
    """What all events have. Times are Unix seconds in UTC.

    `time` is the producer's own (None: absent or unreadable), `received` ours. `key` identifies the event: the same
    message heard twice has the same key. `complaints` name the leaves that were not understood, as `path: why`.
    """

    kind: str
    source: str
    time: float | None
    received: float
    key: str
    complaints: tuple[str, ...] = ()

    @property
    def at(self) -> float:
        """The time the event is filed under: the producer's, unless it is absent or lies in the future."""
        time = self.time
        return self.received if time is None or time > self.received + FUTURE_TOLERANCE_S else time

    @property
    def skew_s(self) -> float | None:
        """How far the producer's clock is ahead of ours (negative: behind, or the message was long on its way)."""
        return None if self.time is None else self.time - self.received


class MetricUpdate(Event, frozen=True, kw_only=True):
    """`metrics` by dotted canonical name, all finite; `facts` are the booleans, strings and lists beside them.

    `trends` and `recommendations` are None where the message does not mention them, which is not the same as empty.
    `raw` is the message as sent; `dashboard.events.body_of` makes an object of it, which few of them are asked for.
    """

    metrics: NamedNumbers
    facts: dict[str, Any]
    health: HealthReport | None = None
    trends: dict[str, Trend] | None = None
    recommendations: tuple[str, ...] | None = None
    raw: bytes = b"{}"


class HealthCheck(Event, frozen=True, kw_only=True):
    """A health check. `component` is set where the message is about one component only (envelope C)."""

    report: HealthReport
    component: str | None = None
    metrics: NamedNumbers = field(default_factory=NamedNumbers)
    facts: dict[str, Any] = field(default_factory=dict)


class SystemStatus(Event, frozen=True, kw_only=True):
    """`status` as sent; `lifecycle` is running, starting, stopping, stopped, or None for a word nobody agreed on."""

    status: str
    lifecycle: str | None
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    uptime_s: float | None = None


class AlertTriggered(Event, frozen=True, kw_only=True):
    """`level` is a name of LEVELS, or the producer's own word; `id` is derived where the producer gave none."""

    id: str
    level: str
    component: str = ""
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    suggested_actions: tuple[str, ...] = ()
    alert_time: float | None = None


class AlertResolved(Event, frozen=True, kw_only=True):
    """The producer says that alert `id` is over."""

    id: str
    resolved_by: str | None = None
    notes: str | None = None


class JobProgress(Event, frozen=True, kw_only=True):
    """How far a job is. Counts are symbols; `percentage` 0 to 100 as sent, None where it was not."""

    run_id: str
    phase: str = ""
    total: float | None = None
    completed: float | None = None
    failed: float | None = None
    processed: float | None = None
    remaining: float | None = None
    percentage: float | None = None
    avg_processing_time_ms: float | None = None
    current_symbol: str | None = None
    estimated_completion: str | None = None


class CommandResult(Event, frozen=True, kw_only=True):
    """A producer's answer to one of our commands."""

    request_id: str
    status: str
    message: str = ""


class OtherEvent(Event, frozen=True, kw_only=True):
    """Well formed, of a kind nobody told us about: counted and kept for inspection, changes nothing."""

    body: dict[str, Any] = field(default_factory=dict)


class Rejected(Struct, frozen=True):
    """A message that is no event: `reason` is one of REASONS, `detail` says it in words."""

    reason: str
    detail: str
    received: float
    source: str | None = None

    @property
    def kind(self) -> None:
        """Of none: it is not an event."""


def is_simulated(source: str) -> bool:
    """True where the name says that the figures are made up; such a source is marked wherever it is shown."""
    lowered = source.lower()
    return any(mark in lowered for mark in SIMULATED_MARKS)
