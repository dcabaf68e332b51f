"""The journal against real servers: nothing that anybody heard is lost to anybody, whatever goes."""

from __future__ import annotations

import random
import threading
import time

import pytest
import redis

from dashboard.feed.shared_journal import CLIENT_NAME
from dashboard.feed.subscription import CLIENT_NAME as FEED_NAME
from tests.feeds import CHANNEL, update
from tests.integration.journal_world import HEARD, INDEX, STATE, STREAM, has, making_feeds, publish, recorded
from tests.servers import RedisServer, wait_for


@pytest.fixture
def make_feed():
    with making_feeds() as make:
        yield make


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
