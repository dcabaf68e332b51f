"""200,000 generated inputs through the whole feed of a mounted console that answers meanwhile."""

from __future__ import annotations

import os
import random
import tempfile

from benchmarks import Row
from tests.hostile_feed import flood
from tests.made_up_requests import Served
from tests.servers import RedisServer

INPUTS = int(os.environ.get("HOSTILE_INPUTS", "200000"))


def rows() -> list[Row]:
    """The figures; a fault ends it with an AssertionError, and with it the benchmark."""
    start = int(os.environ.get("HOSTILE_START", random.randrange(10**6)))
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer().start()
        served = Served(server, f"sqlite:///{folder}/history.sqlite3")
        try:
            outcome = flood(served, server, INPUTS, start)
        finally:
            served.close()
            server.close()
    rejected = sum(outcome.expected.values())
    return [Row("`hostile-feed` generated inputs through the whole feed",
                f"{outcome.sent:,} in {outcome.took_s:.0f} s: {outcome.accepted:,} accepted, {rejected:,} rejected, "
                f"{outcome.duplicates:,} duplicates, none lost; no thread died; {outcome.answers:,} answers meanwhile, "
                f"all strict JSON (start {start})",
                "each counted once, no thread dies, all answers strict JSON as described", True)]
