"""What people do to alerts over a real Redis: one of many wins, and the producer is told once."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest
import redis

from dashboard.alerts.store import NotAllowed, Unreachable
from tests.alert_events import trigger
from tests.integration.alert_stores import Clock, heard, make, raise_alert, settled, subscribed, two
from tests.servers import wait_for

NOTICES = {"acknowledge": "ALERT_ACKNOWLEDGED", "resolve": "ALERT_RESOLVED"}


@pytest.fixture
def stores(redis_server):
    with two(redis_server) as pair:
        yield pair


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


def losing_answers(client, monkeypatch):
    """From now on this client's connection ends after each script, before its answer has come."""
    ask = client.execute_command

    def execute(*arguments, **options):
        answer = ask(*arguments, **options)
        if arguments[0] == "EVALSHA":
            raise redis.ConnectionError("Connection closed by server.")
        return answer

    monkeypatch.setattr(client, "execute_command", execute)


def test_what_was_done_is_told_as_done_where_only_the_answer_was_lost(redis_server, monkeypatch):
    """Else the producer would never be told, and a silence be made twice."""
    store = make(redis_server)
    alert = raise_alert(store)
    listener = subscribed(redis_server)
    losing_answers(store._transitions._redis().client, monkeypatch)
    assert store.resolve(alert.key, "anna").receivers == 1
    assert heard(listener, 1)[0]["resolved_by"] == "anna"
    again = make(redis_server)
    again.step()
    assert again.get(alert.key).resolved_by == "anna"
    assert again.reopen(alert.key, "bert").alert.state == "active"


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


def test_fifty_threads_through_two_processes_have_one_winner_each(stores, redis_server):
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
