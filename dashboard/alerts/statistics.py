"""How alerts are dealt with: times to acknowledge and to resolve, and which alerts are noise. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from dashboard.alerts.alert import Alert
from dashboard.alerts.facts import ACKNOWLEDGE

CLEARED_WITHIN_S = 300.0
"""An alert that its producer ends so soon has told nobody anything."""
NOISE_ROWS = 100
"""Identities in the noise table, the noisiest first."""
_WEEK_S = 604_800.0


@dataclass(slots=True)
class _Group:
    """The alerts of one level, component or of all; times in seconds."""

    count: int = 0
    acknowledge_s: list[float] = field(default_factory=list)
    resolve_s: list[float] = field(default_factory=list)

    def add(self, alert: Alert) -> None:
        self.count += 1
        acknowledged = first_acknowledged_at(alert)
        if acknowledged is not None:
            self.acknowledge_s.append(max(0.0, acknowledged - alert.first_seen))
        if alert.resolved_at is not None:
            self.resolve_s.append(max(0.0, alert.resolved_at - alert.first_seen))

    def to_json(self) -> dict[str, Any]:
        return {"count": self.count, "acknowledged": len(self.acknowledge_s), "resolved": len(self.resolve_s),
                "mean_acknowledge_s": _mean(self.acknowledge_s), "median_acknowledge_s": _median(self.acknowledge_s),
                "mean_resolve_s": _mean(self.resolve_s), "median_resolve_s": _median(self.resolve_s)}


def first_acknowledged_at(alert: Alert) -> float | None:
    """When a person first took the alert on (Unix seconds), also where it was given back later."""
    first = next((entry.at_us / 1_000_000 for entry in alert.timeline if entry.action == ACKNOWLEDGE), None)
    return alert.acknowledged_at if first is None else first


def statistics(alerts: Iterable[Alert], start: float, now: float) -> dict[str, Any]:
    """Of the alerts that fired first from `start` to `now` (Unix seconds): what `summary` gives."""
    return summary([alert for alert in alerts if start <= alert.first_seen <= now], now - start)


def figures(alerts: Iterable[Alert], start: float, now: float) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Of the alerts that fired first from `start` to `now` (Unix seconds): what `summary` gives as `all` and
    `by_level`, the worst level first."""
    whole, levels = _grouped(sorted((alert for alert in alerts if start <= alert.first_seen <= now),
                                    key=lambda alert: alert.rank))
    return whole.to_json(), {level: group.to_json() for level, group in levels.items()}


def summary(alerts: Iterable[Alert], span_s: float) -> dict[str, Any]:
    """Of all these alerts, out of a time of `span_s` seconds: ready for JSON, null where there is none.

    `counts` by state and by level; `all`, `by_level` and `by_component` with counts and mean and median seconds to
    acknowledge and to resolve; `noise`: for each (source, id) how often it fired a week, and the shares of its alerts
    that cleared by themselves within CLEARED_WITHIN_S, and that nobody ever acknowledged.
    """
    found = sorted(alerts, key=lambda alert: alert.rank)
    whole, levels = _grouped(found)
    components: dict[str, _Group] = defaultdict(_Group)
    for alert in found:
        components[alert.component].add(alert)
    return {
        "counts": {"by_state": dict(Counter(alert.state for alert in found)),
                   "by_level": {level: group.count for level, group in levels.items()}},
        "all": whole.to_json(),
        "by_level": {level: group.to_json() for level, group in levels.items()},
        "by_component": {name: components[name].to_json() for name in sorted(components)},
        "noise": _noise(found, max(span_s, 1.0) / _WEEK_S),
    }


def _grouped(alerts: Iterable[Alert]) -> tuple[_Group, dict[str, _Group]]:
    """All of them, and those of each level."""
    whole, levels = _Group(), defaultdict(_Group)
    for alert in alerts:
        whole.add(alert)
        levels[alert.level].add(alert)
    return whole, levels


def _noise(alerts: list[Alert], weeks: float) -> list[dict[str, Any]]:
    identities: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in alerts:
        identities[alert.source, alert.id].append(alert)
    rows = []
    for (source, alert_id), fired in identities.items():
        cleared = sum(alert.cleared_itself and alert.resolved_at - alert.first_seen <= CLEARED_WITHIN_S
                      for alert in fired)
        ignored = sum(first_acknowledged_at(alert) is None for alert in fired)
        newest = max(fired, key=lambda alert: alert.first_seen)
        rows.append({"source": source, "id": alert_id, "level": newest.level, "component": newest.component,
                     "message": newest.message[:200], "alerts": len(fired),
                     "occurrences": sum(alert.count for alert in fired), "fires_a_week": len(fired) / weeks,
                     "share_cleared_itself": cleared / len(fired),
                     "share_never_acknowledged": ignored / len(fired)})
    rows.sort(key=lambda row: (-row["alerts"], -row["share_cleared_itself"], row["source"], row["id"]))
    return rows[:NOISE_ROWS]


def _mean(values: list[float]) -> float | None:
    return fmean(values) if values else None


def _median(values: list[float]) -> float | None:
    return median(values) if values else None
