"""What people do beyond acknowledge and resolve, and what ends by itself: each with its entry in the timeline."""

from __future__ import annotations

import orjson
import pytest

from dashboard.alerts.documents import VERSION, dump_alert, dump_document, load_alert, load_document
from dashboard.alerts.facts import microseconds
from dashboard.alerts.lifecycle import (
    Document,
    NotAllowed,
    UnknownAlert,
    acknowledge,
    alerts_of,
    assign,
    reopen,
    resolve,
    settle,
    snooze,
    triggered,
    unacknowledge,
    unsnooze,
)
from dashboard.alerts.lifecycle import resolved as told_resolved
from dashboard.alerts.story import story
from dashboard.alerts.timeline import NOTE_SHOWN, TIMELINE_KEPT
from dashboard.events import AlertTriggered
from tests.alert_events import NOW, resolution, trigger

EMPTY = Document("producer", "cpu")


def told(*events, document=EMPTY):
    for event in events:
        document = (triggered if isinstance(event, AlertTriggered) else told_resolved)(document, event)
    return document


def last(document):
    return alerts_of(document)[-1]


def actions(alert):
    return [entry.action for entry in alert.timeline]


FIRED = told(trigger())
KEY = last(FIRED).key
TAKEN = acknowledge(FIRED, KEY, "anna", NOW + 5, "mine", until=NOW + 1805)
OVER = resolve(FIRED, KEY, "anna", NOW + 5, "done")


def test_an_acknowledgement_given_back_is_active_and_free_to_be_taken():
    document = unacknowledge(TAKEN, KEY, "bert", NOW + 10, "she is away")
    alert = last(document)
    assert (alert.state, alert.acknowledged_by, alert.acknowledged_until, alert.notes) == (
        "active", None, None, "she is away")
    entry = alert.timeline[-1]
    assert (entry.action, entry.by, entry.old, entry.new, entry.note) == (
        "unacknowledge", "bert", "acknowledged", "active", "she is away")
    assert last(acknowledge(document, KEY, "bert", NOW + 11)).acknowledged_by == "bert"


def test_a_resolution_taken_back_is_the_same_alert_and_its_occurrences_go_on():
    document = told(trigger(at=NOW + 20), document=reopen(OVER, KEY, "bert", NOW + 10))
    assert [(alert.key, alert.state, alert.count) for alert in alerts_of(document)] == [(KEY, "active", 2)]
    alert = last(document)
    assert (alert.resolved_by, alert.resolved_at, alert.regressed, alert.previous_state) == (
        None, None, False, "resolved")
    assert last(resolve(document, KEY, "bert", NOW + 30)).state == "resolved"


def test_only_the_newest_alert_of_an_id_can_be_reopened():
    document = told(trigger(at=NOW + 20), document=OVER)
    with pytest.raises(NotAllowed, match="come back as a new alert") as refused:
        reopen(document, KEY, "bert", NOW + 30)
    assert (refused.value.state, refused.value.by) == ("resolved", "anna")
    assert last(reopen(resolve(document, last(document).key, "anna", NOW + 40), last(document).key, "bert",
                       NOW + 50)).state == "active"


def test_a_reopened_alert_stays_one_when_its_past_is_folded():
    document = reopen(told(resolution(at=NOW + 5), document=FIRED), KEY, "bert", NOW + 10)
    for number in range(500):
        document, gone = settle(told(trigger(at=NOW + 20 + number, key=str(number)), document=document))
        assert gone == ()
    assert [(alert.key, alert.state, alert.count) for alert in alerts_of(document)] == [(KEY, "active", 501)]
    assert actions(last(document)) == ["fired", "resolve", "reopen"]


@pytest.mark.parametrize(("over", "regressed"), [(OVER, True), (told(resolution(at=NOW + 5), document=FIRED), False)])
def test_what_comes_back_after_a_person_had_resolved_it_is_regressed(over, regressed):
    document = told(trigger(at=NOW + 20), document=over)
    assert [alert.regressed for alert in alerts_of(document)] == [False, regressed]
    folded, _ = settle(over, until=microseconds(NOW + 10))
    assert last(told(trigger(at=NOW + 20), document=folded)).regressed is regressed
    assert ("person" in last(document).timeline[0].reason) is regressed


def test_an_acknowledgement_that_runs_out_says_so():
    alert = last(TAKEN).as_of(NOW + 1805)
    assert (alert.state, alert.acknowledged_by, alert.previous_state) == ("active", "anna", "acknowledged")
    entry = alert.timeline[-1]
    assert (entry.action, entry.at_us, entry.reason) == (
        "expired", microseconds(NOW + 1805), "The acknowledgement by anna has run out")
    later = last(acknowledge(TAKEN, KEY, "bert", NOW + 1900))
    assert actions(later) == ["fired", "acknowledge", "expired", "acknowledge"]
    assert actions(last(told(trigger(at=NOW + 2000), document=TAKEN))) == ["fired", "acknowledge", "expired"]


def test_that_it_got_worse_is_told_by_our_clock():
    """What the producer said of it keeps the producer's time."""
    behind_s = 3_600
    document = told(trigger(received=NOW + behind_s))
    document = acknowledge(document, last(document).key, "anna", NOW + behind_s + 10)
    worse = trigger(at=NOW + 20, received=NOW + behind_s + 20, level="CRITICAL")
    entries = {entry.action: entry.at_us / 1_000_000 for entry in last(told(worse, document=document)).timeline}
    assert (entries["severity"], entries["worse"]) == (NOW + 20, NOW + behind_s + 20)


def test_what_gets_worse_is_active_at_once_and_what_gets_better_or_back_is_not():
    document = told(trigger(at=NOW + 9, level="INFO"), trigger(at=NOW + 10), document=TAKEN)
    assert last(document).state == "acknowledged"
    document = told(trigger(at=NOW + 11, level="CRITICAL"), document=document)
    alert = last(document)
    assert (alert.state, alert.level) == ("active", "CRITICAL")
    assert [(entry.action, entry.reason) for entry in alert.timeline[-4:]] == [
        ("severity", "WARNING to INFO"), ("severity", "INFO to WARNING"), ("severity", "WARNING to CRITICAL"),
        ("worse", "It got worse than what anna had acknowledged")]
    again = acknowledge(document, KEY, "bert", NOW + 12)
    assert last(told(trigger(at=NOW + 13, level="CRITICAL", key="same"), document=again)).state == "acknowledged"


def test_severity_is_known_although_old_texts_are_let_go():
    document = FIRED
    for number in range(40):
        level = "ERROR" if number == 20 else "WARNING"
        document, _ = settle(told(trigger(at=NOW + 10 + number, key=str(number), level=level), document=document))
    assert [entry.reason for entry in last(document).timeline[1:]] == ["WARNING to ERROR", "ERROR to WARNING"]


@pytest.mark.parametrize("until", [NOW + 100, None])
def test_a_snooze_leaves_the_state_and_ends_with_its_time_or_when_it_gets_worse(until):
    document = snooze(TAKEN, KEY, "bert", NOW + 10, until, "later")
    alert = last(document)
    assert (alert.state, alert.snoozed, alert.snoozed_by, alert.snoozed_until) == ("acknowledged", True, "bert", until)
    assert alert.as_of(NOW + 101).snoozed is (until is None)
    worse = last(told(trigger(at=NOW + 20, level="EMERGENCY"), document=document))
    assert (worse.snoozed, worse.state) == (False, "active")
    assert actions(worse)[-3:] == ["severity", "worse", "worse"]
    with pytest.raises(NotAllowed, match="snoozed, by bert"):
        snooze(document, KEY, "anna", NOW + 11)
    awake = unsnooze(document, KEY, "anna", NOW + 12)
    assert not last(awake).snoozed and last(snooze(awake, KEY, "anna", NOW + 13)).snoozed_by == "anna"
    with pytest.raises(NotAllowed, match="not snoozed"):
        unsnooze(awake, KEY, "anna", NOW + 14)
    assert not last(resolve(document, KEY, "anna", NOW + 15)).snoozed


def test_two_who_assign_at_once_do_not_overwrite_each_other():
    document = assign(FIRED, KEY, "anna", NOW + 1, "bert")
    assert (last(document).assigned_to, last(document).assigned_by, last(document).state) == ("bert", "anna", "active")
    for to, instead_of in (("carl", ""), ("carl", "dora"), ("bert", "bert"), ("", "")):
        with pytest.raises(NotAllowed, match="assigned to bert, by anna"):
            assign(document, KEY, "carl", NOW + 2, to, instead_of)
    document = assign(document, KEY, "carl", NOW + 3, "carl", "bert")
    assert last(document).timeline[-1].reason == "To carl, before to bert"
    assert last(assign(document, KEY, "carl", NOW + 4, "", "carl")).assigned_to is None
    with pytest.raises(ValueError, match="200"):
        assign(FIRED, KEY, "anna", NOW + 1, "x" * 201)


def test_what_the_state_does_not_allow_names_state_person_and_time():
    for change, document, state, by in (
            (unacknowledge, FIRED, "active", "producer"), (unacknowledge, OVER, "resolved", "anna"),
            (reopen, FIRED, "active", "producer"), (reopen, TAKEN, "acknowledged", "anna"),
            (snooze, OVER, "resolved", "anna"), (unsnooze, OVER, "resolved", "anna")):
        with pytest.raises(NotAllowed) as refused:
            change(document, KEY, "bert", NOW + 50)
        assert (refused.value.state, refused.value.by) == (state, by) and refused.value.at is not None
    with pytest.raises(NotAllowed) as refused:  # run out meanwhile: nothing is acknowledged
        unacknowledge(TAKEN, KEY, "bert", NOW + 1805)
    assert refused.value.state == "active"
    for change in (unacknowledge, reopen, snooze, unsnooze):
        with pytest.raises(UnknownAlert):
            change(FIRED, "no-such", "bert", NOW + 50)
        with pytest.raises(ValueError, match="2000"):
            change(FIRED, KEY, "bert", NOW + 50, notes="x" * 2001)
    with pytest.raises(ValueError, match="past"):
        snooze(FIRED, KEY, "bert", NOW + 50, NOW + 50)


def flap(times, step_s=10, start=NOW):
    events = []
    for number in range(times):
        at = start + 2 * number * step_s
        events += [trigger(at=at, key=f"t{at}"), resolution(at=at + step_s, key=f"r{at}")]
    return events


def test_four_changes_in_twenty_events_are_flapping_until_they_are_an_hour_old():
    events = flap(2)
    assert not last(told(*events[:3])).flapping
    alert = last(told(*events))
    assert alert.flapping and alert.flapping_until == pytest.approx(NOW + 3600.01)
    assert alert.as_of(NOW + 3599).flapping and not alert.as_of(NOW + 3601).flapping
    quiet = [trigger(at=NOW + 100 + number, key=f"q{number}") for number in range(18)]
    document = told(*events, *quiet)
    assert not last(document).flapping  # of twenty events three were changes
    assert last(told(*events, *quiet[:17])).flapping
    assert not last(told(*flap(4, step_s=3 * 3600))).flapping  # comes and goes, but not that often
    folded, _ = settle(told(*events[:3]), until=microseconds(NOW + 25))
    assert folded.facts == {} and last(told(events[3], document=folded)).flapping


def test_a_long_timeline_keeps_its_beginning_and_its_end():
    document = FIRED
    for number in range(TIMELINE_KEPT):
        change = acknowledge if number % 2 == 0 else unacknowledge
        document, _ = settle(change(document, KEY, "anna", NOW + 10 + number, f"{number}" + "x" * 600))
    timeline = last(document).timeline
    assert (len(timeline), timeline[0].action, timeline[-1].at_us) == (TIMELINE_KEPT, "fired", microseconds(NOW + 109))
    assert len(timeline[-1].note) == NOTE_SHOWN and len(last(document).notes) > NOTE_SHOWN


def test_the_story_tells_that_a_source_is_silent_last():
    alert = last(TAKEN).overlay("abc", NOW + 60)
    assert alert.overlay("abc", NOW + 60) is alert and (alert.stale, alert.silenced_by) == (True, "abc")
    rows = story(alert, (), NOW + 90)
    assert [row["action"] for row in rows] == ["fired", "acknowledge", "stale"]
    assert (rows[1]["old_state"], rows[1]["new_state"], rows[1]["by"], rows[1]["at"]) == (
        "active", "acknowledged", "anna", "2027-01-15T08:00:05.000Z")
    assert {"regressed": False, "flapping": False, "assigned_to": None, "snoozed_until": None, "silenced_by": "abc",
            "stale": True, "previous_state": "active"}.items() <= alert.to_json().items()


# Documents of version 1, which had neither timelines nor levels beside texts

def test_a_document_of_the_first_version_is_read():
    content = {"level": "WARNING", "component": "c", "message": "m", "details": {}, "suggested_actions": ["a"]}
    base = {"previous": "", "first": 1, "last": 2, "count": 2, "transitions": 1, "newest": "k", "content": content,
            "acknowledged_by": "anna", "acknowledged_at": 2, "acknowledged_until": None, "resolved_by": None,
            "resolved_at": None, "closed": None, "notes": ""}
    data = orjson.dumps({"version": 1, "source": "producer", "id": "cpu", "horizon": 2, "previous": "", "base": base,
                         "facts": [["t", "a", 3, 0], ["t", "b", 4, 0, content], ["r", "c", 5, 0, "producer: p", ""],
                                   ["c", "resolve", 6, 0, 6, "anna", "", None, 6]]})
    document = load_document(data)
    alert = last(document)
    assert (alert.state, alert.count, alert.acknowledged_by, alert.cleared_itself) == ("resolved", 4, "anna", True)
    assert load_document(dump_document(document)) == document and f'"version":{VERSION}'.encode() in dump_document(
        document)
    old = last(OVER).to_json()
    assert old["state"] == "resolved"
    alone = orjson.loads(dump_alert(last(told(resolution(at=NOW + 1), document=FIRED))))
    del alone["alert"]["timeline"], alone["alert"]["cleared_itself"]
    read = load_alert(orjson.dumps(alone | {"version": 1}))
    assert read.cleared_itself and read.timeline == ()


def test_the_same_click_twice_within_a_microsecond_is_two_clicks():
    document = told(trigger(at=NOW + 5, key="again"), document=OVER)
    assert last(resolve(document, last(document).key, "anna", NOW + 5)).state == "resolved"
