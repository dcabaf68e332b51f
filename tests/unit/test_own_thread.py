"""A thread of a process's own: one at a time, ended when told, and none in a child that forgot its parent's."""

import os
import threading
import time

import pytest

from dashboard import own_thread
from dashboard.own_thread import OwnThread

LONG_S = 30.0


class Work:
    """Runs until it is told to end."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.thread = OwnThread("monitoring-test", self.run)

    def run(self):
        self.begun.release()
        while self.thread.goes_on:
            self.thread.wake.wait(30)
            self.thread.wake.clear()


@pytest.fixture
def work():
    made = Work()
    yield made
    assert made.thread.stop(30)


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "monitoring-test"]


def test_one_thread_however_often_it_is_started(work):
    assert not work.thread.runs_here and work.thread.ident is None and not threads()
    work.thread.start()
    work.thread.start()
    assert work.begun.acquire(timeout=30) and not work.begun.acquire(blocking=False)
    assert work.thread.runs_here
    (thread,) = threads()
    assert thread.daemon and thread.ident == work.thread.ident
    assert work.thread.stop(30)
    assert not work.thread.runs_here and not threads()
    work.thread.start()
    assert work.begun.acquire(timeout=30)


def test_it_ends_within_its_time_or_says_that_it_has_not():
    hold = threading.Event()
    stubborn = OwnThread("monitoring-test", lambda: hold.wait(30))
    assert stubborn.stop(0)
    stubborn.start()
    (thread,) = threads()
    assert not stubborn.stop(0)
    assert not stubborn.goes_on
    hold.set()
    thread.join(30)
    assert stubborn.stop(0)


def test_it_is_told_to_end_by_one_and_waited_for_by_another(work):
    work.thread.start()
    assert work.begun.acquire(timeout=30)
    (thread,) = threads()
    work.thread.end()
    assert not work.thread.goes_on
    thread.join(30)
    assert work.thread.stop(0)
    work.thread.start()
    assert work.begun.acquire(timeout=30) and work.thread.goes_on


def test_a_child_has_locks_of_its_own_and_leaves_the_thread_to_its_parent(work, monkeypatch):
    work.thread.start()
    assert work.begun.acquire(timeout=30)
    inherited = OwnThread.__new__(OwnThread)
    inherited.__dict__ |= work.thread.__dict__
    parent = os.getpid()
    monkeypatch.setattr(own_thread.os, "getpid", lambda: parent + 1)
    assert not inherited.runs_here
    inherited._lock.acquire()
    inherited.reset()
    assert inherited.ident is None and inherited.goes_on
    assert inherited.stop(0)  # the lock that nobody will ever give back is not waited for
    assert threads() and not work.thread.stopping.is_set()
    work.thread._lock.release()
    monkeypatch.undo()


def test_who_only_watches_does_not_go_on(work, monkeypatch):
    assert work.thread.goes_on
    monkeypatch.setattr(own_thread, "only_watches", lambda: True)
    assert not work.thread.goes_on


class Looking:
    """Looks when it may, and ends when it is told to."""

    def __init__(self):
        self.may_look = threading.Event()
        self.thread = OwnThread("monitoring-test", self.run)

    def run(self):
        self.may_look.wait(LONG_S)
        self.thread.has_looked()
        self.thread.stopping.wait(LONG_S)

    def is_waited_for(self, limit_s: float) -> bool:
        """Whether who asks still waits, some time later."""
        waiting = threading.Thread(target=self.thread.wait_for_look, args=(limit_s,), daemon=True)
        waiting.start()
        waiting.join(0.1)
        return waiting.is_alive()


def test_who_asks_waits_until_it_has_looked_each_time_it_is_started():
    looking = Looking()
    assert not looking.is_waited_for(2 * time.monotonic())  # nobody would ever look
    for _ in range(2):
        looking.thread.start()
        assert looking.is_waited_for(LONG_S) and not looking.is_waited_for(0)
        waiting = threading.Thread(target=looking.thread.wait_for_look, args=(LONG_S,))
        waiting.start()
        looking.may_look.set()
        waiting.join(LONG_S)
        assert not waiting.is_alive() and not looking.is_waited_for(LONG_S)
        looking.may_look.clear()
        assert looking.thread.stop(LONG_S)


def test_nobody_waits_for_one_that_ended_without_a_look():
    thread = OwnThread("monitoring-test", lambda: None)
    thread.start()
    (running,) = threads() or (None,)
    if running is not None:
        running.join(LONG_S)
    began = time.monotonic()
    thread.wait_for_look(LONG_S)
    assert time.monotonic() - began < LONG_S / 2
    assert thread.stop(LONG_S)
