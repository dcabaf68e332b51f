"""Connections that look for their server each time they connect: the master that Sentinels name, a node of a cluster.

All keys of the console are in one slot, so that of a cluster one master is enough for whoever reads and writes, and an
ordinary client does. redis-py's own cluster client is not used: it connects when it is made, tries again on its own
account for as long as it likes, and its PubSub never leaves a node that has died.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import redis

from dashboard.feed.plain_words import MOVING, Moved, NotFound, plain_words
from dashboard.feed.redis_address import Place, RedisAddress

NO_SENTINEL = "None of the Sentinels could be asked: {}"
UNKNOWN_MASTER = "The Sentinels know no master of the name in the Redis URL"
MASTER_DOWN = "The Sentinels have no master that works: it has failed, and no other one is chosen yet"
STILL_REPLICA = "The Sentinels name a server that is a replica: another one is being made the master"
NO_NODE = "None of the cluster's nodes could be asked: {}"
NO_SLOT = "The Redis cluster has no server for the keys of the console"

Find = Callable[[], Place]


def ask(place: Place, options: Mapping[str, Any], *command: str) -> Any:
    """What the server at `place` answers, over a connection of its own. Raises redis.RedisError or OSError."""
    chosen = dict(options)
    connection = chosen.pop("connection_class", redis.Connection)(host=place[0], port=place[1], **chosen)
    try:
        connection.connect()
        connection.send_command(*command, check_health=False)
        return connection.read_response()
    finally:
        connection.disconnect()


class Finder:
    """Asks one server after the other, whoever answered last first. `ask` is `ask` above but in tests."""

    unreachable = ""

    def __init__(self, hosts: Sequence[Place], options: Mapping[str, Any], ask: Callable[..., Any] = ask):
        self._hosts, self._options, self._ask = tuple(hosts), options, ask

    def _answers(self, *command: str) -> Iterator[tuple[Place, Any]]:
        """(server, answer or the error it answered with) of each that answers; NotFound where none does."""
        problem: Exception | None = None
        answered = False
        for place in self._hosts:
            try:
                answer = self._ask(place, self._options, *command)
            except redis.ResponseError as error:
                answer = error
            except (redis.RedisError, OSError) as error:
                problem = error
                continue
            answered = True
            self._hosts = (place, *(host for host in self._hosts if host != place))
            yield place, answer
        if not answered:
            raise NotFound(self.unreachable.format(plain_words(problem or OSError()))) from problem


class Sentinels(Finder):
    """Where the master is, by the Sentinels."""

    unreachable = NO_SENTINEL

    def __init__(self, address: RedisAddress, options: Mapping[str, Any], **more: Any):
        super().__init__(address.hosts, options, **more)
        self._name = address.master

    def master(self) -> Place:
        """Host and port. Raises NotFound while there is none."""
        why = MASTER_DOWN
        for _, answer in self._answers("SENTINEL", "MASTER", self._name):
            if isinstance(answer, Exception):
                unknown = "No such master" in str(answer)
                why = UNKNOWN_MASTER if unknown else NO_SENTINEL.format(plain_words(answer))
                continue
            state = dict(zip(answer[::2], answer[1::2], strict=True))
            flags = state.get(b"flags", b"").split(b",")
            if not {b"s_down", b"o_down"} & set(flags):
                return state[b"ip"].decode(), int(state[b"port"])
            why = MASTER_DOWN
        raise NotFound(why)


class ClusterNodes(Finder):
    """Which node of a cluster has the console's slot, and which there are. Remembers the nodes it was told of."""

    unreachable = NO_NODE

    def __init__(self, address: RedisAddress, options: Mapping[str, Any], **more: Any):
        super().__init__(address.hosts, options, **more)
        self._slot = address.slot

    def master(self) -> Place:
        """The node that has the console's keys. Raises NotFound."""
        owner, _ = self._look()
        if owner is None:
            raise NotFound(NO_SLOT)
        return owner

    def node(self, turn: int) -> Place:
        """The one whose turn it is: what is published anywhere is heard at all. Raises NotFound."""
        nodes = self.nodes()
        return nodes[turn % len(nodes)]

    def nodes(self) -> tuple[Place, ...]:
        """All nodes, the one with the console's keys first. Raises NotFound."""
        owner, others = self._look()
        return ((owner,) if owner is not None else ()) + others

    def _look(self) -> tuple[Place | None, tuple[Place, ...]]:
        why = NO_SLOT
        for asked, answer in self._answers("CLUSTER", "SLOTS"):
            if isinstance(answer, Exception):
                why = plain_words(answer)
                continue
            owner, nodes = read_slots(answer, asked[0], self._slot)
            if nodes:
                self._hosts = tuple(dict.fromkeys((*self._hosts, *nodes)))
                return owner, tuple(node for node in nodes if node != owner)
        raise NotFound(why)


def node_of(line: int, attempt: int) -> int:
    """Which node of a cluster a line tries: each begins with one of its own, and goes on in its own direction, so that
    the two lines of a process sit on two nodes and lose no node at the same time."""
    return -attempt if line == 0 else line + attempt


def read_slots(answer: Sequence[Any], asked: str, slot: int) -> tuple[Place | None, tuple[Place, ...]]:
    """(the master of `slot`, all nodes in a fixed order) in an answer to CLUSTER SLOTS of the host `asked`.

    A node without an address of its own is on the host that was asked: so says the documentation of the command.
    """
    owner, nodes = None, set()
    for first, last, *servers in answer:
        places = [((server[0] or b"").decode(), int(server[1])) for server in servers]
        places = [(asked if host in ("", "?") else host, port) for host, port in places]
        nodes.update(places)
        if places and first <= slot <= last:
            owner = places[0]
    return owner, tuple(sorted(nodes))


class Following:
    """A connection that asks `find` where to connect to; `must_lead` says that a replica will not do."""

    def __init__(self, *, find: Find, must_lead: bool = False, **options: Any):
        self._find, self._must_lead = find, must_lead
        super().__init__(**options)

    def connect_check_health(self, *arguments: Any, **options: Any) -> None:
        """Connect, if it is not connected: redis-py comes here from everywhere, for its first try and each later."""
        if self._sock is not None:
            return
        self.host, self.port = self._find()
        super().connect_check_health(*arguments, **options)
        if self._must_lead and self._is_replica():
            self.disconnect()
            raise NotFound(STILL_REPLICA)

    def _is_replica(self) -> bool:
        """Sentinels may be behind; where the user may not ask, they are believed."""
        try:
            self.send_command("INFO", "replication", check_health=False)
            return b"role:slave" in super().read_response(disconnect_on_error=False)
        except redis.ResponseError:
            return False

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        """The answer. One that says that this server has lost its part closes the connection: the next will look
        again."""
        try:
            return super().read_response(*arguments, **options)
        except redis.ResponseError as error:
            if not _has_moved(error):
                raise
            self.disconnect()
            raise Moved(MOVING) from error


def _has_moved(error: redis.ResponseError) -> bool:
    # Redis 6 tells of a script that it failed, and of what in its text alone.
    return isinstance(error, redis.ReadOnlyError | redis.exceptions.AskError) or "-READONLY" in str(error)


class FollowingConnection(Following, redis.Connection):
    """Without TLS."""


class FollowingSSLConnection(Following, redis.SSLConnection):
    """With TLS."""
