"""Processes that belong to this one: started with it, started again when they die, and never left behind."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO

log = logging.getLogger(__name__)

STOP_LIMIT_S = 5.0  # a Redis with a few MB writes its file and ends in well under a second
FIRST_WAIT_S = 1.0  # before a child that died is started again ...
LONGEST_WAIT_S = 30.0  # ... doubled each time up to this, so that a broken one costs next to nothing
SETTLED_AFTER_S = 60.0  # a child that lived this long was not broken: the wait begins anew
PR_SET_PDEATHSIG = 1  # from <sys/prctl.h>

# Loaded here and not in the child: between fork and exec nothing may take a lock that a thread might have held.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Ask the kernel to send SIGTERM to this process when its parent dies. Linux only; elsewhere it does nothing.

    `atexit` and signal handlers of the parent do not run when it is killed by SIGKILL or runs out of memory, and a
    server left behind would hold its data folder: only the kernel can promise the end.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One child process. Start it from the main thread: the kernel counts the death of the starting thread."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        folder: str | os.PathLike | None = None,
        output: IO | int | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ):
        self.name = name
        self.command = list(command)
        self.environ = None if environ is None else dict(environ)
        self.folder = folder
        self.output = output
        self.process: subprocess.Popen | None = None
        self._monotonic = monotonic
        self._started_at = 0.0
        self._wait_s = FIRST_WAIT_S
        self._again_at: float | None = None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process. Raises OSError where the program cannot be run."""
        parent = os.getpid()

        def before_exec() -> None:
            end_with_parent()
            if os.getppid() != parent:  # the parent died before the kernel was asked
                os._exit(1)

        self.process = subprocess.Popen(
            self.command,
            env=self.environ,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT if self.output is not None else None,
            # A session of its own: Ctrl-C must reach this process alone, which then ends its children in order.
            start_new_session=True,
            preexec_fn=before_exec if _libc is not None else None,
        )
        self._started_at = self._monotonic()
        self._again_at = None

    def revive(self) -> bool:
        """Start the process again if it died and its wait is over; True if it was started. Call it every second."""
        if self.process is None or self.alive:
            return False
        now = self._monotonic()
        if self._again_at is None:
            if now - self._started_at >= SETTLED_AFTER_S:
                self._wait_s = FIRST_WAIT_S
            log.warning(
                "%s ended with code %s; starting it again in %.0f s", self.name, self.process.returncode, self._wait_s
            )
            self._again_at = now + self._wait_s
            self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        if now < self._again_at:
            return False
        self.start()
        return True

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """End the process: by SIGTERM, and by SIGKILL where that was not enough. Safe to call twice."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(limit_s)
            return
        process.kill()
        process.wait()
