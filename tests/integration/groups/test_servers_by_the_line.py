"""The lines of configuration in docs/deployment.md: real servers start with them, and a console finds them."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.services import build
from dashboard.settings import Settings
from tests.servers import PostgresServer, RedisServer, free_port, wait_for

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "deployment.md"
PASSWORD = "password"  # of the document
BUS, HIGHEST = 10_000, 65_535  # a node's other port is so much above its own
PLACE = re.compile(r"10\.0\.0\.(\d)[: ](6379|6380|26379)")


def blocks() -> list[str]:
    """The fenced lines of that section, in order."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("## The servers, line by line\n")[2].partition("\n## ")[0]
    return re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)


REDIS, SENTINEL, SENTINEL_URL, CLUSTER, CREATE, CLUSTER_URL, ROLE, DATABASE_URL = blocks()


def low_port() -> int:
    """A free one, with the other port above it free, too."""
    return next(port for port in iter(free_port, None) if port + BUS <= HIGHEST and is_free(port + BUS))


def is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


class Configured(RedisServer):
    """Its file has these lines; the address and the port are ours."""

    def __init__(self, lines: str, *arguments: str, watches: bool = False):
        super().__init__(*arguments, *(["--sentinel"] if watches else []))
        self.port = low_port()
        self.password = None if watches else PASSWORD
        kept = [line for line in lines.splitlines() if not line.startswith(("bind", "port"))]
        file = Path(self.folder, "redis.conf")
        file.write_text("\n".join([*kept, ""]))
        self.configuration = str(file)

    def info(self) -> dict:
        with self.client() as client:
            return client.info("replication")


def at(lines: str, places: dict[tuple[str, str], int]) -> str:
    """The lines with our addresses."""
    return PLACE.sub(lambda found: f"127.0.0.1{found[0][len('10.0.0.1')]}{places[found[1], found[2]]}", lines)


def console_at(variable: str, places: dict[tuple[str, str], int]) -> Settings:
    name, _, value = at(variable, places).strip().partition("=")
    return Settings.from_env({name: value, "MONITORING_DATABASE_URL": "off"})


def is_at_home(settings: Settings) -> None:
    """A console listens, and keeps its journal and its alerts there."""
    services = build(settings)
    services.start()
    try:
        wait_for(lambda: services.listener.is_whole and services.alerts.connected
                 and services.journal.status.state == "connected", what="the console")
    finally:
        services.stop()


@pytest.fixture
def started():
    servers: list[RedisServer] = []

    def start(server: RedisServer) -> RedisServer:
        servers.append(server)
        return server.start()

    yield start
    for server in reversed(servers):
        server.close()


def test_redis_behind_three_sentinels(started):
    master = started(Configured(REDIS))
    replica = started(Configured(REDIS, "--replicaof", "127.0.0.1", str(master.port)))
    wait_for(lambda: replica.info()["master_link_status"] == "up", what="the replica")
    places = {("1", "6379"): master.port}
    sentinels = [started(Configured(at(SENTINEL, places), watches=True)) for _ in range(3)]
    places |= {(str(number), "26379"): each.port for number, each in enumerate(sentinels, 1)}
    for sentinel in sentinels:
        with sentinel.client() as client:
            wait_for(lambda: _known(client.sentinel_master("monitoring")) == (1, 2, "master"),  # noqa: B023
                     what="a Sentinel that knows all")
    is_at_home(console_at(SENTINEL_URL, places))


def _known(state: dict) -> tuple[int, int, str]:
    return state["num-slaves"], state["num-other-sentinels"], state["flags"]


def test_a_cluster(started):
    program = shutil.which("redis-cli") or shutil.which("valkey-cli")
    nodes = {place: started(Configured(REDIS + CLUSTER)) for place in PLACE.findall(CREATE)}
    assert len(nodes) == 6
    places = {place: node.port for place, node in nodes.items()}
    _, *arguments = at(CREATE, places).split()
    subprocess.run([program, *arguments], check=True, capture_output=True, timeout=60)
    wait_for(lambda: sorted(node.info()["role"] for node in nodes.values()) == ["master"] * 3 + ["slave"] * 3
             and all(node.info().get("master_link_status", "up") == "up" for node in nodes.values()),
             what="a replica for each master")
    is_at_home(console_at(CLUSTER_URL, places))


def test_postgresql():
    server = PostgresServer()
    try:
        server.set(*ROLE.strip().splitlines())
        given = server.new_database()
        url = DATABASE_URL.strip().partition("=")[2].replace("@10.0.0.9/", "@/") + "?" + given.partition("?")[2]
        store = HistoryStore(Settings(database_url=url), Ring())
        assert store.step(), store.status
        with store.database.reading() as connection:
            owners = connection.execute(text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"))
            assert owners.scalars().all() == ["monitoring"]
        store.database.close()
    finally:
        server.close()
