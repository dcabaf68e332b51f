"""One listener in every process that serves, none in those that only watch: reloader, gunicorn, eventlet, fork.

A listener has two connections, so that one can be lost without a loss.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import orjson
import psutil
import pytest

from dashboard.feed.copies import LINES
from dashboard.feed.process import in_gunicorn_arbiter, in_reloader_parent, only_watches
from dashboard.settings import Settings
from tests.integration.mounted import settles_at, subscribers
from tests.servers import free_port, wait_for

ROOT = Path(__file__).parents[2]
START_LIMIT_S = 30.0  # two interpreters that import Flask on a busy machine


@pytest.fixture
def start(redis_server):
    """Starts a host with this test's Redis and ends it with everything it has started."""
    processes = []

    def start(*arguments, **options):
        environment = os.environ | {"REDIS_URL": redis_server.url, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL,
            **({"stdout": subprocess.DEVNULL} | options))
        processes.append(process)
        return process

    yield start
    for process in processes:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)] \
            if process.poll() is None else []
        for member in family:
            member.kill()
        process.wait(10)


def state(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/feed", timeout=2) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError):
        return None


def publish(server, number):
    with server.client() as client:
        return client.publish(Settings().channel, orjson.dumps(
            {"event_type": "METRIC_UPDATE", "source": "it", "timestamp": time.time(), "metrics": {"n": number}}))


def assert_serving_process_listens(server, port):
    answer = wait_for(lambda: state(port), START_LIMIT_S, 0.05, "the host")
    assert (answer["alive"], answer["threads"], answer["state"]) == (True, LINES, "connected")


@pytest.mark.parametrize("host", ["feed_host", "eventlet_host"])
def test_the_parent_of_a_reloader_does_not_listen(redis_server, start, host):
    port = free_port()
    parent = start("-m", f"tests.integration.hosts.{host}", port, "--reload")
    wait_for(lambda: (state(port) or {}).get("state") == "connected", START_LIMIT_S, 0.05, "the process that serves")
    assert state(port)["pid"] != parent.pid
    wait_for(lambda: len(subscribers(redis_server)) == LINES, step_s=0.05, what="the parent's end of listening")
    settles_at(redis_server, 1)
    assert publish(redis_server, 1) == LINES
    wait_for(lambda: state(port)["accepted"] == 1, what="the message in the process that serves")


@pytest.mark.parametrize("preload", [[], ["--preload"]], ids=["no-preload", "preload"])
def test_every_gunicorn_worker_listens_once_and_the_arbiter_never(redis_server, start, preload):
    port = free_port()
    arbiter = start("-m", "gunicorn", "--workers", 2, "--threads", 2, "--bind", f"127.0.0.1:{port}", *preload,
                    "tests.integration.hosts.feed_host:app")
    settles_at(redis_server, 2)
    assert_serving_process_listens(redis_server, port)
    assert publish(redis_server, 1) == 2 * LINES
    wait_for(lambda: state(port)["accepted"] == 1, what="the message in a worker")
    worker = psutil.Process(arbiter.pid).children()[0]
    worker.kill()
    wait_for(lambda: worker.pid not in [each.pid for each in psutil.Process(arbiter.pid).children()], 5.0,
             what="the end of the worker")
    settles_at(redis_server, 2)


def test_an_eventlet_host_listens_and_serves_meanwhile(redis_server, start):
    port = free_port()
    start("-m", "tests.integration.hosts.eventlet_host", port)
    settles_at(redis_server, 1)
    answer = wait_for(lambda: state(port), START_LIMIT_S, 0.05, "the host")
    assert (answer["alive"], answer["state"]) == (True, "connected")
    for number in range(20):
        publish(redis_server, number)
    wait_for(lambda: state(port)["accepted"] == 20, what="the messages")
    redis_server.freeze()
    wait_for(lambda: state(port)["state"] == "disconnected", what="the silence, seen in a page that still answers")
    redis_server.thaw()
    wait_for(lambda: state(port)["state"] == "connected", what="the connection")


def test_a_forked_child_listens_for_itself_and_its_parent_loses_nothing(redis_server, start):
    parent = start("-m", "tests.integration.hosts.forking", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    told = {}

    def read():
        for line in parent.stdout:
            said = json.loads(line)
            told[said["who"]] = said

    threading.Thread(target=read, daemon=True).start()

    def say(word):
        parent.stdin.write(word.encode() + b"\n")
        parent.stdin.flush()

    def parent_has(count):
        say("tell")
        return told.get("parent", {}).get("accepted") == count

    settles_at(redis_server, 1)
    before = subscribers(redis_server)
    for number in range(50):
        assert publish(redis_server, number) == LINES
    wait_for(lambda: parent_has(50), 10.0, 0.05, "what came before the fork")
    say("fork")
    settles_at(redis_server, 2)
    assert set(before) <= set(subscribers(redis_server))
    for number in range(50, 150):
        assert publish(redis_server, number) == 2 * LINES
    wait_for(lambda: parent_has(150), 10.0, 0.05, "every message in the parent")
    wait_for(lambda: told["child"]["accepted"] == 150, what="every message since the fork in the child")
    assert told["parent"]["gaps"] == []
    assert told["child"]["gaps"] == ["This process was just forked from one that listened"]
    assert told["parent"]["alive"] and told["child"]["alive"]
    child = told["child"]["pid"]
    try:
        parent.kill()
        wait_for(lambda: not set(before) & set(subscribers(redis_server)), what="the end of the parent's connections")
        assert len(subscribers(redis_server)) == LINES
        assert publish(redis_server, 200) == LINES
        wait_for(lambda: told["child"]["accepted"] == 151, what="the message in the child that is left")
    finally:
        os.kill(child, signal.SIGKILL)


def test_this_process_does_not_only_watch():
    assert not in_reloader_parent()
    assert not in_gunicorn_arbiter()
    assert not only_watches()
