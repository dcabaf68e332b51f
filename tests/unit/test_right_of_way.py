"""Who stands aside for answers that are in the making, for which, and for how long."""

from __future__ import annotations

import threading

import pytest

from dashboard.right_of_way import (
    ANSWERING_FROM_S,
    ANSWERING_UNTIL_S,
    FORGOTTEN_AFTER_S,
    Patience,
    RightOfWay,
    never,
)


class World:
    """A clock, and a condition that is waited for by letting it go on: answers end when it is their time."""

    def __init__(self):
        self.now, self.waited, self.ends = 100.0, [], {}
        self.way = RightOfWay(lambda: self.now, lambda: self)

    def answer(self, lasts_s=1e9):
        number = self.way.began()
        self.ends[number] = self.now + lasts_s
        return number

    # the condition
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def notify_all(self):
        pass

    def wait_for(self, is_over, seconds):
        end = self.now + seconds
        self.waited.append(seconds)
        for number, at in sorted(self.ends.items(), key=lambda each: each[1]):
            if at <= end and not is_over():
                self.now = max(self.now, at)
                self.way.ended(number)
                del self.ends[number]
        if not is_over():
            self.now = end


def test_without_answers_nobody_waits():
    world = World()
    assert world.way.give_way(1.0) == 0.0
    world.way.ended(world.answer())
    world.now += 0.01
    assert world.way.give_way(1.0) == 0.0
    assert world.waited == []


def test_an_answer_is_waited_for_until_it_is_there():
    world = World()
    world.answer(lasts_s=0.05)
    world.now += 0.01
    assert world.way.give_way(0.1) == pytest.approx(0.04)
    assert world.way.give_way(0.1) == 0.0


def test_no_longer_than_one_can():
    world = World()
    world.answer()
    world.now += 0.01
    assert world.way.give_way(0.1) == pytest.approx(0.1)
    assert world.way.give_way(0.0) == world.way.give_way(-1.0) == 0.0
    assert world.waited == [0.1]


def test_all_that_are_in_the_making_are_waited_for():
    world = World()
    for lasts_s in (0.02, 0.05, 0.03):
        world.answer(lasts_s)
    world.now += 0.01
    assert world.way.give_way(0.1) == pytest.approx(0.04)


@pytest.mark.parametrize(("age_s", "matters"), [
    (0.0, False), (ANSWERING_FROM_S - 0.001, False), (ANSWERING_FROM_S + 0.001, True),
    (ANSWERING_UNTIL_S - 0.001, True), (ANSWERING_UNTIL_S + 0.001, False)])
def test_neither_a_short_answer_nor_one_that_waits_itself_is_waited_for(age_s, matters):
    world = World()
    world.answer()
    world.now += age_s
    assert (world.way.give_way(0.1) > 0) is matters


def test_one_that_hangs_hides_no_other():
    world = World()
    world.answer()
    world.now += 60.0
    assert world.way.give_way(0.1) == 0.0
    world.answer(lasts_s=0.05)
    world.now += 0.01
    assert world.way.give_way(0.1) == pytest.approx(0.04)  # and not until both are there


def test_one_that_begins_meanwhile_is_not_waited_for():
    world = World()
    world.answer(lasts_s=0.05)
    world.now += 0.01
    world.answer(lasts_s=0.06)
    assert world.way.give_way(0.1) == pytest.approx(0.04)


def test_one_that_is_never_told_to_have_ended_is_forgotten():
    world = World()
    world.answer()
    world.answer()
    world.now += FORGOTTEN_AFTER_S
    world.answer()
    assert len(world.way._began) == 1


def test_what_has_ended_twice_or_was_never_there_changes_nothing():
    world = World()
    number = world.answer()
    world.way.ended(number)
    world.way.ended(number)
    world.way.ended(12345)
    world.now += 0.01
    assert world.way.give_way(0.1) == 0.0


def test_a_child_has_no_answers_of_its_parent():
    world = World()
    world.answer()
    world.now += 0.01
    world.way.reset_locks()
    assert world.way.give_way(0.1) == 0.0


def test_a_thread_that_waits_is_told_at_once():
    """With a condition of threads: it would wait for a minute."""
    way = RightOfWay(lambda: next(clock))
    clock = iter([0.0, 0.01, 0.05])
    number = way.began()
    waiter = threading.Thread(target=lambda: waited.append(way.give_way(60.0)), daemon=True)
    waited: list[float] = []
    waiter.start()
    while waiter.is_alive() and not way._changed._waiters:
        waiter.join(0.001)
    way.ended(number)
    waiter.join(30.0)
    assert waited == [pytest.approx(0.04)]


def test_patience_lasts_once_until_it_is_renewed():
    waits, takes = [], iter([0.25, 0.75, 1.0])

    def give_way(most_s):
        waits.append(most_s)
        return next(takes)

    patience = Patience(1.0, give_way)
    patience.give_way()
    assert waits == [] and not patience.was_needed  # not before it is known that the work is not behind
    patience.renew()
    assert not patience.was_needed
    for _ in range(3):
        patience.give_way()
        assert patience.was_needed
    assert waits == [1.0, 0.75]
    patience.renew()
    assert not patience.was_needed
    patience.give_way()
    assert waits == [1.0, 0.75, 1.0]


def test_patience_that_was_not_needed_is_whole():
    waits = []
    patience = Patience(1.0, lambda most_s: waits.append(most_s) or 0.0)
    patience.renew()
    patience.give_way()
    patience.give_way()
    assert waits == [1.0, 1.0] and not patience.was_needed
    patience.end()
    patience.give_way()
    assert len(waits) == 2


def test_to_give_way_to_nobody_takes_no_time():
    assert never(1.0) == 0.0
