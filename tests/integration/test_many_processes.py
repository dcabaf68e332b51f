"""Two hosts of four gunicorn workers each, one with --preload, over one Redis and one PostgreSQL: they agree in
everything, each thing is done once, and any of them may be killed. Started once, for all the tests in here."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import requests

from dashboard.history import schema
from dashboard.history.steps import TIERS
from tests.integration.mounted import APP, GUNICORN, Host, Person, live, publish, settles_at, spoken_by, subscribers
from tests.integration.test_history_store import Process
from tests.page_client import PageState
from tests.receivers import HttpReceiver
from tests.servers import PostgresServer, RedisServer, wait_for
from tests.unit.web_host import API

WORKERS, HOSTS = 4, 2
START_LIMIT_S = 90.0  # five interpreters that import Dash at once, on a busy machine
UPDATES, METRICS = 40, 3
POOL = "pool/1"
pytestmark = pytest.mark.timeout(240)  # the first of them waits for all these interpreters
QUICKLY = {"MONITORING_NOTIFY_GROUP_S": "0.3", "MONITORING_NOTIFY_INTERVAL_S": "1"}


@dataclass
class Fleet:
    """`people`: somebody at each host. `pids`: every worker that ever answered."""

    redis: RedisServer
    database_url: str
    receiver: HttpReceiver
    hosts: list[Host]
    people: list[Person]

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

    def alert(self) -> dict:
        return self.people[0].get(f"{API}/alerts/{POOL.replace('/', '%2F')}").json()["alert"]


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    postgres, redis_server, receiver = PostgresServer(), RedisServer().start(), HttpReceiver()
    url = postgres.new_database()
    hosts = [Host(redis_server.url, *GUNICORN, "--workers", WORKERS, "--threads", 2, *more, APP,
                  MONITORING_DATABASE_URL=url, **QUICKLY) for more in ((), ("--preload",))]
    try:
        for host in hosts:
            wait_for(host.answers, START_LIMIT_S, 0.1, "the host")
        people = [Person(host) for host in hosts]
        settles_at(redis_server, WORKERS * HOSTS)
        yield Fleet(redis_server, url, receiver, hosts, people)
    finally:
        for host in hosts:
            host.kill()
        receiver.close()
        redis_server.close()
        postgres.close()


def test_each_sample_is_stored_once_and_charts_are_the_same_in_all(fleet):
    for number in range(UPDATES):
        assert publish(fleet.redis, metrics={"system": {"cpu_percent": float(number), "memory_percent": 40.0,
                                                        "thread_count": number}}) == WORKERS * HOSTS

    def written(answer: requests.Response) -> tuple[str, int]:
        told = answer.json()["history"]
        return told["state"], told["written"] + told["known"]

    fleet.agree(Person.status, written, ("ready", UPDATES * METRICS))
    told = [answer.json()["history"]["written"] for answer in fleet.everywhere(Person.status).values()]
    assert sum(told) == UPDATES * METRICS
    after = Process(fleet.database_url)
    assert [after.stored(table) for table in (schema.sample, *schema.buckets.values())] == [UPDATES * METRICS] * (
        1 + len(TIERS))
    after.store.database.close()

    def first_tick(person: Person) -> requests.Response:
        newcomer = Person.__new__(Person)
        newcomer.__dict__ |= person.__dict__ | {"page_state": PageState()}
        return newcomer.tick()

    drawn = [live(answer) for answer in fleet.everywhere(first_tick).values()]
    assert len({str((each["charts"], each["base"], each["lines"], each["gauges"])) for each in drawn}) == 1
    assert [line for line in drawn[0]["lines"] if str(list(map(float, range(UPDATES)))) in str(line)]
    series = fleet.everywhere(lambda person: person.get(
        f"{API}/metrics/historical?hours=1&source=TickStockPL"))
    assert len({answer.text for answer in series.values()}) == 1


def test_a_notification_goes_out_once_and_an_acknowledgement_is_seen_by_all(fleet):
    made = fleet.people[1].post(API + "/routes", {"name": "night", "urls": [
        f"json://127.0.0.1:{fleet.receiver.port}/x"]})
    assert made.status_code == 200
    fleet.agree(lambda person: person.get(API + "/routes"), lambda answer: len(answer.json()["routes"]), 1)
    publish(fleet.redis, "ALERT_TRIGGERED", alert={"id": POOL, "level": "critical", "component": "database",
                                                   "message": "pool is full"})
    wait_for(lambda: fleet.receiver.got, what="the notification")
    fleet.agree(lambda person: person.get(API + "/alerts"), states, ["active"])
    assert fleet.people[0].post(f"{API}/alerts/pool%2F1/acknowledge", {"notes": "on it"}).status_code == 200
    fleet.agree(lambda person: person.get(API + "/alerts"), states, ["acknowledged"])
    assert audit(fleet.alert()) == [("ada", "on it")]


def states(answer: requests.Response) -> list[str]:
    return [each["state"] for each in answer.json()["alerts"]]


def audit(alert: dict) -> list[tuple[str, str]]:
    """Who acknowledged it, and what they wrote, as its timeline has it."""
    return [(each["by"], each["note"]) for each in alert["timeline"] if each["new_state"] == "acknowledged"]


def test_it_survives_any_of_them_killed(fleet):
    """First the worker that leads the notifications, then a whole host at once."""
    with fleet.redis.client() as client:
        leader = int(client.get("{monitoring}:notifications:leader").decode().split("/")[-2])
    before = set(subscribers(fleet.redis))
    os.kill(leader, signal.SIGKILL)
    wait_for(lambda: before - set(subscribers(fleet.redis)), what="the end of its connections")
    settles_at(fleet.redis, WORKERS * HOSTS)
    fleet.agree(lambda person: person.get(API + "/alerts"), states, ["acknowledged"])
    assert str(leader) not in fleet.everywhere(Person.status)
    fleet.hosts[0].kill()
    fleet.hosts, fleet.people = fleet.hosts[1:], fleet.people[1:]
    answers = spoken_by(lambda: fleet.people[0].get(f"{API}/alerts/pool%2F1"), WORKERS)
    assert {str(audit(answer.json()["alert"])) for answer in answers.values()} == {str([("ada", "on it")])}
    publish(fleet.redis, "ALERT_RESOLVED", alert_id=POOL)
    wait_for(lambda: len(fleet.receiver.got) > 1, what="the word that it is over")
    assert [title.split(":")[0] for title in fleet.receiver.titles] == ["CRITICAL", "Over"]
    archive = Process(fleet.database_url).store

    def archived() -> list:
        found = archive.events.find(POOL, "TickStockPL")
        return found if found and found[0].state == "resolved" else []

    (kept,) = wait_for(archived, what="the alert in the history")
    assert [entry.by for entry in kept.timeline if entry.new == "acknowledged"] == ["ada"]
    assert archive.events.alerts(start=0.0, end=kept.resolved_at + 1, states=["resolved"]).total == 1
    archive.database.close()
