"""One daemon thread of a process that works for itself: started, woken, ended, and begun anew in a forked child.

A thread does not survive `fork`, and neither do its locks in any known state; whoever has one calls `reset` in the
child. A process that only watches others (`dashboard.feed.process`) never runs one for long.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from dashboard.feed.process import only_watches


class OwnThread:
    """Starts nothing before it is told to. `run` is called in the thread, and ends soon after `goes_on` is false. After
    its first round it may call `has_looked`, for which `wait_for_look` waits."""

    def __init__(self, name: str, run: Callable[[], None]):
        self.name, self._run = name, run
        self.reset()

    def reset(self) -> None:
        """As a new process has it: new locks, no thread. Starts nothing, waits for nothing."""
        self._lock = threading.Lock()
        self.stopping, self.wake = threading.Event(), threading.Event()
        self._looked, self._started = threading.Event(), 0.0
        self._thread: threading.Thread | None = None
        self._process = 0

    def start(self) -> None:
        """Start the thread of this process; nothing where it runs already."""
        with self._lock:
            if self.runs_here:
                return
            self.stopping.clear()
            self._process = os.getpid()
            self._looked.clear()
            self._started = time.monotonic()
            self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            self._thread.start()

    def has_looked(self) -> None:
        """For `run`: from now on this process knows what there is, or that it cannot be asked for."""
        self._looked.set()

    def wait_for_look(self, limit_s: float) -> None:
        """Until `has_looked` was called, at most until `limit_s` after the start; not at all where it does not run."""
        if not self._looked.is_set() and self.runs_here:
            self._looked.wait(max(0.0, self._started + limit_s - time.monotonic()))

    def end(self) -> None:
        """Ask the thread to end, and wait for nothing: who ends several waits for them afterwards, by `stop`."""
        self.stopping.set()
        self.wake.set()

    def stop(self, timeout_s: float) -> bool:
        """Ask the thread to end; True where it has ended within `timeout_s`, or never ran in this process."""
        with self._lock:
            thread, self._thread = self._thread, None
        self.end()
        if thread is None or self._process != os.getpid():
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    @property
    def runs_here(self) -> bool:
        """Whether the thread runs, in this process."""
        return self._thread is not None and self._thread.is_alive() and self._process == os.getpid()

    @property
    def ident(self) -> int | None:
        """The number of the thread, for who measures it."""
        return self._thread.ident if self._thread is not None else None

    @property
    def goes_on(self) -> bool:
        """False once the thread is to end."""
        return not self.stopping.is_set() and not only_watches()
