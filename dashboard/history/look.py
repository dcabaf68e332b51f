"""One look at the past: the questions of one answer, on one connection, which tells of the database at one moment.

Taking a connection and beginning a transaction costs as much as a small question, and each step of it lets other
threads go first. An answer about all sources has dozens of questions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from dashboard.history.answers import HistoryStatus
from dashboard.history.database import TROUBLE, Database
from dashboard.history.event_archive import EventArchive
from dashboard.history.metric_reader import MetricReader
from dashboard.history.names import remembering
from dashboard.history.steps import Kept

if TYPE_CHECKING:
    from dashboard.history.store import HistoryStore


class Snapshot:
    """A database as it was at the first question. Only for reading, by one thread; to be closed.

    After an error of the database it is as it is at the next question.
    """

    def __init__(self, database: Database):
        self._database = database
        self._opened = ExitStack()
        self._connection: Connection | None = None
        self._is_over = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The same connection each time; after an error of the database a new one. Raises RuntimeError once closed."""
        if self._is_over:
            raise RuntimeError("Asked after the look was over: nobody would give the connection back")
        if self._connection is None:
            self._connection = remembering(self._opened.enter_context(self._database.reading()))
        try:
            yield self._connection
        except TROUBLE:
            self._connection = None
            self._opened.__exit__(*sys.exc_info())
            raise

    def close(self) -> None:
        """Give the connection back."""
        self._is_over = True
        self._connection = None
        with suppress(*TROUBLE):  # nothing was written that could be lost
            self._opened.close()


@dataclass(frozen=True, slots=True)
class Look:
    """What a store is asked through while it is looked at."""

    metrics: MetricReader
    events: EventArchive
    store: HistoryStore

    @contextmanager
    def look(self) -> Iterator[Look]:
        """Itself: who looks already needs no second one."""
        yield self

    @property
    def status(self) -> HistoryStatus:
        return self.store.status

    @property
    def kept(self) -> Kept:
        return self.store.kept
