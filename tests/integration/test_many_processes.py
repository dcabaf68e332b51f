"""Two hosts of four gunicorn workers each, one with --preload, over one Redis and one PostgreSQL: they agree in
everything, each thing is done once, and any of them may be killed. Started once, for all the tests in here."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
import requests

from dashboard.history import schema
from dashboard.history.steps import TIERS
from tests.fleet import HOSTS, WORKERS, Fleet, running_fleet
from tests.integration.history_process import Process
from tests.integration.mounted import Person, live, publish, spoken_by
from tests.page_client import PageState
from tests.servers import wait_for
from tests.unit.web_host import API

UPDATES, METRICS = 40, 3
POOL = "pool/1"
pytestmark = pytest.mark.timeout(240)  # the first of them waits for all these interpreters


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with running_fleet() as fleet:
        yield fleet


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

    drawn = [live(answer) for answer in fleet.everywhere(first_tick).values()]
    assert len({str((each["charts"], each["base"], each["lines"], each["gauges"])) for each in drawn}) == 1
    assert [line for line in drawn[0]["lines"] if str(list(map(float, range(UPDATES)))) in str(line)]
    series = fleet.everywhere(lambda person: person.get(
        f"{API}/metrics/historical?hours=1&source=TickStockPL"))
    assert len({answer.text for answer in series.values()}) == 1


def first_tick(person: Person) -> requests.Response:
    """Of a page that was just opened."""
    newcomer = Person.__new__(Person)
    newcomer.__dict__ |= person.__dict__ | {"page_state": PageState()}
    return newcomer.tick()


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
    # How soon, `python -m benchmarks many_processes` tells.
    fleet.agree(first_tick, lambda answer: live(answer)["strip"]["counts"], [["stale", "✓ acknowledged: 1 critical"]])
    assert audit(pool(fleet)) == [("ada", "on it")]


def pool(fleet: Fleet) -> dict:
    return fleet.people[0].get(f"{API}/alerts/{POOL.replace('/', '%2F')}").json()["alert"]


def states(answer: requests.Response) -> list[str]:
    return [each["state"] for each in answer.json()["alerts"]]


def audit(alert: dict) -> list[tuple[str, str]]:
    """Who acknowledged it, and what they wrote, as its timeline has it."""
    return [(each["by"], each["note"]) for each in alert["timeline"] if each["new_state"] == "acknowledged"]


def test_it_survives_any_of_them_killed(fleet):
    """First the worker that leads the notifications, then a whole host at once. Each of all workers and both hosts in
    turn: `python -m benchmarks many_processes`."""
    leader = fleet.leader()
    fleet.gone(lambda: os.kill(leader, signal.SIGKILL))
    fleet.settled()
    fleet.agree(lambda person: person.get(API + "/alerts"), states, ["acknowledged"])
    assert str(leader) not in fleet.everywhere(Person.status)
    fleet.hosts[0].kill()
    fleet.hosts, fleet.people = fleet.hosts[1:], fleet.people[1:]
    answers = spoken_by(lambda: fleet.people[0].get(f"{API}/alerts/pool%2F1"), WORKERS)
    assert {str(audit(answer.json()["alert"])) for answer in answers.values()} == {str([("ada", "on it")])}
    publish(fleet.redis, "ALERT_RESOLVED", alert_id=POOL)
    wait_for(lambda: len(fleet.receiver.got) > 1, what="the word that it is over")
    archive = Process(fleet.database_url).store

    def archived() -> list:
        found = archive.events.find(POOL, "TickStockPL")
        return found if found and found[0].state == "resolved" else []

    (kept,) = wait_for(archived, what="the alert in the history")
    assert [entry.by for entry in kept.timeline if entry.new == "acknowledged"] == ["ada"]
    assert archive.events.alerts(start=0.0, end=kept.resolved_at + 1, states=["resolved"]).total == 1
    archive.database.close()
    # Last of all, so that a second one has had the time to come.
    assert [title.split(":")[0] for title in fleet.receiver.titles] == ["CRITICAL", "Over"]
