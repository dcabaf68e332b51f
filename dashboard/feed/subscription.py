"""One connection that is subscribed to the channel, and nothing else.

It uses redis-py's connection and not its `PubSub`: that one reconnects without a word (after a restart or a
`CLIENT KILL` nothing is raised), so that what was missed meanwhile can only be guessed. Here a lost connection is an
exception, always, and whoever reads opens the next one. redis-py makes the connection (TLS, password, database), from
the subscription on its socket is read here.
"""

from __future__ import annotations

import socket
import time

import redis

from dashboard.feed.connection import SOCKET_TIMEOUT_S, connect
from dashboard.feed.frames import SUBSCRIBED, Frames
from dashboard.feed.redis_address import place_text
from dashboard.settings import Settings

CLIENT_NAME = "monitoring-feed"  # what `CLIENT LIST` shows
PARTIAL = [b"partial"]  # what `read` gives for bytes that do not complete a frame: the server is alive
READ_BYTES = 1 << 16
READ_MOST_BYTES = 1 << 20  # of a message that is known to be long: after each read others may run, and be in no hurry

REPLICA = "This Redis is a replica: what is sent from here reaches nobody on its master"
REPLICA_ALONE = "This Redis is a replica that has lost its master: no events arrive until it is back"
EVICTS = "This Redis may throw alerts away when its memory is full: set maxmemory-policy to noeviction"
NOT_TOLD = "Redis does not tell this user whether it is a replica and what it does when its memory is full"


class Subscription:
    """Belongs to one thread: it opens, reads and closes it."""

    def __init__(self, settings: Settings, node: int = 0):
        """Nothing is sent yet; of a cluster it is the node of this number. Raises AddressError for a URL that cannot
        be read."""
        # The name is not left to redis-py: a user who may not name itself could then not connect at all.
        self._connection = connect(settings, client_name=None, node=node).connection_pool.make_connection()
        self._channel = settings.channel
        self._frames = Frames(settings.channel)
        self._socket: socket.socket | None = None
        self._timeout_s: float | None = None
        self.warnings: tuple[str, ...] = ()
        self.place: str | None = None
        """The server it is subscribed at, once it is; None for a unix socket."""

    def open(self) -> None:
        """Connect and subscribe. Raises redis.RedisError or OSError; then only `close` may be called."""
        connection = self._connection
        connection.connect()
        host, port = getattr(connection, "host", None), getattr(connection, "port", 0)
        self.place = place_text((host, port)) if host else None
        connection.send_packed_command(connection.pack_commands([
            ("CLIENT", "SETNAME", CLIENT_NAME), ("INFO", "replication"), ("INFO", "memory"), ("INFO", "cluster")]),
            check_health=False)
        self._answer()
        self.warnings = server_warnings(self._answer(), self._answer(), self._answer())
        connection.send_command("SUBSCRIBE", self._channel, check_health=False)
        # All answers to commands are in, so redis-py holds no byte of what follows.
        self._socket = connection._sock  # noqa: SLF001 - there is no public way, and it is called so since 2010
        end = time.monotonic() + SOCKET_TIMEOUT_S
        while (left := end - time.monotonic()) > 0:
            frame = self.read(left)
            if frame is not None and frame is not PARTIAL:
                if frame[0] != SUBSCRIBED:
                    raise redis.InvalidResponse("no subscription")
                return
        raise redis.TimeoutError("no answer to the subscription")

    def _answer(self) -> bytes | None:
        try:
            return self._connection.read_response(disconnect_on_error=False)
        except redis.ResponseError:  # not allowed by the server's access list
            return None

    def read(self, timeout_s: float) -> list | None:
        """The next [kind, channel, data], PARTIAL, or None when nothing at all came within `timeout_s`.

        Raises redis.RedisError or OSError when the connection is gone. Asks the system only when no frame is left of
        what was read before.
        """
        frame = self._frames.next()
        if frame is not None:
            return frame
        if timeout_s != self._timeout_s:
            self._socket.settimeout(timeout_s)
            self._timeout_s = timeout_s
        try:
            data = self._socket.recv(max(READ_BYTES, min(READ_MOST_BYTES, self._frames.missing)))
        except TimeoutError:
            return None
        if not data:
            raise redis.ConnectionError("Connection closed by server.")
        self._frames.feed(data)
        return self._frames.next() or PARTIAL

    def ready(self) -> list | None:
        """The next [kind, channel, data] of what was read before; None when more must be read first."""
        return self._frames.next()

    def messages(self, most: int) -> list[bytes]:
        """The messages that follow in what was read before, at most so many."""
        return self._frames.messages(most)

    def ping(self, text: bytes) -> None:
        """Ask for a sign of life: [PONG, text] comes back among the messages."""
        self._connection.send_command("PING", text, check_health=False)

    def close(self) -> None:
        """Close the connection. In a forked child only the child's copy goes, the parent's connection stays."""
        self._connection.disconnect()


def server_warnings(replication: bytes | None, memory: bytes | None, cluster: bytes | None) -> tuple[str, ...]:
    """What an admin should know about this server, from its INFO answers (None: it refused to say).

    Of what is published anywhere in a cluster a replica tells its subscribers like any other node.
    """
    role, policy = _fields(replication), _fields(memory)
    warnings = []
    if role.get(b"role") == b"slave" and _fields(cluster).get(b"cluster_enabled") != b"1":
        warnings.append(REPLICA if role.get(b"master_link_status") == b"up" else REPLICA_ALONE)
    if policy.get(b"maxmemory_policy", b"").startswith(b"allkeys"):
        warnings.append(EVICTS)
    if b"role" not in role or b"maxmemory_policy" not in policy:
        warnings.append(NOT_TOLD)
    return tuple(warnings)


def _fields(info: bytes | None) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in (info or b"").splitlines())
    return {name: value for name, colon, value in lines if colon}
