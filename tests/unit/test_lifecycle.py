"""The life of an alert, step by step: what follows from which facts."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from dashboard.alerts.documents import Unreadable, dump_document, load_alert, load_document
from dashboard.alerts.lifecycle import (
    Document,
    NotAllowed,
    UnknownAlert,
    acknowledge,
    alerts_of,
    document_for,
    identity_of_key,
    resolve,
    triggered,
)
from tests.alert_events import NOW, resolution, trigger
from tests.unit.lifecycle_world import EMPTY, last, told

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


# As bytes

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
