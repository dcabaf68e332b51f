"""Notifications for real: Redis, a mail server and an HTTP receiver on loopback, and several processes."""

from __future__ import annotations

import os
import signal
import time

import pytest

from dashboard.alerts.store import AlertStore, Unreachable
from dashboard.notifications import deliveries as delivery_module
from dashboard.notifications.notifier import Notifier
from dashboard.settings import Settings
from tests.alert_events import resolution, trigger
from tests.forked import begin
from tests.integration.mounted import HOSTS, Host, Person, publish
from tests.receivers import HttpReceiver, MailReceiver
from tests.servers import RedisServer, free_port, wait_for
from tests.unit.web_host import API

SECRET = "hunter2"
GROUP_S = 0.3
QUICK = {"notify_group_s": GROUP_S, "notify_interval_s": 1.0}
IN_ENVIRONMENT = {"MONITORING_NOTIFY_GROUP_S": str(GROUP_S), "MONITORING_NOTIFY_INTERVAL_S": "1"}
LIMIT_S = 30.0  # Apprise takes a second to load, several where everybody works
CLAIM_S = 3.0


@pytest.fixture
def receiver():
    server = HttpReceiver()
    yield server
    server.close()


@pytest.fixture
def mail():
    server = MailReceiver(password=SECRET)
    yield server
    server.close()


class Process:
    """The alerts and the notifier of what could be a process, with their threads."""

    def __init__(self, server, claim_s: float = 60.0, **options):
        settings = Settings(redis_url=server.url, **QUICK | options)
        self.alerts = AlertStore(settings)
        self.notifier = Notifier(settings, self.alerts, claim_s=claim_s)
        self.alerts.start()
        self.notifier.start()
        wait_for(lambda: self.alerts.connected and self.notifier.status().connected)

    def stop(self):
        stopped = self.notifier.stop()
        self.alerts.stop()
        assert stopped

    def states(self):
        return [delivery.state for delivery in self.notifier.deliveries()]

    def settled(self, count):
        """As many deliveries, all of them finished."""
        wait_for(lambda: len(self.states()) == count and not set(self.states()) & {"waiting", "sending"}, LIMIT_S,
                 what=f"{count} deliveries")
        return self.notifier.deliveries()


@pytest.fixture
def process(redis_server):
    one = Process(redis_server)
    yield one
    one.stop()


def web(receiver, path=SECRET):
    return f"json://user:{SECRET}@127.0.0.1:{receiver.port}/{path}?+X-Token={SECRET}"


def mailbox(mail, password=SECRET):
    return (f"mailto://watch:{password}@127.0.0.1:{mail.port}?from=watch@example.com&to=team@example.com"
            "&mode=insecure")


def route(process, *urls, **more):
    return process.notifier.add_route({"name": "night", "urls": list(urls)} | more, "ada")


def fire(process, alert_id="cpu", **more):
    process.alerts.offer(trigger(alert_id, time.time(), **{"level": "CRITICAL"} | more))


def test_two_processes_send_one_message_by_mail_and_one_by_http(redis_server, process, receiver, mail, caplog):
    other = Process(redis_server)
    try:
        with caplog.at_level(1):
            made = route(other, web(receiver), mailbox(mail))
            wait_for(lambda: process.notifier.route(made.id) == made)
            for each in (process, other):  # both hear it, as both do from the feed
                each.alerts.offer(trigger("cpu", 1_800_000_000.0, level="CRITICAL", message="<b>hot</b> @everyone"))
            for each in (process, other):
                each.settled(2)
            time.sleep(1.5)
            assert (len(receiver.got), len(mail.mails)) == (1, 1)
            process.alerts.offer(resolution("cpu", 1_800_000_001.0))
            wait_for(lambda: len(receiver.got) == len(mail.mails) == 2, LIMIT_S)
    finally:
        other.stop()
    path, body = receiver.got[0]
    assert path.startswith(f"/{SECRET}") and body["type"] == "failure"
    assert body["title"] == "CRITICAL: <b>hot</b> @everyone (system, producer)"
    first, last = mail.mails
    assert first["Subject"] == body["title"] and first.get_content_type() == "text/plain"
    assert first.get_content().splitlines()[:2] == ["New:", "- CRITICAL system: <b>hot</b> @everyone"]
    assert first["To"] == "team@example.com" and last["Subject"].startswith("Over: ")
    assert receiver.got[1][1]["type"] == "success"
    assert SECRET not in caplog.text
    for each in (process, other):
        assert SECRET not in repr(each.notifier.routes()) + repr(each.notifier.deliveries())


def test_what_is_over_within_the_time_of_grouping_is_not_sent(process, receiver):
    route(process, web(receiver))
    fire(process, "blip")
    process.alerts.offer(resolution("blip", time.time() + 0.001))
    fire(process, "stays")
    process.settled(1)
    time.sleep(1.5)
    assert receiver.titles == ["CRITICAL: too much (system, producer)"]
    assert "blip" not in str(receiver.got)


def test_silenced_and_snoozed_alerts_are_not_sent_until_they_are_not_any_more(process, receiver):
    silence = process.alerts.silence({"component": "quiet", "until": time.time() + 600}, "ada")
    fire(process, "silenced", component="quiet", message="silenced")
    fire(process, "loud", message="loud")
    key = wait_for(lambda: process.alerts.find("loud"))[0].key
    process.alerts.snooze(key, "ada")
    route(process, web(receiver))
    time.sleep(2.0)
    assert receiver.got == []
    process.alerts.end_silence(silence.id, "ada")
    wait_for(lambda: len(receiver.got) == 1, LIMIT_S)
    process.alerts.unsnooze(key, "ada")
    wait_for(lambda: len(receiver.got) == 2, LIMIT_S)
    assert [("silenced" in title, "loud" in title) for title in receiver.titles] == [(True, False), (False, True)]


@pytest.mark.parametrize(("spoil", "reason"), [
    (lambda receiver: setattr(receiver, "status", 503), "The service answered 503 (Service Unavailable)"),
    (lambda receiver: receiver.close(), "Nothing answers at the address"),
])
def test_failed_sends_are_tried_again_up_to_a_bound_and_then_shown(process, receiver, monkeypatch, spoil, reason,
                                                                   caplog):
    monkeypatch.setattr(delivery_module, "PAUSES_S", (0.1, 0.2, 0.3))
    monkeypatch.setattr(delivery_module, "TRIES", 4)
    spoil(receiver)
    with caplog.at_level(1):
        route(process, web(receiver))
        fire(process)
        (delivery,) = process.settled(1)
    assert (delivery.state, delivery.tries, delivery.reason) == ("failed", 4, reason)
    assert len(receiver.got) == (4 if receiver.status == 503 else 0) and SECRET not in caplog.text
    assert caplog.text.count("failed (try") == 4


def test_a_service_that_comes_back_gets_the_message(process, receiver, monkeypatch):
    monkeypatch.setattr(delivery_module, "PAUSES_S", (0.3,) * 8)
    receiver.status = 500
    route(process, web(receiver))
    fire(process)
    wait_for(lambda: len(receiver.got) == 2, LIMIT_S)
    receiver.status = 204
    (delivery,) = process.settled(1)
    assert delivery.state == "sent" and delivery.tries == len(receiver.got) == 3


def test_a_redirect_is_not_followed(process, receiver):
    receiver.status, receiver.location = 302, f"http://127.0.0.1:{receiver.port}/elsewhere"
    process.notifier.test_route(route(process, web(receiver)).id, "ada")
    (delivery,) = process.settled(1)
    assert (delivery.state, delivery.reason) == ("failed", "The service answered 302 (Found)")
    assert [path.partition("?")[0] for path, _ in receiver.got] == [f"/{SECRET}"]


@pytest.mark.parametrize(("spoil", "url", "reason"), [
    (lambda mail: setattr(mail, "refuses", f"550 no {SECRET}"), mailbox, "The mail server refused the message"),
    (lambda mail: None, lambda mail: mailbox(mail, SECRET + "x"), "The mail server answered 535"),
    (lambda mail: mail.close(), mailbox, "Nothing answers at the address"),
])
def test_a_test_tells_why_a_mail_was_not_taken(process, mail, spoil, url, reason, caplog):
    spoil(mail)
    with caplog.at_level(1):
        process.notifier.test_route(route(process, url(mail)).id, "ada")
        (delivery,) = process.settled(1)
    assert (delivery.state, delivery.tries, delivery.reason) == ("failed", 1, reason)
    assert SECRET not in caplog.text
    if mail.refuses:
        mail.refuses = ""
        process.notifier.test_route(process.notifier.routes()[0].id, "ada")
        assert process.settled(2)[0].state == "sent" and mail.mails[0]["Subject"] == "Test of night"


def test_an_address_that_hangs_holds_up_no_other(process, receiver):
    slow = HttpReceiver()
    try:
        slow.holding.set()
        route(process, web(slow), web(receiver))
        fire(process)
        wait_for(lambda: len(receiver.got) == 1, LIMIT_S)
        assert slow.reached.acquire(timeout=LIMIT_S) and slow.got == []
        slow.holding.clear()
        process.settled(2)
        assert len(slow.got) == len(receiver.got) == 1
    finally:
        slow.close()


def notifying(server, claim_s=CLAIM_S):
    return begin(f"{HOSTS}.notifying_host", str(claim_s), variables={"REDIS_URL": server.url} | IN_ENVIRONMENT)


def test_a_process_killed_while_it_sends_is_replaced_and_the_message_is_not_lost(redis_server, receiver):
    """It had claimed the message: until the claim runs out nobody else sends it, and then one does."""
    receiver.holding.set()
    dead = notifying(redis_server)
    try:
        with redis_server.client() as client:
            wait_for(lambda: client.get("{monitoring}:notifications:leader"), LIMIT_S)
        watcher = Process(redis_server, notifications=False)
        route(watcher, web(receiver))
        fire(watcher)
        assert receiver.reached.acquire(timeout=LIMIT_S)
        killed_at = time.monotonic()
        dead.send_signal(signal.SIGKILL)
    finally:
        dead.kill()
        dead.wait(10)
    (delivery,) = watcher.notifier.deliveries()
    assert delivery.state == "sending" and str(dead.pid) in delivery.process
    watcher.stop()
    receiver.holding.clear()
    wait_for(lambda: len(receiver.got) == 1, 5)  # what it had begun to send arrives, as it may
    heirs = [Process(redis_server, claim_s=CLAIM_S) for _ in range(2)]
    try:
        wait_for(lambda: len(receiver.got) == 2, LIMIT_S, what="the message again")
        assert time.monotonic() - killed_at >= CLAIM_S - 1.0
        (delivery,) = heirs[0].settled(1)
        assert (delivery.state, delivery.tries) == ("sent", 2)
        time.sleep(1.5)
        assert len(receiver.got) == 2
    finally:
        for heir in heirs:
            heir.stop()


def test_several_workers_of_a_host_send_each_message_once_also_when_the_one_that_leads_is_killed(redis_server,
                                                                                                 receiver):
    host = Host(redis_server.url, "gunicorn", "--bind", "127.0.0.1:PORT", "--workers", 2, f"{HOSTS}.mounted_app:app",
                **IN_ENVIRONMENT)
    try:
        person = Person(host.started())
        made = person.post(API + "/routes", {"name": "night", "urls": [web(receiver)]}).json()
        assert made["success"] and SECRET not in str(made)

        def send(number):
            publish(redis_server, "ALERT_TRIGGERED", event_id=f"e{number}", alert={
                "id": f"a{number}", "level": "critical", "component": "db", "message": f"alert {number}"})
            wait_for(lambda: sum(f"alert {number}" in body["message"] for _, body in receiver.got) > 0, LIMIT_S)

        with redis_server.client() as client:
            for number in range(3):
                send(number)
            leader = client.get("{monitoring}:notifications:leader").decode()
            os.kill(int(leader.split("/")[-2]), signal.SIGKILL)
            send(3)
            assert client.get("{monitoring}:notifications:leader").decode() != leader
        time.sleep(1.5)
        assert receiver.titles == [f"CRITICAL: alert {number} (db, TickStockPL)" for number in range(4)]
        answer = person.get(API + "/deliveries")
        assert answer.json()["total"] == 4 and SECRET not in answer.text + person.get(API + "/routes").text
    finally:
        host.stop()


def test_a_redis_that_comes_back_empty_gets_the_routes_back_and_nothing_is_told_twice(redis_server, process, receiver):
    made = route(process, web(receiver))
    fire(process)
    process.settled(1)
    redis_server.kill()
    wait_for(lambda: not process.notifier.status().connected, 10)
    with pytest.raises(Unreachable):
        process.notifier.change_route(made.id, {"name": "x"}, "ada")
    assert process.notifier.routes() == (made,)
    redis_server.start()
    wait_for(lambda: process.notifier.status().connected and process.alerts.connected, 15)
    with redis_server.client() as client:
        wait_for(lambda: client.hexists("{monitoring}:notifications:routes", made.id), 10)
    time.sleep(2.5)
    assert len(receiver.got) == 1 and process.states() == ["sent"]
    process.alerts.offer(resolution("cpu", time.time()))
    wait_for(lambda: len(receiver.got) == 2, LIMIT_S)


def test_a_redis_that_stands_still_just_when_something_is_due_makes_no_second_message(redis_server, process, receiver):
    route(process, web(receiver))
    for number in range(3):
        fire(process, f"a{number}", message=f"alert {number}")
        wait_for(lambda number=number: process.alerts.find(f"a{number}"))
        time.sleep(GROUP_S)
        redis_server.freeze()
        time.sleep(2.5)  # longer than anybody waits for an answer
        redis_server.thaw()
        wait_for(lambda number=number: len(receiver.got) > number, LIMIT_S)
    time.sleep(2.0)
    assert receiver.titles == [f"CRITICAL: alert {number} (system, producer)" for number in range(3)]


def test_a_person_is_told_within_a_second_that_a_frozen_redis_changed_nothing_and_it_changes_nothing_later(
        redis_server, process, receiver):
    made = route(process, web(receiver))
    redis_server.freeze()
    began = time.monotonic()
    with pytest.raises(Unreachable):
        process.notifier.change_route(made.id, {"name": "later"}, "ada")
    assert time.monotonic() - began < 3.0
    redis_server.thaw()
    wait_for(lambda: process.notifier.status().connected, 10)
    time.sleep(1.0)
    assert process.notifier.route(made.id).name == "night"


def test_a_notifier_that_never_meets_a_redis_starts_waits_says_so_and_ends():
    away = RedisServer()
    away.port = free_port()
    settings = Settings(redis_url=away.url)
    notifier = Notifier(settings, AlertStore(settings))
    notifier.start()
    notifier.start()
    wait_for(lambda: notifier.status().reason == "Nothing answers at the address of Redis")
    assert notifier.routes() == () and notifier.deliveries() == () and notifier.stop() and notifier.stop()
