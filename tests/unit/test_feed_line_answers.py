"""When a line of the feed lets answers that are in the making go first, and when it does not."""

from __future__ import annotations

import pytest

from dashboard.feed.line import MAY_WAIT_S, NOT_BEHIND_S, PING_EVERY_S
from tests.unit.line_world import Script, World, answer, message


def test_answers_go_first_while_the_feed_is_not_behind():
    more = [message(b"more"), 0.01]
    world = World(Script([*more, 0.5, answer, *more * 3, answer, *more]))
    world.answer_s = 0.75 * MAY_WAIT_S
    world.run()
    # Not before the first answer of Redis, then once and a bit; what was waited with is asked for at once.
    assert world.ways == pytest.approx([MAY_WAIT_S, 0.25 * MAY_WAIT_S, MAY_WAIT_S])
    assert [raw for raw, _ in world.taken] == [b"more"] * 5
    asked = [at for at, _ in world.connections[0].pings]
    assert asked[1] - asked[0] < PING_EVERY_S


def test_a_feed_that_is_behind_lets_nobody_go_first():
    """The answer to its ping comes late: it lay behind what was not taken in yet."""
    world = World(Script([0.45, NOT_BEHIND_S + 0.01, answer, message(b"more"), 0.01, message(b"more")]))
    world.answer_s = MAY_WAIT_S
    assert world.run().ways == []


def test_for_an_echo_and_at_the_end_nobody_stands_aside():
    def other_brings_it(connection):
        world.copies.without_echoes(1, [b"echo"])
        return message(b"echo")

    world = World(Script([0.45, answer, other_brings_it]))
    world.last = [message(b"last")]
    world.copies.opened(1)
    world.run()
    assert ([raw for raw, _ in world.taken], world.ways) == ([b"last"], [])
