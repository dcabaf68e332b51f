"""The listener of a process: two lines with real threads on paper connections, and the merging of what they tell."""

from __future__ import annotations

import os
import threading

import pytest

from dashboard.feed import listener as feed
from dashboard.feed.coverage import Gap
from dashboard.feed.frames import PONG
from dashboard.feed.line import LAST_WORD
from dashboard.feed.lines import ALONE_AFTER_S, Lines
from dashboard.feed.listener import Listener
from dashboard.feed.record import ALONE, CONNECTED, DISCONNECTED, FeedRecord
from dashboard.settings import Settings


class Quiet:
    """A connection that says nothing until it is told to end."""

    warnings, place = (), "cache:6379"

    def __init__(self, world):
        self.world, self.closed, self.last = world, False, None

    def open(self):
        pass

    def read(self, timeout_s):
        self.world.reading.set()
        self.world.release.wait(0.01)
        return self.last

    def ready(self):
        return None

    def ping(self, text):
        if text == LAST_WORD:
            self.last = [PONG, text]

    def close(self):
        self.closed = True


class World:
    def __init__(self):
        self.now = 1000.0
        self.reading, self.release = threading.Event(), threading.Event()
        self.connections = []
        self.record = FeedRecord(clock=lambda: self.now)
        self.heard_again = []
        self.listener = Listener(
            Settings(), self, self.record, clock=lambda: self.now, monotonic=lambda: self.now,
            subscription=self.connect, only_watches=lambda: False,
            heard_again=lambda: self.heard_again.append(self.now))

    def connect(self, settings, node):
        self.connections.append(Quiet(self))
        return self.connections[-1]

    # the intake
    def accept_together(self, raws):
        pass

    def reset_locks(self):
        pass

    def wait_connected(self):
        assert self.reading.wait(5)
        for _ in range(500):
            if len(self.heard_again) == 2:
                return
            self.release.wait(0.01)
        raise AssertionError("two subscriptions")


@pytest.fixture
def world():
    world = World()
    yield world
    assert world.listener.stop()


def test_start_and_stop_may_be_called_twice(world):
    assert world.listener.stop()
    world.listener.start()
    threads = world.listener._threads
    world.listener.start()
    world.wait_connected()
    assert world.listener._threads is threads
    assert [(thread.daemon, thread.name) for thread in threads] == [
        (True, "monitoring-feed"), (True, "monitoring-feed-2")]
    assert world.listener.alive
    assert world.listener.stop()
    assert world.listener.stop()
    assert not world.listener.alive
    assert len(world.connections) == 2
    assert all(connection.closed for connection in world.connections)
    world.listener.start()
    assert world.listener.alive
    assert world.listener._threads is not threads


def test_a_child_forgets_the_threads_and_the_connections_of_its_parent(world, monkeypatch):
    world.listener.start()
    world.wait_connected()
    parents, inherited = world.listener._stopping, list(world.connections)
    pid = os.getpid()
    monkeypatch.setattr(feed.os, "getpid", lambda: pid + 1)
    assert not world.listener.alive
    world.listener.start()  # as in a child; the threads of the "parent" go on here
    assert all(connection.closed for connection in inherited)
    assert world.listener.alive
    assert world.listener._stopping is not parents
    parents.set()
    assert feed.FORKED in [gap.why for gap in world.record.gaps] or world.record.reason == feed.FORKED


# -- what two lines tell becomes what happened to the feed ------------------------------------------------------------


class Merged:
    def __init__(self):
        self.now, self.again = 1000.0, 0
        self.record = FeedRecord(clock=lambda: self.now)
        self.lines = Lines(self.record, lambda: self.now, self.heard_again)
        self.one, self.two = self.lines.reports

    def heard_again(self):
        self.again += 1

    def connected(self):
        for line in (self.one, self.two):
            line.connecting()
            line.subscribed()
            line.known_until = lambda: self.now
        return self


@pytest.fixture
def merged():
    return Merged().connected()


def test_one_line_that_is_lost_is_no_gap(merged):
    merged.now = 1010.0
    merged.one.lost(1009.5, "closed")
    assert merged.record.state == CONNECTED
    merged.now = 1010.1
    merged.one.is_asked = merged.two.is_asked = False
    merged.one.subscribed()
    assert merged.two.is_asked and not merged.one.is_asked
    assert (merged.record.gaps, merged.record.reconnects, merged.again) == ((), 0, 3)


def test_both_lost_is_a_gap_from_when_the_last_was_good_until_the_first_is_back(merged):
    merged.now = 1010.0
    merged.one.lost(1008.0, "closed")
    merged.two.lost(1009.0, "frozen")
    assert merged.record.state == DISCONNECTED
    assert merged.lines.known_until == 1009.0
    merged.one.failed("refused", 1011.0)
    merged.two.failed("refused", 1010.5)
    assert merged.record.next_try_at == 1010.5
    merged.now = 1012.0
    merged.two.subscribed(("told",))
    merged.now = 1013.0
    merged.one.subscribed()
    assert merged.record.gaps == (Gap(1009.0, 1012.0, "frozen"),)
    assert (merged.record.reconnects, merged.record.state) == (1, CONNECTED)


def test_a_line_that_was_dead_before_anybody_knew_leaves_a_gap(merged):
    merged.now = 1010.0
    merged.one.lost(1010.0, "closed")
    merged.now = 1010.5
    merged.one.subscribed()
    merged.now = 1013.0
    merged.two.lost(1009.0, "did not answer")  # so from 1010 to 1010.5 nobody heard anything
    assert merged.record.gaps == (Gap(1010.0, 1010.5, "did not answer"),)
    assert (merged.record.state, merged.record.reconnects) == (CONNECTED, 1)


def test_a_line_that_fails_while_the_other_listens_is_nobodys_gap(merged):
    merged.one.lost(1000.0, "closed")
    merged.one.failed("no room", 1001.0)
    assert (merged.record.state, merged.record.reason, merged.record.gaps) == (CONNECTED, None, ())


def test_a_line_that_stays_away_is_told(merged):
    merged.one.lost(1000.0, "closed")
    merged.now += ALONE_AFTER_S
    merged.one.failed("no room", merged.now + 1)
    assert merged.record.snapshot().warnings == (ALONE.format("no room"),)
    merged.one.subscribed()
    assert merged.record.snapshot().warnings == ()


def test_nothing_is_alone_where_nothing_is_there(merged):
    for line in (merged.one, merged.two):
        line.lost(1000.0, "closed")
    merged.now += ALONE_AFTER_S
    merged.one.failed("refused", None)
    assert merged.record.snapshot().warnings == ()


def test_a_silent_line_that_speaks_again_lost_nothing(merged):
    merged.now = 1010.0
    merged.one.lost(1007.0, "silent")
    merged.one.resumed()
    merged.now = 1013.0
    merged.two.lost(1008.0, "silent")
    assert merged.record.gaps == ()
    merged.one.lost(1012.0, "silent")
    merged.now = 1014.0
    merged.one.resumed()
    assert merged.record.gaps == (Gap(1012.0, 1014.0, "silent"),)
    assert merged.record.reconnects == 0


def test_a_stop_of_both_is_one_stop(merged):
    merged.now = 1010.0
    merged.one.stopped(1009.0, "stopped")
    assert merged.record.state == CONNECTED
    merged.two.stopped(1010.0, "stopped")
    assert (merged.record.state, merged.record.reason) == (DISCONNECTED, "stopped")
    merged.now = 1020.0
    merged.connected()
    assert merged.record.gaps == (Gap(1010.0, 1020.0, "stopped"),)


def test_an_interruption_nobody_saw(merged):
    merged.two.lost(1000.0, "closed")
    merged.now = 1005.0
    merged.one.interrupted(1004.0, "replaced")
    assert merged.record.gaps == (Gap(1004.0, 1005.0, "replaced"),)


def test_known_until_is_the_latest_of_those_that_listen(merged):
    merged.one.known_until = lambda: 1004.0
    merged.two.known_until = lambda: 1005.0
    assert merged.lines.known_until == 1005.0
    merged.two.lost(1004.5, "closed")
    assert merged.lines.known_until == 1004.0
