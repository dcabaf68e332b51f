"""One line of the feed, step by step, with connections of paper."""

from __future__ import annotations

import logging

import pytest
import redis

from dashboard.feed import line as feed
from dashboard.feed.copies import Copies
from dashboard.feed.coverage import Gap
from dashboard.feed.inlet import TAKE_OVER_S
from dashboard.feed.line import BREATHE_EVERY, TOGETHER, Line
from dashboard.feed.retrying import LONGEST_DELAY_S, delay_s
from dashboard.feed.subscription import PARTIAL
from dashboard.settings import Settings
from tests.unit.line_world import CLOSED, REFUSED, Script, World, answer, message, pong


def test_messages_are_taken_in_with_their_receive_time():
    world = World(Script([message(b"one"), 0.5, message(b"two")])).run()
    assert world.taken == [(b"one", 1000.0), (b"two", 1000.5)]
    assert world.record.gaps == ()
    assert world.record.reason == feed.STOPPED


def test_silence_is_asked_about_soon_and_an_answer_is_enough():
    world = World(Script([1.0, answer, 1.0, answer, 1.5, answer])).run()
    assert [at for at, _ in world.connections[0].pings] == pytest.approx([1000.4, 1001.0, 1002.0, 1003.5], abs=0.02)
    assert world.record.gaps == ()
    assert len(world.connections) == 1


@pytest.mark.parametrize(("last", "known_until"), [
    ([message(b"late")], 1000.35), ([], 1000.35), ([CLOSED], 1000.0), (None, 1000.0),
    ([[b"subscribe", b"c", 1]], 1000.0)])
def test_what_was_sent_before_the_end_is_taken_in_and_known_to_be_all(last, known_until):
    """Where it cannot be known a gap begins with the last time it was."""
    world = World(Script([message(b"one"), 0.1]))
    world.last = last
    world.run()
    assert [raw for raw, _ in world.taken] == [b"one"] + [b"late"] * (last == [message(b"late")])
    assert world.lines.known_until == pytest.approx(known_until, abs=0.02)
    assert world.now <= 1000.35 + feed.LAST_WORD_WITHIN_S + 0.02


def test_a_silent_connection_is_given_up_after_three_seconds():
    world = World(Script([message(b"one"), 3.0, 60.0]), REFUSED, Script([message(b"two")]))
    world.run()
    gap = world.record.gaps[0]
    assert (gap.start, gap.why) == (1000.0, "Redis did not answer for 3 s")
    assert 1003.0 <= gap.end <= 1004.5
    assert [raw for raw, _ in world.taken] == [b"one", b"two"]


def test_a_pause_of_our_own_is_not_held_against_redis():
    def paused(connection):
        connection.world.now += 30.0  # this process was stopped, nothing was asked meanwhile

    world = World(Script([paused, answer, message(b"one")])).run()
    assert world.record.gaps == ()
    assert world.connections[0].pings == [(1030.0, b"0")]


def test_a_silent_connection_that_speaks_again_is_kept():
    world = World(Script([3.0, 0.05, message(b"late"), message(b"more")]), REFUSED, REFUSED).run()
    assert [raw for raw, _ in world.taken] == [b"late", b"more"]
    assert world.record.gaps[0].why == feed.UNANSWERED
    assert world.record.gaps[0].end is not None
    assert world.record.reconnects == 0
    assert len(world.connections) == 3


def test_what_the_silent_connection_still_holds_is_taken_before_it_is_closed():
    old = Script([3.05, message(b"held 1"), pong(), message(b"held 2"), answer, message(b"in both")])
    world = World(old, Script([message(b"in both"), message(b"new")])).run()
    assert [raw for raw, _ in world.taken] == [b"held 1", b"held 2", b"in both", b"new"]
    assert world.connections[0].pings[-1][1] == b"drained"
    assert world.record.reconnects == 1


def test_what_both_connections_of_a_line_brought_is_counted_once():
    old = Script([3.05, message(b"held"), message(b"overlap 1"), message(b"overlap 2"), answer])
    world = World(old, Script([
        message(b"overlap 1"), message(b"overlap 2"), message(b"new"), message(b"held")])).run()
    assert [raw for raw, _ in world.taken] == [b"held", b"overlap 1", b"overlap 2", b"new", b"held"]
    assert world.copies.echoes == 2


def test_the_echo_of_another_line_is_not_taken_in():
    def other_brings_it(connection):
        assert world.copies.without_echoes(1, [b"one"]) == [b"one"]

    world = World(Script([other_brings_it, message(b"one"), message(b"two"), message(b"one")]))
    world.copies.opened(1)
    world.run()
    assert [raw for raw, _ in world.taken] == [b"two", b"one"]
    assert world.copies.echoes == 1


def test_a_line_waits_for_the_one_that_leads_and_then_takes_over():
    world = World(Script([message(b"one"), message(b"two")]))
    world.copies.opened(1)
    world.copies.lead(1)
    world.run()
    assert [raw for raw, _ in world.taken] == [b"one", b"two"]
    assert sum(world.pauses) == pytest.approx(TAKE_OVER_S, abs=0.01)


def test_what_the_leading_line_brings_meanwhile_is_an_echo():
    world = World(Script([message(b"one")]))
    world.copies.opened(1)
    world.copies.lead(1)

    def leader_brings_it():
        if len(world.pauses) == 3:
            assert world.copies.without_echoes(1, [b"one"]) == [b"one"]

    world.paused = leader_brings_it
    world.run()
    assert (world.taken, world.copies.echoes, len(world.pauses)) == ([], 1, 3)


@pytest.mark.parametrize("rest", [[5.0], [CLOSED], [0.5, CLOSED]])
def test_a_silent_connection_that_is_dead_does_not_hold_up_the_new_one(rest):
    world = World(Script([3.0, *rest]), Script([message(b"new")])).run()
    assert [raw for raw, _ in world.taken] == [b"new"]
    assert world.now <= 1004.5


@pytest.mark.parametrize("rest", [[CLOSED], [0.05, CLOSED]])
def test_a_silent_connection_that_closes_while_waiting_is_forgotten(rest):
    world = World(Script([3.0, *rest]), REFUSED, REFUSED, REFUSED, Script([message(b"new")])).run()
    assert [raw for raw, _ in world.taken] == [b"new"]
    assert len(world.record.gaps) == 1


def test_a_closed_connection_is_replaced_and_the_gap_recorded():
    world = World(Script([message(b"one"), 0.25, CLOSED]), REFUSED, Script([message(b"two")])).run()
    assert world.record.gaps == (Gap(1000.0, 1000.25 + 0.05, "Redis closed the connection"),)
    assert [raw for raw, _ in world.taken] == [b"one", b"two"]
    assert world.record.reconnects == 1


def test_a_second_subscription_on_the_same_connection_is_a_gap():
    world = World(Script([message(b"one"), [b"subscribe", b"channel", 1], message(b"two")])).run()
    assert [gap.why for gap in world.record.gaps] == [feed.INTERRUPTED]
    assert world.record.gaps[0].end is not None
    assert len(world.connections) == 1


def test_a_subscription_that_redis_ends_is_opened_again():
    world = World(Script([[b"unsubscribe", b"channel", 0]]), Script([message(b"one")])).run()
    assert [gap.why for gap in world.record.gaps] == [feed.ENDED]
    assert [raw for raw, _ in world.taken] == [b"one"]


def test_a_long_message_that_keeps_arriving_is_no_silence():
    world = World(Script([*[2.5, PARTIAL] * 5, message(b"whole")])).run()
    assert [raw for raw, _ in world.taken] == [b"whole"]
    assert world.record.gaps == ()


def test_a_message_that_never_ends_is_silence():
    world = World(Script([message(b"one"), 0.5, PARTIAL, 3.0, 60.0]), Script([message(b"new")])).run()
    assert [raw for raw, _ in world.taken] == [b"one", b"new"]
    assert (world.record.gaps[0].start, world.record.gaps[0].why) == (1000.0, feed.UNANSWERED)


def test_a_gap_begins_with_the_last_ping_that_was_answered_however_late_messages_are_read():
    behind = [each for number in range(20) for each in (message(b"%d" % number), 0.1)]
    world = World(Script([0.5, answer, *behind, CLOSED])).run()
    assert world.connections[0].pings[0][0] == pytest.approx(1000.4, abs=0.02)
    assert len(world.connections[0].pings) == 2  # the second one waits behind the messages
    (gap,) = world.record.gaps
    assert gap.start == pytest.approx(1000.4, abs=0.02)
    assert gap.end == pytest.approx(1002.5, abs=0.02)


def test_a_busy_connection_is_made_sure_of_as_well():
    def answered(connection):
        return answer(connection) if connection.pings else None

    busy = [each for number in range(20) for each in (message(b"%d" % number), answered, 0.1)]
    world = World(Script([*busy, CLOSED])).run()
    (gap,) = world.record.gaps
    assert gap.start == pytest.approx(1002.0, abs=feed.PING_EVERY_S + 0.02)


def test_a_line_that_is_asked_pings_at_once():
    def ask(connection):
        world.lines.reports[0].is_asked = True

    world = World(Script([0.1, ask, 0.1]))
    world.run()
    assert [at for at, _ in world.connections[0].pings] == pytest.approx([1000.1], abs=0.02)


def test_redis_absent_at_start_is_tried_again_and_again():
    world = World(*[REFUSED] * 20, Script([message(b"one")])).run()
    assert world.waits[:5] == [0.05, 0.1, 0.2, 0.4, 0.7]
    assert max(world.waits) == LONGEST_DELAY_S
    assert len(world.record.gaps) == 1
    assert world.record.gaps[0].start == 1000.0
    assert [raw for raw, _ in world.taken] == [b"one"]


def test_delays_are_spread_and_short_enough_to_be_back_within_a_second():
    assert delay_s(0, 0.0) == 0.025
    assert delay_s(3, 0.5) == pytest.approx(0.3)
    assert delay_s(10_000, 1.0) == 0.7


def test_the_state_says_why_and_when_the_next_try_is():
    seen = []
    world = World(redis.AuthenticationError("invalid username-password pair"), Script())
    world.wait = lambda seconds: seen.append(world.record.snapshot())
    world.run()
    assert (seen[0].state, seen[0].reason, seen[0].next_try_at) == (
        "disconnected", "Redis refused the password", 1000.05)


def test_a_long_outage_is_one_line_of_the_log(caplog):
    with caplog.at_level(logging.INFO):
        World(Script([CLOSED]), *[REFUSED] * 50, Script()).run()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(told) == 2  # that it was lost, and why it does not come back


def test_an_error_of_our_own_does_not_end_the_thread():
    world = World(Script([message(b"one"), message(b"two")]), Script([message(b"three")]))
    world.error = ZeroDivisionError("a bug")
    wait = world.wait

    def repaired(seconds):
        world.error = None
        wait(seconds)

    world.wait = repaired
    world.run()
    assert [raw for raw, _ in world.taken] == [b"three"]
    assert world.connections[0].closed
    assert world.waits == [feed.AFTER_A_BUG_S]
    assert len(world.record.gaps) == 1


def test_an_address_that_cannot_be_read_is_told():
    world = World()
    world.wait = lambda _: setattr(world, "ended", True)
    Line(Settings(redis_url="http://nonsense"), world.accept, Copies(), world.lines.reports[0],
         clock=lambda: 1000.0, only_watches=lambda: False).run(world)
    assert world.record.gaps[0].why == "The Redis URL cannot be read"


def test_a_process_that_only_watches_never_connects():
    world = World(Script([message(b"one")]))
    world.watching = True
    world.run()
    assert world.connections == []
    assert world.record.reason == feed.WATCHING


def test_a_process_that_begins_to_only_watch_lets_go_within_a_second():
    def enter_the_reloader(connection):
        connection.world.watching = True

    world = World(Script([message(b"one"), enter_the_reloader, *[0.1] * 100])).run()
    assert world.now <= 1001.2
    assert world.record.reason == feed.WATCHING


def test_a_process_that_begins_to_only_watch_while_redis_is_away_gives_up():
    world = World(*[REFUSED] * 100)
    wait = world.wait

    def enter_the_reloader(seconds):
        world.watching = True
        wait(seconds)

    world.wait = enter_the_reloader
    world.run()
    assert len(world.connections) == 1


def test_a_busy_feed_lets_others_run():
    messages = [message(b"%d" % number) for number in range(3 * BREATHE_EVERY + 1)]
    assert World(Script(messages)).run().pauses == [0] * 3


def test_what_came_together_is_taken_in_together_up_to_a_bound():
    messages = [message(b"%d" % number) for number in range(2 * TOGETHER + 1)]
    world = World(Script([*messages, pong(), message(b"later")])).run()
    assert world.together == [TOGETHER, TOGETHER, 1, 1]
    assert [raw for raw, _ in world.taken] == [*(each[2] for each in messages), b"later"]
