"""The parts of one mounted console, built once and handed to whoever needs them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from dashboard.alerts.past import ClosedAlerts, ClosedInMemory
from dashboard.alerts.stale import Interval, silent_after
from dashboard.alerts.store import AlertStore
from dashboard.commands import Commands
from dashboard.feed.intake import Intake
from dashboard.feed.journal import Journal
from dashboard.feed.known_keys import KEYS_KEPT
from dashboard.feed.listener import Listener
from dashboard.feed.record import CONNECTED, FeedRecord
from dashboard.history.answers import OFF
from dashboard.history.closed import ClosedInArchive
from dashboard.history.event_writer import Known
from dashboard.history.look import Look
from dashboard.history.store import HistoryStore
from dashboard.metrics.readings import Still
from dashboard.metrics.ring import Ring
from dashboard.notifications.notifier import Notifier
from dashboard.right_of_way import RightOfWay, never
from dashboard.settings import Settings
from dashboard.sources import SourceBoard

STOP_S = 2.0
"""For the end of all threads: they take some tenths of a second, and what hangs must not hold up the host."""


FIRST_LOOK_S = 1.0
"""So long after the start of a process nobody waits any more for what is in Redis."""
GIVE_WAY_S = 0.5
"""So long the history lets that go first at most: to fill the ring takes as much of the processor as all the rest, and
of a process that has just begun somebody is waiting for an answer."""


@dataclass(frozen=True)
class Services:
    """What callbacks and REST read and act on. Everything here answers from memory, but `commands` and what people
    do to `alerts` and to the routes of `notifications`, which speak to Redis with a short timeout, and what is asked
    of `history`, which waits for its database."""

    settings: Settings
    ring: Ring | Still
    board: SourceBoard
    record: FeedRecord
    intake: Intake
    listener: Listener
    journal: Journal
    alerts: AlertStore
    commands: Commands
    notifications: Notifier
    history: HistoryStore | Look
    right_of_way: RightOfWay = field(default_factory=RightOfWay)
    clock: Callable[[], float] = time.time

    @cached_property
    def closed(self) -> ClosedAlerts:
        """Alerts that are over, from memory or from the history, whichever has more."""
        archive = None if self.history.status.state == OFF else ClosedInArchive(self.history.events)
        return ClosedAlerts(ClosedInMemory(self.alerts.index), archive, self.settings.alerts_kept)

    @contextmanager
    def look(self) -> Iterator[Services]:
        """The same parts for one answer: the history on one connection, and memory that stands still."""
        with self.history.look() as history:
            yield replace(self, history=history, ring=history.metrics.ring)

    def start(self) -> None:
        """Start the threads of this process; safe to call twice."""
        self.alerts.start()
        self.listener.start()
        self.journal.start()
        self.notifications.start()
        self.history.start(after=partial(self.wait_for_look, GIVE_WAY_S))

    def wait_for_look(self, limit_s: float = FIRST_LOOK_S) -> None:
        """Until this process has read the alerts, the routes and the journal once, or is so old.

        A worker that comes in the place of another has requests at once, and would say that there is nothing.
        """
        for part in (self.alerts, self.notifications, self.journal):
            part.wait_for_look(limit_s)

    def stop(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Stop the threads and wait for them, at most about two seconds for all together; safe to call twice.

        Who writes is told once nothing more is heard, so that all of it is written; a connection that hangs, and hears
        nothing, leaves them half of the time.
        """
        until = monotonic() + STOP_S
        self.notifications.end()
        self.listener.stop(STOP_S / 2)
        writers = self.journal, self.history, self.alerts
        for writer in writers:
            writer.end()
        for part in (*writers, self.notifications):
            part.stop(max(0.0, until - monotonic()))

    def reset_after_fork(self) -> None:
        """Make a forked child's copy usable: new locks, no inherited socket. Starts nothing."""
        self.right_of_way.reset_locks()
        self.ring.reset_locks()
        self.board.reset_locks()
        self.record.reset_locks()
        self.intake.reset_locks()
        self.listener.reset_after_fork()
        self.journal.reset_after_fork()
        self.alerts.reset_after_fork()
        self.commands.reset_after_fork()
        self.notifications.reset_after_fork()
        self.history.reset_after_fork()


def build(settings: Settings, folder: str | None = None) -> Services:
    """Build all parts. Opens no socket, starts no thread, touches no file.

    `folder` is where the history's file will lie, if no database is set; without either there is no history.
    """
    right_of_way = RightOfWay()
    ring = Ring(rows=settings.ring_rows, metrics=settings.ring_metrics, sources=settings.ring_sources,
                clock=time.time)
    board = SourceBoard(
        max_sources=settings.ring_sources,
        delayed_after_s=settings.delayed_after_s,
        inactive_after_s=settings.inactive_after_s,
    )
    record = FeedRecord(raw_messages=settings.raw_messages)
    alerts = AlertStore(settings, silent_since=silent_after(_last_heard(board, record), settings.inactive_after_s),
                        unheard=_unheard(board, record))
    commands = Commands(settings)
    history = HistoryStore(settings, ring, Known(
        alerts=alerts.all, alerts_revision=lambda: alerts.revision, may_lack_alerts=lambda: alerts.taking_up.may_lack,
        alerts_wanted=lambda: alerts.taking_up.wanted, take_up=lambda found: alerts.taking_up.offer(found),
        commands=lambda: commands.recent,
        gaps=record.decided_gaps, listened=lambda: record.spans(time.time())), folder=folder,
        give_way=right_of_way.give_way)
    alerts.has_history = history.database is not None
    # As many keys as the journal has events: it may be read anew.
    intake = Intake(ring, board, alerts, record, history=history,
                    keys_kept=max(KEYS_KEPT, settings.journal_events))
    listener, journal = listen(settings, intake, record, right_of_way.give_way)
    return Services(
        settings=settings,
        ring=ring,
        board=board,
        record=record,
        intake=intake,
        listener=listener,
        journal=journal,
        alerts=alerts,
        commands=commands,
        notifications=Notifier(settings, alerts),
        history=history,
        right_of_way=right_of_way,
    )


def listen(settings: Settings, intake: Intake, record: FeedRecord,
           give_way: Callable[[float], float] = never) -> tuple[Listener, Journal]:
    """What fills `intake`: the connections, and the journal for what they missed. Starts nothing."""
    listener = Listener(settings, intake, record, give_way=give_way)
    journal = Journal(settings, intake, record, known_until=lambda: listener.known_until, give_way=give_way)
    if settings.journal:
        intake.record_in_journal = journal.offer
        listener.heard_again = journal.catch_up
    return listener, journal


def _last_heard(board: SourceBoard, record: FeedRecord) -> Callable[[str], float | None]:
    """When a source was last heard, for the alerts: unknown while we hear nobody, and from the moment we do, anew."""

    def last_heard(source: str) -> float | None:
        if record.state != CONNECTED:
            return None
        state = board.get(source)
        return record.state_since if state is None else max(state.last_received, record.state_since)

    return last_heard


def _unheard(board: SourceBoard, record: FeedRecord) -> Callable[[str], Sequence[Interval]]:
    """When a source was silent while we listened: what lies beside a gap of the feed says nothing of the source."""

    def unheard(source: str) -> Sequence[Interval]:
        state = board.get(source)
        if state is None or not state.silences:
            return ()
        gaps = [(gap.start, gap.end if gap.end is not None else math.inf) for gap in record.snapshot().gaps_of(source)]
        return [(heard, again) for heard, again in state.silences
                if not any(start < again and heard < end for start, end in gaps)]

    return unheard
