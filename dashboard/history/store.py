"""The long past: one thread that writes what the ring has, and what everybody asks of it.

Readers wait for the database; the feed, the page's ticks and a start never do. Whatever is wrong with the database is
told by `status`, and tried again: the ring goes on, and what it still holds is written when the database is back.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from sqlalchemy import exc

from dashboard.events import Event
from dashboard.history.answers import DOWN, OFF, OPENING, READY, HistoryStatus, HistoryUnavailable
from dashboard.history.backlog import Backlog, portions
from dashboard.history.database import TROUBLE, Database, may_have_forgotten, plain_words
from dashboard.history.event_archive import EventArchive
from dashboard.history.event_writer import EventWriter, Known
from dashboard.history.filling import fill
from dashboard.history.look import Look, Snapshot
from dashboard.history.metric_reader import MetricReader
from dashboard.history.partitions import Partitions, apply_policies
from dashboard.history.place import place_of
from dashboard.history.retention import Retention
from dashboard.history.samples import SampleWriter, Written, rows_at_once
from dashboard.history.steps import Kept
from dashboard.history.upgrade import LaterVersion, upgrade
from dashboard.metrics.ring import Ring
from dashboard.own_thread import OwnThread
from dashboard.right_of_way import Patience, never
from dashboard.settings import Settings

FLUSH_S = 2.0
"""How long samples are gathered: what a process that is killed has not written is younger than that, and than
MAY_WAIT_S beside it where answers go first."""
PRESSED_EVERY_S = 0.25
"""How often it is looked whether a source is so fast that it cannot wait."""
MAY_WAIT_S, WIDE = 1.0, 256
"""For answers, each time samples are written; not at all where a source cannot wait, or has so many metrics: an answer
about it holds all that is not written yet, with a place for each metric of each event."""
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 5.0
LATER_VERSION = "The database was made by a later version of the console"

_log = logging.getLogger(__name__)
_DAY_S = 86_400


def kept_by(settings: Settings) -> Kept:
    """How long each tier is kept."""
    return Kept.at_least(settings.history_raw_hours * 3_600, settings.history_minute_days * _DAY_S,
                         settings.history_hour_days * _DAY_S)


class HistoryStore:
    """`metrics` answers about metrics, `events` about alerts, commands, gaps and annotations.

    `known` is where alerts, commands and gaps are kept, `folder` where the SQLite file lies if no URL is set. Opens no
    file, no socket and starts no thread before it is told to.
    """

    def __init__(self, settings: Settings, ring: Ring, known: Known | None = None, *, folder: str | None = None,
                 clock: Callable[[], float] = time.time, give_way: Callable[[float], float] = never):
        self._settings, self._clock, self._ring = settings, clock, ring
        place = place_of(settings, folder)
        self._off = place if isinstance(place, str) else None
        self.database = None if isinstance(place, str) else Database(place)
        self.kept = kept_by(settings)
        self.backlog = Backlog(ring)
        self.metrics = MetricReader(self.database, ring, self.backlog, self.kept, clock=clock, down=self._down)
        self.events = EventArchive(
            self.database, clock=clock, down=self._down, **{"why_none": self._off} if self._off else {})
        self._event_writer = EventWriter(known or Known(), self._failed)
        self.errors: Counter[str] = Counter()
        """What went wrong, by the name of the error."""
        self._written = Written()
        self._filled: int | None = None
        self._flushed_at = clock()
        self._begin_after: Callable[[], object] = lambda: None
        self._patience = Patience(MAY_WAIT_S, give_way)
        self._thread = OwnThread("monitoring-history", self._run)
        self._unopened()

    def _unopened(self) -> None:
        """Locks and what is known of the database, as a new process has them."""
        self._stepping = threading.Lock()
        self._thread.reset()
        self._file: tuple[int, int] | None = None
        self._opened = self._doubted = False
        self._state, self._since, self._reason = OFF if self._off else OPENING, self._clock(), self._off
        self._event_writer.restart()
        if self.database is not None:
            self._writer = SampleWriter(Partitions(self.database))
            self._retention = Retention(self.database, self.kept, self._settings.history_alerts,
                                        self._settings.history_alerts_days * _DAY_S)

    # The feed

    def offer(self, event: Event) -> None:
        """Take an event from the feed, for what is kept nowhere else. Never blocks; samples are had from the ring."""
        if self.database is not None:
            self._event_writer.offer(event)

    # Those who ask much

    @contextmanager
    def look(self) -> Iterator[Look]:
        """What one thread asks of it within the block is answered on one connection, of one moment of the database."""
        if self.database is None:
            yield Look(self.metrics.within(None), self.events, self)
            return
        with closing(Snapshot(self.database)) as snapshot:
            yield Look(self.metrics.within(snapshot), self.events.within(snapshot), self)

    # The thread

    def start(self, after: Callable[[], object] = lambda: None) -> None:
        """Start the thread of this process; safe to call twice, and nothing where the history is switched off.

        `after` is called in the thread before it begins, and may wait for what is more urgent.
        """
        if self.database is None:
            return
        self._begin_after = after
        self._thread.start()

    def end(self) -> None:
        """Ask the thread to end, and wait for nothing: `stop` waits."""
        self._thread.end()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread after it has written what it can; True where it has ended within `timeout_s`."""
        return self._thread.stop(timeout_s)

    def reset_after_fork(self) -> None:
        """Make a forked child's copy usable: new locks and connections, no thread. Starts nothing."""
        if self.database is not None:
            self.database.abandon()
        self._unopened()

    def _run(self) -> None:
        self._begin_after()
        wait_s, retry_s = 0.0, FIRST_RETRY_S / 2
        while not self._waited(wait_s) and self._thread.goes_on:
            retry_s = FIRST_RETRY_S if self.step() else min(LONGEST_RETRY_S, 2 * retry_s)
            wait_s = FLUSH_S if self._state == READY else retry_s
        if self._opened:
            self.step()
        self.database.close()
        self._opened = False

    def _waited(self, wait_s: float) -> bool:
        """Wait, while the database takes what comes for no longer than that may wait; True: the thread is to end."""
        end = time.monotonic() + wait_s
        while (left := end - time.monotonic()) > 0 and not (self._state == READY and self.backlog.is_pressing()):
            if self._thread.stopping.wait(min(left, PRESSED_EVERY_S)):
                return True
        return self._thread.stopping.is_set()

    def step(self) -> bool:
        """Open the database where it is not, and write what is new. True where it took part.

        What the thread does all the time. Never raises: errors are told by `status`, and logged once each.
        """
        with self._stepping:
            try:
                self._open()
                self._flush()
                self._event_writer.flush(self.database)
                self._retention.step(self._clock())
            except LaterVersion:
                self._tell(DOWN, LATER_VERSION)
            except TROUBLE as error:
                self._lost(error)
            except Exception as error:  # the thread outlives everything
                self._failed(error)
                self._tell(DOWN, "An error of the console's own; the log says more")
            else:
                self._tell(READY)
                return True
            return False

    def _open(self) -> None:
        database, now = self.database, self._clock()
        if self._opened and self._file == _identity(database):
            return
        if self._opened:
            database.close()  # the file was moved or deleted: what is written to it now is nowhere
        self._writer.forget()
        if upgrade(database) or self._doubted or self._file not in (None, _identity(database)):
            self.backlog.restart()
            self._event_writer.repeat()
            self._doubted = False
        if database.timescale:
            with database.writing() as connection:
                apply_policies(connection, self.kept)
        if self._filled is None:
            self._filled = fill(database, self._ring, self.backlog, now)
        self._file, self._opened = _identity(database), True

    def _flush(self) -> None:
        """Write all that the ring has and the database has not."""
        oldest = self._clock() - self.kept.raw_s
        sources = self.backlog.sources()
        self._patience.renew()
        if any(len(self._ring.metrics(source)) > WIDE for source in sources):
            self._patience.end()
        for source in sources:
            batch, cursor = self.backlog.take(source)
            for portion in portions(batch, rows_at_once(len(batch.names))):
                if self._thread.goes_on and not self.backlog.is_pressing():
                    self._patience.give_way()
                try:
                    with self.database.writing() as connection:
                        written = self._writer.write(connection, portion, oldest)
                except exc.DataError as error:  # it would be so for ever
                    self._writer.forget()
                    self.backlog.dropped += len(portion)
                    self._failed(error)
                    continue
                self._written += written
            self.backlog.advance(source, cursor)
        self._flushed_at = self._clock()

    def _lost(self, error: BaseException) -> None:
        self._writer.forget()
        self._opened = False
        self._doubted = self._doubted or may_have_forgotten(error)
        self.errors[type(error).__name__] += 1
        try:
            self.database.close()
        except TROUBLE:
            self.database.abandon()
        self._tell(DOWN, plain_words(error))

    def _failed(self, error: BaseException) -> None:
        name = type(error).__name__
        self.errors[name] += 1
        if self.errors[name] == 1:
            _log.error("The history goes on after an error; further %s are counted only", name, exc_info=error)

    def _tell(self, state: str, reason: str | None = None) -> None:
        if (state, reason) == (self._state, self._reason):
            return
        if state != self._state:
            self._since = self._clock()
            if state == READY:
                _log.info("The history is written to %s", self.database.place.words)
        if state == DOWN:
            _log.warning("The history is not written: %s (%s)", reason, self.database.place.words)
        self._state, self._reason = state, reason

    # What everybody reads

    def _down(self) -> HistoryUnavailable | None:
        return HistoryUnavailable(self._reason or "", self._since) if self._state == DOWN else None

    @property
    def status(self) -> HistoryStatus:
        """How the store is, for the page and for REST. From memory."""
        waiting = self.database is not None and bool(self.backlog.sources())
        return HistoryStatus(
            self._state, self._since, self._reason, self.database.place.words if self.database else "",
            max(0.0, self._clock() - self._flushed_at) if waiting else 0.0, self._written.stored, self._written.known,
            self._written.too_old, self.backlog.dropped + self._event_writer.lost, self._filled or 0, dict(self.errors))


def _identity(database: Database) -> tuple[int, int] | None:
    """Which file it is; None for a server, and where there is no file."""
    if not database.is_sqlite:
        return None
    try:
        found = os.stat(database.place.path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
