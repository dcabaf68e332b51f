"""What the console does with alerts: the number first, one winner, and what is told."""

from __future__ import annotations

import json

import pytest

from dashboard.alerts.alert import NotAllowed
from dashboard.ui.alert_act import act
from dashboard.ui.alert_asked import AT_ONCE, BULK_MOST, Asked, read_asked
from dashboard.ui.alert_change import REASONS_TOLD, Outcome, told
from tests.unit.alert_act_world import do, one, raised
from tests.unit.ui_world import NOW, hear_alert, make_world

MINUTE_S, HOUR_S = 60, 3600


@pytest.fixture
def services():
    return make_world()


# -- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "read"), [
    ({"action": "resolve", "keys": ["a", "b", "a", 5, None, ""]}, Asked("resolve", ("a", "b"))),
    ({"action": "acknowledge", "for": "900"}, Asked("acknowledge", for_s=900.0)),
    ({"action": "acknowledge", "for": "resolved"}, Asked("acknowledge", for_s=None)),
    ({"action": "snooze", "for": "worse", "notes": "n", "zone": "Asia/Tokyo"},
     Asked("snooze", notes="n", zone="Asia/Tokyo")),
    ({"action": "assign", "to": " ben ", "seen": {"a": "x", "b": 5, 7: "y"}},
     Asked("assign", to="ben", seen={"a": "x"})),
    ({"action": "resolve", "to": 5, "seen": {"a": "x"}, "keys": "a", "line": 5, "notes": 5, "zone": [],
      "confirmed": 1, "undo": "x"}, Asked("resolve")),
    ({"action": "reopen", "line": "state:open", "confirmed": True}, Asked("reopen", line="state:open", confirmed=True)),
    ({"action": "reopen", "line": "x" * 501, "expected": True}, Asked("reopen")),
    ({"action": "reopen", "line": "x", "expected": 5}, Asked("reopen", line="x", expected=5)),
    ({"action": "undo", "undo": [{"key": "a"}, 5]}, Asked("undo", undo=({"key": "a"},))),
])
def test_what_is_asked_is_read_with_suspicion(asked, read):
    assert read_asked(asked) == read


@pytest.mark.parametrize("asked", [
    None, 5, [], {}, {"action": "delete"}, {"action": None}, {"action": ["resolve"]}, {"action": "acknowledge"},
    {"action": "acknowledge", "for": "0"}, {"action": "acknowledge", "for": "-5"}, {"action": "snooze", "for": "1e9"},
    {"action": "snooze", "for": 900}, {"action": "snooze", "for": str(31 * 86_400)}, {"action": "snooze", "for": "٣"}])
def test_what_cannot_be_meant_changes_nothing(services, asked):
    raised(services)
    before = one(services)
    made = act(services, asked, "ada")
    assert made["told"].startswith("Nothing was changed: ") and made["failed"] and not made["undo"]
    assert one(services) == before


def test_the_bounds_of_what_a_browser_may_ask():
    read = read_asked({"action": "resolve", "keys": [str(number) for number in range(BULK_MOST + 5)] + ["k" * 101],
                       "notes": "n" * 5000})
    assert len(read.keys) == BULK_MOST + 5 and len(read.notes) == 2001  # one too many: refused, not cut


def test_more_selected_than_can_be_done_at_once_is_said(services):
    made = do(services, "resolve", [str(number) for number in range(BULK_MOST + 5)], expected=BULK_MOST + 5)
    assert made["question"]["text"] == "Resolve 1,000 alerts? 1,005 are meant; these are the first 1,000."
    assert len(made["question"]["keys"]) == BULK_MOST


# -- one or a few ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "more", "words", "state"), [
    ("acknowledge", {}, "Acknowledged for 30 min. ", "acknowledged"),
    ("acknowledge", {"for": "resolved"}, "Acknowledged until it is resolved. ", "acknowledged"),
    ("resolve", {}, "Resolved. ", "resolved"), ("snooze", {"for": "3600"}, "Snoozed for 1 h.", "active"),
    ("snooze", {"for": "worse"}, "Snoozed until it gets worse.", "active"),
    ("assign", {"to": "ben"}, "Assigned.", "active"), ("assign", {}, "Assigned.", "active")])
def test_a_few_are_changed_at_once_with_the_note(services, action, more, words, state):
    keys = raised(services)
    made = do(services, action, keys, notes="on it", **more)
    assert made["told"].startswith(words) and not made["failed"] and made["question"] is None
    assert made["done"] == keys and len(made["undo"]) == 1
    alert = one(services)
    assert (alert.state, alert.notes, alert.timeline[-1].by) == (state, "on it", "ada")


def test_durations_are_those_that_were_chosen(services):
    first, second, third = raised(services, 3)
    do(services, "acknowledge", [first], **{"for": "900"})
    do(services, "snooze", [second], **{"for": str(4 * HOUR_S)})
    do(services, "snooze", [third], **{"for": "worse"})
    assert one(services).acknowledged_until == NOW + 15 * MINUTE_S
    assert one(services, "a1").snoozed_until == NOW + 4 * HOUR_S
    assert one(services, "a2").snoozed and one(services, "a2").snoozed_until is None


def test_the_producer_is_told_of_two_actions_only(services):
    keys = raised(services)
    services.alerts.receivers = 0
    assert "Nobody is listening on the control channel" in do(services, "acknowledge", keys)["told"]
    services.alerts.receivers = None
    assert do(services, "assign", keys, to="ben")["told"] == "Assigned."
    assert "The producer could not be told" in do(services, "resolve", keys)["told"]
    assert do(services, "reopen", keys)["told"] == "Reopened."


def test_the_second_of_two_people_is_told_who_did_what_and_when(services):
    keys = raised(services)
    do(services, "acknowledge", keys, by="grace")
    services.clock.now += 5
    made = do(services, "acknowledge", keys, notes="mine", zone="Asia/Tokyo")
    assert made["told"] == "Somebody was quicker: already acknowledged by grace at 17:53:20."
    assert made["failed"] and made["undo"] == [] and made["done"] == keys  # the note stays, the tick goes
    assert one(services).acknowledged_by == "grace" and one(services).notes == ""
    again = do(services, "acknowledge", keys, by="grace")
    assert again["told"] == "Not changed: already acknowledged by grace at 08:53:20."


def test_who_assigns_takes_over_from_whom_the_page_showed(services):
    keys = raised(services)
    do(services, "assign", keys, by="grace", to="carl")
    refused = do(services, "assign", keys, to="ada", seen={keys[0]: ""})
    assert refused["told"].startswith("Somebody was quicker: already assigned to carl by grace")
    assert do(services, "assign", keys, to="ada", seen={keys[0]: "carl"})["told"] == "Assigned."
    assert do(services, "assign", keys, to="dora")["told"] == "Assigned."  # unseen: as it is now
    assert one(services).assigned_to == "dora"
    assert do(services, "assign", keys, to="x" * 201)["failed"]


def test_without_redis_nothing_changes_and_the_rest_is_not_tried(services):
    keys = raised(services, 3)
    services.alerts.reachable = False
    made = do(services, "resolve", keys, notes="half a sentence")
    assert made["told"].startswith("Not changed: ") and made["failed"]
    assert made["done"] == [] and made["undo"] == []
    assert {alert.state for alert in services.alerts.all()} == {"active"}


def test_a_note_that_is_too_long_is_refused_whole(services):
    keys = raised(services)
    made = do(services, "resolve", keys, notes="n" * 2001)
    assert "at most 2000 characters" in made["told"] and made["failed"] and one(services).state == "active"


def test_what_is_gone_is_told(services):
    assert do(services, "resolve", ["0000000000000000-00000000"])["told"] == "One of them is no longer there."
    assert do(services, "resolve")["told"] == "Nothing was changed: no alert is chosen."


def test_different_reasons_are_told_up_to_a_few():
    refused = [(str(number), NotAllowed("resolved", f"p{number}", NOW)) for number in range(REASONS_TOLD + 2)]
    words = told(Outcome(refused=refused), "UTC")
    assert words.count("Somebody was quicker") == REASONS_TOLD and words.endswith("And 2 other reasons.")


# -- many ------------------------------------------------------------------------------------------------------------


def test_above_ten_there_is_a_question_with_the_number(services):
    keys = raised(services, AT_ONCE + 1)
    made = do(services, "acknowledge", keys)
    assert made["question"]["text"] == "Acknowledge 11 alerts for 30 min?" and made["question"]["keys"] == keys
    assert {alert.state for alert in services.alerts.all()} == {"active"}
    made = do(services, "acknowledge", made["question"]["keys"], confirmed=True)
    assert made["told"].startswith("11 acknowledged.") and made["undo"] == [] and made["question"] is None
    assert {alert.state for alert in services.alerts.all()} == {"acknowledged"}
    assert do(services, "assign", keys, to="ben")["question"]["text"] == "Assign 11 alerts to ben?"
    assert do(services, "assign", keys)["question"]["text"] == "Assign 11 alerts to ada?"


def test_ten_are_done_at_once_and_can_be_taken_back(services):
    keys = raised(services, AT_ONCE)
    made = do(services, "resolve", keys)
    assert made["told"].startswith("10 resolved.") and len(made["undo"]) == 10
    assert do(services, "undo", undo=made["undo"])["told"] == "10 undone."
    assert {alert.state for alert in services.alerts.all()} == {"active"}


def test_all_that_the_filter_matches(services):
    raised(services, 14)
    hear_alert(services, "other", source="elsewhere")
    made = do(services, "resolve", line="source:pl state:open")
    assert made["question"]["text"] == "Resolve 14 alerts?"
    hear_alert(services, "late")  # came after the number was said: not among them
    made = do(services, "resolve", made["question"]["keys"], confirmed=True)
    assert made["told"].startswith("14 resolved.")
    assert {alert.id for alert in services.alerts.all() if alert.is_open} == {"other", "late"}
    made = do(services, "acknowledge", line="source:elsewhere")
    assert made["told"].startswith("Acknowledged") and len(made["undo"]) == 1  # few: at once
    assert do(services, "resolve", line="owner:me")["told"].startswith("Resolved.")


def test_another_number_than_was_said_is_asked_about_first(services):
    raised(services, 3)
    made = do(services, "resolve", line="state:open", expected=2)
    assert made["question"]["text"] == "Resolve 3 alerts? It was 2 when you chose."
    assert do(services, "resolve", line="state:open", expected=3)["told"].startswith("3 resolved.")
    hear_alert(services, "b")
    assert do(services, "resolve", line="state:open", expected=0)["question"]["text"].startswith("Resolve 1 alert?")


def test_more_than_can_be_done_at_once_are_cut_in_a_known_order(services):
    for number in range(BULK_MOST + 3):
        hear_alert(services, number, level="critical" if number == 7 else "info")
    made = do(services, "resolve", line="")
    assert made["question"]["text"] == (
        "Resolve 1,000 alerts? 1,003 are meant; these are the first 1,000, unacknowledged and gravest first.")
    assert made["question"]["keys"][0] == services.alerts.find("7")[0].key
    assert len(json.dumps(made)) < 40_000


def test_a_filter_that_cannot_be_read_changes_nothing(services):
    raised(services)
    made = do(services, "resolve", line="levle:x")
    assert made["told"].startswith("Nothing was changed: There is no field “levle”") and made["failed"]
    assert one(services).state == "active"


def test_some_of_many_may_be_refused(services):
    keys = raised(services, 12)
    for key in keys[:2]:
        do(services, "acknowledge", [key], by="grace")
    made = do(services, "acknowledge", keys, confirmed=True)
    assert made["told"] == "10 acknowledged. Somebody was quicker: already acknowledged by grace at 08:53:20."
    assert not made["failed"]
