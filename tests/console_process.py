"""A console as a process of its own, without a web server: for tests and benchmarks of several of them.

The child listens, answers a line of its input with a line of JSON, and ends with its input. Questions: "feed" (the
counters), "missing N" (which of the numbers below N the ring lacks), "dump START END" (what REST tells, as a hash and
in a file).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.services import Services, build
from dashboard.settings import Settings
from tests.feeds import NUMBER
from tests.forked import begin
from tests.servers import wait_for
from tests.told import told

START_LIMIT_S = 90.0  # several interpreters that import the whole console on a busy machine


class ConsoleProcess:
    """The parent's end. The settings are those of the environment, and `variables`."""

    def __init__(self, url: str, **variables: str):
        self._folder = tempfile.TemporaryDirectory(prefix="monitoring-console-")
        self.process = begin("tests.console_process", piped=True, variables={
            "REDIS_URL": url, "MONITORING_DATABASE_URL": "off", "MONITORING_RING_ROWS": "200000",
            "DUMP_FOLDER": self._folder.name} | variables)

    def ask(self, question: str) -> Any:
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def feed(self) -> dict[str, Any]:
        """Counters and state of the feed."""
        return self.ask("feed")

    def wait_whole(self) -> ConsoleProcess:
        """Until both connections, the journal and the alerts are there."""
        wait_for(lambda: self.feed()["whole"], START_LIMIT_S, what="a whole console")
        return self

    def missing(self, count: int) -> list[int]:
        """Which of the numbers 0 to count - 1 were not sampled."""
        return self.ask(f"missing {count}")

    def dump(self, start: float, end: float) -> tuple[str, bytes]:
        """Hash and bytes of what REST tells of the time between."""
        told = self.ask(f"dump {start!r} {end!r}")
        return told["hash"], Path(told["file"]).read_bytes()

    def kill(self) -> None:
        self.process.kill()
        self._end()

    def stop(self) -> None:
        self.process.stdin.close()
        self._end()

    def _end(self) -> None:
        self.process.wait(20)
        self.process.stdout.close()
        self._folder.cleanup()


def feed(services: Services) -> dict[str, Any]:
    seen = services.record.snapshot()
    journal = services.journal.status
    return {
        "received": seen.received, "accepted": seen.accepted, "filled": seen.filled, "echoes": seen.echoes,
        "duplicates": seen.duplicates, "rejected": sum(seen.rejected.values()), "reconnects": seen.reconnects,
        "gaps": [[gap.start, gap.end, gap.why] for gap in seen.gaps], "gaps_filled": seen.gaps_filled,
        "state": seen.state, "since": seen.state_since, "journal": journal.state, "waiting": journal.waiting,
        "unrecorded": journal.unrecorded, "errors": {**services.journal.errors, **seen.handler_errors},
        "rows": {source: services.ring.length(source) for source in services.ring.sources()},
        "alerts_waiting": services.alerts.waiting, "alerts": services.alerts.revision, "now": time.time(),
        "whole": services.listener.is_whole and journal.state == "connected" and services.alerts.connected,
        "sure": services.listener.is_sure,
    }


def missing(services: Services, count: int) -> list[int]:
    found = np.zeros(count, dtype=bool)
    for source in services.ring.sources():
        numbers = services.ring.window(source, [NUMBER]).columns[NUMBER]
        numbers = numbers[~np.isnan(numbers)].astype(int)
        found[numbers[numbers < count]] = True
    return [int(number) for number in np.flatnonzero(~found)]


def main() -> None:
    services = build(Settings.from_env())
    services.start()
    for line in sys.stdin:
        what, *arguments = line.split()
        if what == "feed":
            answer: Any = feed(services)
        elif what == "missing":
            answer = missing(services, int(arguments[0]))
        else:
            data = told(services, *map(float, arguments))
            path = Path(os.environ["DUMP_FOLDER"], "dump")
            path.write_bytes(data)
            answer = {"hash": hashlib.sha256(data).hexdigest(), "file": str(path)}
        print(json.dumps(answer), flush=True)
    services.stop()


if __name__ == "__main__":
    main()
