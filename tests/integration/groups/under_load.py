"""What happens to a group while it is under load, and what is known of it afterwards."""

from __future__ import annotations

from contextlib import contextmanager

import redis

from tests.load import Load
from tests.servers import RedisServer, wait_for

ENOUGH = 100
# What Redis had sent to its subscribers and to its publisher in the very moment in which it died: the one may have
# arrived and the other not.
LAST_WORDS_S = 0.2


@contextmanager
def under_load(settings, feed, first):
    """Events come before, while and after what the body does; at the end all that were accepted are known."""
    load = Load(settings, first)
    load.start()
    try:
        wait_for(lambda: len(load.accepted) >= ENOUGH, what="the load")
        yield load
        before = len(load.accepted)
        wait_for(lambda: len(load.accepted) >= before + ENOUGH, what="the load after it")
    finally:
        load.stop()
    wait_for(feed.is_whole, what="the feed")


def lost(feed, load):
    """What was accepted and does not become known."""
    wait_for(lambda: set(feed.numbers) >= {number for number, at in load.accepted.items() if at > load.died_at}
             or None, what="all that was accepted afterwards")
    return set(load.accepted) - set(feed.numbers)


def place(server: RedisServer) -> str:
    return f"127.0.0.1:{server.port}"


def replication(server: RedisServer) -> dict:
    """What the server says of it; nothing while it changes its part, for then it closes its connections."""
    try:
        with server.client() as client:
            return client.info("replication")
    except redis.ConnectionError:
        return {}


def is_master(server: RedisServer) -> bool:
    return replication(server).get("role") == "master"
