"""The notifier while our own clock is set back: nothing waits for the time to come again, nothing is told twice."""

from __future__ import annotations

import pytest

from dashboard.notifications.deliveries import PAUSES_S, SENDING, SENT
from dashboard.notifications.delivery import Outcome
from tests.unit.notification_parts import make_alert
from tests.unit.notifier_world import World


@pytest.fixture
def world():
    return World()


def test_what_was_noticed_before_our_clock_was_set_back_is_told_in_time(world):
    world.route()
    world.after(0, make_alert())
    world.ledger.set_by_s = -3_600
    world.after(1)
    world.after(10)
    assert len(world.sent) == 1


def test_what_is_being_sent_when_our_clock_is_set_back_is_not_sent_again(world):
    world.route()
    leader, flights = world.leader, []
    leader._dispatch.start = lambda flight: (flights.append(flight), leader._dispatch._flying.append(flight))
    world.fire()
    world.ledger.set_by_s = -3_600
    world.after(1)
    assert world.states() == [SENDING]
    leader._dispatch._run(flights[0])
    world.after(1)
    assert world.states() == [SENT] and len(world.sent) == 1


def test_what_waits_for_another_try_when_our_clock_is_set_back_waits_no_longer(world):
    """Also where it becomes part of the next message."""
    world.route()
    world.outcome = Outcome(False, "no")
    world.fire()
    world.outcome = Outcome(True)
    world.ledger.set_by_s = -3_600
    world.after(1, make_alert(), make_alert("disk"))
    world.after(10)
    world.after(PAUSES_S[0])
    assert "2 new" in world.sent[-1][2].title and len(world.sent) == 2
