"""The scripts of notifications over a real Redis: one leads, all or nothing, nothing too late, the log is bounded."""

from __future__ import annotations

import time

import pytest
import redis

from dashboard.feed.connection import connect
from dashboard.notifications.deliveries import delivery_for, dump_delivery, load_delivery
from dashboard.notifications.known import Known
from dashboard.notifications.ledger import FOLLOW_LIMIT, LEASE_S, LOG_KEPT, Ledger, Put
from dashboard.notifications.routes import dump_route
from dashboard.settings import Settings
from tests.servers import wait_for
from tests.unit.notification_parts import NOW, make_route


@pytest.fixture
def ledger(redis_server):
    return Ledger(Settings(redis_url=redis_server.url), connect, 1.0)


def put(delivery, token="", pause_s: float | None = 0.0):
    return Put(delivery.id, token, dump_delivery(delivery), pause_s)


def make(number=0, **more):
    route = make_route()
    return delivery_for(route, route.targets[0], "first", NOW + number, **more)


def test_one_leads_and_gives_the_lead_up(ledger):
    assert ledger.pulse("a", False).leader == ""
    assert ledger.pulse("a", True).leader == "a"
    assert ledger.pulse("b", True).leader == "a" and ledger.pulse("b", True).due == ()
    ledger.release("b")
    assert ledger.pulse("b", True).leader == "a"
    ledger.release("a")
    assert ledger.pulse("b", True).leader == "b" and ledger.pulse("a", False).leader == "b"


def test_the_lead_ends_by_itself(ledger):
    ledger.pulse("a", True)
    left_ms = ledger.client.pttl("{monitoring}:notifications:leader")
    assert LEASE_S * 900 < left_ms <= LEASE_S * 1000
    ledger.client.pexpire("{monitoring}:notifications:leader", 1)
    wait_for(lambda: ledger.pulse("b", True).leader == "b", 2)


def test_all_of_it_is_written_or_nothing(ledger):
    ledger.pulse("a", True)
    one, two = make(1), make(2)
    assert ledger.apply("b", {"r/pl": b"x"}, [put(one)]) == "leader"
    first = put(one)
    assert ledger.apply("a", {"r/pl": b"x"}, [first]) == "written"
    assert ledger.apply("a", {"r/pl": b"y", "r/q": b"z"}, [put(two), put(one, "another")]) == "conflict"
    assert ledger.groups() == {"r/pl": b"x"} and ledger.delivery(two.id) is None
    assert ledger.apply("a", {"r/pl": b"", "r/q": b"z"}, [put(one, first.new_token), put(two)]) == "written"
    assert ledger.groups() == {"r/q": b"z"}
    assert ledger.apply("", {}, [put(two, "t", None)]) == "conflict"
    now_us = ledger.time_us()
    assert ledger.apply("", {}, [put(make())], now_us - 1) == "late"
    assert ledger.apply("", {}, [put(make())], now_us + 5_000_000) == "written"


def test_only_the_leader_is_told_what_is_due_and_when_it_is(ledger):
    now, later, never = make(1), make(2), make(3)
    assert ledger.apply("", {}, [put(now), put(later, pause_s=0.3), put(never, pause_s=None)]) == "written"
    assert ledger.pulse("a", False).due == ()
    assert ledger.pulse("a", True).due == (now.id,)
    wait_for(lambda: ledger.pulse("a", True).due == (now.id, later.id), 2)
    ledger.forget(now.id)
    assert ledger.pulse("a", True).due == (later.id,)


def test_routes_change_by_compare_and_set_and_not_too_late(ledger):
    body = dump_route(make_route())
    token, _ = ledger.put_route("r", "", body)
    assert ledger.routes()["r"].token == token and ledger.route("r").body == body
    assert ledger.put_route("r", "", body) == ("conflict", ledger.route("r"))
    assert ledger.put_route("r", token, b"{}", ledger.time_us() - 1)[0] == "late"
    before = ledger.pulse("a", False).routes_revision
    assert ledger.put_route("r", token, b"")[0] not in ("late", "conflict")
    assert ledger.routes() == {} and ledger.route("r") is None
    assert ledger.pulse("a", False).routes_revision == before + 1
    assert ledger.put_route("r", token, body) == ("conflict", None)
    ledger.restore_routes({"r": body, "s": body})
    ledger.restore_routes({"r": b"{}"})
    assert ledger.route("r").body == body and set(ledger.routes()) == {"r", "s"}


def test_a_route_that_was_written_is_told_as_written_where_only_the_answer_was_lost(ledger, monkeypatch):
    ask = ledger.client.execute_command

    def execute(*arguments, **options):
        answer = ask(*arguments, **options)
        if arguments[0] == "EVALSHA":
            raise redis.ConnectionError("Connection closed by server.")
        return answer

    monkeypatch.setattr(ledger.client, "execute_command", execute)
    token, _ = ledger.put_route("r1", "", b"{}")
    assert ledger.route("r1").token == token
    with pytest.raises(redis.ConnectionError):
        ledger.put_route("r1", "another token", b"{}")
    ledger.put_route("r1", token, b"")
    assert ledger.route("r1") is None


def test_the_log_is_bounded_and_what_is_on_its_way_never_goes(ledger):
    waiting = make(0)
    ledger.apply("", {}, [put(waiting)])
    for start in range(0, LOG_KEPT + 50, 50):
        ledger.apply("", {}, [put(make(start + number), pause_s=None) for number in range(50)])
    assert ledger.client.hlen("{monitoring}:notifications:deliveries") == LOG_KEPT + 2  # the one waiting, #revision
    assert ledger.client.zcard("{monitoring}:notifications:changes") == LOG_KEPT + 1
    assert ledger.delivery(waiting.id) is not None


def test_a_copy_follows_in_portions_and_keeps_within_its_bounds(ledger):
    errors = []
    known = Known(errors.append)
    made = [make(number) for number in range(FOLLOW_LIMIT + 30)]
    for start in range(0, len(made), 50):
        ledger.apply("", {}, [put(each) for each in made[start:start + 50]])
    known.follow(ledger, ledger.pulse("a", False))
    assert [each.id for each in known.deliveries()] == [each.id for each in reversed(made)]
    assert load_delivery(ledger.delivery(made[0].id).body) == made[0]
    ledger.client.hset("{monitoring}:notifications:routes", "bad", "x" * 12 + "{}")
    ledger.put_route("good", "", dump_route(make_route()))
    known.follow(ledger, ledger.pulse("a", False))
    assert len(known.routes()) == 1 and len(errors) == 1
    for _ in range(LOG_KEPT // 50 + 2):
        ledger.apply("", {}, [put(make().ended("sent", "", time.time()), pause_s=None) for _ in range(50)])
        known.follow(ledger, ledger.pulse("a", False))
    assert sum(each.finished for each in known.deliveries()) == LOG_KEPT


def test_another_redis_is_noticed(ledger):
    first = ledger.pulse("a", False)
    assert ledger.pulse("b", False).epoch == first.epoch
    ledger.client.flushall()
    second = ledger.pulse("a", False)
    assert second.epoch != first.epoch and (second.routes_revision, second.deliveries_revision) == (0, 0)
    known = Known(lambda error: None)
    assert [known.lost(each) for each in (first, first, second)] == [False, False, True]


def test_a_redis_that_is_away_raises(ledger, redis_server):
    redis_server.kill()
    with pytest.raises(redis.RedisError):
        ledger.pulse("a", True)
