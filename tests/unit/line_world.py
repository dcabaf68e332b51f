"""One line of the feed whose connections, time and intake are made of paper."""

from __future__ import annotations

import redis

from dashboard.feed import line as feed
from dashboard.feed.copies import Copies
from dashboard.feed.frames import MESSAGE
from dashboard.feed.line import Line
from dashboard.feed.lines import Lines
from dashboard.feed.record import FeedRecord
from dashboard.settings import Settings

REFUSED = redis.ConnectionError("refused")
CLOSED = redis.ConnectionError("Connection closed by server.")


class Script(list):
    """What one connection does, step by step: a frame, seconds of silence, or an error. Then the thread is stopped."""


class Connection:
    def __init__(self, world, script):
        self.world, self.script, self.closed, self.pings, self.last = world, script, False, [], []
        self.warnings, self.place = ("told",), f"node:{len(world.connections)}"

    def open(self):
        if isinstance(self.script, Exception):
            raise self.script

    def read(self, timeout_s):
        assert not self.closed
        assert timeout_s > 0
        if self.last and self.world.ended:
            step = self.last.pop(0)
            if isinstance(step, Exception):
                raise step
            return step
        if not self.script:
            self.world.now += timeout_s
            self.world.ended = [each for each in self.world.connections if not each.closed][-1] is self
            return None
        step = self.script[0]
        if isinstance(step, float):
            spent = min(step, timeout_s)
            self.world.now += spent
            self.script[0] = round(step - spent, 6)
            if self.script[0] <= 0:
                self.script.pop(0)
            return None
        self.script.pop(0)
        if callable(step):
            step = step(self)
        if isinstance(step, Exception):
            raise step
        return step

    def ready(self):
        """What the system gave together with what was read: messages that follow in the script without a pause."""
        return self.script.pop(0) if self.script and isinstance(self.script[0], list) else None

    def messages(self, most):
        found = []
        while len(found) < most and self.script and isinstance(self.script[0], list) and self.script[0][0] == MESSAGE:
            found.append(self.script.pop(0)[2])
        return found

    def ping(self, text):
        if text == feed.LAST_WORD:
            self.last += [] if self.world.last is None else [*self.world.last, pong(text)]
        else:
            self.pings.append((self.world.now, text))

    def close(self):
        self.closed = True


class World:
    """One line whose connections, time and intake are made of paper. `run` returns when the last script is over."""

    def __init__(self, *scripts):
        self.scripts, self.connections = list(scripts), []
        self.now, self.ended, self.waits, self.watching, self.last = 1000.0, False, [], False, []
        self.taken, self.together, self.error, self.pauses, self.nodes = [], [], None, [], []
        self.paused = lambda: None  # what happens in a pause
        self.ways, self.answer_s = [], 0.0  # how long answers were let go first at most, and how long they take
        self.record = FeedRecord(clock=lambda: self.now)
        self.copies = Copies()
        self.lines = Lines(self.record, lambda: self.now)
        self.line = Line(
            Settings(), self.accept, self.copies, self.lines.reports[0], clock=lambda: self.now,
            monotonic=lambda: self.now, random=lambda: 1.0, pause=self.pause, subscription=self.connect,
            only_watches=lambda: self.watching, give_way=self.give_way)

    def connect(self, settings, node):
        self.nodes.append(node)
        script = self.scripts.pop(0) if self.scripts else Script()
        self.connections.append(Connection(self, script))
        return self.connections[-1]

    # the intake
    def accept(self, raws):
        if self.error:
            raise self.error
        self.taken += [(raw, self.now) for raw in raws]
        self.together.append(len(raws))

    def give_way(self, most_s):
        self.ways.append(most_s)
        took_s = min(most_s, self.answer_s)
        self.now += took_s
        return took_s

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds
        self.paused()

    # the stop event
    def is_set(self):
        if self.ended:
            self.places = [line.place for line in self.lines.reports if line.since is not None]
        return self.ended

    def wait(self, seconds):
        self.waits.append(seconds)
        self.now += seconds

    def run(self):
        self.line.run(self)
        assert all(connection.closed for connection in self.connections)
        return self


def message(data):
    return [b"message", b"channel", data]


def pong(text=b""):
    return [b"pong", text]


def answer(connection):
    return pong(connection.pings[-1][1])
