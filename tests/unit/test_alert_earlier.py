"""Open alerts of the history, taken up again where Redis has lost them: no Redis, no database."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
import redis

from dashboard.alerts import lifecycle
from dashboard.alerts.documents import dump_alert, dump_document, load_alert, load_document
from dashboard.alerts.earlier import document_of
from dashboard.alerts.local import LocalCopy, name_of_key
from dashboard.alerts.taking_up import AT_ONCE, SURVIVORS_S, TakingUp
from tests.alert_events import NOW, resolution, trigger
from tests.unit.lifecycle_world import last, told

FIRED = told(trigger(at=NOW, level="WARNING", details={"value": 3}, suggested_actions=["look"]))
RETURNED = told(trigger(at=NOW), resolution(at=NOW + 1), trigger(at=NOW + 2, level="ERROR"))
FLAPPING = told(*(change(at=NOW + 10 * step + 5 * (change is resolution)) for step in range(4)
                  for change in (trigger, resolution)), trigger(at=NOW + 100))
LIVES = {
    "fired": FIRED,
    "more often": told(trigger(at=NOW + 1), trigger(at=NOW + 2, level="ERROR"), document=FIRED),
    "acknowledged": lifecycle.acknowledge(FIRED, last(FIRED).key, "anna", NOW + 5, "mine"),
    "for an hour": lifecycle.acknowledge(FIRED, last(FIRED).key, "anna", NOW + 5, "mine", NOW + 3_605),
    "snoozed": lifecycle.snooze(FIRED, last(FIRED).key, "anna", NOW + 5),
    "assigned": lifecycle.assign(FIRED, last(FIRED).key, "anna", NOW + 5, "bert"),
    "back again": RETURNED,
    "regressed": told(trigger(at=NOW + 9), document=lifecycle.resolve(FIRED, last(FIRED).key, "anna", NOW + 5)),
    "flapping": FLAPPING,
}


@pytest.fixture(params=LIVES)
def life(request):
    return LIVES[request.param]


def again(document):
    """As the history keeps its alert, and Redis the document that is made of it."""
    return load_document(dump_document(document_of(load_alert(dump_alert(last(document))))))


def test_it_is_the_same_alert(life):
    assert lifecycle.alerts_of(again(life)) == (last(life),)


def test_it_goes_on_as_it_would_have(life):
    """One more occurrence, what anna had not acknowledged, the end, and the next alert of the identity."""
    events = [trigger(at=NOW + 200, level="CRITICAL"), resolution(at=NOW + 300), trigger(at=NOW + 400)]
    for upto in range(1, len(events) + 1):
        here, there = (last(told(*events[:upto], document=document)) for document in (again(life), life))
        assert replace(here, flapping_until=None) == replace(there, flapping_until=None)
    assert lifecycle.alerts_of(again(life))[0].key == last(life).key


def test_people_work_it_as_before(life):
    document, key = again(life), last(life).key
    if last(life).state == "acknowledged":
        with pytest.raises(lifecycle.NotAllowed):
            lifecycle.acknowledge(document, key, "bert", NOW + 500)
    else:
        assert last(lifecycle.acknowledge(document, key, "bert", NOW + 500)).acknowledged_by == "bert"
    over = lifecycle.resolve(document, key, "bert", NOW + 600)
    assert (last(over).key, last(over).resolved_by) == (key, "bert")
    assert last(lifecycle.reopen(over, key, "bert", NOW + 700)).key == key


def test_what_was_known_of_it_is_not_counted_again_but_what_has_the_time_of_the_last_may_be_its_end():
    """A producer with whole seconds, or with one time for ever."""
    document = again(FIRED)
    assert last(told(trigger(at=NOW - 5), document=document)).count == 1
    assert last(told(resolution(at=NOW), document=document)).state == "resolved"


@pytest.mark.parametrize("behind_s", [0, 3_600])
def test_a_click_does_not_swallow_what_comes_after_it_by_a_clock_that_is_behind(behind_s):
    """The producer's clock cannot be told by it: what comes is news in any case."""
    then = NOW - behind_s
    document, key = again(told(trigger(at=then, received=NOW))), last(FIRED).key
    over = lifecycle.resolve(document, key, "anna", NOW + 60)
    assert [alert.state for alert in lifecycle.alerts_of(told(trigger(at=then + 120, received=NOW + 120),
                                                               document=over))] == ["resolved", "active"]
    known = lifecycle.acknowledge(document, key, "anna", NOW + 60)
    worse = told(trigger(at=then + 120, received=NOW + 120, level="EMERGENCY"), document=known)
    assert last(worse).state == "active"


def test_what_it_was_acknowledged_at_counts_and_not_what_it_has_become():
    grave = told(trigger(at=NOW, level="CRITICAL"))
    known = lifecycle.acknowledge(grave, last(grave).key, "anna", NOW + 1)
    document = again(told(trigger(at=NOW + 2, level="INFO"), document=known))
    assert last(told(trigger(at=NOW + 3, level="WARNING"), document=document)).state == "acknowledged"
    assert last(told(trigger(at=NOW + 4, level="EMERGENCY"), document=document)).state == "active"


def test_whoever_knows_by_himself_what_was_then_knows_better():
    """In whatever order they meet; and one who knows only what came later does not."""
    own = told(trigger(at=NOW - 50), resolution(at=NOW - 40), trigger(at=NOW), trigger(at=NOW + 100))
    late = told(trigger(at=NOW + 100))
    for one, other in ((own, again(FIRED)), (again(FIRED), own)):
        assert lifecycle.alerts_of(lifecycle.merge(one, other)) == lifecycle.alerts_of(own)
    for one, other in ((late, again(FIRED)), (again(FIRED), late)):
        assert [alert.count for alert in lifecycle.alerts_of(lifecycle.merge(one, other))] == [2]


def test_one_that_goes_on_for_long_is_a_document_like_any_other():
    """What was folded into it since is known by it, whatever another process has heard of that time."""
    document = again(lifecycle.acknowledge(FIRED, last(FIRED).key, "anna", NOW + 5))
    document, _ = lifecycle.settle(told(*(trigger(at=NOW + 10 + step) for step in range(300)), document=document))
    late = told(trigger(at=NOW + 12))
    for together in (lifecycle.merge(late, document), lifecycle.merge(document, late)):
        assert (last(together).count, last(together).acknowledged_by) == (301, "anna")


def test_the_last_occurrence_is_not_counted_twice(local):
    """Here it is known, and so in the history too."""
    tell(local, trigger(at=NOW))
    assert local.take_up(again(FIRED)) is None
    assert lifecycle.merge(again(FIRED), told(trigger(at=NOW))) == told(trigger(at=NOW))


def test_a_reopening_under_the_key_it_had_meanwhile_still_counts():
    """Nobody knew of the one before: it is that one's key which it has from now on."""
    late = told(trigger(at=NOW + 100), resolution(at=NOW + 110))
    late = lifecycle.reopen(late, last(late).key, "bert", NOW + 120)
    together = lifecycle.merge(late, again(RETURNED))
    (alert,) = lifecycle.alerts_of(together)
    assert (alert.key, alert.state, alert.count) == (last(RETURNED).key, "active", 2)
    assert lifecycle.merge(together, late) == together


def test_a_process_of_before_leaves_it_alone():
    """It would take its key for another one."""
    assert b'"version":3' in dump_document(again(FIRED)) and b'"version":2' in dump_document(FIRED)


def test_neither_one_that_is_over_nor_one_whose_texts_a_database_has_changed():
    assert document_of(last(told(trigger(), resolution(at=NOW + 1)))) is None
    assert document_of(replace(last(FIRED), id="cp")) is None


@pytest.fixture
def local():
    return LocalCopy(lambda: NOW + 1_000)


def tell(local, *events):
    for fact in told(*events).ordered():
        local.record("producer", "cpu", (fact,))


def test_one_that_nobody_knows_waits_to_be_written(local):
    name = local.take_up(again(LIVES["acknowledged"]))
    assert name == name_of_key(last(FIRED).key) and local.dirty_names() == {name}
    assert [alert.acknowledged_by for alert in local.index().all] == ["anna"]


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
