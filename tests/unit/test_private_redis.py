"""Which Redis the stand-alone host takes, and the processes beside it, as far as no process is needed to tell."""

from __future__ import annotations

import subprocess

import pytest

from dashboard.standalone import children, private_redis


@pytest.mark.parametrize("name", ["REDIS_URL", "REDIS_HOST", "REDIS_PORT"])
def test_a_named_redis_is_used(name):
    assert not private_redis.wanted({name: "x"})
    assert private_redis.wanted({name: " "}) and private_redis.wanted({})


def program(folder, name):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_the_system_server_comes_first(tmp_path):
    valkey = program(tmp_path, "valkey-server")
    assert private_redis.find_binary(str(tmp_path)) == valkey
    redis_server = program(tmp_path, "redis-server")
    assert private_redis.find_binary(str(tmp_path)) == redis_server


def test_the_wheel_is_the_way_out(tmp_path, monkeypatch):
    class Spec:
        submodule_search_locations = [str(tmp_path / "package")]

    monkeypatch.setattr(private_redis.importlib.util, "find_spec", lambda name: Spec)
    with pytest.raises(private_redis.NoRedisBinary, match="set REDIS_URL"):
        private_redis.find_binary(str(tmp_path))
    bundled = program(tmp_path / "package", "bin/valkey-server")
    assert private_redis.find_binary(str(tmp_path)) == bundled


def test_no_server_at_all_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setattr(private_redis.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(private_redis.NoRedisBinary):
        private_redis.find_binary(str(tmp_path))


def test_a_data_folder_belongs_to_one_process(tmp_path):
    held = private_redis.lock_folder(tmp_path)
    assert held is not None
    assert private_redis.lock_folder(tmp_path) is None
    private_redis.os.close(held)
    again = private_redis.lock_folder(tmp_path)
    assert again is not None
    private_redis.os.close(again)


class FakeProcess:
    started = 0

    def __init__(self, *_, **__):
        FakeProcess.started += 1
        self.returncode = None

    def poll(self):
        return self.returncode


def test_a_child_that_keeps_dying_is_started_less_and_less_often(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", FakeProcess)
    FakeProcess.started = 0
    now = 0.0
    child = children.Child("child", ["x"], monotonic=lambda: now)
    child.start()
    starts = []
    for second in range(1, 200):
        now = float(second)
        child.process.returncode = 1
        if child.revive():
            starts.append(second)
    waits = [later - earlier for earlier, later in zip(starts, starts[1:], strict=False)]
    assert waits[:4] == [3, 5, 9, 17] and max(waits) == 31  # the wait and the second in which the death is seen
    assert FakeProcess.started == len(starts) + 1


def test_a_child_that_lived_long_is_started_again_soon(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", FakeProcess)
    now = 0.0
    child = children.Child("child", ["x"], monotonic=lambda: now)
    assert not child.revive()  # never started: nothing to start again
    child.start()
    assert child.alive and not child.revive()
    for died_at in (10.0, 100.0, 300.0):
        now = died_at
        child.process.returncode = -9
        assert not child.revive()
        now += children.FIRST_WAIT_S
        assert child.revive() and child.alive
        now += children.SETTLED_AFTER_S
