"""Open alerts of the history, taken up again where Redis has lost them: no Redis, no database."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
import redis

from dashboard.alerts import lifecycle
from dashboard.alerts.documents import dump_alert, dump_document, load_alert, load_document
from dashboard.alerts.earlier import document_of
from dashboard.alerts.local import IDENTITIES_LIMIT, LocalCopy, name_of_key
from dashboard.alerts.taking_up import TakingUp
from tests.alert_events import NOW, resolution, trigger
from tests.unit.lifecycle_world import EMPTY, last, told

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


def test_what_was_known_of_it_is_not_counted_again():
    assert last(told(trigger(at=NOW), trigger(at=NOW - 5), document=again(FIRED))).count == 1


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
    (trigger(at=NOW), resolution(at=NOW + 1)), tuple(trigger(at=NOW + step) for step in range(300))])
def test_what_is_known_already_is_left_alone(local, known):
    """Here the facts are still there one by one, and there is nothing that the history could know better."""
    tell(local, *known)
    before = local.index().all
    assert local.take_up(again(FIRED)) is None
    assert local.index().all == before


def test_there_is_room_for_no_more_than_ever(local, monkeypatch):
    assert IDENTITIES_LIMIT > 1
    monkeypatch.setattr("dashboard.alerts.local.IDENTITIES_LIMIT", 1)
    local.record("producer", "other", (told(trigger("other")).ordered()))
    assert local.take_up(again(FIRED)) is None


class Shared:
    """What a Redis says of the history."""

    def __init__(self, epoch=""):
        self.epoch, self.refuses = epoch, False

    def earlier_taken_up(self):
        return self.epoch

    def mark_earlier_taken_up(self, epoch):
        if self.refuses:
            raise redis.ResponseError("READONLY")
        self.epoch = epoch


def confirm(local):
    for revision, write in enumerate(local.writes(10), 1):
        local.wrote(write, f"token-{revision:06}", revision)


def test_redis_is_asked_and_told_once_all_is_there(local, caplog):
    caplog.set_level(logging.WARNING)
    taking, shared, other = TakingUp(local), Shared(), TakingUp(local)
    taking.step(shared, None)
    assert not taking.wanted
    taking.step(shared, "one")
    assert taking.wanted
    taking.offer([last(FIRED), last(told(trigger("gone"), resolution("gone", at=NOW + 1), document=EMPTY))])
    assert not taking.wanted  # the history is not read again while its answer waits
    taking.step(shared, "one")
    assert shared.epoch == "" and local.unwritten == 1
    confirm(local)
    taking.step(shared, "one")
    assert shared.epoch == "one" and not taking.wanted
    assert [record.getMessage() for record in caplog.records] == [
        "Open alerts that Redis had lost, taken up again from the history: 1"]
    other.step(shared, "one")
    assert not other.wanted
    other.step(shared, "two")  # it has lost all again
    assert other.wanted


def test_what_was_read_for_another_redis_is_not_taken(local):
    taking = TakingUp(local)
    taking.step(Shared(), "one")
    taking.offer([last(FIRED)])
    taking.step(Shared(), "two")
    taking.step(Shared(), "two")
    assert taking.wanted and not local.unwritten


def test_a_redis_that_takes_no_writes_is_left_in_peace(local):
    taking, shared = TakingUp(local), Shared()
    shared.refuses = True
    taking.step(shared, "one")
    taking.offer([])
    taking.step(shared, "one")
    assert not taking.wanted
