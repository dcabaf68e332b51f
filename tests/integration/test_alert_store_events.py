"""What the feed brings to the alerts over a real Redis, what is let go again, and the thread that does it."""

from __future__ import annotations

import multiprocessing
import threading
import time

import pytest

from dashboard.alerts.store import AlertStore, Unreachable
from dashboard.commands import Commands
from dashboard.settings import Settings
from tests.alert_events import resolution, trigger
from tests.integration.alert_stores import SOON_S, Clock, heard, make, raise_alert, settled, subscribed, two
from tests.servers import RedisServer, wait_for

DAY_S = 86_400


@pytest.fixture
def stores(redis_server):
    with two(redis_server) as pair:
        yield pair


def test_resolution_by_the_producer_and_the_same_id_again(redis_server):
    store, now = make(redis_server), time.time()
    first = raise_alert(store, at=now - 10)
    store.offer(resolution("cpu", now - 5))
    assert store.step() and store.find("cpu")[0].resolved_by == "producer: producer"
    store.offer(trigger("cpu", now - 7))  # late, and older than the resolution
    assert store.step() and [alert.count for alert in store.all()] == [2]
    second = raise_alert(store, at=now)
    assert second.key != first.key and second.state == "active" and len(store.all()) == 2


def test_resolving_an_unknown_id_is_recorded_for_every_process(redis_server):
    one, two, now = make(redis_server), make(redis_server), time.time()
    one.offer(resolution("ghost", now))
    assert one.step() and two.step() and one.all() == two.all() == () and not one.errors
    two.offer(trigger("ghost", now - 1))
    assert two.step() and two.find("ghost")[0].state == "resolved"
    two.offer(trigger("ghost", now + 1))
    assert two.step() and [alert.state for alert in two.find("ghost")] == ["active"]


def test_a_burst_of_five_thousand_is_twenty_alerts_with_exact_counts_and_few_writes(stores, redis_server):
    one, two = stores
    wait_for(lambda: settled(one, two))
    now, client = time.time(), redis_server.client()
    before = int(client.hget("{monitoring}:alerts", "#revision") or 0)
    for number in range(5000):
        event = trigger(f"alert {number % 20}", now + number / 1000, key=str(number))
        one.offer(event)
        two.offer(event)
    wait_for(lambda: settled(one, two) and len(one.all()) == 20)
    for store in stores:
        assert [alert.count for alert in store.all()] == [250] * 20 and store.dropped == 0
    writes = int(client.hget("{monitoring}:alerts", "#revision")) - before
    assert writes < 1000  # coalesced; never one for each event


def test_a_full_queue_drops_and_counts_and_never_blocks(redis_server, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.store.QUEUE_LIMIT", 10)
    store = make(redis_server)
    for number in range(15):
        store.offer(trigger(str(number), time.time()))
    store.offer("something else")
    assert (store.dropped, store.waiting) == (5, 10)
    assert store.step() and len(store.all()) == 10


def test_an_event_that_cannot_be_kept_costs_no_other(redis_server):
    store = make(redis_server)
    store.offer(trigger("cpu", time.time(), message="half \ud83d"))
    store.offer(trigger("cpu", time.time(), message="whole"))
    store.offer(trigger("never", float("nan")))
    assert store.step()
    assert [(alert.id, alert.count, alert.message) for alert in store.all()] == [("cpu", 1, "whole")]
    assert sum(store.errors.values()) == 2


def test_resolved_alerts_beyond_the_bounds_are_let_go_everywhere(redis_server):
    clock, now = Clock(), time.time()
    one, two = make(redis_server, alerts_kept=50, clock=clock), make(redis_server, alerts_kept=50, clock=clock)
    for number in range(120):
        one.offer(trigger(str(number), now - 1000))
        if number < 100:
            one.offer(resolution(str(number), now - 900 + number))
    for number in range(15):  # alerts that left their document are let go too
        one.offer(trigger("again", now - 5000 + 10 * number))
        one.offer(resolution("again", now - 4995 + 10 * number))
    assert one.step() and one.step() and two.step()
    clock.ahead_s = 60
    for _ in range(6):
        clock.ahead_s += 31
        assert one.step() and two.step()
    for store in (one, two):
        assert store.counts()["resolved"] == 50 and store.counts()["active"] == 20
    assert one.revision == two.revision
    assert {alert.id for alert in one.query(states="resolved", limit=100).alerts} == {str(n) for n in range(50, 100)}
    clock.ahead_s = 31 * DAY_S
    for _ in range(4):
        clock.ahead_s += 31
        assert one.step() and two.step()
    assert [store.counts()["resolved"] for store in (one, two)] == [0, 0]
    assert redis_server.client().hlen("{monitoring}:alerts") == 22


def test_start_and_stop_may_be_called_twice_and_the_thread_outlives_everything(redis_server, monkeypatch):
    store = make(redis_server)
    store.start()
    store.start()
    assert [thread.name for thread in threading.enumerate()].count("monitoring-alerts") == 1
    monkeypatch.setattr(store, "_exchange", lambda: 1 / 0)
    wait_for(lambda: store.errors["ZeroDivisionError"] >= 2)
    monkeypatch.undo()
    store.offer(trigger("cpu", time.time()))
    wait_for(lambda: store.all() and not store.waiting)
    assert store.stop() and store.stop()
    assert "monitoring-alerts" not in [thread.name for thread in threading.enumerate()]
    store.offer(trigger("later", time.time()))
    store.start()
    wait_for(lambda: store.find("later"))
    assert store.stop()


def test_stop_writes_what_waits(redis_server):
    store = make(redis_server)
    store.start()
    store.offer(trigger("cpu", time.time()))
    assert store.stop()
    again = make(redis_server)
    again.step()
    assert again.find("cpu")


def _child(store, answers):
    store.reset_after_fork()
    answers.put([alert.id for alert in store.all()])
    store.start()
    store.offer(trigger("child", time.time()))
    wait_for(lambda: store.find("child") and not store.waiting)
    store.resolve(store.find("parent")[0].key, "child")
    answers.put(store.stop())


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_works_on_its_own(redis_server):
    store = make(redis_server)
    store.start()
    store.offer(trigger("parent", time.time()))
    wait_for(lambda: store.all() and not store.waiting)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_child, args=(store, answers))
    child.start()
    assert answers.get(timeout=30) == ["parent"] and answers.get(timeout=30) is True
    child.join(30)
    wait_for(lambda: store.find("child") and store.find("parent")[0].resolved_by == "child")
    assert store.stop()


def test_commands_reach_redis_and_fail_in_words(redis_server):
    commands = Commands(Settings(redis_url=redis_server.url))
    assert commands.send("CLEAR_CACHE", "anna").receivers == 0
    listener = subscribed(redis_server)
    sent = commands.send("ENABLE_COMPONENT", "anna", type="pattern", name="doji")
    (message,) = heard(listener, 1)
    assert sent.receivers == 1 and message["request_id"] == sent.request_id and message["name"] == "doji"
    redis_server.freeze()
    started = time.monotonic()
    with pytest.raises(Unreachable):
        commands.send("CLEAR_CACHE", "anna")
    assert time.monotonic() - started < SOON_S
    redis_server.kill()
    with pytest.raises(Unreachable):
        commands.send("CLEAR_CACHE", "anna")
    redis_server.start()
    assert commands.send("CLEAR_CACHE", "anna").receivers == 0


def test_a_password_is_in_no_word_that_is_shown():
    server = RedisServer(password="hunter2").start()
    try:
        wrong = AlertStore(Settings(redis_host="127.0.0.1", redis_port=server.port, redis_password="letmein"))
        assert wrong.step() is False
        assert "letmein" not in (wrong.connection.reason or "") + repr(wrong.connection)
        right = make(server)
        assert right.step()
    finally:
        server.close()
