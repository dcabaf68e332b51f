"""Requests made up from the OpenAPI document, many to each row, over either kind of database.

Another start in MADE_UP_START makes up others; it is told, so that a fault can be met again. `python -m benchmarks
made_up_requests hostile_feed --write docs/security.md` puts the figures in their places.
"""

from __future__ import annotations

import os
import random
import tempfile

from benchmarks import Row
from dashboard.web.openapi.document import OPERATIONS
from tests.made_up_requests import Served, send_to_every_row
from tests.servers import PostgresServer, RedisServer

EXAMPLES = int(os.environ.get("MADE_UP_EXAMPLES", "100"))


def rows() -> list[Row]:
    """The figures, each with its target; the first answer that is not as described ends it with an AssertionError."""
    start = int(os.environ.get("MADE_UP_START", random.randrange(10**6)))
    postgres = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return [_row("SQLite", f"sqlite:///{folder}/history.sqlite3", start),
                    _row("PostgreSQL", postgres.new_database(), start + 1)]
    finally:
        postgres.close()


def _row(database: str, url: str, start: int) -> Row:
    server = RedisServer().start()
    served = Served(server, url)
    try:
        tally = send_to_every_row(served, EXAMPLES, start)
    finally:
        served.close()
        server.close()
    statuses = ", ".join(f"{count:,} × {status}" for status, count in sorted(tally.statuses.items()))
    return Row(f"`made-up-{database.lower()}` requests made up from the OpenAPI document",
               f"{tally.requests:,} for {len(OPERATIONS)} rows: no 5xx, every status and shape as described, strict "
               f"JSON ({statuses}; start {start})", "no 5xx, all as described",
               not any(status >= 500 for status in tally.statuses))
