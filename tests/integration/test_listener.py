"""The listener against a real redis-server: all that is published arrives, exactly counted, whatever the address."""

from __future__ import annotations

import os
import time

import pytest

from dashboard.feed.subscription import EVICTS, NOT_TOLD, REPLICA
from tests.integration.listener_world import CHANNEL, making_feeds, publish, update, wait_received
from tests.servers import RedisServer, wait_for


@pytest.fixture
def make_feed():
    with making_feeds() as make:
        yield make


@pytest.fixture
def feed(redis_server, make_feed):
    return make_feed(redis_server.url).start()


def test_everything_published_arrives_once_and_in_order(redis_server, feed):
    with redis_server.client() as client:
        client.config_set("client-output-buffer-limit", "pubsub 0 0 0")
    publish(redis_server, *(update(number) for number in range(5000)))
    wait_received(feed, 5000)
    assert feed.numbers == list(range(5000))
    assert feed.record.accepted == 5000
    assert feed.record.gaps == ()
    assert feed.ring.length("it") == 5000
    assert feed.board.names() == ["it"]


def test_poison_messages_are_counted_and_end_nothing(redis_server, feed):
    twice = update(2)
    publish(redis_server, update(1), b"", b"\xff\xfe", b"{", b"[]", b"17", b'"text"', b"null", b"{}",
            b'{"event_type": 5}', b'{"event_type": "NOVELTY", "source": "it"}', b"[" * 100_000,
            b'{"event_type": "METRIC_UPDATE", "metrics": "none"}', b"x" * 2_000_000, twice, twice, update(3))
    wait_received(feed, 17)
    seen = feed.record.snapshot()
    assert feed.numbers == [1, 2, 3]
    assert seen.unknown == {"novelty": 1}
    assert seen.duplicates == 1
    assert seen.accepted == 4
    assert sum(seen.rejected.values()) == 12
    assert seen.gaps == ()
    assert [message.outcome for message in feed.record.raw][-2:] == ["duplicate", "accepted"]


def test_a_failing_handler_is_counted_and_ends_nothing(redis_server, feed):
    def fail(event):
        raise RuntimeError("handler")

    feed.intake._appliers[1] = ("board", fail)
    publish(redis_server, update(1), update(2))
    wait_received(feed, 2)
    assert feed.record.handler_errors == {"board": 2}
    assert feed.numbers == [1, 2]
    assert feed.listener.alive


def test_big_messages_arrive_whole(redis_server, feed):
    publish(redis_server, update(1, 900_000), update(2, 8_000_000), update(3, 1000), update(4, 1_000_000))
    wait_received(feed, 4)
    assert feed.numbers == [1, 3, 4]
    assert feed.record.rejected == {"too-large": 1}
    assert feed.record.gaps == ()


def test_http_and_redis_share_one_door(redis_server, feed):
    twice = update(1)
    publish(redis_server, twice)
    wait_received(feed, 1)
    assert feed.intake.accept(twice, time.time(), "http") == "duplicate"
    assert [message.via for message in feed.record.raw] == ["redis", "http"]


def test_the_password_is_used_and_a_wrong_one_is_told_without_it(make_feed):
    server = RedisServer(password="right one").start()
    try:
        by_parts = make_feed(redis_port=server.port, redis_password="right one").start()
        publish(server, update(1))
        wait_received(by_parts, 1)
        assert by_parts.listener.stop()
        wrong, missing = make_feed(redis_port=server.port, redis_password="wrong one"), make_feed(
            redis_port=server.port)
        for feed, why in ((wrong, "Redis refused the password"),
                          (missing, "Redis asks for a password, and none is set here")):
            feed.listener.start()
            wait_for(lambda: feed.record.gaps, what="a gap")  # noqa: B023
            assert (feed.record.reason, feed.record.gaps[0].why) == (why, why)
        with server.client() as client:
            client.config_set("requirepass", "wrong one")
        wait_for(wrong.is_connected, what="the subscription with the password that is right now")
    finally:
        server.close()


def test_a_password_where_redis_has_none_is_told(redis_server, make_feed):
    feed = make_feed(f"redis://:secret@127.0.0.1:{redis_server.port}")
    feed.listener.start()
    wait_for(lambda: feed.record.gaps, what="a gap")
    assert feed.record.reason == "A Redis password is set here, but this Redis has none"


def test_tls(certificates, make_feed):
    tls = RedisServer()  # for its free port
    server = RedisServer(
        "--tls-port", str(tls.port), "--tls-cert-file", str(certificates / "cert.pem"), "--tls-key-file",
        str(certificates / "key.pem"), "--tls-ca-cert-file", str(certificates / "cert.pem"),
        "--tls-auth-clients", "no").start()
    url = f"rediss://127.0.0.1:{tls.port}"
    try:
        feed = make_feed(f"{url}?ssl_ca_certs={certificates / 'cert.pem'}").start()
        publish(server, update(1), update(2, 900_000), *(update(number) for number in range(3, 500)))
        wait_received(feed, 499)
        wait_for(lambda: feed.listener.is_sure, what="both connections")
        with server.client() as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        wait_for(lambda: feed.record.reconnects == 1 and feed.listener.is_sure, what="both new subscriptions")
        publish(server, update(500))
        wait_received(feed, 500)
        assert feed.numbers == list(range(1, 501))
        for bad, why in ((url, "The TLS certificate of Redis is not trusted"),
                         (url.replace("rediss", "redis"), "Redis closed the connection")):
            refused = make_feed(bad)
            refused.listener.start()
            wait_for(lambda: refused.record.gaps, what="a gap")  # noqa: B023
            assert refused.record.reason == why
    finally:
        server.close()
        tls.close()


def test_a_unix_socket(make_feed):
    server = RedisServer()
    path = os.path.join(server.folder, "redis.sock")
    server.arguments += ["--unixsocket", path]
    server.start()
    try:
        feed = make_feed(f"unix://{path}").start()
        publish(server, update(1))
        wait_received(feed, 1)
    finally:
        server.close()


def test_what_is_wrong_with_the_server_is_told(redis_server, make_feed):
    master = RedisServer("--repl-diskless-sync-delay", "0").start()
    try:
        with redis_server.client() as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            client.replicaof("127.0.0.1", master.port)
            wait_for(lambda: client.info("replication")["master_link_status"] == "up", what="the replica")
        feed = make_feed(redis_server.url).start()
        assert feed.record.warnings == (REPLICA, EVICTS)
    finally:
        master.close()


def test_a_user_who_may_only_subscribe_can(redis_server, make_feed):
    with redis_server.client() as client:
        client.execute_command("ACL", "SETUSER", "reader", "on", ">secret", "resetchannels", f"&{CHANNEL}",
                               "-@all", "+subscribe", "+ping")
        feed = make_feed(f"redis://reader:secret@127.0.0.1:{redis_server.port}").start()
        assert feed.record.warnings == (NOT_TOLD,)
        publish(redis_server, update(1))
        wait_received(feed, 1)
        time.sleep(1.5)  # a ping and its answer
        assert feed.record.gaps == ()
        client.execute_command("ACL", "SETUSER", "reader", "resetchannels")
    wait_for(lambda: feed.record.reason == "Redis does not allow this user to use the channel", what="the refusal")
    assert feed.record.gaps[0].why == "Redis closed the connection"
