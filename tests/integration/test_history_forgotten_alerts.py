"""Alerts that only the history remembers: a key that comes again, and what is open there and nowhere else."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select, update

from dashboard.alerts import lifecycle
from dashboard.alerts.alert import STATES
from dashboard.history import schema
from dashboard.history.alert_rows import alert_row, write_alert_rows
from tests.alert_events import resolution, trigger
from tests.integration.event_process import processes
from tests.integration.history_process import NOW


@pytest.fixture
def process(database_url):
    with processes(database_url) as make:
        yield make


def test_an_alert_whose_key_comes_again_leaves_the_earlier_one_in_place(process):
    """Once nobody remembers it, the next alert of the identity is its first again, and has the first one's key."""
    before, after = process(), process()
    before.alerts.take(trigger("disk", at=NOW - 1_000, message="in summer"))
    before.alerts.take(trigger("disk", at=NOW - 990, message="in summer"))
    before.alerts.take(resolution("disk", at=NOW - 900))
    before.step()
    (earlier,) = before.alerts.all()
    after.alerts.take(trigger("disk", at=NOW - 100, message="in autumn"))
    after.step()
    after.step()
    assert [alert.message for alert in after.events.alerts(states=["active"]).alerts] == ["in autumn"]
    (kept,) = after.events.alerts().alerts
    assert kept == dataclasses.replace(earlier, key=f"{earlier.key}-{int((NOW - 1_000) * 1e6)}")
    assert after.events.alert(kept.key) == kept and after.events.alert(earlier.key).message == "in autumn"
    after.alerts.take(resolution("disk", at=NOW - 50))
    process(after.alerts).step()
    before.store._event_writer.restart()  # who wakes up after a long time, and knows nothing of what has followed
    before.step()
    assert [alert.message for alert in after.events.alerts().alerts] == ["in autumn", "in summer"]
    assert after.events.find("disk")[0].message == "in autumn"


def test_a_later_alert_that_looks_like_the_forgotten_one_is_written_all_the_same(process):
    """By the process that had written that one: as often, and as much done to it."""
    one = process()
    for at, message in ((NOW - 1_000, "in summer"), (NOW - 500, "in autumn")):
        one.alerts.documents.clear()
        one.alerts.take(trigger("disk", at=at, message=message))
        one.alerts.take(resolution("disk", at=at + 10))
        one.step()
    assert [alert.message for alert in one.events.alerts().alerts] == ["in autumn", "in summer"]


@pytest.mark.parametrize("document", ["no JSON", '{"version": 9}', '{"version": 2, "alert": []}'])
def test_one_that_cannot_be_read_makes_room_as_it_is(process, document):
    """Of a later version, say: it takes nothing else with it."""
    one = process()
    one.alerts.take(trigger("disk", at=NOW - 1_000))
    one.alerts.take(resolution("disk", at=NOW - 900))
    one.step()
    with one.store.database.writing() as connection:
        connection.execute(update(schema.alert).values(document=document))
    one.alerts.documents.clear()
    one.alerts.take(trigger("disk", at=NOW - 100))
    one.step()
    with one.store.database.reading() as connection:
        rows = connection.execute(select(schema.alert.c.document).order_by(schema.alert.c.first_us)).scalars().all()
    assert rows[0] == document and len(rows) == 2


def test_an_older_state_of_the_earlier_one_does_not_take_the_place_of_the_later(process):
    """From a file that was written while it was open, say."""
    older, one = process(), process()
    for step in range(4):
        older.alerts.take(trigger("disk", at=NOW - 1_000 + step, message="in summer"))
        one.alerts.take(trigger("disk", at=NOW - 1_000 + step, message="in summer"))
    one.alerts.take(resolution("disk", at=NOW - 900))
    one.step()
    one.alerts.documents.clear()
    one.alerts.take(trigger("disk", at=NOW - 100, message="in autumn"))
    one.step()
    older.step()
    assert [(alert.message, alert.state) for alert in one.events.alerts(states=STATES).alerts] == [
        ("in autumn", "active"), ("in summer", "resolved")]


def test_clocks_that_do_not_agree_make_no_second_alert_of_one(process):
    """A person resolved it by a clock that is behind: that is before it began."""
    one, other = process(), process()
    one.alerts.take(trigger("disk", at=NOW))
    document, = one.alerts.documents.values()
    over = lifecycle.resolve(document, one.alerts.all()[0].key, "anna", NOW - 120)
    one.alerts.documents[over.identity] = other.alerts.documents[over.identity] = over
    one.step()
    other.step()
    assert one.events.alerts(states=STATES).total == 1


def test_an_alert_of_which_processes_know_different_parts_is_one(process):
    """The end of it comes late to one: what began within a minute of it is no other alert of the same key."""
    one, other = process(), process()
    one.alerts.take(trigger("disk", at=NOW - 100))
    one.alerts.take(resolution("disk", at=NOW - 50))
    one.step()
    other.alerts.take(trigger("disk", at=NOW - 5))
    other.step()
    assert [(alert.key, alert.state) for alert in one.events.alerts(states=STATES).alerts] == [
        (one.alerts.all()[0].key, "resolved")]


def test_open_alerts_are_handed_back_where_they_are_lost_and_nothing_is_written_over_them(process, monkeypatch):
    before, after = process(), process()
    for name in ("disk", "over"):
        before.alerts.take(trigger(name, at=NOW - 500, level="ERROR"))
        before.alerts.take(trigger(name, at=NOW - 499, level="INFO"))
    before.alerts.take(resolution("over", at=NOW - 100))
    before.step()
    after.has_lost = True
    for step in range(3):
        after.alerts.take(trigger("disk", at=NOW - 10 + step, message="nobody knows that there was one"))
    after.step()
    (disk,) = [alert for alert in before.alerts.all() if alert.is_open]
    assert after.taken == [[disk]] and after.events.alert(disk.key) == disk
    before.alerts.take(trigger("worse", at=NOW - 600, level="CRITICAL"))
    before.step()
    monkeypatch.setattr("dashboard.history.alert_rows.OPEN_AT_MOST", 1)
    after.step()
    assert [alert.id for alert in after.taken[-1]] == ["worse"]


def test_while_alerts_may_be_missing_those_of_which_the_history_knows_nothing_are_written(process):
    """A process that begins without Redis, and hears of them another way: what it knows alone must not be lost."""
    before, after = process(), process()
    before.alerts.take(trigger("disk", at=NOW - 500, message="as it was"))
    before.step()
    after.has_lost = True
    after.alerts.take(trigger("disk", at=NOW - 10))
    after.alerts.take(trigger("new", at=NOW - 10))
    after.step()
    after.alerts.take(resolution("new", at=NOW - 5))
    after.step()
    (disk,), (new,) = (after.events.find(name) for name in ("disk", "new"))
    assert (disk.message, disk.count, new.state) == ("as it was", 1, "resolved")
    after.has_lost = False
    after.alerts.take(trigger("disk", at=NOW - 1))
    after.step()
    assert after.events.find("disk")[0].count == 2  # nothing that was held back is forgotten


def test_what_another_of_its_identity_has_followed_is_over_whatever_the_history_says(process):
    """It was lost to everybody while it was open; the next one told that it was over."""
    before, after = process(), process()
    before.alerts.take(trigger("disk", at=NOW - 500))
    before.alerts.take(resolution("disk", at=NOW - 400))
    before.alerts.take(trigger("disk", at=NOW - 300))  # has another key than the first of all
    before.step()
    after.alerts.take(trigger("disk", at=NOW - 100))
    after.alerts.take(resolution("disk", at=NOW - 50))
    after.step()
    assert [alert.state for alert in before.events.alerts(states=STATES).alerts] == ["resolved", "active", "resolved"]
    after.has_lost = True
    after.step()
    assert after.taken == [[]]


def test_rows_of_one_key_from_one_file_are_all_there(process):
    one, rows = process(), []
    for at in (NOW - 100, NOW - 1_000, NOW - 500):
        one.alerts.documents.clear()
        one.alerts.take(trigger("disk", at=at, message=str(at)))
        if at != NOW - 100:
            one.alerts.take(resolution("disk", at=at + 10))
        rows += map(alert_row, one.alerts.all())
    one.alerts.documents.clear()
    one.step()
    with one.store.database.writing() as connection:
        write_alert_rows(connection, rows)
    assert [float(alert.message) for alert in one.events.alerts(states=STATES).alerts] == [
        NOW - 100, NOW - 500, NOW - 1_000]
