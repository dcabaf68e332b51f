"""Open alerts of the history, taken up again where Redis has lost them: no Redis, no database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.alerts import lifecycle
from dashboard.alerts.documents import dump_document
from dashboard.alerts.earlier import document_of
from tests.alert_events import NOW, resolution, trigger
from tests.unit.earlier_alerts import FIRED, RETURNED, again
from tests.unit.lifecycle_world import last, told

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
