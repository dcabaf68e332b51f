"""Whether a source is alive or has stopped, whatever its clock says, and how far that clock is from ours."""

from __future__ import annotations

import itertools

import pytest

from dashboard.sources import SourceBoard
from tests.unit.board_world import Clock, applied, at, state
from tests.unit.messages import RECEIVED, health, status, update


def test_liveness_and_skew():
    found = state(update({}, timestamp=RECEIVED - 7200))
    assert [found.liveness(RECEIVED + age) for age in (0, 30, 60)] == ["active", "delayed", "inactive"]
    assert (found.skew_s, found.age_s(RECEIVED + 9), found.age_s(RECEIVED - 9)) == (-7200.0, 9.0, 0.0)
    quick = applied(at(0), delayed_after_s=1, inactive_after_s=2)
    assert quick.get("TickStockPL").liveness(RECEIVED + 1.5) == "delayed"


def test_a_time_in_the_future_looks_no_fresher_than_it_is():
    found = state(update({"a": 1}, timestamp=RECEIVED + 3600))
    assert (found.last_event_time, found.latest_metrics["a"][1], found.skew_s) == (RECEIVED, RECEIVED, 3600.0)


def test_each_kind_of_event_has_its_own_clock():
    found = state(*(event for second in (0, 5, 10) for event in (
        update({"a": 1}, RECEIVED + second, timestamp=RECEIVED + second - 18_000),
        health(RECEIVED + second + 1, timestamp=RECEIVED + second + 1.5, overall_score=60))))
    assert found.skews == {"metric_update": -18_000.0, "health_check": 0.5}
    assert (found.skew_s, found.metrics_skew_s) == (-18_000.0, -18_000.0)
    assert found.latest_metrics["a"][1] == RECEIVED + 10 - 18_000


def test_a_message_that_was_long_on_its_way_is_not_held_against_a_clock_for_ever():
    late = status("RUNNING", RECEIVED, timestamp=RECEIVED - 3600)
    assert (state(late).skew_s, state(late, at(5)).skew_s) == (-3600.0, 0.0)  # where there is nothing better, it counts
    assert "system_status" in state(late, at(899)).skews
    assert "system_status" not in state(late, at(901)).skews
    assert state(late, at(5)).metrics_skew_s == 0.0
    assert state(at(0), update({"a": 1}, RECEIVED + 5, timestamp=None)).skew_s is None


def test_samples_keep_their_clock_when_only_health_is_still_heard():
    found = state(update({"a": 1}, timestamp=RECEIVED - 18_000),
                  health(RECEIVED + 2000, timestamp=RECEIVED + 2000, overall_score=60))
    assert (found.skews, found.metrics_skew_s) == ({"health_check": 0.0}, -18_000.0)
    assert state(health(RECEIVED, timestamp=RECEIVED - 60, overall_score=60)).metrics_skew_s == -60.0


@pytest.mark.parametrize(("later", "alive"), [
    ([], "stopping"), ([at(10)], "stopping"), ([at(31)], "active"), ([status("RUNNING", RECEIVED + 5)], "active"),
    ([status("starting", RECEIVED + 5), at(6)], "active"), ([status("starting", RECEIVED + 5)], "starting"),
    ([at(10), status("stopped", RECEIVED + 12)], "stopped"),
    ([status("stopped", RECEIVED + 20), at(35)], "stopped"), ([status("stopped", RECEIVED + 20), at(50)], "active")])
def test_a_source_that_stops_is_not_active(later, alive):
    for order in itertools.permutations([at(-1), status("stopping", RECEIVED), *later]):
        found = state(*order)
        assert found.liveness(found.last_received + 1) == alive


def test_the_stop_of_a_source_with_a_slow_clock():
    stop = status("stopped", timestamp=RECEIVED - 3600)
    assert state(stop).liveness(RECEIVED + 1) == "stopped"
    assert state(stop, update({}, RECEIVED + 31, timestamp=RECEIVED - 3569)).liveness(RECEIVED + 31) == "active"


def test_our_own_clock_set_back_does_not_keep_a_source_alive():
    clock = Clock()
    target = SourceBoard(max_sources=2, clock=clock)
    target.apply(at(7200))
    clock.now = RECEIVED + 1
    target.apply(at(1))
    assert target.get("TickStockPL").last_received == RECEIVED + 1


@pytest.mark.parametrize("replayed", [False, True])
def test_what_was_heard_while_our_own_clock_was_ahead_is_outdated_once_it_is_right(replayed):
    """By a producer that tells no time. `replayed`: by a process that was started after that, from the journal."""
    clock = Clock()
    target = SourceBoard(max_sources=2, clock=clock)

    def say(value, second, now=None):
        clock.now = RECEIVED + (second if now is None else now)
        told = RECEIVED + second
        for event in (update({"a": value}, told, timestamp=None), status(f"up {value}", told, timestamp=None),
                      health(told + 0.1, timestamp=None, overall_score=value)):
            target.apply(event)
        return target.get("TickStockPL")

    say(50, 0, 20 if replayed else None)
    say(60, 3_600, 20 if replayed else None)
    found = say(70, 10, 20 if replayed else None)
    assert found.latest_metrics["a"] == (70, RECEIVED + 10)
    assert (found.headline.score, found.lifecycle.status) == (70, "up 70")
    assert (found.last_received, found.last_event_time) == (RECEIVED + 10.1, None)
    assert say(80, 30).latest_metrics["a"][0] == 80
    assert say(90, 3_600, 31).latest_metrics["a"] == (80, RECEIVED + 30), "brought later"


def test_a_stop_that_was_heard_while_our_own_clock_was_ahead_does_not_last():
    clock = Clock()
    target = SourceBoard(max_sources=2, clock=clock)
    target.apply(status("stopped", RECEIVED + 3_600, timestamp=None))
    for second in (0, 31):
        clock.now = RECEIVED + second
        target.apply(update({}, RECEIVED + second, timestamp=None))
    assert target.get("TickStockPL").liveness(clock.now) == "active"


@pytest.mark.parametrize("others", [(), ("cpu",)])
def test_the_first_word_after_our_own_clock_was_set_back_counts_where_the_producer_shares_it(others):
    """It was told some milliseconds before it was heard; `others`: what was told a little later is heard first."""
    clock = Clock()
    target = SourceBoard(max_sources=2, clock=clock)
    clock.now = RECEIVED + 3_600
    target.apply(update({"cpu": 1}, clock.now, timestamp=clock.now - 0.003))
    target.apply(status("running", clock.now, timestamp=clock.now - 0.003))
    clock.now = RECEIVED + 10
    for name in others:
        target.apply(update({name: 2}, clock.now, timestamp=clock.now - 0.001))
    target.apply(status("stopped", clock.now, timestamp=clock.now - 0.003))
    found = target.get("TickStockPL")
    assert found.lifecycle.status == "stopped"
    assert found.latest_metrics["cpu"][0] == (2 if others else 1)
