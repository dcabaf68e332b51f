"""The notifier over a ledger in memory: one of many sends, tries again, gives up, tells; nothing secret comes out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.commands import Unreachable
from dashboard.notifications.deliveries import DROPPED, FAILED, JOINED, PAUSES_S, SENT, TRIES, WAITING
from dashboard.notifications.delivery import Outcome
from dashboard.notifications.dispatch import SEND_WITHIN_S, Dispatch, Flight
from dashboard.notifications.notifier import ChangedMeanwhile, TrialUnderWay, UnknownRoute
from dashboard.notifications.routes import RouteError
from tests.unit.notification_parts import NOW, SECRET, acknowledged, make_alert, over
from tests.unit.notifier_world import MAIL, URL, Clock, World


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
