"""Two connections, one feed: what happens to each becomes what happened to both together.

The feed is connected as long as one line is, and only what neither of them heard is a gap.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from dashboard.feed.copies import LINES
from dashboard.feed.record import FeedRecord

ALONE_AFTER_S = 10.0  # a connection that was replaced is back in a moment; one that stays away is worth a word


class LineReport:
    """What one line tells. Its methods are called by the thread of that line alone."""

    def __init__(self, lines: Lines, index: int):
        self._lines, self.index = lines, index
        self.since: float | None = None  # subscribed since then; None while it is not
        self.place: str | None = None  # the server it is subscribed at, where it has a host
        self.subscribed_at = 0.0  # the newest subscription, whatever became of it
        self.down_since: float | None = None
        self.reason: str | None = None
        self.running = False
        self.next_try_at: float | None = None
        self.known_until: Callable[[], float] = lambda: 0.0
        self.is_asked = False  # to make sure at once, by a ping, up to when it has heard everything

    def connecting(self) -> None:
        """The line was started."""
        self._lines.connecting(self)

    def failed(self, why: str, next_try_at: float | None) -> None:
        """A try to connect failed."""
        self._lines.failed(self, why, next_try_at)

    def lost(self, known_until: float, why: str) -> None:
        """The line is gone; it was last known to be good at `known_until` (Unix s)."""
        self._lines.lost(self, known_until, why)

    def subscribed(self, warnings: tuple[str, ...] = ()) -> None:
        """Events arrive on this line (again)."""
        self._lines.subscribed(self, warnings)

    def resumed(self) -> None:
        """The line that had fallen silent speaks again; nothing was subscribed anew."""
        self._lines.resumed(self)

    def interrupted(self, known_until: float, why: str) -> None:
        """The line goes on after a break nobody saw."""
        self._lines.lost(self, known_until, why)
        self._lines.subscribed(self, None)

    def stopped(self, known_until: float, why: str) -> None:
        """The line was stopped on purpose."""
        self._lines.stopped(self, known_until, why)


class Lines:
    """The reports of all lines, merged into `record`. `heard_again` is called after each new subscription."""

    def __init__(self, record: FeedRecord, clock: Callable[[], float] = time.time,
                 heard_again: Callable[[], None] = lambda: None):
        self._record, self._clock, self._heard_again = record, clock, heard_again
        self.reports = [LineReport(self, index) for index in range(LINES)]
        self._heard_until = clock()  # the latest time at which a line that is gone now was good
        self._lock = threading.Lock()

    def reset_locks(self) -> None:
        """After a fork: the old lock may be held by a thread that exists only in the parent."""
        self._lock = threading.Lock()
        for line in self.reports:
            line.since = line.down_since = None
            line.running = False

    def _up(self, but: LineReport | None = None) -> list[LineReport]:
        return [line for line in self.reports if line.since is not None and line is not but]

    @property
    def places(self) -> tuple[str, ...]:
        """The servers at which somebody listens, each once."""
        return tuple(dict.fromkeys(line.place for line in self._up() if line.place is not None))

    @property
    def known_until(self) -> float:
        """Up to when what was sent has certainly been heard (Unix s)."""
        up = self._up()
        return max((line.known_until() for line in up), default=self._heard_until)

    def connecting(self, line: LineReport) -> None:
        with self._lock:
            first = not any(other.running for other in self.reports)
            line.running = True
            if first:
                self._record.connecting()

    def failed(self, line: LineReport, why: str, next_try_at: float | None) -> None:
        with self._lock:
            line.reason, line.next_try_at = why, next_try_at
            self._down(line)
            if not self._up():
                # The earliest try is the one that is waited for.
                due = [other.next_try_at for other in self.reports if other.next_try_at is not None]
                self._record.failed(why, min(due, default=None))

    def lost(self, line: LineReport, known_until: float, why: str) -> None:
        with self._lock:
            line.since, line.reason, line.next_try_at = None, why, None
            self._down(line)
            self._heard_until = max(self._heard_until, known_until)
            others = self._up()
            if not others:
                self._record.lost(self._heard_until, why)
                return
            # The other one may have come back later than this one was last good: nobody heard what was between.
            again = min(other.since for other in others)
            if again > self._heard_until:
                self._record.missed(self._heard_until, again, why)

    def subscribed(self, line: LineReport, warnings: tuple[str, ...] | None) -> None:
        with self._lock:
            alone = not self._up()
            self._back(line, self._clock())
            for other in self._up(but=line):
                other.is_asked = True  # so that its loss, a moment later, leaves no doubt about the time between
            if alone:
                self._record.subscribed(self._record.warnings if warnings is None else warnings)
            else:
                self._record.line_back(warnings)
        self._heard_again()

    def resumed(self, line: LineReport) -> None:
        with self._lock:
            alone = not self._up()
            self._back(line, line.subscribed_at)  # it held everything back, and lost nothing
            if alone:
                self._record.resumed()

    def stopped(self, line: LineReport, known_until: float, why: str) -> None:
        with self._lock:
            line.since, line.down_since, line.next_try_at, line.running = None, None, None, False
            self._heard_until = max(self._heard_until, known_until)
            if not any(other.running for other in self.reports):
                self._record.alone(None)
                self._record.stopped(self._heard_until, why)

    def _back(self, line: LineReport, since: float) -> None:
        line.since = line.subscribed_at = since
        line.reason = line.next_try_at = line.down_since = None
        self._tell_alone()

    def _down(self, line: LineReport) -> None:
        if line.down_since is None:
            line.down_since = self._clock()
        self._tell_alone()

    def _tell_alone(self) -> None:
        """One line that is missing for long, beside one that is there, is told: the next loss will be a gap."""
        now = self._clock()
        missing = [line for line in self.reports
                   if line.down_since is not None and now - line.down_since >= ALONE_AFTER_S]
        self._record.alone(missing[0].reason if missing and self._up() else None)
