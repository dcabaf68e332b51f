"""A journal with a Redis and an intake of paper."""

from __future__ import annotations

from dashboard.feed.coverage import Heard
from dashboard.feed.journal import Journal
from dashboard.feed.packed import Entry
from dashboard.feed.record import FeedRecord
from dashboard.feed.shared_journal import BEGINNING, Portion, Recorded, State
from dashboard.settings import Settings

NOW = 100_000.0


class Paper:
    """What Redis keeps of the journal, for any number of journals."""

    def __init__(self):
        self.entries: list[Entry] = []
        self.first = 1  # number of the oldest entry
        self.epoch, self.epochs = "", 0
        self.heard: dict[str, list[Heard]] = {}
        self.error: Exception | None = None
        self.asked: list[str] = []
        self.portion = 1000

    @property
    def state(self):
        last = f"{self.first + len(self.entries) - 1}-0" if self.epoch else BEGINNING
        return State(self.epoch, last, len(self.entries), sum(len(entry.raw) for entry in self.entries))

    def forget_all(self):
        self.entries, self.heard, self.epoch = [], {}, ""

    # What SharedJournal does

    def __call__(self, settings, connect, timeout_s):
        return self

    def _ask(self, what):
        self.asked.append(what)
        if self.error:
            raise self.error

    def record(self, entries):
        self._ask("record")
        if not self.epoch:
            self.epochs += 1
            self.epoch = f"epoch {self.epochs}"
        last, keys = self.state.last, {entry.key for entry in self.entries}
        added = [entry for entry in entries if entry.key not in keys]
        self.entries += added
        return Recorded(self.state, last, len(added))

    def _after(self, place):
        number = int(place.partition("-")[0])
        found = self.entries[max(0, number - self.first + 1):]
        complete = len(found) <= self.portion
        found = found[:self.portion]
        start = max(number + 1, self.first)
        return found, f"{start + len(found) - 1}-0" if found else "", complete

    def keys_after(self, place):
        self._ask("keys")
        found, reached, complete = self._after(place)
        return Portion(self.state, reached, complete, keys=tuple(entry.key for entry in found))

    def entries_after(self, place, keys=None):
        self._ask("entries")
        found, reached, complete = self._after(place)
        wanted = tuple(entry for entry in found if keys is None or entry.key in keys)
        return Portion(self.state, reached, complete, entries=wanted)

    def missing(self, keys):
        self._ask("missing")
        known = {entry.key for entry in self.entries}
        return [key not in known for key in keys]

    def spans(self):
        self._ask("spans")
        return {name: list(found) for name, found in self.heard.items()}

    def note(self, spans):
        self._ask("note")
        for name, found in spans.items():
            self.heard.setdefault(name, []).extend(found)

    def close(self):
        self.asked.append("close")


class Process:
    """A journal with an intake of paper. `now` is the time, of both clocks."""

    def __init__(self, paper, **options):
        self.paper, self.now, self.taken, self.known = paper, NOW, [], set()
        self.ways, self.answer_s = [], 0.0  # how long answers were let go first at most, and how long they take
        self.record = FeedRecord(clock=lambda: self.now)
        self.record.subscribed()
        self.journal = Journal(
            Settings(**options), self, self.record, known_until=lambda: self.now, shared=paper,
            clock=lambda: self.now, monotonic=lambda: self.now, random=lambda: 0.0,
            give_way=self.give_way)

    def give_way(self, most_s):
        self.ways.append(most_s)
        return min(most_s, self.answer_s)

    # the intake
    def replay(self, entries):
        outcomes = ["known" if raw.decode() in self.known else "filled" for _, _, raw in entries]
        self.taken += [(raw.decode(), received) for _, received, raw in entries if raw.decode() not in self.known]
        self.known |= {raw.decode() for _, _, raw in entries}
        return outcomes

    def knows(self, key):
        return key in self.known

    def hear(self, *keys):
        for key in keys:
            self.known.add(key)
            self.journal.offer([Entry(key, self.now, key.encode())])

    def step(self, later_s=1.5):
        self.now += later_s
        return self.journal.step()
