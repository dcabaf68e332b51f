"""What the console did with alerts, taken back: as it was before, in one's own name, and never over somebody else."""

from __future__ import annotations

import pytest

from dashboard.alerts.facts import ACTIONS
from dashboard.ui.alert_act import NOT_TAKEN_BACK
from dashboard.ui.alert_undo import INVERSE
from tests.unit.alert_act_world import do, one, raised
from tests.unit.ui_world import NOW, hear, hear_alert, make_world

STEPS = {  # action -> what makes it possible
    "acknowledge": [], "unacknowledge": ["acknowledge"], "resolve": [], "reopen": ["resolve"], "assign": [],
    "snooze": [], "unsnooze": ["snooze"]}


@pytest.fixture
def services():
    return make_world()


def entries(services, alert_id="a0"):
    return [(entry.action, entry.by, entry.note) for entry in one(services, alert_id).timeline]


def essence(alert):
    return (alert.state, alert.acknowledged_by if alert.state == "acknowledged" else None, alert.assigned_to,
            alert.snoozed, alert.snoozed_until, alert.resolved_by)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_can_be_taken_back_and_that_is_an_entry_too(services, action):
    keys = raised(services)
    for step in STEPS[action]:
        do(services, step, keys)
        services.clock.now += 1
    before = one(services)
    made = do(services, action, keys, to="ben")
    assert essence(one(services)) != essence(before), action
    services.clock.now += 1
    taken = do(services, "undo", undo=made["undo"])
    assert taken["told"] == "Undone." and not taken["failed"] and taken["undo"] == []
    assert essence(one(services)) == essence(before)
    assert [entry[:2] for entry in entries(services)[-2:]] == [(action, "ada"), (INVERSE[action], "ada")]
    assert entries(services)[-1][2] == "Undo"


def test_an_own_acknowledgement_comes_back_with_the_resolution_taken_back(services):
    keys = raised(services)
    do(services, "acknowledge", keys, **{"for": "900"})
    services.clock.now += 60
    made = do(services, "resolve", keys)
    do(services, "undo", undo=made["undo"])
    alert = one(services)
    assert (alert.state, alert.acknowledged_by, alert.acknowledged_until) == ("acknowledged", "ada", NOW + 900)


def test_what_cannot_be_undone_is_said(services):
    keys = raised(services)
    do(services, "acknowledge", keys, by="grace")
    services.alerts.receivers = 0
    assert "Undo acknowledges in your name, not in that of grace." in do(services, "unacknowledge", keys)["told"]
    do(services, "acknowledge", keys, by="grace")
    services.alerts.receivers = 1
    made = do(services, "resolve", keys)
    assert "Undo does not bring back the acknowledgement by grace." in made["told"]
    assert f"{NOT_TAKEN_BACK}." in made["told"]
    do(services, "undo", undo=made["undo"])
    assert one(services).state == "active"
    do(services, "resolve", keys, by="grace")
    assert "Undo resolves in your name." in do(services, "reopen", keys)["told"]
    do(services, "snooze", keys, by="grace")
    assert "Undo snoozes in your name, not in that of grace." in do(services, "unsnooze", keys)["told"]
    services.alerts.receivers = 0
    assert NOT_TAKEN_BACK not in do(services, "acknowledge", keys)["told"]


def test_what_somebody_else_has_done_since_stays(services):
    keys = raised(services)
    made = do(services, "acknowledge", keys)
    services.clock.now += 2
    do(services, "resolve", keys, by="grace")
    services.clock.now += 2
    do(services, "reopen", keys, by="grace")
    do(services, "acknowledge", keys, by="grace")
    taken = do(services, "undo", undo=made["undo"])
    assert taken["told"] == "Somebody was quicker: already acknowledged by grace at 08:53:24." and taken["failed"]
    assert one(services).acknowledged_by == "grace"


def test_another_occurrence_does_not_stand_in_the_way(services):
    keys = raised(services)
    made = do(services, "acknowledge", keys)
    services.clock.now += 1
    hear_alert(services, "a0")
    assert do(services, "undo", undo=made["undo"])["told"] == "Undone."
    made = do(services, "snooze", keys)
    services.clock.now += 1
    hear(services, event_type="ALERT_RESOLVED", alert_id="a0")
    taken = do(services, "undo", undo=made["undo"])
    assert taken["told"].startswith("Somebody was quicker: already resolved by producer")


def test_redis_away_while_taking_back_leaves_it_to_be_tried_again(services):
    keys = raised(services, 2)
    made = do(services, "resolve", keys)
    services.alerts.reachable = False
    taken = do(services, "undo", undo=made["undo"])
    assert taken["failed"] and taken["undo"] == made["undo"]
    services.alerts.reachable = True
    assert do(services, "undo", undo=taken["undo"])["told"] == "2 undone."


@pytest.mark.parametrize("planned", [
    [], [{}], [{"key": "gone", "action": "reopen"}], [{"key": 5, "action": "resolve"}], [{"action": "delete"}],
    [{"key": None, "action": ["x"]}]])
def test_a_plan_that_makes_no_sense_takes_nothing_back(services, planned):
    raised(services)
    before = one(services)
    assert do(services, "undo", undo=planned)["failed"]
    assert one(services) == before
