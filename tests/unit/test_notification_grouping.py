"""When what is told: grouping, intervals, repetitions, one recovery; of which source, by which route."""

from __future__ import annotations

from dataclasses import replace

from dashboard.notifications.grouping import (
    AGAIN,
    BACK,
    CHANGE,
    FIRST,
    GRAVER,
    NEW,
    OVER,
    RECOVERY,
    REPEAT,
    Grouping,
    GroupState,
    Timing,
)
from tests.unit.notification_parts import HOUR_S, NOW, World, acknowledged, expired, make_alert, make_route, over, says


def test_what_comes_together_is_told_together_after_the_time_of_grouping():
    world = World()
    cpu, disk = make_alert(), make_alert("disk", component="storage", level="WARNING")
    assert world.at(0, cpu) == [] and world.ask_at == NOW + 10
    assert world.at(9.9, cpu, disk) == []
    (due,) = world.at(10, cpu, disk)
    assert (due.kind, says(due)) == (FIRST, [(NEW, "cpu"), (NEW, "disk")])
    assert world.at(11, cpu, disk) == [] and world.at(3_000, cpu, disk) == []


def test_what_is_over_within_the_time_of_grouping_is_not_told():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    assert world.at(9, over(cpu, NOW + 9)) == [] and world.ask_at is None
    assert world.at(10, over(cpu, NOW + 9)) == [] and world.at(9_000, over(cpu, NOW + 9)) == []
    assert world.groups == {}


def test_the_time_of_grouping_begins_anew_for_what_is_left():
    world = World()
    cpu, disk = make_alert(), make_alert("disk")
    world.at(0, cpu)
    world.at(8, over(cpu, NOW + 8), disk)
    assert world.at(10, over(cpu, NOW + 8), disk) == []
    assert says(world.at(18, over(cpu, NOW + 8), disk)[0]) == [(NEW, "disk")]


def test_changes_of_a_group_are_a_minute_apart_and_tell_all_that_came():
    world = World()
    cpu, disk, net = make_alert(), make_alert("disk"), make_alert("net", level="INFO")
    world.at(0, cpu)
    world.at(10, cpu)
    assert world.at(30, cpu, disk) == [] and world.ask_at == NOW + 70
    assert world.at(69, over(cpu), disk, net) == []
    (due,) = world.at(70, over(cpu), disk, net)
    assert (due.kind, says(due)) == (CHANGE, [(NEW, "disk"), (NEW, "net"), (OVER, "cpu")])
    assert due.still_open == ()


def test_recovery_is_told_once():
    world = World()
    cpu, disk = make_alert(), make_alert("disk")
    world.at(0, cpu, disk)
    world.at(10, cpu, disk)
    (one,) = world.at(80, over(cpu), disk) or world.at(90, over(cpu), disk)
    assert (one.kind, says(one)) == (CHANGE, [(OVER, "cpu")])
    assert [alert.id for alert in one.still_open] == ["disk"]
    world.at(200, over(cpu), over(disk))
    (last,) = world.at(210, over(cpu), over(disk))
    assert (last.kind, says(last), last.after.told) == (RECOVERY, [(OVER, "disk")], {})
    assert world.at(300, over(cpu), over(disk)) == [] and world.at(9_999_999, over(cpu), over(disk)) == []


def test_what_nobody_acknowledges_is_told_again_every_four_hours():
    world = World()
    cpu, disk = make_alert(), make_alert("disk")
    world.at(0, cpu, disk)
    world.at(10, cpu, disk)
    taken = acknowledged(disk)
    assert world.at(10 + 4 * HOUR_S - 1, cpu, taken) == [] and world.ask_at == NOW + 10 + 4 * HOUR_S
    (due,) = world.at(10 + 4 * HOUR_S, cpu, taken)
    assert (due.kind, due.news) == (REPEAT, ()) and {alert.id for alert in due.still_open} == {"cpu", "disk"}
    assert world.at(8 * HOUR_S, cpu, taken) == []
    assert len(world.at(10 + 8 * HOUR_S, cpu, taken)) == 1


def test_repetitions_can_be_switched_off():
    world = World(timing=Timing(repeat_s=0))
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    assert world.at(9_999_999, cpu) == [] and world.ask_at is None


def test_worse_is_told_and_better_is_not():
    world = World()
    world.at(0, make_alert(level="ERROR"))
    world.at(10, make_alert(level="ERROR"))
    assert world.at(100, make_alert(level="WARNING")) == [] and world.at(200, make_alert(level="ERROR")) == []
    world.at(300, make_alert(level="EMERGENCY"))
    assert says(world.at(310, make_alert(level="EMERGENCY"))[0]) == [(GRAVER, "cpu")]


def test_what_fires_again_is_told_as_such():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    again = make_alert(episode=2, first_seen=NOW + 50)
    (due,) = world.at(70, over(cpu), again) or world.at(80, over(cpu), again)
    assert (due.kind, says(due)) == (CHANGE, [(AGAIN, "cpu")])
    world.at(200, over(cpu), over(again))
    world.at(210, over(cpu), over(again))
    regressed = make_alert(episode=3, regressed=True, first_seen=NOW + 300)
    world.at(300, over(cpu), over(again), regressed)
    assert says(world.at(310, over(cpu), over(again), regressed)[0]) == [(AGAIN, "cpu")]


def test_what_was_told_is_told_as_over_though_a_person_took_it_or_the_route_lets_it_pass_by_now():
    critical = make_route(levels=["critical"])
    world = World(critical)
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    lower = replace(cpu, level="INFO", rank=4)
    assert world.at(100, acknowledged(lower)) == []
    world.at(200, over(lower))
    assert says(world.at(210, over(lower))[0]) == [(OVER, "cpu")]


def test_sources_are_groups_of_their_own_and_so_are_routes():
    world = World(make_route("one"), make_route("two", levels=["critical"]))
    alerts = make_alert("a", source="east"), make_alert("b", source="west", level="INFO")
    world.at(0, *alerts)
    told = {(world.routes[0].id, "east"), (world.routes[0].id, "west"), (world.routes[1].id, "east")}
    assert {due.group for due in world.at(10, *alerts)} == told


def test_a_route_that_is_switched_off_takes_nothing_and_a_new_one_tells_what_is_open():
    world = World(make_route(enabled=False))
    cpu = make_alert()
    assert world.at(0, cpu) == [] and world.at(100, cpu) == []
    world.routes = (make_route(),)
    world.at(200, cpu)
    assert len(world.at(210, cpu)) == 1


def test_what_is_gone_without_an_end_is_forgotten_without_a_word():
    world = World()
    cpu, disk = make_alert(), make_alert("disk")
    world.at(0, cpu)
    world.at(10, cpu)
    assert world.at(100) == []
    world.at(200, disk)
    (due,) = world.at(210, disk)
    assert says(due) == [(NEW, "disk")] and set(due.after.told) == {"disk"}


def test_until_it_is_certain_the_same_message_stays_due():
    grouping, route, cpu = Grouping(Timing()), make_route(), make_alert()
    assert grouping.decide([cpu], [route], {}, NOW)[0] == []
    one, _ = grouping.decide([cpu], [route], {}, NOW + 10)
    two, _ = grouping.decide([cpu], [route], {}, NOW + 11)
    assert [says(due) for due in one] == [says(due) for due in two] == [[(NEW, "cpu")]]


def test_a_clock_that_was_set_back_does_not_silence_a_group():
    world = World()
    world.groups[world.routes[0].id, "pl"] = GroupState({}, NOW + 9_999_999)
    cpu = make_alert()
    world.at(0, cpu)
    assert len(world.at(10, cpu)) == 1 and world.told().told_at == NOW + 10


def test_what_was_noticed_before_the_clock_was_set_back_waits_no_longer_than_anything_else():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    assert world.at(1 - HOUR_S, cpu) == [] and world.ask_at == NOW + 11 - HOUR_S
    assert len(world.at(11 - HOUR_S, cpu)) == 1


def test_what_comes_back_after_the_clock_was_set_back_is_told():
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    back = expired(cpu, NOW + 100 - HOUR_S)
    world.at(100 - HOUR_S, back)
    assert says(world.at(110 - HOUR_S, back)[0]) == [(BACK, "cpu")]
    assert world.at(300 - HOUR_S, back) == []
