"""What any process heard, told to all: the thread that records it in Redis and reads back what was missed.

Pub/sub forgets whoever is away for a moment. So every process writes what it heard, once, into one journal, and reads
what others wrote: at its start, after each new subscription, and every second. What it does not know goes through the
same door as what it hears. Nobody waits for this thread, but in the first second of a process, and without Redis it is
only told that it is away.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice

import redis

from dashboard.feed.chronicle import Chronicle
from dashboard.feed.connection import AddressError, connect
from dashboard.feed.coverage import Heard, union
from dashboard.feed.intake import Intake
from dashboard.feed.journal_status import AWAY, CONNECTED, MISTAKE, NOT_YET, OFF, JournalStatus, no_journal
from dashboard.feed.offered import Offered
from dashboard.feed.packed import Entry
from dashboard.feed.record import FILLED, FeedRecord
from dashboard.feed.shared_journal import BEGINNING, EVERYBODY, Bounds, Portion, SharedJournal, State, before
from dashboard.own_thread import OwnThread
from dashboard.right_of_way import never
from dashboard.settings import Settings

FOLLOW_EVERY_S = 1.0  # a question costs 0.1 ms; what another process took in over HTTP is here that much later
MAY_WAIT_S = 0.3  # for answers, each time something is written: a flood is written in fewer, larger steps then
GATHER_S = 0.1  # heard together, written together; spread, so that of many processes the first writes for all
SOCKET_TIMEOUT_S = 1.0  # nobody waits for the thread, but at its start and for its end
BATCH_EVENTS, BATCH_BYTES = 500, 512 * 1024  # written in one step: some 3 ms of Redis's time
BREATHE_EVERY = 32  # events in a row before others may run: under eventlet nobody else can until we yield


logger = logging.getLogger(__name__)


class Journal:
    """Opens no socket and starts no thread before it is told to. Times are Unix seconds."""

    def __init__(self, settings: Settings, intake: Intake, record: FeedRecord, *,
                 known_until: Callable[[], float] = lambda: 0.0, give_way: Callable[[float], float] = never,
                 shared: Callable[..., SharedJournal] = SharedJournal, clock: Callable[[], float] = time.time,
                 monotonic: Callable[[], float] = time.monotonic, random: Callable[[], float] = random.random):
        self.enabled = settings.journal
        self._settings, self._intake, self._record, self._known_until = settings, intake, record, known_until
        self._make_shared, self._clock, self._monotonic, self._random = shared, clock, monotonic, random
        self._chronicle = Chronicle(Bounds.of(settings))
        self._state = State("", BEGINNING, 0, 0)
        self._place = BEGINNING  # up to there everything is here
        self._epoch: str | None = None
        self._filled_once = False
        self._again = False  # Redis may lack some of what is known here
        self._heard_by_anybody: dict[str, list[Heard]] = {}
        self._recorded = 0
        self.errors: Counter[str] = Counter()
        """What went wrong beside Redis being away, by the name of the error."""
        self._give_way = give_way
        self._thread = OwnThread("monitoring-journal", self._run)
        self._unconnected()

    def _unconnected(self) -> None:
        """Locks, sockets and what is under way, as a new process has them."""
        self._stepping = threading.Lock()
        self._thread.reset()
        self._shared: SharedJournal | None = None
        self._offered = Offered()
        self._noted: frozenset[Heard] = frozenset()
        self._notes_due = 0.0
        self._connected, self._reason, self._since = False, NOT_YET, self._clock()

    # -- from any thread ------------------------------------------------------------------------------------------

    def offer(self, entries: list[Entry]) -> None:
        """Take what was heard; never waits. One thread at a time: the door's lock sees to it."""
        self._offered.add(entries)
        if self._connected and not self._thread.wake.is_set():
            self._thread.wake.set()

    def catch_up(self) -> None:
        """Something may have been missed: read at once."""
        self._notes_due = 0.0
        self._thread.wake.set()

    def start(self) -> None:
        """Start the thread of this process; safe to call twice, and nothing where the journal is switched off."""
        if not self.enabled:
            return
        self._thread.wake.set()
        self._thread.start()

    def wait_for_look(self, limit_s: float) -> None:
        """Until what others had heard was read once, at most until `limit_s` after the start."""
        self._thread.wait_for_look(limit_s)

    def end(self) -> None:
        """Ask the thread to end, and wait for nothing: `stop` waits."""
        self._thread.end()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread after it has written what it can; True where it has ended within `timeout_s`."""
        return self._thread.stop(timeout_s)

    def reset_after_fork(self) -> None:
        """Make a forked child's copy usable: new locks and sockets, no thread. What waits is its parent's to write."""
        self._unconnected()
        self._chronicle.repair()

    @property
    def status(self) -> JournalStatus:
        state = self._state
        name = OFF if not self.enabled else CONNECTED if self._connected else AWAY
        return JournalStatus(
            state=name, since=self._since, reason=self._reason if name == AWAY else None, events=state.events,
            bytes=state.bytes, waiting=len(self._offered), recorded=self._recorded,
            unrecorded=self._offered.dropped)

    # -- the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        thread = self._thread
        while thread.goes_on:
            if thread.wake.wait(FOLLOW_EVERY_S) and self._connected:
                thread.stopping.wait(GATHER_S * (0.5 + self._random()))
            thread.wake.clear()
            self.step()
            thread.has_looked()
        if self._connected:  # else it would only wait again, and its end is waited for
            self._notes_due = 0.0  # until when it has listened
            self.step()
        if self._shared is not None:
            self._shared.close()

    def step(self) -> bool:
        """Write what was heard, read what was missed, tell each other who listened when. True where Redis took part.

        What the thread does all the time. Never raises: errors are counted, and logged once each.
        """
        with self._stepping:
            if self._connected and len(self._offered) and not self._thread.stopping.is_set():
                self._give_way(MAY_WAIT_S)  # at first answers wait for this thread
            until = self._known_until()
            self._take_offered()
            try:
                self._exchange(until)
            except (redis.RedisError, AddressError, OSError) as error:
                self._tell(False, no_journal(error))
                return False
            except Exception as error:  # the thread outlives everything
                self._failed(error)
                return False
            self._tell(True, None)
            return True

    def _exchange(self, until: float) -> None:
        if self._shared is None:
            self._shared = self._make_shared(self._settings, connect, SOCKET_TIMEOUT_S)
        shared = self._shared
        notes_due = not 0 <= self._notes_due - self._monotonic() <= FOLLOW_EVERY_S
        # In this order: who listened is told after all he heard, and believed once all of it was read.
        heard = shared.spans() if notes_due else None
        self._read(shared)
        if heard is not None:
            self._believe(heard)
        self._write(shared)
        if self._again:
            self._write_again(shared)
        if notes_due:
            self._note(shared, until)
            self._notes_due = self._monotonic() + FOLLOW_EVERY_S

    def _believe(self, heard: dict[str, list[Heard]]) -> None:
        if self._again:  # what a Redis that was lost has said is as true as before
            known = self._heard_by_anybody
            heard = {name: union([*known.get(name, ()), *heard.get(name, ())]) for name in known | heard}
        self._heard_by_anybody = heard
        sources = {name: tuple(spans) for name, spans in heard.items() if name != EVERYBODY}
        self._record.fill(heard.get(EVERYBODY, []), sources)

    def _take_offered(self) -> None:
        for entry in self._offered.take():
            self._chronicle.add(entry)
        if self._offered.overflowed:
            self._again = True  # what waited is in the chronicle, and goes out from there
        self._chronicle.forget(self._clock())

    def _read(self, shared: SharedJournal) -> None:
        """Take in what stands in the journal and is not known here."""
        while True:
            portion = self._next(shared)
            if self._lost(portion.state):
                continue
            unknown = portion.entries
            if self._filled_once:
                self._offered.forget(portion.keys)
                wanted = [key for key in portion.keys if not self._intake.knows(key)]
                unknown = shared.entries_after(self._place, wanted).entries if wanted else ()
            self._take_in(unknown)
            self._place = portion.reached or self._place
            if portion.complete:
                self._filled_once = True
                return
            if self._thread.stopping.is_set():
                return
            self._take_offered()

    def _next(self, shared: SharedJournal) -> Portion:
        # At first nothing is known, so that asking for the keys alone would only cost a question more.
        return shared.keys_after(self._place) if self._filled_once else shared.entries_after(self._place)

    def _take_in(self, entries: Sequence[Entry]) -> None:
        for begin in range(0, len(entries), BREATHE_EVERY):
            together = entries[begin:begin + BREATHE_EVERY]
            for entry, outcome in zip(together, self._intake.replay(together), strict=True):
                if outcome == FILLED:
                    self._chronicle.add(entry)
            time.sleep(0)

    def _lost(self, state: State) -> bool:
        """Whether the journal is not the one that was read so far; then it is read anew, and written again."""
        known, self._state = self._epoch, state
        self._epoch = state.epoch
        # Another epoch, an entry that is gone from its end (a replica took over), or its stream alone (evicted).
        lost = known is not None and (
            (known != state.epoch and known != "") or before(state.last, self._place) or
            (state.events == 0 and state.bytes > 0 and self._place != BEGINNING))
        if lost:
            logger.warning("Redis has lost the journal, or a part of it; it is written again from here")
            self._place, self._again, self._noted = BEGINNING, True, frozenset()
        return lost

    def _write(self, shared: SharedJournal) -> None:
        """All that waits by now. What comes meanwhile is taken to wait, too, or there may soon be no place for it."""
        left = len(self._offered)
        while left > 0 and (batch := self._offered.batch(BATCH_EVENTS, BATCH_BYTES)):
            self._write_batch(shared, batch)
            self._offered.forget([entry.key for entry in batch])
            left -= len(batch)
            if self._offered.has_room:
                self._take_offered()

    def _write_batch(self, shared: SharedJournal, batch: list[Entry]) -> None:
        recorded = shared.record(batch)
        self._recorded += recorded.added
        if not self._lost(recorded.state) and recorded.before == self._place:
            self._place = recorded.state.last

    def _write_again(self, shared: SharedJournal) -> None:
        """Write all that is known here and not there."""
        self._again = False
        try:
            for portion in self._chronicle.portions():
                lacking = shared.missing([entry.key for entry in portion])
                entries = iter([entry for entry, lacks in zip(portion, lacking, strict=True) if lacks])
                while batch := list(islice(entries, BATCH_EVENTS)):
                    self._write_batch(shared, batch)
                if self._thread.stopping.is_set():
                    return
            shared.note(self._heard_by_anybody)
        except BaseException:
            self._again = True
            raise

    def _note(self, shared: SharedJournal, until: float) -> None:
        """Tell when this process listened; all it heard until then is written."""
        spans = self._record.spans(until)
        news = [span for span in spans if span not in self._noted]
        if news:
            shared.note({EVERYBODY: news})
        self._noted = frozenset(spans)

    def _tell(self, connected: bool, reason: str | None) -> None:
        if connected != self._connected:
            self._since = self._clock()
            if connected:
                logger.info("The journal is in step with Redis")
        if not connected and reason != self._reason:
            logger.warning("Nothing is recorded: %s", reason)
        self._connected, self._reason = connected, reason

    def _failed(self, error: Exception) -> None:
        name = type(error).__name__
        self.errors[name] += 1
        if self.errors[name] == 1:
            logger.error("The journal goes on after an error of its own; further %s are counted only", name,
                         exc_info=error)
        self._tell(False, MISTAKE)
