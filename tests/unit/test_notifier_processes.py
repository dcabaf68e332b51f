"""Which process notifies while processes die, stand still and end, and while Redis is away or loses what it had."""

from __future__ import annotations

import logging
from copy import copy

import pytest

from dashboard.notifications.deliveries import SENDING, SENT
from dashboard.notifications.delivery import Outcome
from dashboard.notifications.dispatch import CLAIM_S
from dashboard.notifications.ledger import LEASE_S
from tests.unit.notification_parts import NOW, SECRET, make_alert, over
from tests.unit.notifier_world import World


@pytest.fixture
def world():
    return World()


def test_redis_away_means_nothing_is_sent_and_it_is_said(world, caplog):
    world.route()
    world.ledger.reachable = False
    with caplog.at_level(logging.INFO):
        world.fire()
        world.fire()
    assert world.sent == []
    for process in world.processes:
        status = process.status()
        assert not status.connected and status.leader is None and status.since == NOW and status.reason
    assert caplog.text.count("Nothing is notified until Redis is back") == 2 and SECRET not in caplog.text
    world.ledger.reachable = True
    world.after(LEASE_S)
    world.after(10)
    assert len(world.sent) == 1 and all(process.status().connected for process in world.processes)


def test_what_was_sent_while_redis_went_away_is_written_down_later(world):
    world.route()

    def send_and_lose_redis(url):
        world.ledger.reachable = False
        return Outcome(True)

    world.outcome = send_and_lose_redis
    world.fire()
    world.ledger.reachable = True
    assert [delivery.state for delivery in world.processes[0].deliveries()] == [SENDING]
    world.after(1)
    assert world.states() == [SENT] and len(world.sent) == 1


@pytest.mark.parametrize("looks", range(3))
def test_an_answer_of_redis_that_is_lost_makes_no_second_message(world, looks):
    """Whichever it is: of what makes the message, of the claim, of the outcome."""
    world.route()
    world.after(0, make_alert())
    world.clock.now += 10
    for _ in range(looks):
        world.leader.step()
    world.ledger.swallows = True
    world.after(0)
    assert not world.ledger.swallows
    world.after(CLAIM_S)
    assert len(world.sent) == 1 and world.states() == [SENT]


def test_a_redis_that_is_at_an_older_state_is_told_what_it_has_forgotten(world):
    world.route()
    world.fire()
    old = {name: copy(value) for name, value in vars(world.ledger).items() if name != "clock"}
    world.after(60, make_alert(), make_alert("disk"))
    world.after(10)
    assert len(world.sent) == 2
    vars(world.ledger).update(old)
    world.after(0)
    world.after(1_000)
    assert len(world.sent) == 2 and world.states() == [SENT, SENT]
    world.after(0, over(make_alert()), over(make_alert("disk")))
    world.after(10)
    assert len(world.sent) == 3 and "2 over" in world.sent[2][2].title


def test_a_process_that_dies_while_it_sends_is_replaced_and_the_message_sent_again(world):
    world.route()
    dead = world.leader
    dead._dispatch.start = lambda flight: None  # claimed, and never heard of again
    world.fire()
    assert world.states() == [SENDING] and world.sent == []
    world.processes.remove(dead)
    world.after(LEASE_S)
    assert world.leader is not dead and world.sent == []
    world.after(CLAIM_S)
    assert len(world.sent) == 1 and world.states() == [SENT]
    assert world.leader.deliveries()[0].tries == 2


def test_a_process_that_stood_still_sends_nothing_and_decides_nothing_any_more(world, caplog):
    world.route()
    frozen = world.leader
    other = next(process for process in world.processes if process is not frozen)
    flights = []
    frozen._dispatch.start = flights.append
    world.fire()
    world.processes = [other]
    world.after(LEASE_S)
    world.after(CLAIM_S)
    assert len(world.sent) == 1
    frozen._dispatch._flying = flights
    with caplog.at_level(logging.WARNING):
        frozen._dispatch._run(flights[0])
        frozen.step()
    assert len(world.sent) == 1 and not frozen.status().leads
    assert world.states() == [SENT] and "taken over by another process" in caplog.text and SECRET not in caplog.text


def test_a_process_that_ends_gives_the_lead_up_at_once(world):
    first = world.leader
    first.step(last=True)
    world.processes.remove(first)
    world.after(0)
    assert world.leader is not first


@pytest.mark.parametrize("pause", ["ends and is started again", "stands still"])
def test_whoever_leads_again_knows_what_was_told_meanwhile(world, pause):
    """The other one told it, and is gone."""
    world.route()
    first = world.leader
    world.processes.remove(first)
    (other,) = world.processes
    if pause == "stands still":
        world.clock.now += LEASE_S
    else:
        first.step(last=True)
    world.fire()
    assert len(world.sent) == 1 and other.status().leads
    world.processes = [first]
    world.after(LEASE_S)
    world.after(600)
    assert first.status().leads and len(world.sent) == 1


def test_a_process_may_be_told_not_to_send():
    world = World(processes=1, notifications=False)
    world.route()
    world.fire()
    assert world.sent == [] and not world.processes[0].status().leads and not world.processes[0].status().enabled
    assert len(world.processes[0].routes()) == 1


def test_a_redis_that_lost_everything_gets_routes_and_what_was_told_back(world):
    route = world.route()
    world.fire()
    world.ledger.lose_everything()
    world.after(0)
    assert [each.id for each in world.leader.routes()] == [route.id] and len(world.ledger.stored_routes) == 1
    assert world.states() == [SENT] and len(world.ledger.stored) == 1
    world.after(1_000)
    assert len(world.sent) == 1, "nothing is told twice"
    world.after(0, over(make_alert()))
    world.after(10)
    assert len(world.sent) == 2


def test_whoever_did_not_lead_lets_the_other_come_first_after_such_a_loss(world):
    world.route()
    world.fire()
    first = world.leader
    other = next(process for process in world.processes if process is not first)
    world.ledger.lose_everything()
    for _ in range(5):
        other.step()
    assert not other.status().leads
    first.step()
    assert first.status().leads
    world.ledger.lose_everything()
    world.processes.remove(first)
    world.after(0)
    world.after(LEASE_S)
    assert other.status().leads
