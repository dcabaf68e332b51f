"""The life of an alert: what follows from which facts, in whatever order they come."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dashboard.alerts.alert import STATES
from dashboard.alerts.documents import Unreadable, dump_alert, dump_document, load_alert, load_document
from dashboard.alerts.facts import (
    ACKNOWLEDGE,
    ACTIONS,
    ASSIGN,
    REOPEN,
    RESOLVE,
    Click,
    microseconds,
    resolution_of,
    trigger_of,
)
from dashboard.alerts.lifecycle import (
    EPISODES_KEPT,
    FACTS_AT_MOST,
    FACTS_KEPT,
    Document,
    NotAllowed,
    UnknownAlert,
    acknowledge,
    alerts_of,
    document_for,
    identity_of_key,
    merge,
    record,
    resolve,
    resolved,
    settle,
    triggered,
)
from dashboard.events import AlertTriggered
from tests.alert_events import NOW, resolution, trigger

EMPTY = Document("producer", "cpu")
FIRST_KEY = alerts_of(triggered(EMPTY, trigger()))[-1].key


def told(*events, document=EMPTY):
    for event in events:
        change = triggered if isinstance(event, AlertTriggered) else resolved
        document = change(document, event)
    return document


def last(document):
    return alerts_of(document)[-1]


# One alert, step by step

def test_a_trigger_opens_an_alert_with_all_it_said():
    event = trigger(level="CRITICAL", component="database", message="pool exhausted",
                    details={"threshold": 10, "current_value": 12}, suggested_actions=("add connections",))
    alert = last(triggered(document_for(event), event))
    assert (alert.id, alert.source, alert.level, alert.rank) == ("cpu", "producer", "CRITICAL", 1)
    assert (alert.component, alert.message) == ("database", "pool exhausted")
    assert alert.details == {"threshold": 10, "current_value": 12}
    assert alert.suggested_actions == ("add connections",)
    assert (alert.state, alert.count, alert.first_seen, alert.last_seen) == ("active", 1, NOW, NOW)
    assert identity_of_key(alert.key) == EMPTY.identity


def test_the_same_id_while_open_is_one_more_occurrence_and_the_newest_text_shows():
    alert = last(told(trigger(), trigger(at=NOW + 5, message="still too much", level="ERROR")))
    assert (alert.count, alert.first_seen, alert.last_seen) == (2, NOW, NOW + 5)
    assert (alert.message, alert.level, alert.rank, alert.state) == ("still too much", "ERROR", 2, "active")


def test_newest_is_by_producer_time_not_by_arrival():
    alert = last(told(trigger(at=NOW + 5, message="new"), trigger(at=NOW, message="old")))
    assert (alert.message, alert.first_seen, alert.last_seen) == ("new", NOW, NOW + 5)


def test_a_known_event_changes_nothing_and_gives_the_same_object():
    document = told(trigger())
    assert triggered(document, trigger()) is document
    assert triggered(document, trigger(received=NOW + 3)) is document


def test_the_producer_resolves_with_its_name_or_the_one_it_gives():
    alert = last(told(trigger(), resolution(at=NOW + 9)))
    assert (alert.state, alert.resolved_by, alert.resolved_at) == ("resolved", "producer: producer", NOW + 9)
    alert = last(told(trigger(), resolution(at=NOW + 9, resolved_by="watchdog", notes="gone")))
    assert (alert.resolved_by, alert.notes) == ("watchdog", "gone")


def test_the_same_id_after_resolution_is_a_new_alert_with_a_new_key():
    first, second = alerts_of(told(trigger(), resolution(at=NOW + 1), trigger(at=NOW + 2)))
    assert (first.state, second.state) == ("resolved", "active")
    assert first.key != second.key
    assert (first.id, second.count, second.first_seen) == (second.id, 1, NOW + 2)


def test_resolving_an_unknown_id_is_recorded_and_a_late_older_trigger_does_not_reopen_it():
    document = told(resolution(at=NOW + 10))
    assert alerts_of(document) == () and len(document.facts) == 1
    alert = last(told(trigger(at=NOW), document=document))
    assert (alert.state, alert.count, alert.resolved_at) == ("resolved", 1, NOW + 10)
    assert last(told(trigger(at=NOW + 11), document=document)).state == "active"


def test_a_late_trigger_older_than_the_resolution_counts_but_does_not_reopen():
    document = told(trigger(), resolution(at=NOW + 10), trigger(at=NOW + 5))
    assert [(alert.state, alert.count) for alert in alerts_of(document)] == [("resolved", 2)]


def test_equal_producer_times_are_ordered_by_when_they_were_heard():
    fired = told(trigger(received=NOW + 1, key="1"), resolution(at=NOW, received=NOW + 2),
                 trigger(received=NOW + 3, key="2"))
    assert [alert.state for alert in alerts_of(fired)] == ["resolved", "active"]


def test_without_a_time_of_its_own_an_alert_is_placed_by_its_own_timestamp_then_by_when_it_was_heard():
    event = replace(trigger(received=NOW), time=None, alert_time=NOW - 60)
    assert last(told(event)).last_seen == NOW - 60
    assert last(told(replace(event, alert_time=None))).last_seen == NOW
    assert last(told(replace(event, alert_time=NOW + 3600))).last_seen == NOW


def test_two_sources_with_one_id_are_two_identities():
    assert Document("a", "bc").identity != Document("ab", "c").identity


@pytest.mark.parametrize("alert_id", [
    "a/b", "it's \"quoted\"", "<script>alert(1)</script>", "x" * 10_000, "\n", "ü€😀",
])
def test_any_id_has_a_tame_key(alert_id):
    alert = last(triggered(Document("producer", alert_id), trigger(alert_id)))
    assert alert.id == alert_id
    assert len(alert.key) == 25 and set(alert.key) <= set("0123456789abcdef-")
    assert load_document(dump_document(told(trigger(alert_id), document=Document("producer", alert_id)))).id == alert_id


# Clicks

def test_acknowledge_names_who_when_until_and_note():
    document = told(trigger())
    alert = last(acknowledge(document, last(document).key, "anna", NOW + 60, " looking ", until=NOW + 1860))
    assert (alert.state, alert.acknowledged_by, alert.acknowledged_at) == ("acknowledged", "anna", NOW + 60)
    assert (alert.acknowledged_until, alert.notes) == (NOW + 1860, "looking")


def test_resolve_from_active_and_from_acknowledged_keeps_who_had_it():
    document = told(trigger())
    key = last(document).key
    assert last(resolve(document, key, "bert", NOW + 9, "done")).resolved_by == "bert"
    taken = acknowledge(document, key, "anna", NOW + 5, "looking")
    alert = last(resolve(taken, key, "bert", NOW + 9))
    assert (alert.state, alert.acknowledged_by, alert.resolved_by, alert.notes) == (
        "resolved", "anna", "bert", "looking")


def test_what_the_state_does_not_allow_names_state_and_person():
    document = told(trigger())
    key = last(document).key
    taken = acknowledge(document, key, "anna", NOW + 5)
    with pytest.raises(NotAllowed) as refused:
        acknowledge(taken, key, "bert", NOW + 6)
    assert (refused.value.state, refused.value.by, refused.value.at) == ("acknowledged", "anna", NOW + 5)
    assert "acknowledged" in str(refused.value) and "anna" in str(refused.value)
    over = resolve(taken, key, "carl", NOW + 7)
    for change in (acknowledge, resolve):
        with pytest.raises(NotAllowed) as refused:
            change(over, key, "bert", NOW + 8)
        assert (refused.value.state, refused.value.by, refused.value.at) == ("resolved", "carl", NOW + 7)


def test_an_old_key_stays_resolved_after_the_alert_came_back():
    document = told(trigger(), resolution(at=NOW + 1), trigger(at=NOW + 2))
    with pytest.raises(NotAllowed):
        resolve(document, alerts_of(document)[0].key, "anna", NOW + 3)
    with pytest.raises(UnknownAlert):
        resolve(document, "no such key", "anna", NOW + 3)


@pytest.mark.parametrize("bad", [
    {"notes": "x" * 2001}, {"until": NOW + 5}, {"until": float("nan")}, {"until": float("inf")}, {"by": " "},
])
def test_bad_input_is_a_value_error(bad):
    document = told(trigger())
    with pytest.raises(ValueError):
        acknowledge(document, last(document).key, **{"by": "anna", "at": NOW + 5} | bad)


def test_a_note_of_2000_characters_is_allowed_and_the_newest_note_shows():
    document = told(trigger())
    key = last(document).key
    document = acknowledge(document, key, "anna", NOW + 5, "x" * 2000)
    assert len(last(document).notes) == 2000
    assert last(resolve(document, key, "anna", NOW + 6, "fixed")).notes == "fixed"


def test_an_acknowledgement_runs_out_and_can_then_be_given_again():
    document = told(trigger())
    key = last(document).key
    document = acknowledge(document, key, "anna", NOW + 5, until=NOW + 60)
    alert = last(document)
    assert (alert.state_at(NOW + 59), alert.state_at(NOW + 60)) == ("acknowledged", "active")
    assert alert.as_of(NOW + 60).state == "active" and alert.as_of(NOW + 59) is alert
    document = acknowledge(document, key, "bert", NOW + 61)
    assert (last(document).state_at(NOW + 9e6), last(document).acknowledged_by) == ("acknowledged", "bert")


def test_a_severity_that_does_not_rise_keeps_the_state():
    document = told(trigger(level="ERROR"))
    document = acknowledge(document, last(document).key, "anna", NOW + 5)
    document = told(trigger(at=NOW + 9, level="INFO"), trigger(at=NOW + 10, level="ERROR"), document=document)
    alert = last(document)
    assert (alert.state, alert.level, alert.rank) == ("acknowledged", "ERROR", 2)


def test_a_trigger_heard_late_but_produced_before_the_click_belongs_to_the_resolved_alert():
    document = told(trigger())
    document = resolve(document, last(document).key, "anna", NOW + 10)
    assert [alert.state for alert in alerts_of(told(trigger(at=NOW + 9), document=document))] == ["resolved"]
    states = [alert.state for alert in alerts_of(told(trigger(at=NOW + 11), document=document))]
    assert states == ["resolved", "active"]


def test_a_producer_whose_clock_is_behind_can_still_raise_again_after_a_click():
    hours_behind = 4 * 3600
    document = told(trigger(received=NOW + hours_behind))
    document = resolve(document, last(document).key, "anna", NOW + hours_behind + 10)
    again = trigger(at=NOW + 20, received=NOW + hours_behind + 20)
    assert [alert.state for alert in alerts_of(told(again, document=document))] == ["resolved", "active"]


def test_a_producer_that_always_sends_the_same_time_can_still_raise_again_after_a_click():
    document = told(trigger(received=NOW + 86_400, key="1"))
    document = resolve(document, last(document).key, "anna", NOW + 86_410)
    again = trigger(received=NOW + 86_420, key="2")
    assert [alert.state for alert in alerts_of(told(again, document=document))] == ["resolved", "active"]


def test_a_click_never_touches_an_alert_that_began_after_what_the_person_saw():
    document = told(trigger())
    document = acknowledge(document, last(document).key, "anna", NOW + 10)
    document = told(resolution(at=NOW + 5), trigger(at=NOW + 7), document=document)  # both late
    assert [(alert.state, alert.acknowledged_by) for alert in alerts_of(document)] == [
        ("resolved", None), ("active", None)]


# Any order, any duplicates

@st.composite
def facts(draw, most=25):
    """Events and clicks at times that often meet, each as a fact; equal keys are equal facts."""
    found = {}
    for number in range(draw(st.integers(0, most))):
        at = NOW + draw(st.integers(0, 12))
        received = at + draw(st.integers(0, 3))
        kind = draw(st.sampled_from(["trigger"] * 4 + ["resolution", *ACTIONS, ACKNOWLEDGE, RESOLVE]))
        if kind == "trigger":
            fact = trigger_of(trigger(at=at, received=received, key=str(number), message=str(number),
                                      level=draw(st.sampled_from(["WARNING", "WARNING", "CRITICAL"]))))
        elif kind == "resolution":
            fact = resolution_of(resolution(at=at, received=received, key=str(number)))
        else:
            until = draw(st.one_of(st.none(), st.integers(1, 5)))
            place, clicked = microseconds(at), microseconds(received)
            target = draw(st.sampled_from(["bert", "", FIRST_KEY])) if kind in (ASSIGN, REOPEN) else ""
            fact = Click(kind, place, clicked - place, clicked,
                         f"person {number}", draw(st.sampled_from(["", f"note {number}"])),
                         until and clicked + microseconds(until), place - microseconds(draw(st.integers(0, 3))), target)
        found[fact.key] = fact
    return list(found.values())


@settings(max_examples=300, deadline=None)
@given(facts(), st.randoms(use_true_random=False))
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
@given(facts())
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
@given(facts())
def test_in_the_order_of_time_every_step_is_an_edge_of_the_graph(known):
    document, before = EMPTY, {}
    for fact in sorted(known, key=lambda fact: fact.order):
        document = record(document, (fact,))
        now = {alert.key: alert.state for alert in alerts_of(document)}
        assert set(before) <= set(now)
        assert {(before.get(key), state) for key, state in now.items()} <= ALLOWED
        before = now


STEPS = st.lists(st.tuples(st.sampled_from(["trigger", "resolved", "acknowledge", "resolve"]),
                           st.integers(0, 3), st.one_of(st.none(), st.integers(1, 4))), max_size=30)


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


# Bounds

@settings(max_examples=150, deadline=None)
@given(facts(), st.integers(3, 8), st.integers(0, 4))
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


def test_ten_thousand_occurrences_are_counted_exactly_and_kept_small_even_when_heard_twice():
    document = EMPTY
    for start in range(0, 10_000, 100):
        batch = [trigger_of(trigger(at=NOW + number / 10, key=str(number))) for number in range(start, start + 100)]
        for _ in range(2):
            document, _ = settle(record(document, batch))
    again = [trigger_of(trigger(at=NOW + number / 10, key=str(number))) for number in range(0, 10_000, 7)]
    assert record(document, again) is document
    alert = last(document)
    assert (alert.count, alert.first_seen, alert.last_seen) == (10_000, NOW, NOW + 999.9)
    assert len(document.facts) <= FACTS_KEPT
    assert len(dump_document(document)) < 16_384


def test_occurrences_that_share_one_time_are_kept_apart_up_to_a_bound():
    many = [trigger_of(trigger(key=str(number))) for number in range(FACTS_AT_MOST)]
    document, _ = settle(record(EMPTY, many))
    assert last(settle(record(document, many))[0]).count == FACTS_AT_MOST
    document, _ = settle(record(document, [trigger_of(trigger(key="one more"))]))
    assert document.facts == {} and last(document).count == FACTS_AT_MOST + 1
    assert last(told(trigger(at=NOW + 1), document=document)).count == FACTS_AT_MOST + 2


def test_old_episodes_leave_the_document_as_they_were():
    document, gone = EMPTY, []
    for number in range(EPISODES_KEPT + 5):
        document = told(trigger(at=NOW + 10 * number), resolution(at=NOW + 10 * number + 5), document=document)
        document, left = settle(document)
        gone += left
    assert len(gone) == 5 and len(alerts_of(document)) == EPISODES_KEPT
    assert [alert.first_seen for alert in gone] == [NOW + 10 * number for number in range(5)]
    assert load_alert(dump_alert(gone[0])) == gone[0]
    keys = {alert.key for alert in gone} | {alert.key for alert in alerts_of(document)}
    assert len(keys) == EPISODES_KEPT + 5


def test_a_click_on_a_folded_alert_still_counts():
    document, _ = settle(told(trigger()), until=microseconds(NOW + 1))
    assert document.facts == {} and last(document).count == 1
    assert last(acknowledge(document, last(document).key, "anna", NOW - 100)).state == "acknowledged"
    assert last(resolve(document, last(document).key, "anna", NOW + 5)).state == "resolved"


def test_texts_are_let_go_but_for_the_newest_few():
    document, _ = settle(told(*(trigger(at=NOW + number, message=f"{number}") for number in range(30))))
    assert sum(fact.content is not None for fact in document.facts.values()) == 10
    assert last(document).message == "29"
    early, late = alerts_of(told(resolution(at=NOW + 5.5), document=document))  # further back than texts are kept
    assert (early.count, late.count, late.message) == (6, 24, "29")
    assert early.message == "20"  # the oldest there still is


# As bytes

@settings(max_examples=100, deadline=None)
@given(facts(), st.integers(1, 10))
def test_a_document_survives_its_bytes(known, kept):
    document, _ = settle(record(EMPTY, known), kept=kept)
    again = load_document(dump_document(document))
    assert again == document and dump_document(again) == dump_document(document)
    assert dump_document(record(document, random.Random(1).sample(known, len(known)))) == dump_document(document) \
        or kept < len(known)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"version": 2}', b"\xff"])
def test_what_cannot_be_read_says_so(data):
    for load in (load_document, load_alert):
        with pytest.raises(Unreadable):
            load(data)


def test_the_json_of_an_alert_has_the_fields_of_the_contract():
    document = told(trigger(at=NOW + 0.25, details={"a": 1}, suggested_actions=("look",)))
    document = acknowledge(document, last(document).key, "anna", NOW + 5, "mine", until=NOW + 65)
    assert last(document).to_json().items() >= {
        "key": last(document).key, "id": "cpu", "source": "producer", "simulated": False,
        "level": "WARNING", "component": "system",
        "message": "too much", "details": {"a": 1}, "suggested_actions": ["look"], "state": "acknowledged",
        "first_seen": "2027-01-15T08:00:00.250Z", "last_seen": "2027-01-15T08:00:00.250Z", "count": 1,
        "acknowledged_by": "anna", "acknowledged_at": "2027-01-15T08:00:05.000Z",
        "acknowledged_until": "2027-01-15T08:01:05.000Z", "resolved_by": None, "resolved_at": None, "notes": "mine",
    }.items()
