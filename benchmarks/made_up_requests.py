"""Requests made up from the OpenAPI document, many to each row: `python -m benchmarks made_up_requests`.

Another start in MADE_UP_START makes up others; the row names it, so that a fault can be met again.
"""

from __future__ import annotations

import os
import random
import tempfile

from benchmarks import Row
from dashboard.web.openapi.document import OPERATIONS
from tests.made_up_requests import Served, send_to_every_row
from tests.servers import RedisServer

EXAMPLES = int(os.environ.get("MADE_UP_EXAMPLES", "200"))


def rows() -> list[Row]:
    """The figure, with its target."""
    start = int(os.environ.get("MADE_UP_START", random.randrange(10**6)))
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer().start()
        served = Served(server, folder)
        try:
            tally = send_to_every_row(served, EXAMPLES, start)
        finally:
            served.close()
            server.close()
    statuses = ", ".join(f"{count:,} × {status}" for status, count in sorted(tally.statuses.items()))
    return [Row(f"requests made up from the OpenAPI document, {len(OPERATIONS)} rows, start {start}",
                f"{tally.requests:,}: {statuses}", "no 5xx, all as described",
                not any(status >= 500 for status in tally.statuses))]
