"""What a Redis server says about itself, as the `redis` group of METRIC_UPDATE."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import redis

MB = 1024 * 1024


class RedisReader:
    """Reads one server through `client`. Rates are means since the reading before."""

    def __init__(self, client: redis.Redis, *, monotonic: Callable[[], float] = time.monotonic):
        self._client = client
        self._monotonic = monotonic
        self._published: tuple[float, float] | None = None

    def read(self) -> dict[str, Any]:
        """The figures; {`connected`: False} where the server does not answer. Never raises `redis.RedisError`."""
        started = self._monotonic()
        try:
            self._client.ping()
        except redis.RedisError:
            self._published = None
            return {"connected": False}
        figures: dict[str, Any] = {
            "connected": True, "latency_ms": round((self._monotonic() - started) * 1000, 2)
        }  # fmt: skip
        try:
            return figures | self._figures(self._client.info(), self._client.info("commandstats"))
        except redis.RedisError:  # a user who may not ask, or a connection that broke in between
            return figures

    def _figures(self, info: dict[str, Any], commands: dict[str, Any]) -> dict[str, Any]:
        known = {
            "connected_clients": info.get("connected_clients"),
            "channels": info.get("pubsub_channels"),
            "commands_per_second": info.get("instantaneous_ops_per_sec"),
            "memory_usage_mb": _mb(info.get("used_memory")),
            "evicted_keys_total": info.get("evicted_keys"),
            "maxmemory_policy": info.get("maxmemory_policy"),
        }
        if info.get("maxmemory") and info.get("used_memory") is not None:
            known["memory_percent"] = round(100 * info["used_memory"] / info["maxmemory"], 1)
        published = commands.get("cmdstat_publish", {}).get("calls")
        if published is not None:
            known["messages_per_second"] = self._rate(published)
        return {name: value for name, value in known.items() if value is not None}

    def _rate(self, published: float) -> float | None:
        now, before = self._monotonic(), self._published
        self._published = (now, published)
        if before is None or published < before[1] or now <= before[0]:  # the server was started anew
            return None
        return round((published - before[1]) / (now - before[0]), 2)


def _mb(size: float | None) -> float | None:
    return None if size is None else round(size / MB, 2)
