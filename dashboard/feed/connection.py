"""How this console reaches Redis: one place that builds a client, names it without its password, and says in
plain words why it did not work.

redis-py's own defaults do not fit a page that must never wait: `Redis(...)` retries ten times, `from_url(...)`
never, a frozen server blocks a command for a minute, and options inside the URL win over ours. So the URL is taken
apart here and our options come last.
"""

from __future__ import annotations

import socket
import ssl
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

from dashboard.settings import Settings

SOCKET_TIMEOUT_S = 1.0  # long enough for another continent, short enough for a click that waits for it
CLIENT_NAME = "monitoring"


class AddressError(ValueError):
    """The Redis URL cannot be read. The text never holds the URL, since a password may be in it."""


def connect(settings: Settings, *, socket_timeout_s: float = SOCKET_TIMEOUT_S, **options: Any) -> redis.Redis:
    """A client for the Redis of `settings`; nothing is sent until it is used.

    Bytes come back as bytes and the protocol is RESP2, which every server and proxy speaks. Nothing is tried twice:
    whoever calls knows better whether a command may be repeated. `options` go to the connection and win.

    Raises:
        AddressError: the URL cannot be read.
    """
    chosen = _address_options(settings) | {
        "socket_timeout": socket_timeout_s,
        "socket_connect_timeout": socket_timeout_s,
        "socket_keepalive": True,
        "decode_responses": False,
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
        "retry_on_timeout": False,
        "health_check_interval": 0,
        "client_name": CLIENT_NAME,
    }
    if "path" in chosen:
        del chosen["socket_keepalive"]  # a unix socket has no such option
    return redis.Redis(connection_pool=redis.ConnectionPool(**chosen | options))


def address(settings: Settings) -> str:
    """Where Redis is, for screens and logs: scheme, host, port and database, never user or password."""
    try:
        parts = _address_options(settings)
    except AddressError as error:
        return str(error)
    if "path" in parts:
        return f"unix://{parts['path']}"
    scheme = "rediss" if issubclass(parts.get("connection_class", redis.Connection), redis.SSLConnection) else "redis"
    host = parts.get("host", "localhost")
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{parts.get('port', 6379)}/{parts.get('db', 0)}"


def _address_options(settings: Settings) -> dict[str, Any]:
    if not settings.redis_url:
        return {"host": settings.redis_host, "port": settings.redis_port, "db": settings.redis_db,
                "password": settings.redis_password}
    try:
        return dict(parse_url(settings.redis_url))
    except (ValueError, TypeError):
        raise AddressError("The Redis URL cannot be read") from None


def plain_words(error: BaseException) -> str:
    """Why Redis could not be used, for an admin: never an exception's text, an address or a password."""
    if isinstance(error, AddressError):
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
    ("Connection closed by server", "Redis closed the connection"),
)
_BY_ERROR = (
    (redis.exceptions.NoPermissionError, "Redis does not allow this user to use the channel"),
    (redis.AuthenticationError, "Redis refused the password"),
    (redis.BusyLoadingError, "Redis is still loading its data"),
)
_BY_CAUSE = (
    (ssl.SSLCertVerificationError, "The TLS certificate of Redis is not trusted"),
    (ssl.SSLError, "The TLS connection to Redis failed"),
    (socket.gaierror, "The host name of Redis is unknown"),
    (ConnectionRefusedError, "Nothing answers at the address of Redis"),
    (FileNotFoundError, "The socket file of Redis is missing"),
    (PermissionError, "The socket file of Redis may not be opened"),
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
