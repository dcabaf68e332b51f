"""No notification is lost and none is sent twice, whether a process or Redis is killed, freezes or never comes."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing

import pytest
import redis

from dashboard.alerts.store import AlertStore, Unreachable
from dashboard.notifications.ledger import Ledger
from dashboard.notifications.notifier import Notifier
from dashboard.settings import Settings
from tests.alert_events import resolution
from tests.forked import begin
from tests.integration.mounted import HOSTS, Host, Person, publish
from tests.integration.notifying_process import GROUP_S, LIMIT_S, SECRET, Process, fire, route, running, web
from tests.receivers import HttpReceiver
from tests.servers import RedisServer, free_port, wait_for
from tests.unit.web_host import API

IN_ENVIRONMENT = {"MONITORING_NOTIFY_GROUP_S": str(GROUP_S), "MONITORING_NOTIFY_INTERVAL_S": "1"}
CLAIM_S = 3.0


@pytest.fixture
def receiver():
    with closing(HttpReceiver()) as server:
        yield server


@pytest.fixture
def process(redis_server):
    with running(redis_server) as one:
        yield one


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
    wait_for(lambda: watcher.states() == ["sending"], what="that it is known")  # the watcher looks once a second
    assert str(dead.pid) in watcher.notifier.deliveries()[0].process
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


def test_redis_going_away_while_it_is_given_back_what_it_has_lost_costs_no_route(redis_server, process, monkeypatch):
    """An answer that comes too late is enough for that."""
    made, tries, restore = route(process, "json://127.0.0.1:9/x"), [], Ledger.restore_routes

    def fails_twice(ledger, routes):
        tries.append(routes)
        if len(tries) < 3:
            raise redis.TimeoutError("Timeout reading from socket")
        restore(ledger, routes)

    monkeypatch.setattr(Ledger, "restore_routes", fails_twice)
    with redis_server.client() as client:
        client.flushall()
        wait_for(lambda: client.hexists("{monitoring}:notifications:routes", made.id), 15)
    wait_for(lambda: process.notifier.status().connected)
    assert process.notifier.routes() == (made,) and len(tries) == 3


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
