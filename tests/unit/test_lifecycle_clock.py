"""The life of an alert while clocks are set back: the producer's and ours. What fires opens, and what is over ends."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.documents import dump_document, load_document
from dashboard.alerts.facts import Click, Trigger, microseconds, resolution_of, trigger_of
from dashboard.alerts.lifecycle import FACTS_KEPT, alerts_of, merge, record, resolve, settle
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


def test_what_is_over_ends_an_alert_that_was_told_more_often_than_is_kept():
    document = EMPTY
    for number in range(FACTS_KEPT + 20):
        document, _ = settle(told(fires(HOUR_S + 5 * number), document=document))
    end = HOUR_S + 5 * (FACTS_KEPT + 20)
    assert document.horizon > microseconds(NOW + end - HOUR_S)
    over = told(ends(end, HOUR_S), document=document)
    assert last(over).state == "resolved" and told(ends(end, HOUR_S), document=over) is over
    assert last(told(fires(end + 5, HOUR_S), document=load_document(dump_document(over)))).state == "active"


@pytest.mark.parametrize("behind", [0, 250, 301, HOUR_S])
def test_what_is_late_by_less_than_minutes_stands_where_its_time_says(behind):
    late = trigger(at=NOW + 10 - behind, received=NOW + 250, key="late")
    document = told(fires(0, behind), ends(20, behind), late)
    assert [(alert.state, alert.count) for alert in alerts_of(document)] == [("resolved", 2)]


def said(chance, clock, number, at):
    """What the producer says at `at` by a clock that is off by `clock`, heard soon."""
    kind = chance.choice(("trigger", "trigger", "resolution"))
    event = (trigger if kind == "trigger" else resolution)(
        at=at + clock - chance.random() / 2, received=at, key=str(number))
    return trigger_of(event) if kind == "trigger" else resolution_of(event)


@settings(max_examples=150, deadline=None)
@given(chances, st.sampled_from([3, 10, FACTS_KEPT]))
def test_whatever_the_clock_of_the_producer_says_the_last_word_counts(chance, kept):
    document, at, clock = EMPTY, NOW, 0
    for number in range(chance.randint(2, 40)):
        at += chance.choice(PAUSES)
        clock = chance.choice(SET) if chance.random() < 0.2 else clock
        if chance.random() < 0.2 and open_of(document):
            document, is_open = resolve(document, last(document).key, "anna", at), False
        else:
            fact = said(chance, clock, number, at)
            document, is_open = record(document, (fact,)), isinstance(fact, Trigger)
        document, _ = settle(document, kept=kept)
        assert bool(open_of(document)) == is_open
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
def test_our_own_clock_that_was_ahead_and_is_put_right_moves_nothing(chance, clock):
    now = [NOW]
    local, at, ahead = LocalCopy(lambda: now[0]), NOW, 0
    for number in range(chance.randint(2, 30)):
        at += chance.choice(PAUSES)
        ahead = chance.choice((0, HOUR_S, 900)) if chance.random() < 0.2 else ahead
        now[0] = at + ahead
        fact = said(chance, clock - ahead, number, at + ahead)
        local.record("producer", "cpu", (fact,))
        assert any(alert.is_open for alert in local.index().all) == isinstance(fact, Trigger)
