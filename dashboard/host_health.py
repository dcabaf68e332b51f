"""How well this machine is, where it is heading, and what to do about it. Pure: figures in, words out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Mapping
from typing import Any

# Figure -> score, joined by straight lines. The corners are the bands the page colours by, with the scores where
# "excellent", "healthy", "degraded" and "unhealthy" begin (90, 75, 60, 40).
SCORES = {
    "cpu": ("system.cpu_percent", "CPU", "%", ((50, 100), (70, 75), (85, 60), (95, 40), (100, 20))),
    "memory": ("system.memory_percent", "memory", "%", ((60, 100), (75, 75), (90, 50), (97, 20), (100, 0))),
    "swap": ("system.swap_percent", "swap", "%", ((25, 100), (60, 70), (85, 45), (100, 20))),
    "disk": ("system.disk_percent", "disk", "%", ((70, 100), (85, 70), (92, 50), (97, 20), (100, 0))),
}
REDIS_LATENCY = ((5, 100), (100, 70), (500, 40), (1000, 20))
STATUS = ((90, "excellent"), (75, "healthy"), (60, "degraded"), (40, "unhealthy"), (0, "critical"))
COMPONENT_STATUS = ((75, "healthy"), (60, "degraded"), (40, "unhealthy"), (0, "critical"))
GOOD_ENOUGH = 75  # a component below pulls the score down, and is named

TREND_SPAN_S = 600.0  # what the next hour is judged by
TREND_LEAST_S = 120.0  # a line through less than two minutes says nothing about an hour
TREND_LEAST_SAMPLES = 12
TREND_CERTAINTY = 4.0  # standard errors the slope must be away from none; neighbours resemble each other, so not 2
HOUR_S = 3600.0

Points = tuple[tuple[float, float], ...]


def score(value: float, points: Points) -> float:
    """The score of `value` on the line through `points`, flat outside them."""
    places = [x for x, _ in points]
    right = bisect_left(places, value)
    if right == 0:
        return float(points[0][1])
    if right == len(points):
        return float(points[-1][1])
    (x0, y0), (x1, y1) = points[right - 1], points[right]
    return round(y0 + (y1 - y0) * (value - x0) / (x1 - x0), 1)


def word(value: float, words: tuple[tuple[float, str], ...]) -> str:
    """The word that belongs to a score."""
    return next(text for limit, text in words if value >= limit)


def assess(figures: Mapping[str, Any]) -> dict[str, Any]:
    """{`overall`, `status`, `components`, `reason`} from figures by dotted name.

    The overall score is half the worst component and half the mean: one full disk is not outvoted by an idle CPU.
    A component whose figure is absent is absent; without any, `overall` is None and the status "unknown".
    """
    components: dict[str, dict[str, Any]] = {}
    told: dict[str, str] = {}
    for name, (metric, title, unit, points) in SCORES.items():
        value = figures.get(metric)
        if value is not None:
            components[name] = _component(score(value, points), {metric.rpartition(".")[2]: value})
            told[name] = f"{title} at {value:g} {unit}"
    redis = _redis(figures)
    if redis is not None:
        components["redis"], told["redis"] = redis
    if not components:
        return {"overall": None, "status": "unknown", "components": {}, "reason": "nothing could be measured"}
    scores = {name: component["score"] for name, component in components.items()}
    overall = round(min(scores.values()) / 2 + sum(scores.values()) / len(scores) / 2, 1)
    bad = [told[name] for name in sorted(scores, key=scores.get) if scores[name] < GOOD_ENOUGH]
    reason = "pulled down by " + ", ".join(bad) if bad else "every component is well"
    return {"overall": overall, "status": word(overall, STATUS), "components": components, "reason": reason}


def _component(value: float, details: dict[str, Any]) -> dict[str, Any]:
    return {"status": word(value, COMPONENT_STATUS), "score": value, "details": details}


def _redis(figures: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    connected, latency = figures.get("redis.connected"), figures.get("redis.latency_ms")
    if connected is False:
        return _component(0.0, {"connected": False}), "Redis not answering"
    if latency is None:
        return None
    return _component(score(latency, REDIS_LATENCY), {"latency_ms": latency}), f"Redis answering in {latency:g} ms"


class Trend:
    """Where one figure is heading: a least-squares line through the last ten minutes."""

    def __init__(self, most: float):
        """`most` is the largest value the figure can take; 0 is the least."""
        self.most = most
        self._samples: deque[tuple[float, float]] = deque()

    def add(self, at: float, value: float) -> None:
        """One more reading, `at` in monotonic seconds."""
        self._samples.append((at, value))
        while self._samples[0][0] < at - TREND_SPAN_S:
            self._samples.popleft()

    def read(self) -> dict[str, Any] | None:
        """{`direction`, `rate` per hour, `prediction_1h`}, or None before there is enough to tell.

        A slope that may as well be chance is STABLE, and the prediction is then the mean. A line that would fall
        below nothing within the hour is no line for an hour: then there is no prediction.
        """
        count = len(self._samples)
        if count < TREND_LEAST_SAMPLES or self._samples[-1][0] - self._samples[0][0] < TREND_LEAST_S:
            return None
        last = self._samples[-1][0]
        times = [at - last for at, _ in self._samples]
        values = [value for _, value in self._samples]
        mean_time, mean = sum(times) / count, sum(values) / count
        spread = sum((at - mean_time) ** 2 for at in times)
        slope = sum((at - mean_time) * (value - mean) for at, value in zip(times, values, strict=True)) / spread
        now = mean - slope * mean_time  # the line at the last reading
        rest = sum((value - now - slope * at) ** 2 for at, value in zip(times, values, strict=True))
        error = math.sqrt(rest / (count - 2) / spread)
        # Below a thousandth of the whole an hour is nothing, however certain.
        certain = abs(slope) > TREND_CERTAINTY * error and abs(slope) * HOUR_S > self.most / 1000
        if not certain:
            return {"direction": "STABLE", "rate": 0.0, "prediction_1h": round(self._clamp(mean), 1)}
        direction = "INCREASING" if slope > 0 else "DECREASING"
        told: dict[str, Any] = {"direction": direction, "rate": round(slope * HOUR_S, 2)}
        if now + slope * HOUR_S >= 0:
            told["prediction_1h"] = round(self._clamp(now + slope * HOUR_S), 1)
        return told

    def _clamp(self, value: float) -> float:
        return min(max(value, 0.0), self.most)


def recommend(figures: Mapping[str, Any], trends: Mapping[str, Any], cores: int, memory_total_mb: float) -> list[str]:
    """What an admin could do, each only where its reason holds now."""
    load, swap = figures.get("system.load_5m"), figures.get("system.swap_percent")
    memory, disk = figures.get("system.memory_percent"), figures.get("system.disk_percent")
    policy, redis = figures.get("redis.maxmemory_policy"), figures.get("redis.memory_percent")
    heading = (trends.get("memory") or {}).get("prediction_1h")
    told = []
    if load is not None and load > 1.5 * cores:
        told.append(f"Load {load:g} on {cores} cores: work is waiting for the CPU.")
    if memory is not None and memory >= 90:
        told.append(f"Memory is {memory:g} % used: see which process takes it, or add memory.")
    elif heading is not None and heading >= 0.98 * memory_total_mb:
        told.append("At its present rate the memory is full within the hour: see which process grows.")
    if swap is not None and memory is not None and swap >= 50 and memory >= 80:
        told.append(f"Swap is {swap:g} % used and memory is short: the machine needs more memory for its work.")
    if disk is not None and disk >= 85:
        told.append(f"The disk is {disk:g} % full: free space, or extend it.")
    if redis is not None and redis >= 75:
        told.append(f"Redis uses {redis:g} % of its maxmemory: raise it, or see what fills it.")
    if isinstance(policy, str) and policy.startswith("allkeys-"):
        told.append(f"Redis may drop alerts to make room (maxmemory-policy {policy}): use noeviction.")
    return told
