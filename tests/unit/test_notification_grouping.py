"""When what is told: grouping, intervals, repetitions, one recovery; what is held back and what is never told."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.document import identity_of_key
from dashboard.alerts.timeline import SNOOZE_OVER, Change
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
    Told,
)
from tests.unit.notification_parts import NOW, World, acknowledged, expired, make_alert, make_route, over, says

HOUR_S = 3_600


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


@pytest.mark.parametrize("quiet", [
    acknowledged, lambda alert: replace(alert, snoozed_by="ada"), lambda alert: replace(alert, silenced_by="s1"),
    lambda alert: replace(alert, flapping_until=NOW + 99_999_999)])
def test_nothing_is_repeated_that_somebody_has_or_that_is_held_back(quiet):
    world = World()
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    assert world.at(5 * HOUR_S, quiet(cpu)) == [] and world.ask_at is None


def test_repetitions_can_be_switched_off():
    world = World(timing=Timing(repeat_s=0))
    cpu = make_alert()
    world.at(0, cpu)
    world.at(10, cpu)
    assert world.at(9_999_999, cpu) == [] and world.ask_at is None


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


def test_worse_is_told_and_better_is_not():
    world = World()
    world.at(0, make_alert(level="ERROR"))
    world.at(10, make_alert(level="ERROR"))
    assert world.at(100, make_alert(level="WARNING")) == [] and world.at(200, make_alert(level="ERROR")) == []
    world.at(300, make_alert(level="EMERGENCY"))
    assert says(world.at(310, make_alert(level="EMERGENCY"))[0]) == [(GRAVER, "cpu")]


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


ACTS = ("fire", "worsen", "resolve", "acknowledge", "release", "silence", "speak", "wait")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from("ab"),
                           st.sampled_from([1, 3, 8, 15, 40, 70, 5_000, 20_000])), max_size=40)


class Night:
    """Two alerts to which things happen; the grouping is asked whenever it wants to be, and after each step."""

    def __init__(self):
        self.world, self.clock, self.alerts = World(), 0.0, {}
        self.born: dict[str, float] = {}
        self.told_open: dict[str, str] = {}  # id of what people know as open -> key of the alert they were told of
        self.recovered: list[str] = []

    def act(self, act: str, name: str) -> None:
        present = next((alert for alert in self.alerts.values() if alert.id == name and alert.is_open), None)
        now = NOW + self.clock
        if present is None:
            if act == "fire":
                fresh = make_alert(name, len(self.alerts), level="ERROR", first_seen=now)
                self.alerts[fresh.key], self.born[fresh.key] = fresh, self.clock
            return
        after = {"worsen": lambda alert: replace(alert, rank=1, level="CRITICAL", state="active"),
                 "resolve": lambda alert: over(alert, now, silenced_by=None), "acknowledge": acknowledged,
                 "release": lambda alert: expired(alert, now) if alert.state == "acknowledged" else alert,
                 "silence": lambda alert: replace(alert, silenced_by="s"),
                 "speak": lambda alert: replace(alert, silenced_by=None)}.get(act, lambda alert: alert)(present)
        self.alerts[after.key] = after

    def pass_time(self, seconds: float) -> None:
        end = self.clock + seconds
        self.look()
        while self.world.ask_at is not None and self.world.ask_at - NOW <= end:
            self.clock = self.world.ask_at - NOW
            self.look()
        self.clock = end

    def look(self) -> None:
        is_first = not self.world.sent
        for due in self.world.at(self.clock, *self.alerts.values()):
            if is_first:
                assert min(self.born[key] for key, alert in self.alerts.items() if alert.is_open) <= self.clock - 10
            for piece in due.news:
                if piece.what == OVER:
                    assert self.told_open.pop(piece.alert.id)  # perhaps it came back and ended again meanwhile
                    self.recovered.append(piece.alert.key)
                else:
                    assert piece.alert.state == "active" and not piece.alert.silenced_by
                    self.told_open[piece.alert.id] = piece.alert.key
            if due.kind == REPEAT:
                assert any(alert.state == "active" and not alert.silenced_by for alert in due.still_open)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_whatever_happens(steps):
    """No message within a minute of the last; none before something that is open has waited; one recovery each, of
    what was told; no repetition of what somebody has; nobody who was told is left without the end."""
    night = Night()
    for act, name, seconds in steps:
        night.act(act, name)
        night.pass_time(seconds)
    night.pass_time(500)
    times = [at - NOW for at, _ in night.world.sent]
    assert all(later - earlier >= 60 for earlier, later in pairwise(times))
    assert len(night.recovered) == len(set(night.recovered))
    for key in night.told_open.values():  # it is open, or it came back before its end was told
        assert night.alerts[key].is_open or any(
            other.id == night.alerts[key].id and other.first_seen > night.alerts[key].first_seen
            for other in night.alerts.values())
    for at in (at - NOW for at, due in night.world.sent if due.kind == REPEAT):
        assert max(before for before in times if before < at) <= at - 4 * HOUR_S
