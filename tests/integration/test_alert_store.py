"""Alerts over a real Redis: several processes, one truth, and nothing lost while Redis is away."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from collections import Counter

import pytest

from dashboard.alerts.follower import COMPARE_EVERY_S
from dashboard.alerts.store import AlertStore, NotAllowed, Unknown, Unreachable
from dashboard.commands import Commands
from dashboard.settings import Settings
from tests.alert_events import resolution, trigger
from tests.servers import RedisServer, wait_for

DAY_S = 86_400
SOON_S = 5.0  # what waits for a Redis that does not answer waits far longer; the figures are `make bench`'s to tell
NOTICES = {"acknowledge": "ALERT_ACKNOWLEDGED", "resolve": "ALERT_RESOLVED"}


class Clock:
    """The real time, with a step that a test may make."""

    def __init__(self):
        self.ahead_s = 0.0

    def __call__(self):
        return time.time() + self.ahead_s


def make(server, **options):
    clock = options.pop("clock", time.time)
    return AlertStore(Settings(redis_url=server.url, **options), clock=clock)


@pytest.fixture
def stores(redis_server):
    """Two stores with their threads: two processes."""
    pair = make(redis_server), make(redis_server)
    for store in pair:
        store.start()
    yield pair
    for store in pair:
        assert store.stop()


def raise_alert(store, alert_id="cpu", **fields):
    store.offer(trigger(alert_id, fields.pop("at", time.time()), **fields))
    assert store.step()
    return store.find(alert_id)[0]


def settled(*stores):
    return all(store.connected and not store.waiting for store in stores) and len(
        {store.revision for store in stores}) == 1


def subscribed(server):
    """A subscriber of the control channel."""
    listener = server.client().pubsub(ignore_subscribe_messages=True)
    listener.subscribe(Settings().control_channel)
    listener.get_message(timeout=1)
    return listener


def heard(listener, count):
    messages, end = [], time.monotonic() + 5
    while len(messages) < count and time.monotonic() < end:
        message = listener.get_message(timeout=0.25)
        messages += [json.loads(message["data"])] if message else []
    assert len(messages) == count
    return messages


# One process and the next

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


# Transitions

def test_a_transition_tells_the_producer_once(redis_server):
    store = make(redis_server)
    alert = raise_alert(store, "a/b")
    listener = subscribed(redis_server)
    assert store.acknowledge(alert.key, "anna", "mine").receivers == 1
    assert store.resolve(alert.key, "bert").receivers == 1
    acknowledged, resolved = heard(listener, 2)
    assert acknowledged | {"request_id": "", "timestamp": ""} == {
        "action": "ALERT_ACKNOWLEDGED", "alert_id": "a/b", "acknowledged_by": "anna", "notes": "mine",
        "requested_by": "anna", "source": "producer", "request_id": "", "timestamp": ""}
    assert (resolved["action"], resolved["resolved_by"], resolved["notes"]) == ("ALERT_RESOLVED", "bert", "")
    assert len(acknowledged["request_id"]) == 32 and acknowledged["timestamp"].endswith("Z")
    for change in (store.acknowledge, store.resolve):
        with pytest.raises(NotAllowed) as refused:
            change(alert.key, "carl")
        assert (refused.value.state, refused.value.by) == ("resolved", "bert")
    assert listener.get_message(timeout=0.2) is None


def test_a_producer_that_cannot_be_told_does_not_undo_the_transition(redis_server):
    store = make(redis_server)
    alert = raise_alert(store)
    redis_server.client().execute_command("ACL", "SETUSER", "default", "-publish")
    transition = store.acknowledge(alert.key, "anna")
    assert (transition.receivers, transition.alert.state) == (None, "acknowledged") and transition.untold
    again = make(redis_server)
    again.step()
    assert again.get(alert.key).acknowledged_by == "anna"


def test_bad_input_is_refused_before_redis_is_asked(redis_server):
    store = make(redis_server)
    alert = raise_alert(store)
    redis_server.kill()
    with pytest.raises(ValueError):
        store.acknowledge(alert.key, "anna", "x" * 2001)
    with pytest.raises(ValueError):
        store.acknowledge(alert.key, "anna", until=time.time() - 1)
    with pytest.raises(ValueError):
        store.resolve(alert.key, "anna", "x" * 2001)


def test_an_acknowledgement_ends_by_itself(redis_server):
    clock = Clock()
    store = make(redis_server, clock=clock)
    alert = raise_alert(store)
    store.acknowledge(alert.key, "anna", until=clock() + 1800)
    revision = store.revision
    assert store.get(alert.key).state == "acknowledged"
    clock.ahead_s = 1801
    assert store.get(alert.key).state == "active" and store.revision != revision
    assert store.query(states="active").total == 1
    assert store.acknowledge(alert.key, "bert").alert.acknowledged_by == "bert"


@pytest.mark.parametrize("alert_id", [
    "a/b?c=d&e#f", "it's \"quoted\"", "<script>alert(1)</script>", "x" * 10_000, "ü😀\n",
])
def test_ids_of_any_kind(redis_server, alert_id):
    store, other = make(redis_server), make(redis_server)
    alert = raise_alert(store, alert_id)
    listener = subscribed(redis_server)
    store.acknowledge(alert.key, alert_id[:50], "<b>\ud83d")
    store.resolve(alert.key, "anna")
    assert heard(listener, 2)[0]["alert_id"] == alert_id
    other.step()
    (found,) = other.find(alert_id)
    assert (found.id, found.key, found.state, found.notes) == (alert_id, alert.key, "resolved", "<b>?")


def test_fifty_threads_through_two_processes_have_one_winner_each(stores, redis_server, uncovered):
    one, two = stores
    now = time.time()
    for number in range(200):
        one.offer(trigger(f"alert {number}", now))
    wait_for(lambda: len(two.all()) == 200 and settled(one, two))
    listener = subscribed(redis_server)
    keys = [alert.key for alert in one.all()]
    wins, untold, strange, gate = [], set(), [], threading.Barrier(50)

    def click(store, action, key, person):
        """As a person does: who is told that Redis did not answer in time clicks again, and may find it done."""
        name, unsure = f"person {person}", False
        for _ in range(20):
            try:
                getattr(store, action)(key, name)
                return wins.append((action, key, name))
            except NotAllowed as refused:
                if not refused.by:
                    strange.append(refused)
                elif unsure and refused.by == name:
                    wins.append((action, key, name))
                    untold.add((NOTICES[action], name))  # it was done, but nobody learned so in time
                return None
            except Unreachable:
                unsure = True
        return strange.append(f"{action} was never answered")

    def work(person):
        gate.wait()
        for action in ("acknowledge", "resolve"):
            for key in keys:
                try:
                    click(stores[person % 2], action, key, person)
                except Exception as error:
                    strange.append(error)

    threads = [threading.Thread(target=work, args=(person,)) for person in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert strange == []
    resolved = {key: person for action, key, person in wins if action == "resolve"}
    acknowledged = {key: person for action, key, person in wins if action == "acknowledge"}
    assert len([win for win in wins if win[0] == "resolve"]) == len(resolved) == 200
    assert len([win for win in wins if win[0] == "acknowledge"]) == len(acknowledged)
    wait_for(lambda: settled(one, two))
    for store in stores:
        for alert in store.all():
            assert (alert.state, alert.resolved_by) == ("resolved", resolved[alert.key])
            assert alert.acknowledged_by == acknowledged.get(alert.key)
            assert alert.revision == 1 + 1 + (alert.key in acknowledged)
    told = [(message["action"], message["requested_by"]) for message in heard(listener, len(wins) - len(untold))]
    made = Counter((NOTICES[action], person) for action, _, person in wins)
    assert not Counter(told) - made
    assert set(made - Counter(told)) <= untold


# What the feed brings

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


# Redis goes and comes

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


# Retention

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


# Threads and processes

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
