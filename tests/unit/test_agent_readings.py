"""What the host agent reads of a Redis and of this machine."""

from __future__ import annotations

import psutil
import pytest
import redis

from dashboard.host_metrics import HostReader, dotted
from dashboard.redis_metrics import RedisReader
from tests.unit.agent_world import PaperRedis, Watch


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def server():
    return PaperRedis()


def test_redis_figures(server, watch):
    reader = RedisReader(server, monotonic=watch)
    first = reader.read()
    assert "messages_per_second" not in first  # a rate needs two readings
    assert first["memory_percent"] == 50 and first["channels"] == 2
    watch.now += 5
    server.publish_calls += 20
    assert reader.read()["messages_per_second"] == 4
    server.publish_calls = 0  # started anew
    watch.now += 5
    assert "messages_per_second" not in reader.read()
    server.facts = {}
    watch.now += 5
    assert set(reader.read()) == {"connected", "latency_ms", "messages_per_second"}
    server.away = True
    assert reader.read() == {"connected": False}


def test_a_redis_that_may_not_be_asked(server, monkeypatch):
    def refuse(section=None):
        raise redis.exceptions.NoPermissionError("no")

    monkeypatch.setattr(server, "info", refuse)
    assert set(RedisReader(server).read()) == {"connected", "latency_ms"}


def test_this_machine(monkeypatch):
    reader = HostReader()
    found = dotted({"system": reader.system()})
    assert 0 <= found["system.cpu_percent"] <= 100 and found["system.memory_mb"] > 0
    assert found["system.thread_count"] >= found["system.process_count"] >= 1
    assert reader.own()["memory_mb"] > 1 and reader.uptime_s() > 0


def test_what_this_machine_does_not_give_is_absent(monkeypatch, caplog):
    def refuse(*_, **__):
        raise psutil.AccessDenied

    reader = HostReader("/no/such/folder")
    for name in ("getloadavg", "swap_memory", "disk_io_counters", "net_io_counters", "boot_time", "process_iter"):
        monkeypatch.setattr(psutil, name, refuse)
    for _ in range(2):
        assert set(reader.system()) == {"cpu_percent", "memory_percent", "memory_mb"}
    assert reader.uptime_s() is None
    assert sum("disk traffic" in record.message for record in caplog.records) == 1


def test_a_machine_without_swap_disks_or_cards(monkeypatch):
    class NoSwap:
        total, percent = 0, 0.0

    reader = HostReader()
    monkeypatch.setattr(psutil, "swap_memory", NoSwap)
    monkeypatch.setattr(psutil, "disk_io_counters", lambda: None)
    monkeypatch.setattr(psutil, "net_io_counters", lambda pernic: {"lo": None})
    assert not {"swap_percent", "disk_io", "network_io"} & set(reader.system())
