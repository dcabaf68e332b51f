"""Why Redis could not be used, in words for an admin: never an exception's text, an address or a password."""

from __future__ import annotations

import socket
import ssl

import redis

from dashboard.feed.redis_address import AddressError


class NotFound(redis.ConnectionError):
    """No server can be named just now that has the console's keys. The text is for admins."""


class Moved(redis.ConnectionError):
    """What was asked is another server's by now, and nothing was done. The text is for admins."""


MOVING = "Redis is moving what the console keeps to another of its servers"
NAME_THE_CLUSTER = "This Redis is a part of a cluster: its URL must begin with redis+cluster://"


def plain_words(error: BaseException) -> str:
    """Why Redis could not be used."""
    if isinstance(error, AddressError | NotFound | Moved):
        return str(error)
    text = str(error)
    for words, told in _BY_SERVER_TEXT:
        if words in text:
            return told
    for kind, told in _BY_ERROR:
        if isinstance(error, kind):
            return told
    cause = _system_error(error)
    for kind, told in _BY_CAUSE:
        if isinstance(cause, kind):
            return told
    if isinstance(error, TimeoutError | redis.TimeoutError):
        return "Redis did not answer in time"
    if isinstance(error, redis.ResponseError):
        return "Redis refused the request"
    return "The connection to Redis failed"


# What only the server's text tells apart: redis-py has one class for all of them.
_BY_SERVER_TEXT = (
    ("without any password configured", "A Redis password is set here, but this Redis has none"),
    ("no password is set", "A Redis password is set here, but this Redis has none"),
    ("Authentication required", "Redis asks for a password, and none is set here"),
    ("NOPERM", "Redis does not allow this user to use the channel"),
    ("max number of clients", "Redis has no room for another client"),
    ("protected mode", "Redis is in protected mode and refuses other hosts"),
    ("DB index is out of range", "The Redis database number does not exist"),
    ("cluster support disabled", "This Redis is no cluster: its URL must begin with redis://"),
    ("Connection closed by server", "Redis closed the connection"),
)
_BY_ERROR = (
    (redis.exceptions.NoPermissionError, "Redis does not allow this user to use the channel"),
    (redis.AuthenticationError, "Redis refused the password"),
    (redis.BusyLoadingError, "Redis is still loading its data"),
    (redis.exceptions.ClusterDownError, "The Redis cluster is down: for some of its slots there is no server"),
    (redis.exceptions.TryAgainError, MOVING),
    # Connections that follow a cluster never show these two.
    (redis.exceptions.AskError, NAME_THE_CLUSTER),
    (redis.exceptions.ClusterCrossSlotError, NAME_THE_CLUSTER),
)
_BY_CAUSE = (
    (ssl.SSLCertVerificationError, "The TLS certificate of Redis is not trusted"),
    (ssl.SSLError, "The TLS connection to Redis failed"),
    (socket.gaierror, "The host name of Redis is unknown"),
    (ConnectionRefusedError, "Nothing answers at the address of Redis"),
    # The file may be the socket or one that the URL names for TLS; over the network, SELinux or a firewall may refuse.
    (FileNotFoundError, "A file on the way to Redis is missing: its socket, or one for TLS"),
    (PermissionError, "The system does not let this process reach Redis: its socket, a file for TLS, or the network"),
    (ConnectionResetError, "Redis closed the connection"),
    (BrokenPipeError, "Redis closed the connection"),
    (TimeoutError, "Redis did not answer in time"),
)


def _system_error(error: BaseException) -> BaseException | None:
    """The operating system's error that redis-py wrapped; it keeps it as the context only."""
    seen: BaseException | None = error
    while seen is not None and not (isinstance(seen, OSError) and not isinstance(seen, redis.RedisError)):
        seen = seen.__cause__ or seen.__context__
    return seen
