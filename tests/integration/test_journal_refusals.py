"""A Redis that keeps no journal, being full, a replica, silent, not to be written or somebody else's: each is told."""

from __future__ import annotations

import time

import pytest

from tests.feeds import CHANNEL, update
from tests.integration.journal_world import STREAM, has, making_feeds, publish, recorded
from tests.servers import RedisServer, wait_for


@pytest.fixture
def make_feed():
    with making_feeds() as make:
        yield make


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
