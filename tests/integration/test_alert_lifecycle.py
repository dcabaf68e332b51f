"""The whole lifecycle over a real Redis: two stores agree, one of many wins, a restart and an absence lose nothing."""

from __future__ import annotations

import threading
import time
from collections import Counter
from itertools import pairwise

import orjson
import pytest

from dashboard.alerts.silences import UnknownSilence
from dashboard.alerts.stale import silent_after
from dashboard.alerts.store import AlertStore, NotAllowed, Unreachable
from dashboard.settings import Settings
from tests.alert_events import resolution, trigger
from tests.integration.alert_stores import Clock, make, raise_alert, settled, subscribed
from tests.servers import RedisServer, wait_for

TICK_S = 1.0
BY_ALL = {"source": "producer"}


@pytest.fixture
def stores(redis_server):
    """Two stores with their threads: two processes."""
    pair = make(redis_server), make(redis_server)
    for store in pair:
        store.start()
    yield pair
    for store in pair:
        assert store.stop()


def silence_for(store, seconds=3600, **wanted):
    return store.silence(BY_ALL | {"until": time.time() + seconds} | wanted, "anna")


def actions(alert):
    return [entry.action for entry in alert.timeline]


def test_every_transition_shows_in_the_other_process_within_a_tick(stores):
    one, two = stores
    one.offer(trigger("cpu", time.time()))
    wait_for(lambda: two.find("cpu") and settled(one, two), TICK_S)
    key = one.find("cpu")[0].key
    steps = [(one.acknowledge, {}, lambda alert: alert.state == "acknowledged"),
             (two.unacknowledge, {}, lambda alert: alert.state == "active"),
             (one.assign, {"to": "bert"}, lambda alert: alert.assigned_to == "bert"),
             (two.snooze, {"until": time.time() + 60}, lambda alert: alert.snoozed),
             (one.unsnooze, {}, lambda alert: not alert.snoozed),
             (two.resolve, {}, lambda alert: alert.state == "resolved"),
             (one.reopen, {"notes": "not yet"}, lambda alert: (alert.state, alert.notes) == ("active", "not yet"))]
    for change, more, seen in steps:
        made = change(key, "anna", **more)
        assert seen(made.alert)
        for store in stores:
            wait_for(lambda store=store, seen=seen: seen(store.get(key)), TICK_S, what=change.__name__)
    assert one.get(key) == two.get(key) and one.revision == two.revision
    assert actions(one.get(key)) == [
        "fired", "acknowledge", "unacknowledge", "assign", "snooze", "unsnooze", "resolve", "reopen"]


def test_fifty_threads_through_two_processes_have_one_winner_each_and_leave_no_hole(stores):
    alerts, people = 40, 50
    rounds = [("unacknowledge", "acknowledged", {}), ("assign", None, {}), ("snooze", None, {}), ("resolve", None, {}),
              ("reopen", "resolved", {})]
    one, two = stores
    for number in range(alerts):
        one.offer(trigger(str(number), time.time()))
    wait_for(lambda: len(two.all()) == alerts and settled(one, two))
    keys = [alert.key for alert in one.all()]
    for key in keys:
        one.acknowledge(key, "first")
    wait_for(lambda: settled(one, two))
    for name, _, _ in rounds:
        won, lost, other = [], [], []  # to append is one step; to count one more is not, and threads would lose some

        def work(person, name=name, won=won, lost=lost, other=other):
            store = stores[person % 2]
            for at in range(alerts):
                key = keys[(at + person * 7) % alerts]
                more = {"to": f"person {person}"} if name == "assign" else {}
                try:
                    getattr(store, name)(key, f"person {person}", **more)
                    won.append(key)
                except NotAllowed as refused:
                    lost.append(key)
                    if not (refused.by or "").startswith("person") or refused.at is None:
                        other.append(refused)
                except Unreachable as error:  # half a hundred threads on two cores: a person would click again
                    other.append(error)

        threads = [threading.Thread(target=work, args=(person,)) for person in range(people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert other == [], name
        assert Counter(won) == dict.fromkeys(keys, 1), name
        assert Counter(lost) == dict.fromkeys(keys, people - 1), name
    wait_for(lambda: settled(one, two))
    for key in keys:
        alert = one.get(key)
        assert alert == two.get(key)
        assert actions(alert) == ["fired", "acknowledge", *(name for name, _, _ in rounds)]
        assert all(after.old == before.new for before, after in pairwise(alert.timeline))
        assert [entry.at_us for entry in alert.timeline[1:]] == sorted(entry.at_us for entry in alert.timeline[1:])


def test_raise_acknowledge_expire_worsen_silence_resolve_and_come_back(redis_server):
    clock = Clock()
    one, two = make(redis_server, clock=clock, acknowledge_s=60), make(redis_server, clock=clock)
    key = raise_alert(one).key
    assert one.acknowledge(key, "anna").alert.acknowledged_until == pytest.approx(time.time() + 60, abs=5)
    assert two.step() and two.get(key).state == "acknowledged"
    before = two.revision
    clock.ahead_s = 61
    assert (one.get(key).state, two.get(key).state) == ("active", "active") and two.revision != before
    assert actions(two.get(key))[-1] == "expired"
    two.acknowledge(key, "bert", until=None)
    one.offer(trigger("cpu", clock(), level="CRITICAL", received=clock()))
    assert one.step() and one.step() and two.step()  # the first finds that another was quicker
    assert (two.get(key).state, actions(two.get(key))[-2:]) == ("active", ["severity", "worse"])
    silence = one.silence(BY_ALL | {"until": clock() + 60}, "anna")
    assert two.step() and two.get(key).silenced_by == silence.id
    clock.ahead_s += 61
    assert two.get(key).silenced_by is None
    two.resolve(key, "bert")
    two.offer(trigger("cpu", clock(), level="CRITICAL", received=clock()))
    assert two.step() and two.step() and one.step()
    again = one.find("cpu")[0]
    assert again.key != key and again.regressed and one.revision == two.revision


def test_everything_but_redis_may_restart(redis_server):
    one = make(redis_server)
    key, other = raise_alert(one).key, raise_alert(one, "memory").key
    one.assign(key, "anna", "bert")
    one.snooze(key, "anna", time.time() + 600)
    one.acknowledge(key, "anna", until=None)
    one.resolve(other, "carl", "done")
    silence = silence_for(one)
    again = make(redis_server)
    assert again.step() and again.all() == one.all() and again.revision == one.revision
    assert again.silences() == one.silences() and again.get(key).silenced_by == silence.id
    assert again.get(key).timeline == one.get(key).timeline and again.get(key).snoozed
    assert again.reopen(other, "dora").alert.made_by[0] == "dora"


def test_with_redis_away_nothing_changes_and_silences_come_back_with_it(stores, redis_server):
    one, two = stores
    one.offer(trigger("cpu", time.time()))
    wait_for(lambda: two.find("cpu") and settled(one, two), TICK_S)
    key = one.find("cpu")[0].key
    one.acknowledge(key, "anna", until=None)
    silence = silence_for(one)
    wait_for(lambda: settled(one, two) and two.silences() == (silence,), TICK_S)
    before = one.get(key)
    redis_server.kill()
    wait_for(lambda: not one.connected and not two.connected)
    for change in (lambda: one.unacknowledge(key, "anna"), lambda: one.resolve(key, "anna"),
                   lambda: one.assign(key, "anna", "bert"), lambda: one.snooze(key, "anna"),
                   lambda: silence_for(one), lambda: one.end_silence(silence.id, "bert")):
        began = time.monotonic()
        with pytest.raises(Unreachable):
            change()
        assert time.monotonic() - began < 5.0  # a default client would wait for a minute
    assert one.get(key) == before and one.silences() == (silence,)
    redis_server.start()  # empty
    wait_for(lambda: settled(one, two), what="both in step again")
    fresh = make(redis_server)
    assert fresh.step() and fresh.silences() == (silence,) and fresh.get(key) == one.get(key)
    assert one.unacknowledge(key, "anna").alert.state == "active"


def test_silences_of_two_processes_at_once_are_all_kept_and_one_ends_once(stores):
    one, two = stores
    made = []

    def work(store):
        for _ in range(5):
            made.append(silence_for(store))

    threads = [threading.Thread(target=work, args=(store,)) for store in (one, two) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 20
    for store in stores:
        wait_for(lambda store=store: {each.id for each in store.silences()} == {each.id for each in made}, TICK_S)
    assert one.end_silence(made[0].id, "anna").ended_by == "anna"
    with pytest.raises(NotAllowed) as refused:  # also where the other process has not heard of it yet
        two.end_silence(made[0].id, "bert")
    assert refused.value.by == "anna"
    with pytest.raises(UnknownSilence):
        two.end_silence("no-such", "bert")


def test_silences_outlive_the_retention_of_alerts_and_a_comparison_of_names(redis_server):
    clock = Clock()
    one, two = make(redis_server, clock=clock), make(redis_server, clock=clock)
    assert one.step() and two.step()
    silence = one.silence({"source": "x", "weekly": {"days": ["mon"], "from": "08:00", "to": "09:00"}}, "anna")
    for _ in range(4):
        clock.ahead_s += 20 * 86_400
        assert one.step() and two.step()
    assert one.silences() == two.silences() == (silence,)
    redis_server.client().hdel("{monitoring}:alerts", "s:all")
    redis_server.client().zrem("{monitoring}:alerts:changes", "s:all")
    for _ in range(3):
        clock.ahead_s += 31
        assert one.step() and two.step()
    assert redis_server.client().hget("{monitoring}:alerts", "s:all") is not None
    assert make(redis_server, clock=clock).step() and two.silences() == (silence,)


def test_the_producer_is_told_of_acknowledge_and_resolve_only(redis_server):
    store, listener = make(redis_server), subscribed(redis_server)
    key = raise_alert(store).key
    for made in (store.acknowledge(key, "anna"), store.unacknowledge(key, "anna"), store.assign(key, "anna", "bert"),
                 store.snooze(key, "anna"), store.resolve(key, "anna"), store.reopen(key, "anna")):
        assert made.untold is None
    messages = [message for _ in range(4) if (message := listener.get_message(timeout=0.3))]
    assert [b"ALERT_ACKNOWLEDGED" in message["data"] for message in messages] == [True, False]


def test_a_silent_source_makes_its_alerts_stale_until_it_is_heard(redis_server):
    clock, heard = Clock(), {}
    store = AlertStore(Settings(redis_url=redis_server.url), clock=clock, silent_since=silent_after(heard.get, 60.0))
    heard["producer"] = time.time()
    key = raise_alert(store).key
    fresh = store.revision
    clock.ahead_s = 70
    assert (store.get(key).stale, store.get(key).state) == (True, "active") and store.revision != fresh
    heard["producer"] = clock()
    clock.ahead_s = 75
    assert not store.get(key).stale and store.revision == fresh
    store.offer(resolution("cpu", clock(), received=clock()))
    assert store.step()
    clock.ahead_s = 500
    assert (store.get(key).stale, store.get(key).state) == (False, "resolved")


def test_a_document_of_the_first_version_in_redis_is_worked_on(redis_server):
    store = make(redis_server)
    key = raise_alert(store).key
    client, name = redis_server.client(), "d:" + key[:16]
    value = client.hget("{monitoring}:alerts", name)
    tree = orjson.loads(value[12:])
    old = {part: tree[part] for part in ("source", "id", "horizon", "previous", "base")} | {
        "version": 1, "facts": [[*fact[:4], *fact[5:]] for fact in tree["facts"]]}
    client.hset("{monitoring}:alerts", name, b"0123456789ab" + orjson.dumps(old))
    again = make(redis_server)
    assert again.step() and again.get(key).level == "WARNING"
    assert again.acknowledge(key, "anna").alert.state == "acknowledged"


def test_a_server_of_its_own_is_not_needed_for_reading():
    server = RedisServer()
    store = make(server)
    assert (store.silences(), store.preview(BY_ALL | {"until": time.time() + 5}, "anna")) == ((), [])
    server.close()
