"""Open alerts of the history become known again where Redis has lost them: no Redis, no database."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
import redis

from dashboard.alerts import lifecycle
from dashboard.alerts.local import LocalCopy
from dashboard.alerts.slots import name_of_key
from dashboard.alerts.taking_up import AT_ONCE, SURVIVORS_S, TakingUp
from tests.alert_events import NOW, resolution, trigger
from tests.unit.earlier_alerts import FIRED, RETURNED, again
from tests.unit.lifecycle_world import last, told


@pytest.fixture
def local():
    return LocalCopy(lambda: NOW + 1_000)


def tell(local, *events):
    for fact in told(*events).ordered():
        local.record("producer", "cpu", (fact,))


def test_one_that_nobody_knows_waits_to_be_written(local):
    name = local.take_up(again(lifecycle.acknowledge(FIRED, last(FIRED).key, "anna", NOW + 5, "mine")))
    assert name == name_of_key(last(FIRED).key) and local.dirty_names() == {name}
    assert [alert.acknowledged_by for alert in local.index().all] == ["anna"]


def test_the_last_occurrence_is_not_counted_twice(local):
    """Here it is known, and so in the history too."""
    tell(local, trigger(at=NOW))
    assert local.take_up(again(FIRED)) is None
    assert lifecycle.merge(again(FIRED), told(trigger(at=NOW))) == told(trigger(at=NOW))


def test_what_was_heard_in_the_meantime_is_added(local):
    tell(local, trigger(at=NOW + 100))
    assert local.take_up(again(RETURNED)) is not None
    (alert,) = local.index().all
    assert (alert.key, alert.count, alert.last_seen) == (last(RETURNED).key, 2, NOW + 100)


@pytest.mark.parametrize("known", [
    (trigger(at=NOW - 1), resolution(at=NOW + 1)), tuple(trigger(at=NOW + step) for step in range(300))])
def test_what_is_known_already_is_left_alone(local, known):
    """Here the facts are still there one by one, and there is nothing that the history could know better."""
    tell(local, *known)
    before = local.index().all
    assert local.take_up(again(FIRED)) is None
    assert local.index().all == before


def test_there_is_room_for_no_more_than_ever(local, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.local.IDENTITIES_LIMIT", 1)
    local.record("producer", "other", (told(trigger("other")).ordered()))
    assert local.take_up(again(FIRED)) is None


class Shared:
    """A Redis that has lost all at the beginning of an epoch; "": it has what it had."""

    def __init__(self, lost=""):
        self.lost, self.refuses = lost, False

    def has_lost(self, epoch):
        return self.lost == epoch

    def recovered(self, epoch):
        if self.refuses:
            raise redis.ResponseError("READONLY")
        if self.lost == epoch:
            self.lost = ""


class Taking(TakingUp):
    def __init__(self, local, has_history=True):
        self.errors, self.now = [], 0.0
        super().__init__(local, self.errors.append, lambda: has_history, lambda: self.now)

    def step(self, shared, epoch, after_s=SURVIVORS_S):
        self.now += after_s
        super().step(shared, epoch)


def named(alert_id):
    """An open alert with this id."""
    return last(told(trigger(alert_id), document=lifecycle.Document("producer", alert_id)))


def confirm(local):
    for revision, write in enumerate(local.writes(10_000), 1):
        local.wrote(write, f"token-{revision:06}", revision)


def test_a_redis_that_has_lost_all_is_told_once_all_is_there_again(local, caplog):
    caplog.set_level(logging.WARNING)
    taking, shared, other = Taking(local), Shared("one"), Taking(local)
    taking.step(shared, None)
    assert taking.may_lack and not taking.wanted  # nobody knows yet which Redis this is
    taking.step(shared, "one")
    other.step(shared, "one")
    assert taking.may_lack and taking.wanted and other.wanted
    taking.offer([last(told(resolution(at=NOW + 1), document=FIRED)), last(FIRED)])
    assert taking.may_lack and not taking.wanted  # the history is not read again while its answer waits
    taking.step(shared, "one")
    assert shared.lost == "one" and local.unwritten == 1
    confirm(local)
    taking.step(shared, "one")
    assert shared.lost == "" and not taking.may_lack and not taking.wanted
    assert [record.getMessage() for record in caplog.records] == [
        "Open alerts that Redis had lost, taken up again from the history: 1"]
    other.offer([named("a phantom")])
    other.step(shared, "one")
    assert not other.may_lack and not local.unwritten


def test_a_redis_that_has_lost_nothing_is_given_nothing(local):
    taking = Taking(local)
    taking.step(Shared(), "one")
    assert not taking.may_lack and not taking.wanted


def test_a_process_that_has_lived_through_the_loss_knows_more_than_the_history(local):
    taking, shared = Taking(local), Shared("two")
    taking.step(Shared(), "one")
    taking.step(shared, "two")
    assert not taking.may_lack and not taking.wanted and shared.lost == ""


def test_without_a_history_nothing_is_waited_for(local):
    taking, shared = Taking(local, has_history=False), Shared("one")
    taking.step(shared, "one")
    assert not taking.may_lack and not taking.wanted and shared.lost == "one"  # another process may have one


def test_who_has_outlived_the_loss_is_waited_for(local):
    fresh, survivor, shared = Taking(local), Taking(local), Shared()
    survivor.step(shared, "one")
    shared.lost = "two"
    fresh.step(shared, "two")
    fresh.offer([last(FIRED)])
    fresh.step(shared, "two", after_s=0.5)
    assert fresh.may_lack and not local.unwritten
    survivor.step(shared, "two")
    fresh.step(shared, "two")
    assert not fresh.may_lack and not local.unwritten


def test_what_was_read_for_another_redis_is_not_taken(local):
    taking = Taking(local)
    taking.step(Shared("one"), "one")
    taking.offer([last(FIRED)])
    for _ in range(2):
        taking.step(Shared("two"), "two")
    assert taking.wanted and not local.unwritten


def test_a_redis_that_takes_no_writes_is_left_in_peace(local):
    taking, shared = Taking(local), Shared("one")
    shared.refuses = True
    taking.step(shared, "one")
    taking.offer([])
    taking.step(shared, "one")
    assert not taking.may_lack and shared.lost == "one"


def test_one_that_cannot_be_used_costs_the_others_nothing(local):
    taking, shared = Taking(local), Shared("one")
    taking.step(shared, "one")
    taking.offer([replace(named("bad"), first_seen=None), replace(named("worse"), last_seen=None), last(FIRED)])
    taking.step(shared, "one")
    assert [type(error) for error in taking.errors] == [TypeError, TypeError] and local.unwritten == 1


def test_many_are_taken_a_few_at_a_time_and_of_one_identity_the_newest(local):
    taking, shared = Taking(local), Shared("one")
    taking.step(shared, "one")
    older = replace(last(FIRED), key=last(FIRED).key[:-1] + "x", last_seen=NOW - 500, level="EMERGENCY", rank=0)
    taking.offer([older, *(named(f"a{number}") for number in range(2 * AT_ONCE)), last(FIRED)])
    for steps, there in ((1, AT_ONCE), (2, 2 * AT_ONCE), (3, 2 * AT_ONCE + 1)):
        taking.step(shared, "one")
        assert len(local) == there, steps
    confirm(local)
    taking.step(shared, "one")
    assert shared.lost == ""
    assert [alert.level for alert in local.index().all if alert.id == "cpu"] == ["WARNING"]
