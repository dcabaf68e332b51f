"""One connection that is subscribed to the channel, and nothing else.

It uses redis-py's connection and not its `PubSub`: that one reconnects without a word (after a restart or a
`CLIENT KILL` nothing is raised), so that what was missed meanwhile can only be guessed. Here a lost connection is an
exception, always, and whoever reads opens the next one.
"""

from __future__ import annotations

import redis

from dashboard.feed.connection import connect
from dashboard.settings import Settings

CLIENT_NAME = "monitoring-feed"  # what `CLIENT LIST` shows
MESSAGE, SUBSCRIBED, UNSUBSCRIBED, PONG = b"message", b"subscribe", b"unsubscribe", b"pong"

REPLICA = "This Redis is a replica: what is sent from here reaches nobody on its master"
REPLICA_ALONE = "This Redis is a replica that has lost its master: no events arrive until it is back"
EVICTS = "This Redis may throw alerts away when its memory is full: set maxmemory-policy to noeviction"
NOT_TOLD = "Redis does not tell this user whether it is a replica and what it does when its memory is full"


class Subscription:
    """Belongs to one thread: it opens, reads and closes it."""

    def __init__(self, settings: Settings):
        """Nothing is sent yet. Raises AddressError for a URL that cannot be read."""
        # The name is not left to redis-py: a user who may not name itself could then not connect at all.
        self._connection = connect(settings, client_name=None).connection_pool.make_connection()
        self._channel = settings.channel
        self.warnings: tuple[str, ...] = ()

    def open(self) -> None:
        """Connect and subscribe. Raises redis.RedisError or OSError; then only `close` may be called.

        All questions go out at once with the subscription behind them, so that they delay nothing.
        """
        connection = self._connection
        connection.connect()
        connection.send_packed_command(connection.pack_commands([
            ("CLIENT", "SETNAME", CLIENT_NAME), ("INFO", "replication"), ("INFO", "memory"),
            ("SUBSCRIBE", self._channel)]), check_health=False)
        self._answer()
        replication, memory = self._answer(), self._answer()
        if connection.read_response(disconnect_on_error=False)[0] != SUBSCRIBED:
            raise redis.InvalidResponse("no subscription")
        self.warnings = server_warnings(replication, memory)

    def _answer(self) -> bytes | None:
        try:
            return self._connection.read_response(disconnect_on_error=False)
        except redis.ResponseError:  # not allowed by the server's access list
            return None

    def read(self, timeout_s: float) -> list | None:
        """The next [kind, channel, data], or None when nothing came within `timeout_s`.

        Raises redis.TimeoutError when a message stopped in the middle (the next call goes on with it) and
        redis.ConnectionError when the connection is gone. Asks the system only when nothing is buffered.
        """
        connection = self._connection
        if not connection.can_read(timeout=timeout_s):
            return None
        return connection.read_response(disconnect_on_error=False)

    def ping(self, text: bytes) -> None:
        """Ask for a sign of life: [PONG, text] comes back among the messages."""
        self._connection.send_command("PING", text, check_health=False)

    def close(self) -> None:
        """Close the connection. In a forked child only the child's copy goes, the parent's connection stays."""
        self._connection.disconnect()


def server_warnings(replication: bytes | None, memory: bytes | None) -> tuple[str, ...]:
    """What an admin should know about this server, from its INFO answers (None: it refused to say)."""
    role, policy = _fields(replication), _fields(memory)
    warnings = []
    if role.get(b"role") == b"slave":
        warnings.append(REPLICA if role.get(b"master_link_status") == b"up" else REPLICA_ALONE)
    if policy.get(b"maxmemory_policy", b"").startswith(b"allkeys"):
        warnings.append(EVICTS)
    if b"role" not in role or b"maxmemory_policy" not in policy:
        warnings.append(NOT_TOLD)
    return tuple(warnings)


def _fields(info: bytes | None) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in (info or b"").splitlines())
    return {name: value for name, colon, value in lines if colon}
