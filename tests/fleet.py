"""Two hosts of four gunicorn workers each, one with --preload, over one Redis and one PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from tests.integration.mounted import APP, GUNICORN, Host, Person, settles_at, spoken_by, subscribers
from tests.receivers import HttpReceiver
from tests.servers import PostgresServer, RedisServer, wait_for

WORKERS, HOSTS, PRELOADED = 4, 2, 1
START_LIMIT_S = 90.0  # five interpreters that import Dash at once, on a busy machine
QUICKLY = {"MONITORING_NOTIFY_GROUP_S": "0.3", "MONITORING_NOTIFY_INTERVAL_S": "1"}


@dataclass
class Fleet:
    """`people`: somebody at each host; `begin`: starts the host of that number."""

    redis: RedisServer
    database_url: str
    receiver: HttpReceiver
    hosts: list[Host]
    people: list[Person]
    begin: Callable[[int], Host]

    def settled(self) -> None:
        """Until every worker listens."""
        settles_at(self.redis, WORKERS * HOSTS)

    def gone(self, kill: Callable[[], object]) -> None:
        """Kills what has connections, and waits until Redis has noticed."""
        before = set(subscribers(self.redis))
        kill()
        wait_for(lambda: before - set(subscribers(self.redis)), what="the end of its connections")

    def leader(self) -> int:
        """The process that sends notifications, or that did so last and whose lease has not run out; 0: none."""
        with self.redis.client() as client:
            name = client.get("{monitoring}:notifications:leader")
        return int(name.decode().split("/")[-2]) if name else 0

    def everywhere(self, ask: Callable[[Person], requests.Response]) -> dict[str, requests.Response]:
        """What each of all the workers answers, by its process."""
        found = {}
        for person in self.people:
            found |= spoken_by(lambda person=person: ask(person), WORKERS)
        assert len(found) >= WORKERS * HOSTS
        return found

    def agree(self, ask: Callable[[Person], requests.Response], about: Callable[[requests.Response], object],
              wanted: object) -> None:
        """All of them come to answer so."""
        wait_for(lambda: all(about(answer) == wanted for answer in self.everywhere(ask).values()), step_s=0.1,
                 what=f"{wanted} in every worker")


@contextmanager
def running_fleet(*options: object) -> Iterator[Fleet]:
    """All of them, while the block lasts. `options` of gunicorn's."""
    postgres, redis_server, receiver = PostgresServer(), RedisServer().start(), HttpReceiver()
    url = postgres.new_database()

    def begin(number: int) -> Host:
        return Host(redis_server.url, *GUNICORN, "--workers", WORKERS, "--threads", 2, *options,
                    *(["--preload"] if number == PRELOADED else []), APP, MONITORING_DATABASE_URL=url, **QUICKLY)

    hosts = [begin(number) for number in range(HOSTS)]
    try:
        for host in hosts:
            wait_for(host.answers, START_LIMIT_S, 0.1, "the host")
        people = [Person(host) for host in hosts]
        fleet = Fleet(redis_server, url, receiver, hosts, people, begin)
        fleet.settled()
        yield fleet
    finally:
        for host in hosts:
            host.kill()
        receiver.close()
        redis_server.close()
        postgres.close()
