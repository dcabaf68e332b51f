"""The host agent with a machine and a Redis of paper."""

from __future__ import annotations

import redis

from dashboard import events


class PaperRedis:
    """Answers as Redis does, or not at all while `away`."""

    def __init__(self):
        self.away = False
        self.published: list[bytes] = []
        self.keys: dict[str, bytes] = {}
        self.facts = {"connected_clients": 3, "pubsub_channels": 2, "used_memory": 50 * 2**20, "maxmemory": 100 * 2**20,
                      "instantaneous_ops_per_sec": 9, "maxmemory_policy": "noeviction", "evicted_keys": 0}  # fmt: skip
        self.publish_calls = 100

    def _answer(self, value):
        if self.away:
            raise redis.ConnectionError("away")
        return value

    def ping(self):
        return self._answer(True)

    def publish(self, channel, message):
        self._answer(None)
        self.published.append(message)
        return 1

    def info(self, section=None):
        return self._answer({"cmdstat_publish": {"calls": self.publish_calls}} if section else self.facts)

    def get(self, key):
        return self._answer(self.keys.get(key))

    def set(self, key, value, ex):
        self._answer(None)
        self.keys[key] = value

    def close(self):
        pass


class PaperHost:
    cores = 4
    memory_total_mb = 8000.0

    def __init__(self):
        self.figures = {"cpu_percent": 10.0, "memory_percent": 30.0, "memory_mb": 2400.0, "disk_percent": 50.0}

    def system(self):
        return dict(self.figures)

    def own(self):
        return {"cpu_percent": 0.5, "memory_mb": 30.0}

    def uptime_s(self):
        return 3600.0


class Watch:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def told(server):
    """The events since the last call, each understood by the console's reader without a complaint."""
    found = [events.parse(message, 1_790_000_000) for message in server.published]
    server.published.clear()
    assert all(not isinstance(event, events.Rejected) and event.complaints == () for event in found), found
    return found


def of_kind(found, kind):
    return [event for event in found if event.kind == kind]
