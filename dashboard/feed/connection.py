"""How this console reaches Redis: the one door through which every client and every subscription is made.

redis-py's own defaults do not fit a page that must never wait: `Redis(...)` retries ten times, `from_url(...)`
never, a frozen server blocks a command for a minute, and options inside the URL win over ours. So the URL is taken
apart and our options come last.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboard.feed.following import (
    ClusterNodes,
    FollowingConnection,
    FollowingSSLConnection,
    Sentinels,
    ask,
)
from dashboard.feed.plain_words import Moved, plain_words
from dashboard.feed.redis_address import (
    CLUSTER,
    SENTINEL,
    SERVER,
    UNREADABLE,
    AddressError,
    RedisAddress,
    read_address,
)
from dashboard.settings import Settings

__all__ = ["AddressError", "address", "connect", "listeners_elsewhere", "plain_words"]

SOCKET_TIMEOUT_S = 1.0  # long enough for another continent, short enough for a click that waits for it
CLIENT_NAME = "monitoring"


def connect(settings: Settings, *, socket_timeout_s: float = SOCKET_TIMEOUT_S, node: int | None = None,
            **options: Any) -> redis.Redis:
    """A client for the Redis of `settings`; nothing is sent until it is used.

    Bytes come back as bytes and the protocol is RESP2, which every server and proxy speaks. Nothing is tried twice:
    whoever calls knows better whether a command may be repeated; only what a server has refused because another one
    leads by now is asked of that one, at once. Behind Sentinels and in a cluster each new connection looks for the
    master; with `node` it takes the cluster's node of that number, any number: there the channels can be heard, but
    the keys are not to be had. `options` go to the connection and win.

    Raises:
        AddressError: the URL cannot be read.
    """
    place = read_address(settings)
    chosen = _patience(socket_timeout_s)
    if not place.hosts:
        del chosen["socket_keepalive"]  # a unix socket has no such option
    if place.kind != SERVER:
        finder = _finder(place, chosen)
        moving = Retry(NoBackoff(), 1, supported_errors=(Moved,))
        chosen |= {
            "find": finder.master if node is None or place.kind != CLUSTER else lambda: finder.node(node),
            "must_lead": place.kind == SENTINEL,
            "connection_class": FollowingSSLConnection if place.tls else FollowingConnection,
            "retry": moving}
    try:
        pool = redis.ConnectionPool(**{**place.options, **chosen, "client_name": CLIENT_NAME, **options})
        pool.connection_class(**pool.connection_kwargs)  # not made by the pool, which would count it for good
    except (AttributeError, TypeError, ValueError, redis.RedisError):
        # An option that no connection knows, or a value that none takes; neither is told, for it may be anything.
        raise AddressError(UNREADABLE) from None
    return redis.Redis(connection_pool=pool)


def address(settings: Settings) -> str:
    """Where Redis is, for screens and logs: scheme, hosts and database, never user or password."""
    try:
        return read_address(settings).text
    except AddressError as error:
        return str(error)


def listeners_elsewhere(settings: Settings, channel: str, timeout_s: float = SOCKET_TIMEOUT_S) -> int:
    """How many are subscribed to `channel` at those nodes of a cluster that have not the console's keys; else 0.

    A node that is published to reaches all others, but counts only who is subscribed at itself. Those that do not
    answer are not counted.
    """
    place = read_address(settings)
    if place.kind != CLUSTER:
        return 0
    options = _cluster_options(place, _patience(timeout_s))
    found = 0
    with contextlib.suppress(redis.RedisError, OSError):
        for node in ClusterNodes(place, options).nodes()[1:]:
            with contextlib.suppress(redis.RedisError, OSError):
                found += int(ask(node, options, "PUBSUB", "NUMSUB", channel)[1])
    return found


def _patience(timeout_s: float) -> dict[str, Any]:
    return {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "socket_keepalive": True,
        "decode_responses": False,
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
        "retry_on_timeout": False,
        "health_check_interval": 0,
    }


def _finder(place: RedisAddress, patience: Mapping[str, Any]) -> Sentinels | ClusterNodes:
    if place.kind == SENTINEL:
        return Sentinels(place, {**place.sentinel_options, **patience})
    return ClusterNodes(place, _cluster_options(place, patience))


def _cluster_options(place: RedisAddress, patience: Mapping[str, Any]) -> dict[str, Any]:
    of_pools = ("max_connections", "timeout")
    return {name: value for name, value in place.options.items() if name not in of_pools} | dict(patience)
