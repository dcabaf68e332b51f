"""The whole console, with a history on SQLite that can be spoiled from outside, by files beside it: `full` lets it grow
no more, `read-only` refuses every change. (Whoever runs tests as root may write wherever he likes.)"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import event

from dashboard.history import database
from tests.integration.hosts.mounted_host import build

NO_BOUND = 2**30

database.BUSY_S = float(os.environ.get("FAULT_BUSY_S", database.BUSY_S))


def _spoil(found: database.Database) -> None:
    folder = Path(found.place.path).parent

    def taken(connection: Any, *_: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages if (folder / 'full').exists() else NO_BOUND}")
        connection.execute(f"PRAGMA query_only = {int((folder / 'read-only').exists())}")

    event.listen(found._writer, "checkout", taken)


app = build()
history = app.extensions["monitoring"].services.history.database
if history is not None and history.is_sqlite:
    _spoil(history)
