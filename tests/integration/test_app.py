"""`python app.py` as a person starts it: a Redis and an agent of its own, one admin, and nothing left behind."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
import pytest

from dashboard.history.place import FILE_NAME
from tests.servers import wait_for

ROOT = Path(__file__).resolve().parents[2]
STATUS = "/api/admin/monitoring/status"
START_LIMIT_S = 90.0  # an interpreter that imports Dash, or ends, on a busy machine


class Console:
    """A running app.py, with what it has said so far, and a browser's cookies."""

    def __init__(self, process):
        self.process = process
        self.said = ""
        self.address = self.say_until(r"Monitoring: (http://\S+?)/\s")[1]
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def say_until(self, pattern):
        while not (match := re.search(pattern, self.said)):
            line = self.process.stdout.readline()
            assert line, f"it ended: {self.said}"
            self.said += line
        return match

    def get(self, path, data=None):
        """(status, text, address) of an answer, redirects followed."""
        body = None if data is None else urllib.parse.urlencode(data).encode()
        try:
            with self.browser.open(self.address + path, body, timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode(), answer.url

    def sign_in(self, password, name="admin"):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/login")[1])[1]
        return self.get("/login", {"username": name, "password": password, "csrf_token": token})

    def status(self):
        return json.loads(self.get(STATUS)[1])

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number=signal.SIGTERM):
        family = self.family()
        self.process.send_signal(number)
        code = self.process.wait(START_LIMIT_S)
        wait_for(lambda: not any(child.is_running() for child in family), what="the end of its children")
        self.said += self.process.stdout.read()
        return code


@pytest.fixture
def start(tmp_path):
    started = []

    def console(*arguments, **environ):
        known = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("REDIS_", "MONITORING_")) and name not in ("HOST", "PORT", "SECRET_KEY")
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), *(arguments or ["--port", "0"])],
            env=known | {"MONITORING_DATA_DIR": str(tmp_path / "data")} | environ,
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield console
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_alone_it_brings_everything_and_takes_it_away_again(start):
    console = Console(start())
    password = console.say_until(r"Sign in as admin with the password (\S+)")[1]
    assert console.get("/")[2].startswith(console.address + "/login?next=")
    assert console.get(STATUS)[0] == 401
    assert console.sign_in("guess")[0] == 401
    code, text, address = console.sign_in(password)
    assert (code, address) == (200, console.address + "/admin/monitoring/") and "<title>" in text
    wait_for(lambda: console.status()["latest_metrics"], what="the first figures of this machine")
    status = console.status()
    assert status["redis"] == "connected" and 0 <= status["latest_metrics"]["metrics"]["system"]["cpu_percent"] <= 100
    names = sorted(child.name()[:6] for child in console.family())
    assert len(names) == 2 and names[0] == "python" and names[1] in ("redis-", "valkey")
    assert not any(password in word for child in console.family() for word in child.environ().values())
    assert console.end() == 0 and "Traceback" not in console.said


def test_it_says_when_others_can_reach_it_and_ctrl_c_ends_it_like_a_signal(start):
    console = Console(start("--host", "0.0.0.0", "--port", "0", MONITORING_ADMIN_PASSWORD="known"))
    console.say_until(r"with your password")
    assert "Note: others can reach this address" in console.say_until(r"Note: others.*")[0]
    assert console.end(signal.SIGINT) == 0
    assert "known" not in console.said and "Traceback" not in console.said


def test_nothing_outlives_it_even_when_it_is_killed(start):
    console = Console(start())
    assert len(console.family()) == 2
    console.end(signal.SIGKILL)


def test_a_child_that_dies_is_started_again(start):
    console = Console(start(MONITORING_ADMIN_PASSWORD="known"))
    before = {child.pid for child in console.family()}
    for child in console.family():
        child.kill()
    wait_for(lambda: len([c for c in console.family() if c.pid not in before and c.is_running()]) == 2,
             what="two new children")
    assert console.sign_in("known")[0] == 200
    wait_for(lambda: console.status()["latest_metrics"], what="figures again")
    assert console.end() == 0


def test_what_it_heard_is_there_after_a_restart(start, tmp_path):
    for filled in (False, True):
        # Without a journal, which would bring the same if it were first.
        console = Console(start(MONITORING_ADMIN_PASSWORD="known", MONITORING_JOURNAL="0"))
        assert console.sign_in("known")[0] == 200
        wait_for(lambda: console.status()["history"]["written"], step_s=0.1, what="the history")  # noqa: B023
        assert (console.status()["history"]["filled"] > 0) is filled
        assert console.end() == 0
    assert (tmp_path / "data" / FILE_NAME).exists()
    assert not list((tmp_path / "data").glob(FILE_NAME + "-wal"))  # closed in good order


def test_with_a_redis_named_it_starts_neither_redis_nor_agent(start, redis_server, tmp_path):
    """And host and port come from the environment, too."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = start("--host", "127.0.0.1", HOST="192.0.2.1", PORT=str(port))
        assert refused.wait(START_LIMIT_S) == 2
        assert refused.stdout.read() == (
            f"Cannot start: Cannot listen on 127.0.0.1 port {port}: Address already in use. Choose another PORT.\n"
        )
    console = Console(start("--host", "127.0.0.1", REDIS_URL=redis_server.url, PORT=str(port),
                            MONITORING_ADMIN_USER="ann", MONITORING_ADMIN_PASSWORD="known"))
    assert console.address == f"http://127.0.0.1:{port}"
    assert console.family() == []
    assert all(file.name.startswith(FILE_NAME) for file in (tmp_path / "data").glob("*"))  # the history is its own
    assert console.sign_in("known", "ann")[0] == 200
    wait_for(lambda: console.status()["redis"] == "connected", what="its Redis")
    assert console.status()["latest_update"] is None
    assert console.end() == 0


@pytest.mark.parametrize("environ", [{"REDIS_URL": "nonsense://:secret@x"}, {"MONITORING_PROXIES": "x"},
                                     {"MONITORING_RING_ROWS": "-1"}])  # fmt: skip
def test_it_says_plainly_why_it_cannot_start(start, environ):
    refused = start(**environ)
    assert refused.wait(START_LIMIT_S) == 2
    said = refused.stdout.read()
    assert said.count("\n") == 1 and said.startswith("Cannot start: ") and "secret" not in said
