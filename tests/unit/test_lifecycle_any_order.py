"""The life of an alert is the same in whatever order its facts come, with any duplicates, and stays on its graph."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.alert import STATES
from dashboard.alerts.documents import dump_document, load_document
from dashboard.alerts.facts import (
    ACKNOWLEDGE,
    ACTIONS,
    ASSIGN,
    REOPEN,
    RESOLVE,
    Click,
    Fact,
    microseconds,
    resolution_of,
    trigger_of,
)
from dashboard.alerts.lifecycle import NotAllowed, acknowledge, alerts_of, merge, record, resolve, settle
from tests.alert_events import NOW, resolution, trigger
from tests.unit.lifecycle_world import EMPTY, FIRST_KEY, last, told
from tests.unit.tape import Tape, made

# As many bytes of the tape as a fact takes at most.
FACT = 7


def fact(tape: Tape, number: int) -> Fact:
    """An event or a click, at times that often meet."""
    at = NOW + tape.number(0, 12)
    received = at + tape.number(0, 3)
    kind = tape.one_of(["trigger"] * 4 + ["resolution", *ACTIONS, ACKNOWLEDGE, RESOLVE])
    if kind == "trigger":
        return trigger_of(trigger(at=at, received=received, key=str(number), message=str(number),
                                  level=tape.one_of(["WARNING", "WARNING", "CRITICAL"])))
    if kind == "resolution":
        return resolution_of(resolution(at=at, received=received, key=str(number)))
    until = tape.one_of([*[None] * 5, *range(1, 6)])
    place, clicked = microseconds(at), microseconds(received)
    note, seen_before = tape.one_of(["", f"note {number}"]), tape.number(0, 3)
    target = tape.one_of(["bert", "", FIRST_KEY]) if kind in (ASSIGN, REOPEN) else ""
    return Click(kind, place, clicked - place, clicked, f"person {number}", note,
                 until and clicked + microseconds(until), place - microseconds(seen_before), target)


def different(tapes: list[Tape]) -> list[Fact]:
    """Equal keys are equal facts."""
    return list({one.key: one for one in (fact(tape, number) for number, tape in enumerate(tapes))}.values())


facts = made(25, FACT, lambda tape: tape).map(different)
# Each of its numbers drawn by hypothesis would take most of the time.
orders = st.integers(0, 2**32 - 1).map(random.Random)


@settings(max_examples=300, deadline=None)
@given(facts, orders)
def test_the_outcome_is_the_same_for_any_order_and_any_duplicates(known, order):
    expected = alerts_of(record(EMPTY, known))
    shuffled = known + [fact for fact in known if order.random() < 0.5]
    order.shuffle(shuffled)
    document = EMPTY
    for fact in shuffled:
        document = record(document, (fact,))
    assert alerts_of(document) == expected
    cut = order.randint(0, len(shuffled))
    one, other = record(EMPTY, shuffled[:cut]), record(EMPTY, shuffled[cut:])
    assert alerts_of(merge(one, other)) == alerts_of(merge(other, one)) == expected


@settings(max_examples=300, deadline=None)
@given(facts)
def test_no_state_outside_the_graph_and_counts_are_distinct_events(known):
    document = record(EMPTY, known)
    alerts = alerts_of(document)
    assert sum(alert.count for alert in alerts) == sum(fact.key in document.facts and hasattr(fact, "content")
                                                       for fact in known)
    assert len({alert.key for alert in alerts}) == len(alerts)
    assert all(alert.state == "resolved" for alert in alerts[:-1])
    for alert in alerts:
        assert alert.state in STATES
        assert alert.first_seen <= alert.last_seen and alert.count >= 1
        assert (alert.resolved_at is not None) == (alert.resolved_by is not None) == (alert.state == "resolved")
        assert (alert.acknowledged_at is None) == (alert.acknowledged_by is None)
        assert not alert.snoozed or alert.is_open
        entries = alert.timeline
        assert (entries[0].action, entries[0].old, entries[-1].new) == ("fired", "", alert.state)
        assert all(after.old == before.new for before, after in pairwise(entries)), "a hole"
        assert {(entry.old, entry.new) for entry in entries[1:]} <= EDGES
        assert alert.previous_state in (*STATES, None)
        assert alert.state != "acknowledged" or alert.acknowledged_at is not None
        assert alert.to_json()["state"] == alert.state


EDGES = {("active", "acknowledged"), ("acknowledged", "active"), ("active", "resolved"), ("acknowledged", "resolved"),
         ("resolved", "active"), ("active", "active"), ("acknowledged", "acknowledged")}
ALLOWED = {("acknowledged", "active"), ("resolved", "active"), (None, "active"), ("active", "acknowledged"),
           ("active", "resolved"), ("acknowledged", "resolved"),
           ("acknowledged", "acknowledged"), ("active", "active"), ("resolved", "resolved"), (None, "resolved")}


@settings(max_examples=200, deadline=None)
@given(facts)
def test_in_the_order_of_time_every_step_is_an_edge_of_the_graph(known):
    document, before = EMPTY, {}
    for fact in sorted(known, key=lambda fact: fact.order):
        document = record(document, (fact,))
        now = {alert.key: alert.state for alert in alerts_of(document)}
        assert set(before) <= set(now)
        assert {(before.get(key), state) for key, state in now.items()} <= ALLOWED
        before = now


STEPS = made(30, 3, lambda tape: (tape.one_of(["trigger", "resolved", "acknowledge", "resolve"]), tape.number(0, 3),
                                  tape.one_of([*[None] * 4, *range(1, 5)])))


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_real_clicks_win_or_are_refused_with_the_state_that_is(steps):
    document, now = EMPTY, NOW
    for number, (kind, pause, until) in enumerate(steps):
        now += pause
        if kind in ("trigger", "resolved"):
            event = (trigger if kind == "trigger" else resolution)(at=now, key=str(number))
            document = told(event, document=document)
            continue
        alerts = alerts_of(document)
        if not alerts:
            continue
        before = alerts[-1].as_of(now)
        try:
            if kind == "acknowledge":
                after = acknowledge(document, before.key, "anna", now, until=until and now + until)
            else:
                after = resolve(document, before.key, "anna", now)
        except NotAllowed as refused:
            assert refused.state == before.state
            assert before.state == "resolved" or (kind, before.state) == ("acknowledge", "acknowledged")
            continue
        document = after
        assert before.state == "active" or (kind, before.state) == ("resolve", "acknowledged")
        assert last(document).key == before.key
        assert last(document).state == {"acknowledge": "acknowledged", "resolve": "resolved"}[kind]
        assert last(document).revision == before.revision + 1


@settings(max_examples=150, deadline=None)
@given(facts, st.integers(3, 8), st.integers(0, 4))
def test_folding_the_past_changes_no_alert(known, kept, older_s):
    ordered = sorted(known, key=lambda fact: fact.order)
    expected = {alert.key: alert for alert in alerts_of(record(EMPTY, known))}
    document, gone = EMPTY, {}
    for fact in ordered:
        document = record(document, (fact,))
        document, left = settle(document, kept=kept)
        gone |= {alert.key: alert for alert in left}
    document, left = settle(document, until=microseconds(NOW + older_s))
    found = gone | {alert.key: alert for alert in left} | {alert.key: alert for alert in alerts_of(document)}
    # Facts of one producer time that come after it was folded are taken as known: the bound the module names.
    if len({fact.at for fact in known}) == len(known):
        assert found == expected
    assert all(alert.state in STATES for alert in found.values())


@settings(max_examples=100, deadline=None)
@given(facts, st.integers(1, 10))
def test_a_document_survives_its_bytes(known, kept):
    document, _ = settle(record(EMPTY, known), kept=kept)
    again = load_document(dump_document(document))
    assert again == document and dump_document(again) == dump_document(document)
    assert dump_document(record(document, random.Random(1).sample(known, len(known)))) == dump_document(document) \
        or kept < len(known)
