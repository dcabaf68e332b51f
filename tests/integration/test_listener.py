"""The listener against a real redis-server: every way a connection can go, and the exact count of what arrived."""

from __future__ import annotations

import os
import socket
import threading
import time

import orjson
import pytest
import redis

from dashboard.events import MetricUpdate
from dashboard.feed.intake import Intake
from dashboard.feed.listener import Listener
from dashboard.feed.record import FeedRecord
from dashboard.feed.subscription import EVICTS, NOT_TOLD, REPLICA
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from dashboard.sources import SourceBoard
from tests.integration.mounted import subscribers
from tests.servers import RedisServer, wait_for

CHANNEL = Settings().channel
# The bounds themselves (back within 1 s, silence noticed after 3 s) are shown in tests/unit with a clock of its own.
# Here a busy machine may add its part.
MILLISECOND_S = 0.001
BUSY_S = 5.0


def update(number, size=0):
    """A message of its own: its number is a metric, its time rises."""
    return orjson.dumps({
        "event_type": "METRIC_UPDATE", "source": "it", "timestamp": time.time() + number / 1e6,
        "metrics": {"application": {"symbols_processed": number}}, "filler": "x" * size})


class Feed:
    """A listener with the real parser, ring and board, and a record of the numbers that arrived."""

    def __init__(self, settings):
        self.record = FeedRecord()
        self.numbers = []
        self.ring, self.board = Ring(rows=50_000), SourceBoard(max_sources=8)
        self.intake = Intake(self.ring, self.board, self, self.record)
        self.listener = Listener(settings, self.intake, self.record)

    def offer(self, event):
        if isinstance(event, MetricUpdate):
            self.numbers.append(event.metrics["application.symbols_processed"])

    def is_connected(self):
        return self.record.state == "connected"

    def is_disconnected(self):
        return self.record.state == "disconnected"

    def start(self):
        self.listener.start()
        self.wait_for_both_lines()
        return self

    def wait_for_both_lines(self):
        wait_for(lambda: self.listener.is_whole, what="both connections")


@pytest.fixture
def make_feed():
    made = []

    def make(url=None, **options):
        made.append(Feed(Settings(redis_url=url, **options)))
        return made[-1]

    yield make
    for feed in made:
        assert feed.listener.stop()
        seen = feed.record.snapshot()
        assert seen.received == seen.accepted + sum(seen.rejected.values()) + seen.duplicates
        assert len(feed.numbers) == len(set(feed.numbers)), "an event was applied twice"


@pytest.fixture
def feed(redis_server, make_feed):
    return make_feed(redis_server.url).start()


def publish(server, *messages):
    """Sends the messages; every one must have been received by exactly the two connections of the feed."""
    with server.client(socket_timeout=5) as client, client.pipeline(transaction=False) as pipeline:
        for message in messages:
            pipeline.publish(CHANNEL, message)
        assert set(pipeline.execute()) == {2}


def wait_received(feed, count):
    wait_for(lambda: feed.record.received >= count, what=f"message number {count}")
    assert feed.record.received == count


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
