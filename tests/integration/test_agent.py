"""The host agent as a process beside a real Redis: what arrives, who answers, and what an outage costs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dashboard import events
from dashboard.settings import Settings
from tests.servers import WAIT_LIMIT_S, wait_for

ROOT = Path(__file__).resolve().parents[2]
ROUND_S = 3.0  # until it has measured once more: a second, and the time limits of a Redis that does not answer
END_LIMIT_S = 15.0  # of a process; half a second on an idle machine
CHANNEL, CONTROL = Settings().channel, Settings().control_channel


class Ear:
    """Hears the channel and reads it as the console does."""

    def __init__(self, server):
        self.pubsub = server.client().pubsub(ignore_subscribe_messages=True)
        self.pubsub.subscribe(CHANNEL)
        self.pubsub.get_message(timeout=5)
        self.heard: list[events.Event] = []
        self.seen = 0

    def listen(self):
        message = self.pubsub.get_message(timeout=0.05)
        if message:
            event = events.parse(message["data"], time.time())
            assert not isinstance(event, events.Rejected) and event.complaints == (), event
            self.heard.append(event)

    def until(self, kind, condition=lambda event: True, limit_s=WAIT_LIMIT_S):
        """The first event of `kind` that fits among those not looked at before."""

        def found():
            self.listen()
            while self.seen < len(self.heard):
                event = self.heard[self.seen]
                self.seen += 1
                if event.kind == kind and condition(event):
                    return event
            return None

        return wait_for(found, limit_s, what=f"a {kind}")


@pytest.fixture
def ear(redis_server):
    ear = Ear(redis_server)
    yield ear
    ear.pubsub.close()


@pytest.fixture
def start(redis_server):
    started = []

    def agent(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.agent", "--redis-url", redis_server.url, "--source", "box",
             "--interval", "1", *arguments],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield agent
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def command(server, action, request_id="r1", **fields):
    message = {"action": action, "requested_by": "ann", "timestamp": "2026-01-01T00:00:00Z", "request_id": request_id}
    with server.client() as client:
        assert wait_for(lambda: client.publish(CONTROL, json.dumps(message | fields)), what="a listening agent")


def noticed(process):
    """Wait until the agent has said that Redis is away: by then it keeps at least one measurement."""
    assert "measuring goes on" in process.stdout.readline()


def results(ear, request_id):
    return [event for event in ear.heard if event.kind == "command_result" and event.request_id == request_id]


def test_it_tells_what_this_machine_does_from_start_to_stop(ear, start):
    process = start()
    assert ear.until("system_status").lifecycle == "running"
    first = ear.until("metric_update")
    report = ear.until("health_check").report
    second = ear.until("metric_update")
    process.terminate()
    assert ear.until("system_status", lambda event: event.lifecycle == "stopped")
    assert process.wait(END_LIMIT_S) == 0 and process.stdout.read() == ""

    assert {event.source for event in ear.heard} == {"box"}
    metrics = second.metrics
    assert metrics["system.memory_mb"] == pytest.approx(psutil.virtual_memory().used / 2**20, rel=0.5)
    assert 0 <= metrics["system.cpu_percent"] <= 100 and metrics["system.thread_count"] >= 1
    for counter in ("system.network_io.bytes_sent", "agent.published_total"):
        assert metrics.get(counter, 0) >= first.metrics.get(counter, 0)
    assert metrics["redis.connected_clients"] >= 2 and metrics["redis.messages_per_second"] > 0
    assert metrics["agent.publish_ms"] > 0 and metrics["agent.memory_mb"] < 100
    assert second.health.score is not None and second.time > first.time
    assert report.uptime_s > 0 and {component.name for component in report.components} >= {"cpu", "memory", "redis"}


def test_it_answers_commands(redis_server, ear, start):
    start()
    ear.until("system_status")
    command(redis_server, "FORCE_HEALTH_CHECK")
    done = ear.until("command_result", lambda event: event.status == "done")
    assert "Health score" in done.message and [event.status for event in results(ear, "r1")] == ["received", "done"]
    assert any(event.kind == "health_check" for event in ear.heard)
    command(redis_server, "force_gc", "r2")
    assert "freed in box" in ear.until("command_result", lambda event: event.status == "done").message
    with redis_server.client() as client:
        client.publish(CONTROL, b"\xff no command")
    command(redis_server, "RELOAD_PATTERNS", "r3")
    assert "does not know RELOAD_PATTERNS" in ear.until("command_result").message


def test_it_outlives_redis_and_tells_what_it_measured_meanwhile(redis_server, ear, start):
    process = start()
    before = ear.until("health_check")  # the last of its first round: the next is a measurement
    redis_server.kill()
    ear.pubsub.close()
    noticed(process)
    process.send_signal(signal.SIGSTOP)  # or it might tell what it kept before anybody listens again
    redis_server.start()
    again = Ear(redis_server)
    process.send_signal(signal.SIGCONT)
    missed = again.until("metric_update", lambda event: event.facts["redis.connected"] is False)
    back = again.until("metric_update", lambda event: event.facts["redis.connected"] is True)
    assert before.time < missed.time < back.time
    command(redis_server, "FORCE_GC", "r9")
    again.until("command_result", lambda event: event.request_id == "r9" and event.status == "done")
    again.pubsub.close()
    process.terminate()
    [line] = process.communicate(timeout=END_LIMIT_S)[0].splitlines()  # said once when it went, once when it came
    assert "Redis answers again" in line


def test_it_starts_before_redis_and_notices_a_frozen_one(redis_server, start):
    redis_server.stop()
    process = start()
    noticed(process)
    redis_server.start()
    ear = Ear(redis_server)
    ear.until("metric_update", lambda event: event.facts["redis.connected"] is True)
    redis_server.freeze()
    assert "Redis answers again" in process.stdout.readline()
    noticed(process)
    time.sleep(ROUND_S)  # it may have been frozen between what a round measures and what it publishes
    redis_server.thaw()
    ear.until("metric_update", lambda event: event.facts["redis.connected"] is False)
    ear.until("metric_update", lambda event: event.facts["redis.connected"] is True)
    ear.pubsub.close()
    assert process.poll() is None


def test_it_stops_at_once_without_redis(redis_server, start):
    redis_server.stop()
    process = start()
    noticed(process)
    process.terminate()
    assert process.wait(END_LIMIT_S) == 0
