"""This process's copy of the alerts, and which of them are let go: no Redis, no thread."""

from __future__ import annotations

import pytest

from dashboard.alerts.documents import dump_document, load_document
from dashboard.alerts.facts import resolution_of, trigger_of
from dashboard.alerts.follower import Follower
from dashboard.alerts.lifecycle import EPISODES_KEPT, FACTS_KEPT, Document, acknowledge, alerts_of, triggered
from dashboard.alerts.local import LocalCopy
from dashboard.alerts.retention import UNMATCHED_KEPT, Retention
from dashboard.alerts.shared import Stored
from dashboard.alerts.slots import is_document, name_of_key
from tests.alert_events import NOW, resolution, trigger

DAY_S = 86_400


class Now:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Now()


@pytest.fixture
def local(clock):
    return LocalCopy(clock)


def tell(local, *events):
    for event in events:
        fact = trigger_of(event) if event.kind == "alert_triggered" else resolution_of(event)
        local.record(event.source, event.id, (fact,))


def confirm(local):
    """Redis takes everything."""
    for revision, write in enumerate(local.writes(10_000), 1):
        local.wrote(write, f"token-{revision:06}", revision)


def the_slot(local):
    (slot,) = local.slots()
    return slot


def test_what_is_told_shows_at_once_and_waits_to_be_written(local):
    tell(local, trigger())
    assert [alert.id for alert in local.index().all] == ["cpu"]
    (write,) = local.writes(10)
    assert (write.token, local.unwritten, local.unsent) == ("", 1, 1)
    confirm(local)
    assert (local.unwritten, the_slot(local).token, local.writes(10)) == (0, "token-000001", [])
    tell(local, trigger())
    assert local.unwritten == 0


def test_what_changed_while_it_was_written_is_written_again(local):
    tell(local, trigger())
    (write,) = local.writes(10)
    tell(local, trigger(at=NOW + 1))
    local.wrote(write, "token-000001", 1)
    assert [(write.token, local.unwritten) for write in local.writes(10)] == [("token-000001", 1)]


def test_what_another_process_wrote_is_joined_with_what_only_this_one_knows(local):
    tell(local, trigger())
    theirs = triggered(Document("producer", "cpu"), trigger(at=NOW + 1))
    local.took(Stored(the_slot(local).name, "theirs------", dump_document(theirs), 7))
    assert local.index().all[0].count == 2 and local.unwritten == 1
    joined = load_document(local.writes(1)[0].body)
    local.took(Stored(the_slot(local).name, "joined------", dump_document(joined), 8))
    assert local.unwritten == 0 and the_slot(local).token == "joined------"


def test_an_older_answer_does_not_undo_a_newer_one(local):
    old = triggered(Document("producer", "cpu"), trigger())
    new = triggered(old, trigger(at=NOW + 1))
    name = name_of_key(alerts_of(old)[0].key)
    local.took(Stored(name, "new---------", dump_document(new), 9))
    local.took(Stored(name, "old---------", dump_document(old), 8))
    assert (the_slot(local).token, local.index().all[0].count) == ("new---------", 2)


def test_what_redis_lost_is_written_as_new(local):
    tell(local, trigger())
    confirm(local)
    local.lost(the_slot(local).name)
    assert [write.token for write in local.writes(1)] == [""]


def test_the_fingerprint_is_that_of_the_content(local, clock):
    other = LocalCopy(clock)
    empty = local.fingerprint
    tell(local, trigger(), trigger("memory"))
    tell(other, trigger("memory"), trigger())
    assert local.fingerprint == other.fingerprint != empty
    assert 0 <= local.fingerprint < 2**53
    before = local.fingerprint
    tell(local, trigger(at=NOW + 1))
    assert local.fingerprint != before
    for slot in local.slots():
        local.forget(slot.name, unless_dirty=False)
    assert local.fingerprint == empty and len(local) == 0


def test_an_acknowledgement_that_runs_out_shows_and_changes_the_fingerprint(local, clock):
    tell(local, trigger())
    document = load_document(the_slot(local).body)
    key = local.index().all[0].key
    taken = acknowledge(document, key, "anna", NOW, until=NOW + 60)
    local.took(Stored(name_of_key(key), "taken-------", dump_document(taken), 3))
    before = local.fingerprint
    assert local.index().get(key).state == "acknowledged"
    clock.now = NOW + 60
    assert local.index().get(key).state == "active" and local.fingerprint != before


def test_the_index_is_made_once_for_one_content(local):
    tell(local, trigger())
    assert local.index() is local.index()


def test_alerts_that_leave_their_document_stand_on_their_own_and_are_written_first(local):
    for number in range(EPISODES_KEPT + 3):
        tell(local, trigger(at=NOW + 10 * number), resolution(at=NOW + 10 * number + 5))
    assert len(local.index().all) == EPISODES_KEPT + 3
    kinds = [is_document(write.name) for write in local.writes(100)]
    assert kinds == [False] * 3 + [True]
    bodies = {write.name: write.body for write in local.writes(100)}
    copy = LocalCopy(lambda: NOW)
    for revision, (name, body) in enumerate(bodies.items(), 1):
        copy.took(Stored(name, f"token-{revision:06}", body, revision))
    assert copy.index().all == local.index().all


def test_a_document_that_people_made_long_is_brought_back_within_bounds(local):
    tell(local, trigger())
    key = local.index().all[0].key
    document = load_document(the_slot(local).body)
    for number in range(FACTS_KEPT + 20):
        document = acknowledge(document, key, "anna", NOW + 2 * number + 1, until=NOW + 2 * number + 2)
    local.took(Stored(name_of_key(key), "long--------", dump_document(document), 3))
    local.tidy(name_of_key(key))
    assert len(load_document(the_slot(local).body).facts) == FACTS_KEPT and local.unwritten == 1
    local.tidy("nobody")


def test_identities_without_end_are_refused_and_counted(local, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.local.IDENTITIES_LIMIT", 3)
    tell(local, *(trigger(str(number)) for number in range(5)))
    assert (len(local), local.refused) == (3, 2)
    tell(local, trigger("0", at=NOW + 1))
    assert local.refused == 2


def test_an_alert_that_fires_takes_the_place_of_what_is_over_for_longest(local, clock, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.local.IDENTITIES_LIMIT", 4)
    for number in (1, 0, 2):
        tell(local, trigger(str(number)), resolution(str(number), at=NOW + number + 1))
    tell(local, trigger("open"))
    tell(local, trigger("fire"))
    assert local.refused == 1, "what is over is not in Redis yet"
    confirm(local)
    clock.now += 60
    tell(local, trigger("fire"))
    assert {alert.id for alert in local.index().all} == {"1", "2", "open", "fire"}
    tell(local, *(trigger(f"fire {number}") for number in range(3)))
    assert {alert.id for alert in local.index().all} == {"open", "fire", "fire 0", "fire 1"} and local.refused == 2


def test_any_number_at_once_takes_the_place_of_what_is_over(local, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.local.IDENTITIES_LIMIT", 6)
    monkeypatch.setattr("dashboard.alerts.slots.SPARE_AT_ONCE", 2)
    for number in range(6):
        tell(local, trigger(str(number)), resolution(str(number), at=NOW + number + 1))
    confirm(local)
    tell(local, *(trigger(f"fire {number}") for number in range(6)))
    assert {alert.id for alert in local.index().all} == {f"fire {number}" for number in range(6)}
    assert local.refused == 0


def test_what_made_room_is_removed_from_redis_unless_it_came_again(local, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.local.IDENTITIES_LIMIT", 2)
    for number in range(2):
        tell(local, trigger(str(number)), resolution(str(number), at=NOW + number + 1))
    confirm(local)
    old = {slot.name: slot for slot in local.slots()}
    tell(local, trigger("fire"), trigger("fire again"))
    assert dict(local.let_go(10)) == {name: slot.token for name, slot in old.items()} and len(local.let_go(1)) == 1
    first, second = old.values()
    local.took(Stored(first.name, first.token, first.body, first.revision))
    removed = []

    class Shared:
        remove = staticmethod(removed.extend)

    Follower(local, pytest.fail).remove(Shared)
    assert removed == [(second.name, second.token)] and local.let_go(10) == []


def test_one_that_comes_and_goes_for_days_while_redis_is_away_leaves_room(local, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.local.IDENTITIES_LIMIT", EPISODES_KEPT)
    for number in range(3 * EPISODES_KEPT):
        tell(local, trigger(at=NOW + 10 * number), resolution(at=NOW + 10 * number + 5))
    tell(local, trigger("fire"))
    assert [alert.id for alert in local.index().all if alert.is_open] == ["fire"] and local.refused == 0
    assert len(local) == EPISODES_KEPT


def test_what_cannot_be_written_goes_behind_the_rest(local):
    tell(local, trigger("a"), trigger("b"))
    first, second = local.writes(2)
    local.postpone(first.name)
    local.postpone("nobody")
    assert [write.name for write in local.writes(2)] == [second.name, first.name]


# Retention

def stale(local, now=NOW, kept=100, days=30.0):
    return {slot.alerts[0].id if slot.alerts else "unmatched" for slot in
            Retention.of(kept, days).stale(local.slots(), now)}


def test_only_resolved_alerts_beyond_the_days_are_let_go(local):
    tell(local, trigger("old"), resolution("old", at=NOW + 1), trigger("open"), trigger("new", at=NOW + DAY_S),
         resolution("new", at=NOW + DAY_S + 1))
    confirm(local)
    assert stale(local, now=NOW + 30 * DAY_S) == set()
    assert stale(local, now=NOW + 30 * DAY_S + 2) == {"old"}
    assert stale(local, now=NOW + 300 * DAY_S) == {"old", "new"}


def test_only_the_newest_resolved_alerts_are_kept_and_every_open_one(local):
    for number in range(5):
        tell(local, trigger(str(number), at=NOW), resolution(str(number), at=NOW + number), trigger(f"open {number}"))
    confirm(local)
    assert stale(local, kept=3) == {"0", "1"}
    assert stale(local, kept=5) == set()


def test_what_waits_to_be_written_is_left_alone(local):
    tell(local, trigger("old"), resolution("old", at=NOW + 1))
    assert stale(local, now=NOW + 300 * DAY_S) == set()


def test_resolutions_of_unknown_alerts_wait_a_day_and_in_bounded_number(local):
    tell(local, *(resolution(str(number), at=NOW + number) for number in range(UNMATCHED_KEPT + 2)))
    confirm(local)
    assert local.index().all == ()
    assert len(Retention.of(1, 30).stale(local.slots(), NOW + 60)) == 2
    assert len(Retention.of(1, 30).stale(local.slots(), NOW + 2 * DAY_S)) == UNMATCHED_KEPT + 2


class Removed:
    def __init__(self):
        self.fields = []

    def remove(self, fields):
        self.fields += fields


def test_pruning_goes_in_steps_and_clears_the_past_of_what_is_open_again(local, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.retention.REMOVED_AT_ONCE", 2)
    for number in range(3):
        tell(local, trigger(str(number)), resolution(str(number), at=NOW + 1))
    tell(local, trigger("again"), resolution("again", at=NOW + 1), trigger("again", at=NOW + 40 * DAY_S))
    confirm(local)
    shared, retention = Removed(), Retention.of(100, 30)
    assert retention.prune(local, shared, NOW + 40 * DAY_S) is True
    assert retention.prune(local, shared, NOW + 40 * DAY_S) is False
    assert len(shared.fields) == 3 and all(token for _, token in shared.fields)
    assert [(alert.id, alert.state) for alert in local.index().all] == [("again", "active")]
