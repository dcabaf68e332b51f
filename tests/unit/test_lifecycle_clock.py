"""The life of an alert while clocks are set back: the producer's and ours. What fires opens, and what is over ends."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.documents import dump_document, load_document
from dashboard.alerts.facts import Click, Trigger, microseconds, resolution_of, trigger_of
from dashboard.alerts.lifecycle import FACTS_KEPT, alerts_of, merge, record, reopen, resolve, settle
from dashboard.alerts.local import LocalCopy
from tests.alert_events import NOW, resolution, trigger
from tests.unit.lifecycle_world import EMPTY, last, told

HOUR_S = 3_600
# More than what may be late, and from each other.
SET = (0, 0, -600, -HOUR_S, -86_400)
PAUSES = (1, 5, 30, 61, 400, 2_000)
chances = st.integers(0, 2**32 - 1).map(random.Random)


def fires(at, behind=0.0, **more):
    return trigger(at=NOW + at - behind, received=NOW + at, key=f"t{at}", **more)


def ends(at, behind=0.0):
    return resolution(at=NOW + at - behind, received=NOW + at, key=f"r{at}")


def open_of(document):
    return [alert for alert in alerts_of(document) if alert.is_open]


@pytest.mark.parametrize("after", [10, 600])
def test_what_fires_after_the_clock_was_set_back_opens_an_alert_and_its_end_ends_it(after):
    again = 300 + after
    document = told(fires(0), ends(300), fires(again, HOUR_S, level="EMERGENCY"), fires(again + 5, HOUR_S))
    first, second = alerts_of(document)
    assert (first.state, first.count, second.state, second.count) == ("resolved", 1, "active", 2)
    assert (second.first_seen, second.last_seen) == (NOW + again, NOW + again + 5)
    document = told(ends(again + 60, HOUR_S), document=document)
    assert last(document).resolved_at == NOW + again + 60
    assert last(told(fires(again + HOUR_S), document=document)).count == 1


def test_so_it_does_after_a_person_had_resolved_it():
    document = told(fires(0))
    document = resolve(document, last(document).key, "anna", NOW + 60.0)
    again = last(told(fires(120, HOUR_S), document=document))
    assert (again.state, again.regressed) == ("active", True)


def repeated(behind=0.0):
    """Told more often than is kept, and when it is told next."""
    document = EMPTY
    for number in range(FACTS_KEPT + 20):
        document, _ = settle(told(fires(HOUR_S + 5 * number, behind), document=document))
    return document, HOUR_S + 5 * (FACTS_KEPT + 20)


@pytest.mark.parametrize("before", [0, 1])
def test_what_is_over_ends_an_alert_that_was_told_more_often_than_is_kept(before):
    """`before`: it had fired, and been told as often, before the clock was set back."""
    document, end = repeated()
    if not before:
        document = told(ends(end - 1), document=document)
    document = told(fires(end, HOUR_S), fires(end + 5, HOUR_S), document=document)
    assert document.horizon > microseconds(NOW + end - HOUR_S)
    over = told(ends(end + 10, HOUR_S), document=document)
    assert last(over).state == "resolved" and told(ends(end + 10, HOUR_S), document=over) is over
    assert last(told(fires(end + 15, HOUR_S), document=load_document(dump_document(over)))).state == "active"
    for number in range(20, 20 + 5 * FACTS_KEPT, 5):  # and it stays so while the past is folded
        over, _ = settle(told(fires(end + number, HOUR_S), ends(end + number + 2, HOUR_S), document=over))
        assert last(over).state == "resolved"


def test_an_end_that_was_long_on_its_way_does_not_close_what_fired_in_the_meantime():
    document = told(fires(0), fires(1_000), ends(1_001, 901))
    assert [(alert.state, alert.first_seen) for alert in alerts_of(document)] == [
        ("resolved", NOW), ("active", NOW + 1_000)]
    document = told(fires(2_000), fires(2_001, 2_001), ends(2_002, 1_902))
    assert last(document).state == "active"
    document = told(fires(2_000), ends(2_010), fires(2_011, 2_011), fires(2_020), ends(2_021, 1_921))
    assert last(document).state == "active"


def test_nor_one_that_was_told_more_often_than_is_kept_or_that_a_person_reopened():
    document, at = repeated()
    assert last(told(ends(at, HOUR_S), document=document)).state == "active"
    document = told(fires(1_000))
    document = resolve(document, last(document).key, "anna", NOW + 1_100.0)
    document = reopen(document, last(document).key, "anna", NOW + 1_101.0)
    assert last(told(ends(1_102, 1_002), document=document)).state == "active"


def test_what_fired_before_the_clock_was_set_back_stays_until_it_was_told_by_that_clock_and_is_over():
    document = told(fires(0), ends(100, HOUR_S))
    assert last(document).state == "active"
    document = told(fires(200, HOUR_S), ends(260, HOUR_S), document=document)
    assert (last(document).state, last(document).count) == ("resolved", 2)


@pytest.mark.parametrize("behind", [0, 250, 301, HOUR_S])
def test_what_is_late_by_less_than_minutes_stands_where_its_time_says(behind):
    late = trigger(at=NOW + 10 - behind, received=NOW + 250, key="late")
    document = told(fires(0, behind), ends(20, behind), late)
    assert [(alert.state, alert.count) for alert in alerts_of(document)] == [("resolved", 2)]


@pytest.mark.parametrize("kept", [0, 2])
@pytest.mark.parametrize("behind", [0, HOUR_S])
def test_so_it_is_with_what_a_former_release_has_folded(kept, behind):
    """Which did not write down how the producer's clock went; `kept`: facts beside what was folded."""
    document = told(*(event for at in range(0, 1_000, 100) for event in (fires(at, behind), ends(at + 50, behind))))
    document, _ = settle(document, until=microseconds(NOW + 999 - 50 * kept - behind))
    document = load_document(dump_document(replace(document, lag=None, heard=None)))
    assert len(document.facts) == kept and not open_of(document)
    assert told(fires(300, behind), document=document) is document, "heard again"
    again = told(fires(1_100, behind + 2 * HOUR_S), document=document)
    assert last(again).state == "active" and last(again).count == 1
    assert last(told(ends(1_160, behind + 2 * HOUR_S), document=again)).state == "resolved"
    assert told(ends(1_160, behind + 2 * HOUR_S), document=document) is document


def said(chance, clock, number, at):
    """What the producer says at `at` by a clock that is off by `clock`, heard soon."""
    kind = chance.choice(("trigger", "trigger", "resolution"))
    event = (trigger if kind == "trigger" else resolution)(
        at=at + clock - chance.random() / 2, received=at, key=str(number))
    return trigger_of(event) if kind == "trigger" else resolution_of(event)


@settings(max_examples=150, deadline=None)
@given(chances, st.sampled_from([3, 10, FACTS_KEPT]))
def test_whatever_the_clock_of_the_producer_says_the_last_word_counts(chance, kept):
    """But for an end that is the first word of a clock that was set back while the alert was open."""
    document, at, clock, told_by = EMPTY, NOW, 0, []
    for number in range(chance.randint(2, 40)):
        at += chance.choice(PAUSES)
        clock = chance.choice(SET) if chance.random() < 0.2 else clock
        is_open = bool(open_of(document))
        if chance.random() < 0.2 and is_open:
            document, is_open = resolve(document, last(document).key, "anna", at), False
        else:
            fact = said(chance, clock, number, at)
            document = record(document, (fact,))
            if isinstance(fact, Trigger):
                is_open = True
                told_by.append(clock)
            elif told_by and (clock == told_by[-1] or (clock >= max(told_by) and kept == FACTS_KEPT)):
                is_open = False
            else:
                is_open = is_open and bool(open_of(document))
        document, _ = settle(document, kept=kept)
        assert bool(open_of(document)) == is_open
        told_by = told_by if is_open else []
        assert all(alert.first_seen <= alert.last_seen for alert in alerts_of(document))


@settings(max_examples=150, deadline=None)
@given(chances)
def test_the_outcome_is_the_same_in_any_order_whatever_clocks_say(chance):
    known, at = [], NOW
    for number in range(chance.randint(2, 25)):
        at += chance.choice(PAUSES)
        fact = said(chance, chance.choice((*SET, -200, -310)), number, at)
        if chance.random() < 0.2:
            fact = Click("resolve", microseconds(at), 0, microseconds(at), "anna", "", None, microseconds(at))
        known.append(fact)
        if chance.random() < 0.4 and not isinstance(fact, Click):  # heard again, by another process or later
            known.append(replace(fact, lag=fact.lag + microseconds(chance.choice((0.001, 1, 400)))))
    expected = alerts_of(record(EMPTY, known))
    chance.shuffle(known)
    document = EMPTY
    for fact in known:
        document = record(document, (fact,))
    cut = chance.randint(0, len(known))
    one, other = record(EMPTY, known[:cut]), record(EMPTY, known[cut:])
    assert alerts_of(document) == alerts_of(merge(one, other)) == alerts_of(merge(other, one)) == expected


@settings(max_examples=100, deadline=None)
@given(chances, st.sampled_from([0, -7, -HOUR_S]))
def test_our_own_clock_that_was_ahead_and_is_put_right_loses_no_alert(chance, clock):
    now = [NOW]
    local, at, ahead = LocalCopy(lambda: now[0]), NOW, chance.choice((HOUR_S, 900))
    for number in range(chance.randint(2, 30)):
        at += chance.choice(PAUSES)
        ahead = 0 if chance.random() < 0.2 else ahead  # put right once: as a machine that begins with a wrong clock
        now[0] = at + ahead
        fact = said(chance, clock - ahead, number, at + ahead)
        local.record("producer", "cpu", (fact,))
        if isinstance(fact, Trigger):  # one that is open too long is the safe side
            assert any(alert.is_open for alert in local.index().all)
