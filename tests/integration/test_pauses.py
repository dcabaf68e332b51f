"""A process that only sleeps tells how long it was kept from running."""

from __future__ import annotations

import signal
import time

from benchmarks.pauses import Pauses
from tests.servers import wait_for


def test_it_tells_how_long_it_was_stopped_and_then_begins_anew():
    pauses = Pauses()
    pauses._process.send_signal(signal.SIGSTOP)
    time.sleep(0.3)
    pauses._process.send_signal(signal.SIGCONT)
    wait_for(lambda: pauses.longest_ms() >= 250, what="that it runs again and notices")
    wait_for(lambda: pauses.longest_ms() < 250, what="a time without")
    pauses.close()
    assert pauses._process.returncode == 0
