"""The history in real hosts: several workers, forked ones, and eventlet, each on both databases."""

from __future__ import annotations

import pytest

from dashboard.history import schema
from dashboard.history.steps import TIERS
from tests.integration.history_process import Process
from tests.integration.mounted import GUNICORN, HOSTS, Host, Person, publish, settles_at, spoken_by
from tests.servers import wait_for

EVENTS = 20


@pytest.fixture
def start(database_url):
    started = []

    def host(redis_server, *arguments) -> Host:
        started.append(Host(redis_server.url, *arguments, MONITORING_DATABASE_URL=database_url))
        return started[-1]

    yield host
    for each in started:
        each.kill()


@pytest.mark.parametrize(("arguments", "workers"), [
    ((*GUNICORN, "--workers", 2, "--worker-class", "gthread", "--threads", 3, "--preload",
      f"{HOSTS}.mounted_host:build()"), 2),
    ((f"{HOSTS}.mounted_eventlet", "PORT"), 1),
], ids=["gunicorn-preload", "eventlet"])
def test_every_sample_once_whoever_serves(redis_server, start, database_url, arguments, workers):
    host = start(redis_server, *arguments)
    settles_at(redis_server, workers)
    person = Person(host.started())
    for number in range(EVENTS):
        assert publish(redis_server, metrics={"system": {"cpu_percent": float(number), "threads": 3}}) == workers

    def written() -> bool:
        told = [answer.json()["history"] for answer in spoken_by(person.status, workers).values()]
        return all(each["state"] == "ready" for each in told) and all(
            each["written"] + each["known"] == 2 * EVENTS for each in told) and sum(
            each["written"] for each in told) == 2 * EVENTS

    wait_for(written, 20.0, 0.2, "all samples in the history")
    series = person.get(f"{person.api}/metrics/series?source=TickStockPL&metric=system.cpu_percent&range=5m").json()
    assert series["from_store"] and series["series"]["system.cpu_percent"]["mean"] == list(map(float, range(EVENTS)))
    host.stop()
    after = Process(database_url)
    assert [after.stored(table) for table in (schema.sample, *schema.buckets.values())] == [2 * EVENTS] * (
        1 + len(TIERS))
    after.store.database.close()
