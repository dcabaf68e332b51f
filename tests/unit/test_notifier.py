"""The notifier over a ledger in memory: one of many sends, tries again, gives up, tells; nothing secret comes out."""

from __future__ import annotations

import logging
from copy import copy
from dataclasses import replace

import pytest

from dashboard.commands import Unreachable
from dashboard.notifications.deliveries import DROPPED, FAILED, JOINED, PAUSES_S, SENDING, SENT, TRIES, WAITING
from dashboard.notifications.delivery import Outcome
from dashboard.notifications.dispatch import CLAIM_S, SEND_WITHIN_S, Dispatch, Flight
from dashboard.notifications.ledger import LEASE_S
from dashboard.notifications.notifier import ChangedMeanwhile, TrialUnderWay, UnknownRoute
from dashboard.notifications.routes import RouteError
from tests.unit.ledger_in_memory import LedgerInMemory, PaperNotifier
from tests.unit.notification_parts import NOW, SECRET, acknowledged, make_alert, over

URL = f"json://user:{SECRET}@hooks.test/{SECRET}"
MAIL = f"mailto://user:{SECRET}@mail.test"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Alerts:
    """The part of the alert store that a notifier reads."""

    def __init__(self, *alerts):
        self.connected, self.asked = True, 0
        self.set(*alerts)

    def set(self, *alerts):
        self.all = alerts

    @property
    def revision(self):
        return hash(tuple((alert.key, alert.state, alert.rank) for alert in self.all))

    def index(self):
        self.asked += 1
        return self


class World:
    """Several processes over one Redis. `sent` holds what was sent by whom, `answers` what the service says next."""

    def __init__(self, processes=2, **settings):
        self.clock = Clock()
        self.ledger = LedgerInMemory(self.clock)
        self.alerts = Alerts()
        self.sent = []
        self.outcome = Outcome(True)
        self.processes = [PaperNotifier(self.ledger, self.alerts, self.sender(number), **settings)
                          for number in range(processes)]
        self.settle()

    def sender(self, number):
        def send(url, message):
            self.sent.append((number, url, message))
            return self.outcome(url) if callable(self.outcome) else self.outcome
        return send

    def settle(self):
        for _ in range(6):
            for process in self.processes:
                process.step()

    def after(self, seconds, *alerts):
        self.clock.now += seconds
        if alerts:
            self.alerts.set(*alerts)
        self.settle()

    def route(self, *urls, **wanted):
        return self.processes[-1].add_route({"name": "night", "urls": list(urls or (URL,))} | wanted, "ada")

    def fire(self, *alerts):
        self.after(0, *(alerts or (make_alert(),)))
        self.after(10)

    @property
    def leader(self):
        return next(process for process in self.processes if process.status().leads)

    def states(self):
        return [delivery.state for delivery in self.processes[-1].deliveries()]


@pytest.fixture
def world():
    return World()


def test_one_of_two_sends_and_both_know(world):
    world.route()
    world.fire()
    (who, url, message), = world.sent
    assert url == URL and world.processes[who] is world.leader
    assert "CRITICAL" in message.title and "cpu is too much" in message.text
    for process in world.processes:
        (delivery,) = process.deliveries()
        assert (delivery.state, delivery.tries, delivery.process) == (SENT, 1, world.leader.owner)
        assert delivery.content is None and delivery.title == message.title
    world.after(1_000)
    assert len(world.sent) == 1


def test_links_lead_to_the_page_that_opens_the_alert():
    world = World(processes=1, public_url="https://host/app/", page_prefix="/watch")
    world.route()
    world.processes[0].alert_page = "/alerts/"
    world.fire()
    text = world.sent[0][2].text
    assert "https://host/app/watch/alerts/?alert=cpu-1" in text and text.endswith("https://host/app/watch/alerts/")


def test_each_address_has_a_delivery_of_its_own(world):
    world.route(URL, MAIL)
    world.outcome = lambda url: Outcome(url != MAIL, "The mail server answered 450")
    world.fire()
    assert {(delivery.service, delivery.state) for delivery in world.leader.deliveries()} == {
        ("JSON", SENT), ("MAILTO", WAITING)}
    world.after(PAUSES_S[0])
    assert sorted(url for _, url, _ in world.sent) == [URL, MAIL, MAIL]


def test_a_failed_send_is_tried_again_with_growing_pauses_up_to_a_bound(world):
    world.route()
    world.outcome = Outcome(False, "The service answered 503")
    world.fire()
    times = [world.clock.now]
    for pause_s in PAUSES_S:
        (delivery,) = world.leader.deliveries()
        assert (delivery.state, delivery.reason) == (WAITING, "The service answered 503")
        assert delivery.next_at == world.clock.now + pause_s
        world.after(pause_s - 1)
        assert len(world.sent) == len(times)
        world.after(1)
        times.append(world.clock.now)
    assert len(world.sent) == len(times) == TRIES
    (delivery,) = world.leader.deliveries()
    assert (delivery.state, delivery.tries, delivery.next_at) == (FAILED, TRIES, None)
    assert delivery.reason == "The service answered 503"
    world.after(3_000)
    assert len(world.sent) == TRIES


def test_what_waits_becomes_part_of_the_next_message_and_keeps_its_pause(world):
    world.route()
    world.outcome = Outcome(False, "no")
    cpu, disk = make_alert(), make_alert("disk")
    world.fire(cpu)
    world.after(10)
    world.after(30)
    assert len(world.sent) == 3 and world.leader.deliveries()[0].next_at == world.clock.now + 60
    world.after(5, cpu, disk)
    world.after(15)
    newest, before = world.leader.deliveries()
    assert (before.state, newest.state, newest.tries) == (JOINED, WAITING, 3)
    assert newest.next_at == world.clock.now + 40
    world.outcome = Outcome(True)
    world.after(40)
    assert "cpu is too much" in world.sent[-1][2].text and "disk is too much" in world.sent[-1][2].text
    assert world.states() == [SENT, JOINED] and len(world.sent) == 4


def test_what_never_got_through_and_is_over_is_told_as_over(world):
    world.route()
    world.outcome = Outcome(False, "no")
    world.fire()
    world.after(1, over(make_alert()))
    world.outcome = Outcome(True)
    world.after(3_600)
    text = world.sent[-1][2].text
    assert "Over:" in text and "New:" not in text and text.count("cpu is too much") == 1
    assert world.states() == [SENT, JOINED]


def test_recovery_is_told_once_and_nothing_to_whom_nothing_was_told(world):
    world.route()
    world.fire()
    world.after(100, over(make_alert()))
    world.after(10)
    assert "Over" in world.sent[-1][2].title and len(world.sent) == 2
    world.after(10_000)
    assert len(world.sent) == 2
    world.after(0, over(make_alert()), make_alert("blip"))
    assert world.ledger.stored_groups == {}
    world.after(5, over(make_alert()), over(make_alert("blip")))
    world.after(10_000)
    assert len(world.sent) == 2


def test_acknowledged_alerts_are_not_repeated_and_open_ones_are(world):
    world.route()
    world.fire()
    world.after(4 * 3_600)
    assert len(world.sent) == 2 and "Still open" in world.sent[1][2].title
    world.after(1, acknowledged(make_alert()))
    world.after(5 * 3_600)
    assert len(world.sent) == 2


def test_nothing_is_decided_while_the_alerts_are_not_known(world):
    world.route()
    world.alerts.connected = False
    world.fire()
    assert world.sent == []
    world.alerts.connected = True
    world.after(1)
    world.after(10)
    assert len(world.sent) == 1


def test_work_is_done_only_when_something_changed(world):
    world.fire()
    assert world.alerts.asked == 0, "there is no route"
    world.route()
    world.after(1)
    world.after(10)
    asked = world.alerts.asked
    for _ in range(50):
        world.after(1)
    assert world.alerts.asked == asked


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


def test_a_test_is_sent_once_also_of_a_route_that_is_off_and_tells_its_failure(world):
    route = world.route(URL, MAIL, enabled=False)
    world.outcome = lambda url: Outcome(url == URL, "The mail server answered 535")
    made = world.processes[0].test_route(route.id, "ada")
    assert [delivery.state for delivery in made] == [WAITING, WAITING]
    with pytest.raises(TrialUnderWay):
        world.processes[0].test_route(route.id, "ada")
    world.after(0)
    assert {(each.service, each.state, each.reason, each.by) for each in world.leader.deliveries()} == {
        ("JSON", SENT, "", "ada"), ("MAILTO", FAILED, "The mail server answered 535", "ada")}
    assert all(message.title == "Test of night" for _, _, message in world.sent)
    world.after(1_000)
    assert len(world.sent) == 2
    world.processes[1].test_route(route.id, "ada")


def test_what_waits_for_an_address_that_is_gone_is_dropped(world):
    route = world.route()
    world.outcome = Outcome(False, "no")
    world.fire()
    world.processes[0].change_route(route.id, {"urls": [MAIL]}, "ada")
    world.after(0)
    (delivery,) = world.leader.deliveries()
    assert (delivery.state, "address" in delivery.reason) == (DROPPED, True)
    world.after(10_000, acknowledged(make_alert()))
    assert len(world.sent) == 1


def test_a_route_that_is_switched_off_or_removed_sends_nothing_more(world):
    route = world.route()
    world.outcome = Outcome(False, "no")
    world.fire()
    world.processes[1].change_route(route.id, {"enabled": False}, "ada")
    world.after(10)
    assert world.states() == [DROPPED] and world.ledger.stored_groups == {}
    world.processes[1].change_route(route.id, {"enabled": True}, "ada")
    world.outcome = Outcome(True)
    world.after(0)
    world.after(10)
    assert len(world.sent) == 2 and world.states()[0] == SENT
    world.processes[1].remove_route(route.id, "ada")
    world.after(100, over(make_alert()))
    world.after(10_000)
    assert len(world.sent) == 2


def test_people_change_routes_and_are_told_when_somebody_was_first(world):
    route = world.route()
    one, two = world.processes
    assert two.route(route.id) == route
    one.step()
    changed = one.change_route(route.id, {"name": "day", "revision": 1}, "bert")
    assert (changed.name, changed.revision, changed.changed_by, changed.targets) == ("day", 2, "bert", route.targets)
    with pytest.raises(ChangedMeanwhile, match="bert"):
        two.change_route(route.id, {"name": "noon", "revision": 1}, "ada")
    two.change_route(route.id, {"levels": ["err"]}, "ada")
    two.step()
    assert two.route(route.id).levels == ("ERROR",) and two.route(route.id).name == "day"
    one.remove_route(route.id, "ada")
    for act in (lambda: one.change_route(route.id, {}, "ada"), lambda: two.remove_route(route.id, "ada"),
                lambda: two.test_route(route.id, "ada")):
        with pytest.raises(UnknownRoute):
            act()
    with pytest.raises(RouteError):
        one.add_route({"name": "x", "urls": ["nonsense"]}, "ada")
    world.ledger.reachable = False
    with pytest.raises(Unreachable):
        one.add_route({"name": "x", "urls": [URL]}, "ada")
    assert one.routes() == ()


def test_a_route_of_a_later_version_is_left_alone_by_all_who_would_act_on_it(world):
    route, one = world.route(), world.processes[0]
    stored = world.ledger.route(route.id)
    world.ledger.put_route(route.id, stored.token, stored.body.replace(b'"version":1', b'"version":2'))
    for act in (lambda: one.change_route(route.id, {}, "ada"), lambda: one.test_route(route.id, "ada"),
                lambda: one.remove_route(route.id, "ada")):
        with pytest.raises(Unreachable, match="later version"):
            act()


def test_the_preview_says_what_a_route_would_take_now(world):
    alerts = make_alert(), make_alert("disk", level="INFO"), over(make_alert("old"))
    hit = world.processes[0].preview({"levels": ["critical"], "urls": ["never looked at"]}, "ada", alerts)
    assert [alert.id for alert in hit] == ["cpu"]
    with pytest.raises(RouteError):
        world.processes[0].preview({"levels": ["nonsense"]}, "ada", alerts)


def test_a_sender_that_raises_is_a_failed_send_without_its_words(world, caplog):
    world.route()

    def break_down(url):
        raise RuntimeError(f"could not reach {url}")

    world.outcome = break_down
    with caplog.at_level(1):
        world.fire()
    (delivery,) = world.leader.deliveries()
    assert delivery.state == WAITING and SECRET not in delivery.reason and SECRET not in caplog.text
    assert "RuntimeError" in caplog.text


def test_nothing_secret_is_in_what_can_be_read(world, caplog):
    with caplog.at_level(1):
        route = world.route(URL, MAIL)
        world.outcome = Outcome(False, "no")
        world.fire()
    process = world.leader
    flight = Flight(process.deliveries()[0], "t", URL, None, NOW)
    for shown in (route, route.to_json(), process.routes(), process.deliveries(), process.status(), flight,
                  [delivery.to_json() for delivery in process.deliveries()], caplog.text,
                  [stored.body for stored in world.ledger.stored.values()], vars(process.known)):
        assert SECRET not in repr(shown)
    assert SECRET not in repr(world.ledger.stored_routes)
    assert SECRET in repr([stored.body for stored in world.ledger.stored_routes.values()])


def test_a_send_that_hangs_counts_as_failed_and_takes_its_place_until_it_ends():
    clock = Clock()
    dispatch = Dispatch(lambda url, message: Outcome(True), clock, lambda: None)
    delivery = make_delivery()
    flights = [Flight(replace(delivery, target_id=str(number)), "t", URL, None, NOW) for number in range(4)]
    dispatch._flying = list(flights)
    assert not dispatch.has_room()
    assert dispatch.ended() == []
    clock.now += SEND_WITHIN_S + 1
    assert [outcome.ok for _, outcome in dispatch.ended()] == [False] * 4
    assert (dispatch.flying, dispatch.hanging, dispatch.has_room()) == (0, 4, False)
    flights[0].outcome = Outcome(True)
    assert dispatch.ended() == [] and dispatch.has_room()


def make_delivery():
    world = World(processes=1)
    world.route()
    world.fire()
    return world.leader.deliveries()[0]
