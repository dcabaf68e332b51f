"""A process that forks while it listens. Parent and child each say on a line what they have, whenever asked.

Lines in: "fork", "tell". Lines out: {"who", "pid", "accepted", "alive", "gaps"} as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time

from tests.integration.hosts.feed_host import listener, record


def tell(who):
    line = {"who": who, "pid": os.getpid(), "accepted": record.accepted, "alive": listener.alive,
            "state": record.state, "gaps": [gap.why for gap in record.gaps]}
    os.write(1, json.dumps(line).encode() + b"\n")


def child():
    """Never returns: the lines are its parent's to read."""
    last = None
    while True:
        now = (record.accepted, record.state, listener.alive)
        if now != last:
            last = now
            tell("child")
        time.sleep(0.02)


for line in sys.stdin:
    if line.strip() == "fork" and os.fork() == 0:
        child()
    if line.strip() == "tell":
        tell("parent")
