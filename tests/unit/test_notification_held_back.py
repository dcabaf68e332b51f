"""What is held back, by a person, a silence or its own flapping: told when it is not any more, and told once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.alerts.document import identity_of_key
from dashboard.alerts.timeline import SEVERITY, SNOOZE_OVER, Change
from dashboard.notifications.grouping import AGAIN, BACK, CHANGE, NEW, OVER, RECOVERY, GroupState, Told
from tests.unit.notification_parts import HOUR_S, NOW, World, acknowledged, expired, make_alert, over, says


@pytest.mark.parametrize("quiet", [
    acknowledged, lambda alert: replace(alert, snoozed_by="ada"), lambda alert: replace(alert, silenced_by="s1"),
    lambda alert: replace(alert, flapping_until=NOW + 99_999_999)])
def test_nothing_is_repeated_that_somebody_has_or_that_is_held_back(quiet):
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    assert world.at(5 * HOUR_S, quiet(cpu)) == [] and world.ask_at is None


@pytest.mark.parametrize("quiet", [
    acknowledged, lambda alert: replace(alert, snoozed_by="ada"), lambda alert: replace(alert, silenced_by="s1"),
    lambda alert: replace(alert, flapping_until=NOW + 99_999_999)])
def test_what_is_held_back_is_not_told_until_it_is_not_any_more(quiet):
    world = World()
    cpu = make_alert()
    assert world.at(0, quiet(cpu)) == [] and world.at(1_000, quiet(cpu)) == []
    assert world.at(2_000, cpu) == []
    assert says(world.at(2_010, cpu)[0]) == [(NEW, "cpu")]


def test_flapping_is_held_back_until_it_settles_whichever_way():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    unsettled = {"flapping_until": NOW + 3_600}
    past = over(cpu, NOW + 40, **unsettled)
    assert world.at(100, past) == []
    assert world.at(200, past, make_alert(episode=2, **unsettled)) == []
    assert world.at(300, past, over(make_alert(episode=2), NOW + 290, **unsettled)) == []
    settled = [over(cpu, NOW + 40), over(make_alert(episode=2), NOW + 290)]
    assert world.at(4_000, *settled) == []
    (due,) = world.at(4_010, *settled)
    assert (due.kind, says(due)) == (RECOVERY, [(OVER, "cpu")])


def test_flapping_that_settles_open_is_told_as_open_again():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    past = over(cpu, NOW + 40)
    assert world.at(100, past, make_alert(episode=5, flapping_until=NOW + 3_600)) == []
    world.at(4_000, past, make_alert(episode=5))
    assert says(world.at(4_010, past, make_alert(episode=5))[0]) == [(AGAIN, "cpu")]


def test_stale_neither_holds_back_nor_is_news():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    assert len(world.at(10, replace(cpu, stale_since=NOW))) == 1
    assert world.at(100, cpu) == [] and world.at(200, replace(cpu, stale_since=NOW + 150)) == []


def test_an_acknowledgement_that_runs_out_is_told_once_with_the_reason():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    assert world.at(1_000, acknowledged(cpu)) == []
    back = expired(cpu, NOW + 1_800)
    world.at(1_800, back)
    (due,) = world.at(1_810, back)
    assert (due.kind, says(due)) == (CHANGE, [(BACK, "cpu")]) and "run out" in due.news[0].why
    assert world.at(2_000, back) == [] and world.at(5_000, back) == []


def test_an_acknowledgement_that_runs_out_while_nobody_is_to_hear_is_told_when_they_are_again():
    """Though the group was told something else meanwhile."""
    world = World()
    cpu, disk = make_alert(), make_alert("disk", 1)
    world.at(0, cpu)
    world.at(10, cpu)
    back = expired(acknowledged(cpu), NOW + 500)
    world.at(500, replace(back, silenced_by="s"))
    world.at(600, replace(back, silenced_by="s"), disk)
    (due,) = world.at(610, replace(back, silenced_by="s"), disk)
    assert says(due) == [(NEW, "disk")]
    world.at(900, back, disk)
    (due,) = world.at(910, back, disk)
    assert says(due) == [(BACK, "cpu")]
    assert world.at(2_000, back, disk) == []


def test_an_acknowledgement_that_runs_out_is_told_though_the_clock_of_the_producer_is_behind():
    """By that clock, what it said last was before people were told."""
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    back = expired(cpu, NOW + 1_800)
    worse = Change(round((NOW - HOUR_S) * 1_000_000), SEVERITY, "producer", "INFO to WARNING", "active", "active")
    said = replace(back, timeline=(*back.timeline, worse))
    world.at(1_800, said)
    assert says(world.at(1_810, said)[0]) == [(BACK, "cpu")]
    assert world.at(2_000, said) == []


def test_what_a_version_before_has_told_is_not_told_again():
    world = World()
    cpu = make_alert()
    before = GroupState({identity_of_key(cpu.key): Told(cpu.key, cpu.rank)}, NOW + 600)
    world.groups[world.routes[0].id, "pl"] = before
    assert world.at(700, expired(cpu, NOW + 500)) == [] and world.at(720, expired(cpu, NOW + 500)) == []


def test_a_snooze_that_is_over_is_told():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    assert world.at(100, replace(cpu, snoozed_by="ada", snoozed_until=NOW + 500)) == []
    entry = Change(round((NOW + 500) * 1_000_000), SNOOZE_OVER, "", "The snooze by ada has run out", "active", "active")
    later = replace(cpu, timeline=(entry,))
    world.at(500, later)
    assert says(world.at(510, later)[0]) == [(BACK, "cpu")]
