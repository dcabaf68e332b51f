"""A process that only sleeps tells how long it was kept from running."""

from __future__ import annotations

import signal
import time

from benchmarks.pauses import Pauses


def test_it_tells_how_long_it_was_stopped_and_then_begins_anew():
    pauses = Pauses()
    pauses._process.send_signal(signal.SIGSTOP)
    time.sleep(0.3)
    pauses._process.send_signal(signal.SIGCONT)
    time.sleep(0.05)  # it notices when it runs again
    assert 250 <= pauses.longest_ms() < 10_000
    assert pauses.longest_ms() < 250
    pauses.close()
    assert pauses._process.returncode == 0
