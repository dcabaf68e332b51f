"""The journal against real servers: nothing that anybody heard is lost to anybody, whatever goes."""

from __future__ import annotations

import random
import threading
import time

import pytest
import redis

from dashboard.feed.coverage import NOBODY
from dashboard.feed.journal_scripts import journal_keys
from dashboard.feed.shared_journal import CLIENT_NAME
from dashboard.feed.subscription import CLIENT_NAME as FEED_NAME
from dashboard.publisher import Publisher
from dashboard.settings import Settings
from tests.feeds import CHANNEL, Feed, update
from tests.servers import RedisServer, wait_for

STREAM, INDEX, STATE, HEARD = journal_keys(Settings().key_prefix)


@pytest.fixture
def make_feed():
    made: list[Feed] = []

    def make(url, **options):
        made.append(Feed(url, **options))
        return made[-1]

    yield make
    for feed in made:
        feed.stop()


def publish(server, *messages):
    with server.client(socket_timeout=5) as client, client.pipeline(transaction=False) as pipeline:
        for message in messages:
            pipeline.publish(CHANNEL, message)
        return pipeline.execute()


def recorded(server):
    with server.client() as client:
        return client.xlen(STREAM)


def has(feed, count, limit_s=10.0):
    end = time.monotonic() + limit_s
    while len(feed.numbers) < count and time.monotonic() < end:
        time.sleep(0.01)
    assert set(range(count)) - set(feed.numbers) == set()
    assert len(feed.numbers) == count


def test_what_is_heard_is_recorded_once_whoever_heard_it(redis_server, make_feed):
    feeds = [make_feed(redis_server.url).start() for _ in range(3)]
    publish(redis_server, *(update(number) for number in range(500)))
    for feed in feeds:
        has(feed, 500)
    wait_for(lambda: not any(feed.journal.status.waiting for feed in feeds), what="the end of writing")
    assert recorded(redis_server) == 500
    assert sum(feed.journal.status.recorded for feed in feeds) == 500
    for feed in feeds:
        seen = feed.record.snapshot()
        assert seen.accepted + seen.filled == 500
        assert seen.duplicates == 0 and seen.gaps == ()


def test_a_process_that_starts_later_has_the_past_with_its_times(redis_server, make_feed):
    first = make_feed(redis_server.url).start()
    began = time.time()
    publish(redis_server, *(update(number, at=began - 3600 + number) for number in range(1000)))
    has(first, 1000)
    wait_for(lambda: recorded(redis_server) == 1000, what="the record")
    time.sleep(1.0)  # so that the past is past
    second = make_feed(redis_server.url).start()
    has(second, 1000)
    assert second.numbers == list(range(1000))
    assert list(second.ring.window("it").times) == list(first.ring.window("it").times)
    assert second.board.get("it").last_received == pytest.approx(first.board.get("it").last_received, abs=1e-5)
    seen = second.record.snapshot()
    assert (seen.received, seen.filled, seen.duplicates) == (0, 1000, 0)
    publish(redis_server, update(1000))
    has(second, 1001)
    assert second.record.accepted + second.record.filled == 1001


def test_one_connection_can_be_killed_again_and_again(redis_server, make_feed):
    """Without any journal: 4,000 events, 20 kills, 0 lost, no gap, nothing counted twice."""
    feed = make_feed(redis_server.url, journal=False).start()
    chance = random.Random(5)
    with redis_server.client() as client:
        for number in range(4000):
            client.publish(CHANNEL, update(number))
            if number % 200 == 100:
                # Both must be there: which of two is killed is left to chance, that one is left is not.
                # The server's word, since the feed may not know yet what it has lost; and the feed's, that it is sure.
                wait_for(lambda: len(connections(client, FEED_NAME)) == 2 and feed.listener.is_sure,
                         what="both connections")
                lines = connections(client, FEED_NAME)
                client.client_kill_filter(_id=chance.choice(lines))
    has(feed, 4000)
    assert feed.numbers == list(range(4000))
    seen = feed.record.snapshot()
    assert (seen.accepted, seen.duplicates, seen.gaps, seen.reconnects) == (4000, 0, (), 0)


def connections(client, *names):
    """Ids of the connections with these names."""
    return [each["id"] for each in client.client_list() if each["name"] in names]


def test_four_processes_and_random_kills_of_any_connection(redis_server, make_feed):
    """4,000 events, 40 kills of connections of any kind, all of a process' at times: 0 missing anywhere."""
    feeds = [make_feed(redis_server.url).start() for _ in range(4)]
    chance = random.Random(7)
    with redis_server.client() as publisher, redis_server.client() as killer:
        for number in range(4000):
            publisher.publish(CHANNEL, update(number))
            if number % 100 == 50:
                there = connections(killer, FEED_NAME, CLIENT_NAME)  # fewer while some are opened anew
                for one in chance.sample(there, min(len(there), chance.choice((1, 1, 3)))):
                    killer.client_kill_filter(_id=one)
    ended = time.monotonic()
    for feed in feeds:
        has(feed, 4000, 5.0)
    assert time.monotonic() - ended < 5.0
    for feed in feeds:
        seen = feed.record.snapshot()
        assert seen.accepted + seen.filled == 4000
        assert seen.duplicates == 0
    wait_for(lambda: not any(feed.record.gaps for feed in feeds), what="an end of the gaps, since others listened")


def test_a_process_cut_off_alone_misses_nothing_and_its_gap_is_filled(redis_server, make_feed):
    one, other = make_feed(redis_server.url).start(), make_feed(redis_server.url).start()
    time.sleep(1.0)  # a gap begins with the last sign of life: both have had one while both listened
    lines = one.listener._lines
    opened = [line._subscription for line in lines]

    def refuse(settings):
        raise redis.ConnectionError("refused")

    for line in lines:
        line._subscription = refuse
    with redis_server.client() as client:
        mine = {line._held[0]._connection._sock.getsockname()[1] for line in lines}
        for each in client.client_list():
            if int(each["addr"].rpartition(":")[2]) in mine:
                client.client_kill_filter(_id=each["id"])
    wait_for(lambda: one.record.state == "disconnected", what="the loss")
    publish(redis_server, *(update(number) for number in range(300)))
    has(other, 300)
    has(one, 300)  # from the journal, while it hears nothing itself
    (gap,) = one.record.gaps
    assert gap.end is None
    for line, subscription in zip(lines, opened, strict=True):
        line._subscription = subscription
    wait_for(lambda: one.listener.is_whole, what="the connections")
    wait_for(lambda: one.record.gaps == (), what="the end of the gap")
    seen = one.record.snapshot()
    assert (seen.filled, seen.accepted, seen.gaps_filled) == (300, 0, 1)
    assert other.record.gaps == ()


def test_a_frozen_redis_loses_nothing(redis_server, make_feed):
    feeds = [make_feed(redis_server.url).start() for _ in range(2)]
    publish(redis_server, *(update(number) for number in range(100)))
    for feed in feeds:
        has(feed, 100)
    redis_server.freeze()
    sender = threading.Thread(target=publish, args=(redis_server, *(update(number) for number in range(100, 300))))
    sender.start()
    for feed in feeds:
        wait_for(lambda: feed.record.state == "disconnected", 3.6, what="the silence noticed")  # noqa: B023
    time.sleep(0.5)
    redis_server.thaw()
    sender.join(10)
    for feed in feeds:
        has(feed, 300)
        wait_for(feed.is_whole, what="the connections")


def test_a_redis_that_comes_back_empty_is_told_all_again(make_feed):
    server = RedisServer().start()
    try:
        feeds = [make_feed(server.url).start() for _ in range(2)]
        publish(server, *(update(number) for number in range(700)))
        for feed in feeds:
            has(feed, 700)
        wait_for(lambda: recorded(server) == 700, what="the record")
        filled = [feed.record.filled for feed in feeds]  # what the journal of the other told before the own connection
        server.kill()
        for feed in feeds:
            wait_for(lambda: feed.record.state == "disconnected", what="the loss")  # noqa: B023
        server.start()
        for feed in feeds:
            wait_for(feed.is_whole, what="the connections")
        wait_for(lambda: recorded(server) == 700, what="the record, written again")
        late = make_feed(server.url).start()
        has(late, 700)
        for feed in (*feeds, late):
            # Until all have told since when they listen again, there may be a second piece.
            wait_for(lambda: [gap.why for gap in feed.record.gaps] == ["Redis closed the connection"],  # noqa: B023
                     what="the gap that nobody heard")
            assert feed.record.snapshot().duplicates == 0
        assert [feed.record.filled for feed in feeds] == filled
    finally:
        server.close()


@pytest.mark.parametrize("lost", [(STREAM,), (STATE,), (INDEX,), (STREAM, INDEX, STATE, HEARD)], ids=str)
def test_whichever_key_is_lost_the_journal_is_whole_again(redis_server, make_feed, lost):
    feed = make_feed(redis_server.url).start()
    publish(redis_server, *(update(number) for number in range(200)))
    has(feed, 200)
    wait_for(lambda: recorded(redis_server) == 200, what="the record")
    with redis_server.client() as client:
        client.delete(*lost)
        publish(redis_server, update(200))
        has(feed, 201)
        wait_for(lambda: recorded(redis_server) == 201, what="the record, whole again")
        assert client.scard(INDEX) == 201 or lost == (INDEX,)
        assert int(client.hget(STATE, "bytes")) == sum(len(fields[b"b"]) for _, fields in client.xrange(STREAM))
    late = make_feed(redis_server.url).start()
    has(late, 201)


def test_what_one_process_took_in_over_http_reaches_all(redis_server, make_feed):
    one, other = make_feed(redis_server.url).start(), make_feed(redis_server.url).start()
    assert one.intake.accept(update(0), time.time(), "http") == "accepted"
    has(other, 1, 3.0)
    assert (other.record.filled, other.record.received) == (1, 0)


def test_a_full_redis_is_told_and_everything_is_written_when_there_is_room(redis_server, make_feed):
    feed = make_feed(redis_server.url).start()
    publish(redis_server, update(0))
    wait_for(lambda: recorded(redis_server) == 1, what="the record")
    with redis_server.client() as client:
        client.config_set("maxmemory", "500kb")
        publish(redis_server, *(update(number) for number in range(1, 101)))
        has(feed, 101)
        wait_for(lambda: feed.journal.status.reason == "Redis has no memory left", what="the reason")
        assert (feed.journal.status.state, feed.journal.status.waiting) == ("away", 100)
        assert feed.record.state == "connected"
        client.config_set("maxmemory", "0")
        wait_for(lambda: client.xlen(STREAM) == 101, what="the record")
        wait_for(lambda: feed.journal.status.state == "connected", what="the journal")


def test_a_replica_can_be_read_and_takes_no_writes(redis_server, make_feed):
    first = make_feed(redis_server.url).start()
    publish(redis_server, *(update(number) for number in range(50)))
    has(first, 50)
    wait_for(lambda: recorded(redis_server) == 50, what="the record")
    replica = RedisServer("--replicaof", "127.0.0.1", str(redis_server.port), "--repl-diskless-sync-delay", "0").start()
    try:
        with replica.client() as client:
            wait_for(lambda: client.info("replication")["master_link_status"] == "up", what="the replica")
            wait_for(lambda: client.xlen(STREAM) == 50, what="the data on the replica")
        feed = make_feed(replica.url)
        feed.listener.start()
        feed.journal.start()
        has(feed, 50)
        wait_for(lambda: feed.journal.status.reason == "This Redis is a replica and takes no writes", what="the reason")
        publish(redis_server, update(50))
        has(feed, 51)
        assert first.journal.status.state == "connected"
    finally:
        replica.close()


def test_a_user_who_may_only_subscribe_hears_without_a_journal(redis_server, make_feed):
    with redis_server.client() as client:
        client.execute_command("ACL", "SETUSER", "reader", "on", ">secret", "resetchannels", f"&{CHANNEL}", "-@all",
                               "+subscribe", "+ping", "+info", "+client|setname")
    feed = make_feed(f"redis://reader:secret@127.0.0.1:{redis_server.port}")
    feed.listener.start()
    feed.journal.start()
    wait_for(lambda: feed.journal.status.reason == "Redis does not allow this user to keep the journal",
             what="the reason")
    wait_for(lambda: feed.listener.is_whole, what="the connections")
    publish(redis_server, update(0))
    has(feed, 1)


def test_a_key_of_somebody_else_is_told(redis_server, make_feed):
    with redis_server.client() as client:
        client.set(STREAM, "something else")
        feed = make_feed(redis_server.url)
        feed.listener.start()
        feed.journal.start()
        wait_for(lambda: "under the name of the journal" in (feed.journal.status.reason or ""), what="the reason")
        assert client.get(STREAM) == b"something else"
        client.delete(STREAM)
    wait_for(feed.is_whole, what="the journal")


def test_no_redis_is_told_and_a_stop_takes_less_than_two_seconds(make_feed):
    server = RedisServer().start()
    feed = make_feed(server.url).start()
    server.freeze()
    try:
        wait_for(lambda: feed.journal.status.state == "away", what="the silence")
        assert feed.journal.status.reason == "Redis did not answer in time"
        began = time.monotonic()
        assert feed.journal.stop()
        assert time.monotonic() - began < 2.0
    finally:
        server.close()


def test_what_a_publisher_records_is_had_by_whoever_starts_later(redis_server, make_feed):
    early = make_feed(redis_server.url).start()
    early.stop()
    time.sleep(0.3)
    began = time.time()
    with redis_server.client() as client:
        publisher = Publisher(client, source="it", journal="{monitoring}")
        for number in range(200):
            figures = {"application": {"symbols_processed": number}}
            assert publisher.metric_update(figures, at=began + number / 1000) == 0
        plain = Publisher(client, source="plain")
        plain.metric_update({"application": {"symbols_processed": 1_000}})
        time.sleep(0.3)
        late = make_feed(redis_server.url).start()
        has(late, 200)
        publisher.metric_update({"application": {"symbols_processed": 200}})
    has(late, 201)
    assert late.record.accepted + late.record.filled == 201
    gaps = wait_for(lambda: late.record.gaps, what="the time in which nobody listened")
    assert [gap.why for gap in gaps] == [NOBODY]
    whole = late.record.snapshot()
    assert whole.gaps_of("plain") == gaps
    (before,) = wait_for(lambda: late.record.snapshot().gaps_of("it"), what="the gap of the source that records")
    assert before.end == pytest.approx(began, abs=0.2)  # before its first event nobody knows


def test_a_publisher_goes_on_where_nothing_can_be_recorded(redis_server, make_feed):
    feed = make_feed(redis_server.url, journal=False).start()
    with redis_server.client() as client:
        publisher = Publisher(client, source="it", journal="{monitoring}")
        for number, maxmemory, unrecorded in ((0, "0", 0), (1, "500kb", 1), (2, "0", 1)):
            client.config_set("maxmemory", maxmemory)
            assert publisher.metric_update({"application": {"symbols_processed": number}}) == 2
            assert publisher._redis.unrecorded == unrecorded
        assert client.xlen(STREAM) == 2
    has(feed, 3)


def test_what_a_publisher_was_told_is_accepted_outlives_redis_killed(make_feed):
    server = RedisServer("--appendonly", "yes", "--appendfsync", "always").start()
    try:
        feed = make_feed(server.url).start()
        accepted, number = [], 0
        # A disk that others keep busy takes its time to write: only a Redis that is gone refuses.
        with server.client(socket_timeout=30) as client:
            publisher = Publisher(client, source="it", journal="{monitoring}")
            for _ in range(3):
                for _ in range(100):
                    publisher.metric_update({"application": {"symbols_processed": number}})
                    accepted.append(number)
                    number += 1
                server.kill()
                with pytest.raises(redis.RedisError):
                    publisher.metric_update({"application": {"symbols_processed": number}})
                number += 1
                server.start()
        wait_for(lambda: set(accepted) <= set(feed.numbers), what="everything that was accepted")
        late = make_feed(server.url).start()
        wait_for(lambda: set(accepted) <= set(late.numbers), what="everything that was accepted")
    finally:
        server.close()
