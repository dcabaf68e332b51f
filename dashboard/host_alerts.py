"""When a figure of this machine is worth an alert: rules with hysteresis. Pure.

A figure must stay above a threshold for a while before it is an alert, and below a lower one for a while before the
alert is over: a figure that swings around a threshold is one alert, not fifty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CLEAR_AFTER_S = 60.0  # below the lower threshold for this long, and the alert is over
REMIND_AFTER_S = 600.0  # an open alert is told again, for a console that was away; that is one more occurrence


@dataclass(frozen=True, slots=True)
class Band:
    """From `above` on it is `level`; it stays so until the figure is below `clear_below`."""

    level: str
    above: float
    clear_below: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One figure to watch. `bands` ascend; `hold_s` is how long a band must be exceeded without a break."""

    id: str
    metric: str
    component: str
    title: str
    unit: str
    bands: tuple[Band, ...]
    hold_s: float
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert to be told: new, of another level than before, or a reminder."""

    id: str
    level: str
    component: str
    message: str
    details: dict[str, Any]
    actions: tuple[str, ...]
    why: str  # "raised", "changed" or "reminder"


@dataclass(frozen=True, slots=True)
class Cleared:
    """An alert that is over."""

    id: str
    notes: str


RULES = (
    Rule("host-cpu", "system.cpu_percent", "cpu", "CPU", "%",
         (Band("WARNING", 85, 75), Band("CRITICAL", 95, 90)), 60,
         ("See which process takes the CPU, for example with top.",)),
    Rule("host-memory", "system.memory_percent", "memory", "Memory", "%",
         (Band("WARNING", 85, 80), Band("ERROR", 92, 88), Band("CRITICAL", 97, 94)), 30,
         ("See which process takes the memory.", "The kernel ends a process when none is left.")),
    Rule("host-swap", "system.swap_percent", "swap", "Swap", "%",
         (Band("WARNING", 60, 50), Band("ERROR", 85, 75)), 60,
         ("The machine has less memory than its work needs.",)),
    Rule("host-disk", "system.disk_percent", "disk", "Disk", "%",
         (Band("WARNING", 85, 83), Band("ERROR", 92, 90), Band("CRITICAL", 97, 95)), 30,
         ("Free space, or extend the file system.",)),
    Rule("redis-memory", "redis.memory_percent", "redis", "Redis memory", "%",
         (Band("WARNING", 75, 70), Band("CRITICAL", 90, 85)), 30,
         ("Redis refuses writes when it is full: raise maxmemory, or see what fills it.",)),
    Rule("redis-latency", "redis.latency_ms", "redis", "Redis answer time", "ms",
         (Band("WARNING", 100, 50), Band("ERROR", 500, 250)), 30,
         ("See its slow log, and how busy its machine is.",)),
)  # fmt: skip


@dataclass(slots=True)
class _Watch:
    """What is remembered of one rule: since when each band is exceeded or cleared, and what was told."""

    exceeded_since: list[float | None]
    cleared_since: list[float | None]
    band: int = -1  # the band that is open, -1 for none
    told_at: float = 0.0
    opened_at: float = 0.0
    acknowledged: bool = False


@dataclass
class HostAlerts:
    """The rules and what they remember. `now` is a monotonic time in seconds everywhere."""

    rules: tuple[Rule, ...] = RULES
    _watches: dict[str, _Watch] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rule in self.rules:
            nothing = [None] * len(rule.bands)
            self._watches[rule.id] = _Watch(list(nothing), list(nothing))

    @property
    def open(self) -> dict[str, str]:
        """Open alerts: id -> level."""
        return {rule.id: rule.bands[watch.band].level for rule, watch in self._pairs() if watch.band >= 0}

    def restore(self, open_alerts: Mapping[str, str], now: float) -> None:
        """Take over what an earlier run left open, so that it is resolved when its cause has gone."""
        for rule, watch in self._pairs():
            levels = [band.level for band in rule.bands]
            if watch.band < 0 and open_alerts.get(rule.id) in levels:
                watch.band = levels.index(open_alerts[rule.id])
                watch.opened_at = watch.told_at = now

    def acknowledged(self, alert_id: str) -> bool:
        """Somebody works on it: no more reminders. False where it is not open."""
        watch = self._watches.get(alert_id)
        if watch is None or watch.band < 0:
            return False
        watch.acknowledged = True
        return True

    def resolved(self, alert_id: str) -> bool:
        """Somebody closed it. If its cause stays, it is raised anew after the rule's `hold_s`. False if not open."""
        watch = self._watches.get(alert_id)
        if watch is None or watch.band < 0:
            return False
        self._watches[alert_id] = _Watch([None] * len(watch.exceeded_since), [None] * len(watch.cleared_since))
        return True

    def offer(self, figures: Mapping[str, float], now: float) -> list[Raised | Cleared]:
        """What the newest figures (by dotted name) change. A figure that is absent changes nothing."""
        told: list[Raised | Cleared] = []
        for rule, watch in self._pairs():
            value = figures.get(rule.metric)
            if value is not None:
                told.extend(_judge(rule, watch, float(value), now))
        return told

    def _pairs(self):
        return ((rule, self._watches[rule.id]) for rule in self.rules)


def _judge(rule: Rule, watch: _Watch, value: float, now: float) -> list[Raised | Cleared]:
    for index, band in enumerate(rule.bands):
        _note(watch.exceeded_since, index, value >= band.above, now)
        _note(watch.cleared_since, index, value < band.clear_below, now)
    before = watch.band
    watch.band = _band(rule, watch, now)
    if watch.band < 0:
        if before < 0:
            return []
        watch.acknowledged = False
        limit = rule.bands[0].clear_below
        return [Cleared(rule.id, f"{rule.title} is {value:g} {rule.unit}, below {limit:g} {rule.unit} again")]
    if watch.band != before:
        why = "raised" if before < 0 else "changed"
        if before < 0:
            since = watch.exceeded_since[watch.band]
            watch.opened_at = now if since is None else since
        watch.acknowledged = watch.acknowledged and watch.band < before  # worse than what was acknowledged: say it
    elif now - watch.told_at >= REMIND_AFTER_S and not watch.acknowledged:
        why = "reminder"
    else:
        return []
    watch.told_at = now
    return [_raised(rule, watch, value, now, why)]


def _note(since: list[float | None], index: int, holds: bool, now: float) -> None:
    if not holds:
        since[index] = None
    elif since[index] is None:
        since[index] = now


def _band(rule: Rule, watch: _Watch, now: float) -> int:
    """The highest band that is exceeded for long enough, or that is open and not yet cleared for long enough."""
    for index in reversed(range(len(rule.bands))):
        exceeded, cleared = watch.exceeded_since[index], watch.cleared_since[index]
        if exceeded is not None and now - exceeded >= rule.hold_s:
            return index
        if index <= watch.band and not (cleared is not None and now - cleared >= CLEAR_AFTER_S):
            return index
    return -1


def _raised(rule: Rule, watch: _Watch, value: float, now: float, why: str) -> Raised:
    band = rule.bands[watch.band]
    seconds = round(now - watch.opened_at)
    return Raised(
        id=rule.id,
        level=band.level,
        component=rule.component,
        # Without the figure of the moment, which is in the details: the same alert keeps the same text.
        message=f"{rule.title} is above {band.above:g} {rule.unit}"
        if value >= band.above or why == "raised"
        else f"{rule.title} is not yet below {band.clear_below:g} {rule.unit}",
        details={
            "threshold": band.above,
            "current_value": round(value, 2),
            "duration_seconds": seconds,
            "clears_below": band.clear_below,
            "unit": rule.unit,
        },
        actions=rule.actions,
        why=why,
    )
