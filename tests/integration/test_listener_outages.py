"""Every way the listener's connection to a real redis-server can go: noticed, told as a gap, and there again."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import redis

from tests.integration.listener_world import CHANNEL, making_feeds, publish, update, wait_received
from tests.integration.mounted import subscribers
from tests.servers import RedisServer, wait_for

# The bounds themselves (back within 1 s, silence noticed after 3 s) are shown in tests/unit with a clock of its own.
# Here a busy machine may add its part.
MILLISECOND_S = 0.001
BUSY_S = 5.0


@pytest.fixture
def make_feed():
    with making_feeds() as make:
        yield make


@pytest.fixture
def feed(redis_server, make_feed):
    return make_feed(redis_server.url).start()


def test_redis_absent_at_start(make_feed):
    server = RedisServer()
    feed = make_feed(server.url)
    began = time.time()
    feed.listener.start()
    wait_for(lambda: feed.record.gaps, what="a gap")
    time.sleep(1)  # long enough for the longest delay between two tries
    server.start()
    back = time.time()
    try:
        wait_for(feed.is_connected, what="the subscription")
        assert time.time() - back <= 1.0 + BUSY_S
        feed.wait_for_both_lines()
        publish(server, update(1))
        wait_received(feed, 1)
        (gap,) = feed.record.gaps
        assert gap.why == "Nothing answers at the address of Redis"
        assert began - MILLISECOND_S <= gap.start <= began + BUSY_S  # gaps are told to the millisecond
        assert back - BUSY_S <= gap.end <= back + BUSY_S
    finally:
        server.close()


def test_redis_killed_and_started_again(redis_server, feed):
    publish(redis_server, update(1))
    wait_received(feed, 1)
    wait_for(lambda: feed.listener.is_sure, what="both connections")  # else the loss of one is a gap of its own
    heard = time.time()
    redis_server.kill()
    wait_for(feed.is_disconnected, what="the loss")
    wait_for(lambda: feed.record.reason == "Nothing answers at the address of Redis", what="a failed try")
    assert feed.record.next_try_at is not None
    assert feed.record.gaps[0].end is None
    time.sleep(1)
    redis_server.start()
    back = time.time()
    wait_for(feed.is_connected, what="the subscription")
    assert time.time() - back <= 1.0 + BUSY_S
    feed.wait_for_both_lines()
    publish(redis_server, update(2))
    wait_received(feed, 2)
    (gap,) = feed.record.gaps
    assert gap.why == "Redis closed the connection"
    assert gap.start <= heard + BUSY_S and gap.end >= heard + 1
    assert feed.record.reconnects == 1


def test_client_kill_is_a_gap_although_the_connection_is_back_at_once(redis_server, feed):
    publish(redis_server, update(1))
    wait_for(lambda: feed.listener.is_sure, what="both connections")
    with redis_server.client() as client:
        for again in range(3):
            assert client.execute_command("CLIENT", "KILL", "TYPE", "pubsub") == 2
            wait_for(lambda: feed.record.reconnects == again + 1, what="the new subscription")  # noqa: B023
            wait_for(lambda: feed.listener.is_sure, what="both connections")
    publish(redis_server, update(2))
    wait_received(feed, 2)
    assert [gap.why for gap in feed.record.gaps] == ["Redis closed the connection"] * 3
    assert all(gap.end - gap.start < BUSY_S for gap in feed.record.gaps)


def publish_into_the_frozen(server, numbers):
    """Requests wait in the frozen server's socket; they are carried out when it goes on."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        for number in numbers:
            message = update(number)
            raw.sendall(b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (
                len(CHANNEL), CHANNEL.encode(), len(message), message))
        yield
        answers = b""
        while answers.count(b"\r\n") < len(numbers):
            answers += raw.recv(65536)


@pytest.mark.parametrize("frozen_s", [4.0, 5.3])
def test_a_frozen_redis_is_noticed_and_nothing_is_lost(redis_server, feed, frozen_s):
    publish(redis_server, *(update(number) for number in range(100)))
    wait_received(feed, 100)
    wait_for(lambda: feed.listener.is_sure, what="both connections")  # else the loss of one is a gap of its own
    frozen = time.time()
    redis_server.freeze()
    publishing = publish_into_the_frozen(redis_server, range(100, 300))
    next(publishing)
    wait_for(feed.is_disconnected, what="the silence")
    assert 1.5 <= time.time() - frozen <= 3.5 + BUSY_S
    assert feed.record.reason is not None
    assert feed.record.gaps[0].why == "Redis did not answer for 3 s"
    time.sleep(max(0.0, frozen + frozen_s - time.time()))
    redis_server.thaw()
    thawed = time.time()
    next(publishing, None)
    wait_for(feed.is_connected, what="the subscription")
    assert time.time() - thawed <= 1.0 + BUSY_S
    wait_for(lambda: len(subscribers(redis_server)) == 2, what="two connections")
    publish(redis_server, *(update(number) for number in range(300, 310)))
    wait_for(lambda: len(feed.numbers) == 310, what="every message")
    assert sorted(feed.numbers) == list(range(310))
    (gap,) = feed.record.gaps
    assert gap.start <= frozen + 0.1 and gap.end >= thawed


def test_a_quiet_channel_is_no_gap(redis_server, feed):
    time.sleep(4)
    assert feed.record.gaps == ()
    assert feed.record.state == "connected"
    publish(redis_server, update(1))
    wait_received(feed, 1)


@pytest.mark.parametrize("condition", ["connected", "absent", "frozen", "refused"])
def test_stop_joins_within_two_seconds(make_feed, condition):
    server = RedisServer(password="right").start()
    try:
        feed = make_feed(f"redis://:{'wrong' if condition == 'refused' else 'right'}@127.0.0.1:{server.port}")
        feed.listener.start()
        wait_for(feed.is_disconnected if condition == "refused" else feed.is_connected, what="the start")
        if condition == "absent":
            server.kill()
            wait_for(feed.is_disconnected, what="the loss")
        if condition == "frozen":
            server.freeze()
            wait_for(feed.is_disconnected, what="the silence")
        began = time.monotonic()
        assert feed.listener.stop()
        assert time.monotonic() - began <= 2.0 + BUSY_S
        assert not feed.listener.alive
        assert feed.record.reason == "The feed was stopped"
        if condition == "connected":
            wait_for(lambda: not subscribers(server), what="the end of the connection")
    finally:
        server.close()


def test_stopped_and_started_again_the_time_between_is_a_gap(redis_server, feed):
    assert feed.listener.stop()
    assert feed.record.gaps == ()
    feed.start()
    assert [gap.why for gap in feed.record.gaps] == ["The feed was stopped"]
    publish(redis_server, update(1))
    wait_received(feed, 1)
    assert threading.active_count() < 10


def test_a_slow_reader_that_redis_cuts_off_is_told(redis_server, feed):
    """Redis closes a subscriber for which too much is waiting. What it held back is lost, however much is read yet."""
    with redis_server.client() as client:
        client.config_set("client-output-buffer-limit", "pubsub 1mb 1mb 1")
        with feed.intake._lock:  # the feed cannot go on
            for number in range(30):
                try:
                    client.publish(CHANNEL, update(number, 900_000))
                except redis.RedisError:
                    break
        wait_for(lambda: feed.record.gaps and feed.record.gaps[-1].end, what="the gap, and its end")
    feed.wait_for_both_lines()
    assert {gap.why for gap in feed.record.gaps} == {"Redis closed the connection"}
    received = feed.record.received
    publish(redis_server, update(100))
    wait_received(feed, received + 1)
