"""Alerts over a real Redis: several processes, one truth, and nothing lost while Redis is away."""

from __future__ import annotations

import time

import pytest

from dashboard.alerts.follower import COMPARE_EVERY_S
from dashboard.alerts.store import NotAllowed, Unknown, Unreachable
from tests.alert_events import resolution, trigger
from tests.integration.alert_stores import SOON_S, Clock, make, raise_alert, settled, two
from tests.servers import RedisServer, wait_for


@pytest.fixture
def stores(redis_server):
    with two(redis_server) as pair:
        yield pair


def test_alerts_survive_the_process(redis_server):
    store = make(redis_server)
    alert = raise_alert(store, level="CRITICAL", details={"threshold": 5}, suggested_actions=("look",))
    store.acknowledge(alert.key, "anna", "looking")
    again = make(redis_server)
    assert again.all() == ()
    assert again.step()
    assert again.all() == store.all() and again.revision == store.revision
    assert (again.all()[0].acknowledged_by, again.all()[0].details) == ("anna", {"threshold": 5})
    assert again.resolve(alert.key, "bert", "done").alert.notes == "done"


def test_a_process_that_begins_looks_before_it_waits(redis_server, monkeypatch):
    alert = raise_alert(make(redis_server))
    monkeypatch.setattr("dashboard.alerts.store.POLL_S", 600)
    again = make(redis_server)
    again.start()
    try:
        wait_for(lambda: again.get(alert.key) is not None, what="the alert in the new process")
    finally:
        again.stop()


def test_building_a_store_and_reading_it_needs_no_redis(redis_server):
    redis_server.kill()
    store = make(redis_server)
    assert (store.all(), store.get("x"), store.find("x"), store.query().total) == ((), None, [], 0)
    assert store.counts() == {"open": {}, "active": 0, "acknowledged": 0, "resolved": 0, "last_at": None}
    assert store.connected is False and store.connection.reason


def test_two_processes_agree(stores):
    one, two = stores
    now = time.time()
    one.offer(trigger("cpu", now))
    two.offer(trigger("memory", now, level="EMERGENCY"))
    wait_for(lambda: len(one.all()) == len(two.all()) == 2, what="both alerts in both processes")
    wait_for(lambda: settled(one, two), what="one revision")
    assert [alert.id for alert in one.all()] == ["memory", "cpu"]
    two.acknowledge(two.find("cpu")[0].key, "anna")
    wait_for(lambda: one.find("cpu")[0].state == "acknowledged")
    assert one.counts()["open"] == {"EMERGENCY": 1, "WARNING": 1} and one.counts()["acknowledged"] == 1


def test_many_changes_at_once_are_followed_to_the_last(redis_server):
    one, two, now = make(redis_server), make(redis_server), time.time()
    assert one.step() and two.step()
    for number in range(450):
        one.offer(trigger(str(number), now))
    while one.waiting:
        assert one.step()
    name = "d:" + one.all()[7].key[:16]
    redis_server.client().hdel("{monitoring}:alerts", name)  # a hole in what is followed must not end it
    assert two.step() and len(two.all()) == 449


def test_what_a_process_forgot_it_reads_again(redis_server):
    clock = Clock()
    store = make(redis_server, clock=clock)
    alert = raise_alert(store)
    store._local.forget("d:" + alert.key[:16])
    assert store.all() == ()
    clock.ahead_s += COMPARE_EVERY_S + 1
    assert store.step() and store.all() == (alert,)


def test_a_key_of_an_alert_that_left_its_document_is_refused_as_resolved(redis_server):
    store, now = make(redis_server), time.time()
    for number in range(15):
        store.offer(trigger("cpu", now - 1000 + 10 * number))
        store.offer(resolution("cpu", now - 995 + 10 * number))
    assert store.step() and len(store.all()) == 15
    for alert in store.all():
        with pytest.raises(NotAllowed) as refused:
            store.acknowledge(alert.key, "anna")
        assert refused.value.state == "resolved"


def test_a_clock_that_was_set_does_not_stop_transitions(redis_server):
    clock = Clock()
    store = make(redis_server, clock=clock)
    first, second = raise_alert(store), raise_alert(store, "other")
    store.acknowledge(first.key, "anna")
    clock.ahead_s = -3600
    assert store.acknowledge(second.key, "anna").alert.state == "acknowledged"


def test_each_process_hears_every_event_and_it_counts_once(stores):
    now = time.time()
    for number in range(300):
        for store in stores:
            store.offer(trigger("cpu", now + number / 1000, key=str(number)))
    wait_for(lambda: settled(*stores))
    assert [alert.count for store in stores for alert in store.all()] == [300, 300]


def test_what_another_process_raised_a_moment_ago_can_be_worked_here(redis_server):
    one, two = make(redis_server), make(redis_server)
    alert = raise_alert(one)
    assert two.acknowledge(alert.key, "anna").alert.state == "acknowledged"
    with pytest.raises(Unknown):
        two.resolve("0" * 16 + "-" + "0" * 8, "anna")
    with pytest.raises(Unknown):
        two.resolve("no key at all", "anna")


def test_redis_killed_and_back_empty_gets_everything_again(stores, redis_server):
    one, two = stores
    now = time.time()
    one.offer(trigger("known", now))
    wait_for(lambda: settled(one, two) and len(two.all()) == 1)
    one.acknowledge(one.all()[0].key, "anna", "looking")
    wait_for(lambda: settled(one, two))
    redis_server.kill()
    wait_for(lambda: not one.connected and not two.connected)
    assert one.connection.reason and "127.0.0.1" not in one.connection.reason
    one.offer(trigger("queued here", now + 1))
    two.offer(trigger("queued there", now + 1))
    wait_for(lambda: one.find("queued here"), what="shown at once, though Redis is away")
    assert one.all()[-1].id == "known" and one.all()[-1].state == "acknowledged"
    started = time.monotonic()
    with pytest.raises(Unreachable):
        one.resolve(one.find("known")[0].key, "bert", "typed for nothing")
    assert time.monotonic() - started < SOON_S and one.find("known")[0].state == "acknowledged"
    redis_server.start()  # nothing was saved
    wait_for(lambda: settled(one, two) and len(one.all()) == 3)
    late = make(redis_server)
    late.step()
    assert late.all() == one.all() == two.all()
    assert late.find("known")[0].acknowledged_by == "anna"
    assert one.dropped == two.dropped == 0 and not one.errors and not two.errors


def test_redis_emptied_while_a_newcomer_already_wrote_joins_both(redis_server):
    old, now = make(redis_server), time.time()
    alert = raise_alert(old, at=now - 60)
    old.acknowledge(alert.key, "anna")
    raise_alert(old, "other", at=now - 60)
    redis_server.client().flushall()
    new = make(redis_server)
    assert raise_alert(new, at=now).count == 1
    assert old.step() and old.step() and new.step()
    for store in (old, new):
        (found,) = store.find("cpu")
        assert (found.count, found.state, found.acknowledged_by, found.key) == (2, "acknowledged", "anna", alert.key)
        assert store.find("other")


def test_a_click_right_after_redis_was_emptied_is_not_lost(redis_server):
    store = make(redis_server)
    alert = raise_alert(store)
    redis_server.client().flushall()
    assert store.resolve(alert.key, "anna").alert.state == "resolved"
    assert store.step() and store.step()
    again = make(redis_server)
    again.step()
    assert again.get(alert.key).resolved_by == "anna"


def test_an_older_state_of_redis_is_brought_up_to_date():
    server = RedisServer("--dbfilename", "dump.rdb").start()
    try:
        store = make(server)
        alert = raise_alert(store)
        server.client().save()
        store.acknowledge(alert.key, "anna")
        raise_alert(store, "younger")
        server.kill()
        assert store.step() is False
        server.start()
        assert store.step() and store.step()
        again = make(server)
        again.step()
        assert again.get(alert.key).acknowledged_by == "anna" and again.find("younger")
    finally:
        server.close()


def test_one_field_that_somebody_removed_is_written_again_and_the_index_mended(redis_server):
    clock = Clock()
    store, client = make(redis_server, clock=clock), redis_server.client()
    keys = [raise_alert(store, name).key for name in ("a", "b", "c")]
    client.hdel("{monitoring}:alerts", "d:" + keys[0][:16])
    for _ in range(3):
        clock.ahead_s += COMPARE_EVERY_S + 1
        assert store.step()
    client.delete("{monitoring}:alerts:changes")
    assert store.step()
    assert client.zcard("{monitoring}:alerts:changes") == 3 == client.hlen("{monitoring}:alerts") - 2
    again = make(redis_server)
    again.step()
    assert {alert.key for alert in again.all()} == set(keys)


def test_a_frozen_redis_delays_a_click_for_about_a_second_and_nothing_happens_later(stores, redis_server):
    one, two = stores
    one.offer(trigger("cpu", time.time()))
    wait_for(lambda: settled(one, two) and one.all())
    key = one.all()[0].key
    one.acknowledge(key, "anna", until=time.time() + 1)  # the connection is open
    wait_for(lambda: one.get(key).state == "active")
    redis_server.freeze()
    try:
        for change in (one.acknowledge, two.resolve):
            started = time.monotonic()
            with pytest.raises(Unreachable):
                change(key, "bert")
            assert time.monotonic() - started < SOON_S
        started = time.monotonic()
        for _ in range(100):
            one.offer(trigger("cpu", time.time()))
            one.all(), one.counts(), one.revision
        assert time.monotonic() - started < SOON_S
    finally:
        redis_server.thaw()
    wait_for(lambda: settled(one, two) and one.get(key).count == 101)
    for store in stores:
        assert (store.get(key).state, store.get(key).acknowledged_by) == ("active", "anna")
    assert one.resolve(key, "bert").alert.state == "resolved"


def test_a_redis_that_refuses_writes_says_so_in_words(redis_server):
    store, client = make(redis_server), redis_server.client()
    alert = raise_alert(store)
    client.config_set("maxmemory", 1)
    with pytest.raises(Unreachable) as refused:
        store.acknowledge(alert.key, "anna")
    assert "memory" in str(refused.value)
    store.offer(trigger("more", time.time()))
    assert store.step() is False and "memory" in store.connection.reason
    client.config_set("maxmemory", 0)
    assert store.step() and not store.waiting


def test_an_eviction_policy_that_endangers_alerts_is_told(redis_server):
    redis_server.client().config_set("maxmemory", "100mb")
    redis_server.client().config_set("maxmemory-policy", "allkeys-lru")
    store = make(redis_server)
    assert store.step() and "allkeys-lru" in store.warnings[0]


def test_a_document_of_a_later_version_is_left_alone(redis_server):
    store, client = make(redis_server), redis_server.client()
    alert = raise_alert(store)
    name = "d:" + alert.key[:16]
    client.hset("{monitoring}:alerts", name, b"later-later-" + b'{"version": 99}')
    client.zadd("{monitoring}:alerts:changes", {name: client.hincrby("{monitoring}:alerts", "#revision", 1)})
    assert raise_alert(store, "other") and store.errors["Unreadable"] == 1
    with pytest.raises(Unreachable):
        store.resolve(alert.key, "anna")
    store.offer(trigger("cpu", time.time() + 1))
    assert store.step() and client.hget("{monitoring}:alerts", name).endswith(b"99}")


def test_what_made_room_in_a_full_process_goes_from_redis_and_the_others(redis_server, monkeypatch):
    monkeypatch.setattr("dashboard.alerts.local.IDENTITIES_LIMIT", 3)
    clock = Clock()
    one, other = make(redis_server, clock=clock), make(redis_server, clock=clock)
    now = time.time()
    for number in range(3):
        one.offer(trigger(str(number), now - 10 + number))
        one.offer(resolution(str(number), now - 5 + number))
    assert one.step() and other.step() and len(other.all()) == 3
    for name in ("a", "b"):
        one.offer(trigger(name, now))
    assert one.step()
    clock.ahead_s = 2 * COMPARE_EVERY_S
    assert one.step() and other.step()
    assert {alert.id for alert in one.all()} == {alert.id for alert in other.all()} == {"2", "a", "b"}
    assert one.refused == 0 and settled(one, other)
