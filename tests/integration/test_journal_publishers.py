"""What a publisher records: whoever starts later has it, a full Redis does not stop it, a killed one loses nothing."""

from __future__ import annotations

import time

import orjson
import pytest
import redis

from dashboard.feed.coverage import NOBODY
from dashboard.publisher import Publisher
from tests.integration.journal_world import HEARD, STREAM, has, making_feeds
from tests.servers import RedisServer, wait_for


@pytest.fixture
def make_feed():
    with making_feeds() as make:
        yield make


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


def test_a_console_that_is_back_after_days_shows_the_gap_before_it(redis_server, make_feed):
    left = round(time.time()) - 3 * 86_400.0
    with redis_server.client() as client:
        client.hset(HEARD, "", orjson.dumps([[left - 100, left, ""]]))
    feed = make_feed(redis_server.url).start()
    (gap,) = wait_for(lambda: feed.record.gaps, what="the time in which nobody listened")
    assert (gap.start, gap.why) == (left, NOBODY) and gap.end == pytest.approx(time.time(), abs=30)


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
