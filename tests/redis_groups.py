"""Several real Redis servers that belong together, all on loopback: a master with its replica and three Sentinels, and
a cluster of three nodes with a replica of the one that has the console's keys."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import redis
from redis.crc import key_slot

from tests.servers import RedisServer, free_port, wait_for

MASTER_NAME = "main"
SENTINELS, QUORUM, MASTERS = 3, 2, 3
DOWN_AFTER_MS, FAILOVER_MS = 500, 1_000  # a vote that finds no majority is repeated after twice the second
NODE_TIMEOUT_MS = 1_000
SLOTS = 16_384
SLOT = key_slot(b"{monitoring}:alerts")
# A machine with busy cores must not look to a Sentinel as if its clock had been set: it would rest for half a minute.
PATIENT = ("TILT-TRIGGER", "60000")
QUICK = ("INFO-PERIOD", "500", "PUBLISH-PERIOD", "200", "ASK-PERIOD", "200", "PING-PERIOD", "100")


class Sentinel(RedisServer):
    """A redis-server that watches others; it writes into its own configuration."""

    def __init__(self, master: RedisServer, password: str | None = None):
        super().__init__()
        self.password = password
        file = Path(self.folder, "sentinel.conf")
        file.write_text("\n".join([
            f"port {self.port}", "bind 127.0.0.1", *([f"requirepass {password}"] if password else []),
            *([f"sentinel sentinel-pass {password}"] if password else []),
            f"sentinel monitor {MASTER_NAME} 127.0.0.1 {master.port} {QUORUM}",
            f"sentinel down-after-milliseconds {MASTER_NAME} {DOWN_AFTER_MS}",
            f"sentinel failover-timeout {MASTER_NAME} {FAILOVER_MS}", ""]))
        self.arguments = ["--sentinel"]
        self.configuration = str(file)

    def start(self) -> Sentinel:
        super().start()
        for more in (PATIENT, QUICK):
            with suppress(redis.ResponseError), self.client() as client:  # not every version can be told
                client.execute_command("SENTINEL", "DEBUG", *more)
        return self

    def state(self) -> dict[str, object]:
        with self.client() as client:
            return client.sentinel_master(MASTER_NAME)


class SentinelGroup:
    """`master` and `replica` are what they were at the start; `sentinel_password` is that of the Sentinels alone."""

    def __init__(self, sentinel_password: str | None = None):
        self.master = RedisServer("--repl-diskless-sync-delay", "0").start()
        self.replica = RedisServer("--replicaof", "127.0.0.1", str(self.master.port),
                                   "--repl-diskless-sync-delay", "0").start()
        self.sentinel_password = sentinel_password
        wait_for(lambda: self._replicated(), what="the replica")
        self.sentinels = [Sentinel(self.master, sentinel_password).start() for _ in range(SENTINELS)]
        wait_for(lambda: all(self._sees_all(sentinel) for sentinel in self.sentinels), what="Sentinels that agree")

    def _replicated(self) -> bool:
        with self.replica.client() as client:
            return client.info("replication")["master_link_status"] == "up"

    @staticmethod
    def _sees_all(sentinel: Sentinel) -> bool:
        state = sentinel.state()
        return (state["num-other-sentinels"], state["num-slaves"], state["flags"]) == (2, 1, "master")

    @property
    def url(self) -> str:
        """As the console is told."""
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        more = f"?sentinel_password={self.sentinel_password}" if self.sentinel_password else ""
        return f"redis+sentinel://{hosts}/{MASTER_NAME}/0{more}"

    def close(self) -> None:
        for server in (*self.sentinels, self.replica, self.master):
            server.close()


class Node(RedisServer):
    """A node of a cluster; it stays one when it is started again."""

    def __init__(self) -> None:
        super().__init__()
        self.bus = free_port()
        self.arguments = ["--cluster-enabled", "yes", "--cluster-port", str(self.bus), "--cluster-node-timeout",
                          str(NODE_TIMEOUT_MS), "--appendonly", "yes", "--repl-diskless-sync-delay", "0"]

    @property
    def name(self) -> str:
        with self.client(decode_responses=True) as client:
            return client.execute_command("CLUSTER", "MYID")

    def call(self, *command: object) -> object:
        with self.client() as client:
            return client.execute_command(*command)


class ClusterGroup:
    """`owner` has the console's keys at the start, `others` the other slots; `replica` is that of the owner."""

    def __init__(self) -> None:
        self.nodes = [Node().start() for _ in range(MASTERS + 1)]
        share = SLOTS // MASTERS + 1
        for number, node in enumerate(self.nodes):
            node.call("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            if number:
                node.call("CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port, self.nodes[0].bus)
            if number < MASTERS:
                node.call("CLUSTER", "ADDSLOTSRANGE", number * share, min(SLOTS, (number + 1) * share) - 1)
        self.owner = self.nodes[SLOT // share]
        self.others = [node for node in self.nodes[:MASTERS] if node is not self.owner]
        self.replica = self.nodes[-1]
        owner = self.owner.name
        wait_for(lambda: owner.encode() in self.replica.call("CLUSTER", "NODES"), what="nodes that know each other")
        self.replica.call("CLUSTER", "REPLICATE", owner)
        wait_for(self.is_whole, what="the cluster")

    def is_whole(self) -> bool:
        """All nodes know all nodes, all slots are served, and the owner's replica is in step."""
        with self.replica.client() as client:
            if client.info("replication").get("master_link_status") != "up":
                return False
        for node in self.nodes:
            state = dict(line.split(b":") for line in node.call("CLUSTER", "INFO").split())
            if (state[b"cluster_state"], int(state[b"cluster_known_nodes"])) != (b"ok", len(self.nodes)):
                return False
        return True

    @property
    def url(self) -> str:
        """As the console is told: all nodes that are there at the start."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def move_slot(self, giver: Node, taker: Node) -> None:
        """Move the console's slot with its keys, as `redis-cli --cluster reshard` does."""
        giver_name, taker_name = giver.name, taker.name
        taker.call("CLUSTER", "SETSLOT", SLOT, "IMPORTING", giver_name)
        giver.call("CLUSTER", "SETSLOT", SLOT, "MIGRATING", taker_name)
        while keys := giver.call("CLUSTER", "GETKEYSINSLOT", SLOT, 1):
            giver.call("MIGRATE", "127.0.0.1", taker.port, "", 0, 5_000, "KEYS", *keys)
        for node in (taker, giver, *self.others):
            if node.process is not None:
                node.call("CLUSTER", "SETSLOT", SLOT, "NODE", taker_name)

    def close(self) -> None:
        for node in self.nodes:
            node.close()
