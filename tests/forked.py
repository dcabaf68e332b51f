"""Processes that begin with the console loaded already. To load it takes a processor two seconds, and tests start many.

For tests of what a process does, not of how an interpreter begins: while `forking` lasts, `begin` has a server (this
module as a program) fork, which has loaded everything and started nothing. Else, in benchmarks above all, it is a
new interpreter.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
LOADED = ("alembic.command", "alembic.context", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "psycopg",
          "tests.console_process", "tests.integration.hosts.mounted_host")
OF_THE_SERVER = {"MONITORING_START": "0", "MONITORING_DATABASE_URL": "off"}
MOST_BYTES = 1 << 17  # of what is asked for: an environment
NUMBER = struct.Struct("q")
STREAMS = 3


class Forked:
    """A process that the server forked: as much of subprocess.Popen as tests use."""

    def __init__(self, told: int, stdin: IO[str] | None = None, stdout: IO[str] | None = None):
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None
        self._told = told
        (self.pid,) = NUMBER.unpack(os.read(told, NUMBER.size))

    def poll(self) -> int | None:
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        if self._look(timeout) is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _look(self, limit_s: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], limit_s)[0]:
            (self.returncode,) = NUMBER.unpack(os.read(self._told, NUMBER.size))
            os.close(self._told)
        return self.returncode


class Server:
    """The parent's end; it starts with the first process that is asked for."""

    def __init__(self) -> None:
        self._control: socket.socket | None = None

    def fork(self, arguments: tuple[str, ...], environment: dict[str, str], piped: bool) -> Forked:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.forked", str(theirs.fileno())], cwd=ROOT, pass_fds=[theirs.fileno()],
                    env=os.environ | OF_THE_SERVER, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        nothing = os.open(os.devnull, os.O_RDWR)
        mine, streams = [], [nothing] * STREAMS
        if piped:
            (streams[0], stdin), (stdout, streams[1]) = os.pipe(), os.pipe()
            mine = [os.fdopen(stdin, "w"), os.fdopen(stdout)]
        told, telling = os.pipe()
        asked = json.dumps({"arguments": arguments, "environment": environment}).encode()
        socket.send_fds(self._control, [asked], [telling, *streams])
        for number in {telling, *streams, nothing}:
            os.close(number)
        return Forked(told, *mine)

    def end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._process.wait(10)


_server: Server | None = None


@contextmanager
def forking() -> Iterator[None]:
    global _server
    _server = Server()
    try:
        yield
    finally:
        _server.end()
        _server = None


def begin(*arguments: str, variables: Mapping[str, str], piped: bool = False,
          anew: bool = False) -> subprocess.Popen | Forked:
    """`python -m` with these arguments, in our environment with these variables. Without output; where it is `piped`,
    input and output are texts of ours. `anew`: a new interpreter also where others fork."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    if _server is not None and not anew:
        return _server.fork(arguments, environment, piped)
    stream = subprocess.PIPE if piped else subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, env=environment, stdin=stream, stdout=stream,
                            stderr=subprocess.DEVNULL, text=piped)


# The server


def main() -> None:
    for name in LOADED:
        import_module(name)
    from tests.integration.hosts.mounted_host import build
    from tests.remembered import remember

    remember()
    build()  # and thrown away: it loads the rest, and makes what is remembered
    gc.collect()
    gc.freeze()  # a collection in a child would have its own copy made of all that
    asked = serve(socket.socket(fileno=int(sys.argv[1])))
    if asked is not None:
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = asked["arguments"]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def serve(control: socket.socket) -> dict[str, Any] | None:
    """Forks whenever it is asked to. Returns in each child what it was asked for, and None when all is over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what the keyboard sends is for the tests, which then end us
    signal.signal(signal.SIGCHLD, lambda *_: None)
    ended, ending = os.pipe()
    os.set_blocking(ending, False)
    signal.set_wakeup_fd(ending)
    telling: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([control, ended], [], [])
        if ended in ready:
            os.read(ended, MOST_BYTES)
            _tell_ends(telling)
        if control not in ready:
            continue
        asked, streams, _, _ = socket.recv_fds(control, MOST_BYTES, 1 + STREAMS)
        if not asked:
            return None
        tell = streams.pop(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of threads: libraries of C have some, and know what a fork is
            child = os.fork()
        if child:
            telling[child] = tell
            os.write(tell, NUMBER.pack(child))
            for number in set(streams):
                os.close(number)
            continue
        control.close()
        _be_new(streams, {*streams, *telling.values(), tell, ended, ending})
        return json.loads(asked)


def _be_new(streams: list[int], of_the_server: set[int]) -> None:
    """Signals, input and output as a new interpreter has them."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for number in of_the_server:
        os.close(number)


def _tell_ends(telling: dict[int, int]) -> None:
    for child in list(telling):
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            number = telling.pop(child)
            with suppress(BrokenPipeError):
                os.write(number, NUMBER.pack(os.waitstatus_to_exitcode(status)))
            os.close(number)


if __name__ == "__main__":
    main()
