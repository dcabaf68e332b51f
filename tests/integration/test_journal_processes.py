"""The journal in whole hosts: one connection a process that serves, and a past that outlives every one of them."""

from __future__ import annotations

import os
import signal
import time

import orjson
import psutil
import pytest
import requests

from dashboard.feed.copies import LINES
from dashboard.feed.shared_journal import CLIENT_NAME
from dashboard.settings import Settings
from tests.integration.mounted import (
    APP,
    END_LIMIT_S,
    GUNICORN,
    HOSTS,
    ONE_PROCESS,
    TOKEN,
    Person,
    live,
    publish,
    settles_at,
    spoken_by,
    subscribers,
)
from tests.integration.test_mounted import METRICS, connected, cpu_in
from tests.servers import wait_for
from tests.unit.web_host import API


def journals(server):
    with server.client() as client:
        return [each["name"] for each in client.client_list()].count(CLIENT_NAME)


def publish_past(server, count):
    """Samples of the last `count` times two seconds, told a moment ago."""
    now = time.time()
    with server.client() as client, client.pipeline(transaction=False) as pipeline:
        for number in range(count):
            pipeline.publish(Settings().channel, orjson.dumps({
                "event_type": "METRIC_UPDATE", "source": "TickStockPL", "timestamp": now - 2 * (count - number),
                "metrics": {"system": {"cpu_percent": number % 100}}}))
        pipeline.execute()


def stored(answer) -> int:
    """Samples in the ring of the process that answered."""
    counters = answer.json()["ring"]
    return counters["stored"] + counters["late"]


@pytest.mark.parametrize("arguments", [
    (*GUNICORN, "--workers", 2, "--threads", 2, APP), (*GUNICORN, "--workers", 2, "--threads", 2, "--preload", APP),
], ids=["no-preload", "preload"])
def test_a_worker_killed_is_followed_by_one_that_has_the_past(redis_server, start, arguments):
    host = start(*arguments)
    settles_at(redis_server, 2)
    person = Person(host.started())
    wait_for(lambda: journals(redis_server) == 2, what="a journal in each worker and none in the arbiter")
    publish_past(redis_server, 2000)
    for answer in spoken_by(person.status, 2).values():
        pid = answer.headers["X-Process"]
        wait_for(lambda pid=pid: stored(spoken_by(person.status, 2)[pid]) == 2000, what="the samples")
    wait_for(lambda: recorded(redis_server) == 2000, what="the record")
    killed = psutil.Process(host.process.pid).children()[0].pid
    os.kill(killed, signal.SIGKILL)

    def all_have_the_past():
        answers = spoken_by(person.status, 2)
        return str(killed) not in answers and all(stored(answer) == 2000 for answer in answers.values())

    def all_record():
        """The past is read before the journal is said to be there, which it is once all was exchanged."""
        return all(answer.json()["feed"]["journal"]["state"] == "connected"
                   for answer in spoken_by(person.status, 2).values())

    wait_for(all_have_the_past, what="the past in the worker that came after")
    wait_for(all_record, what="the journal of the worker that came after")
    for answer in spoken_by(person.status, 2).values():
        feed = answer.json()["feed"]
        assert feed["accepted"] + feed["filled"] == 2000 and feed["duplicates"] == 0


def recorded(server) -> int:
    with server.client() as client:
        return client.xlen("{monitoring}:journal")


def test_an_event_over_http_reaches_every_worker(redis_server, start):
    host = start(*GUNICORN, "--workers", 2, "--threads", 2, APP)
    settles_at(redis_server, 2)
    person = Person(host.started())
    event = {"event_type": "METRIC_UPDATE", "source": "forwarder", "timestamp": time.time(),
             "metrics": {"system": {"cpu_percent": 12.5}}}
    answer = requests.post(f"{host.address}{API}/store-event", json=event, headers={"X-Monitoring-Token": TOKEN},
                           timeout=10)
    assert answer.status_code == 200

    def all_show_it():
        answers = spoken_by(lambda: person.get(API + "/status?source=forwarder"), 2).values()
        return all(answer.json()["latest_metrics"].get("metrics") == event["metrics"] for answer in answers)

    wait_for(all_show_it, what="the event in both workers")


def test_all_processes_ended_and_one_started_later_shows_the_past_and_the_gap(redis_server, start):
    first = start(*ONE_PROCESS)
    settles_at(redis_server, 1)
    publish_past(redis_server, 500)
    wait_for(lambda: recorded(redis_server) == 500, what="the record")
    first.stop()
    wait_for(lambda: journals(redis_server) == 0, what="the end of the process")
    assert publish(redis_server, metrics={"system": {"cpu_percent": 1}}) == 0
    time.sleep(0.5)
    person = Person(start(f"{HOSTS}.mounted_main", "PORT").started())
    wait_for(lambda: stored(person.status()) == 500, what="the past")
    status = wait_for(lambda: (status := person.status().json())["feed"]["gaps"] and status, what="the gap")
    assert [gap["why"] for gap in status["feed"]["gaps"]] == ["No process of the console was listening"]
    assert status["sources"][0]["liveness"] == "active"  # it was received a moment ago
    assert status["feed"]["received"] == 0


def test_under_eventlet_the_past_is_read_and_pages_answer(redis_server, start):
    first = start(*ONE_PROCESS)
    settles_at(redis_server, 1)
    publish_past(redis_server, 3000)
    wait_for(lambda: recorded(redis_server) == 3000, what="the record")
    host = start(f"{HOSTS}.mounted_eventlet", "PORT").started()
    person = Person(host)
    wait_for(lambda: stored(person.status()) == 3000, what="the past")
    assert person.status().json()["feed"]["journal"]["state"] == "connected"
    first.stop()


@pytest.mark.parametrize("arguments", [
    ("flask", "--app", APP, "run", "--debug", "--port", "PORT", "--exclude-patterns", "*"),
    (f"{HOSTS}.mounted_main", "PORT", "--debug"),
], ids=["flask-run", "app-run-in-main"])
def test_of_the_development_servers_two_processes_the_serving_one_listens_and_records(redis_server, start, arguments):
    host = start(*arguments)
    person = Person(host.started())
    wait_for(lambda: connected(person), what="the connection")
    wait_for(lambda: len(subscribers(redis_server)) == LINES, step_s=0.05, what="the parent's end of listening")
    settles_at(redis_server, 1)
    assert person.status().headers["X-Process"] != str(host.process.pid)
    with redis_server.client() as client:
        wait_for(lambda: [each["name"] for each in client.client_list()].count("monitoring") == 1,
                 what="one process that follows the alerts")
    assert publish(redis_server, metrics=METRICS) == 1
    wait_for(lambda: cpu_in(person.status()) == 41.5, what="the metric")
    assert live(person.tick())["gauges"][0][0] == 41.5
    wait_for(lambda: recorded(redis_server) == 1, what="the record")
    wait_for(lambda: journals(redis_server) == 1, what="one journal")
    assert person.status().json()["feed"]["journal"]["recorded"] == 1
    assert host.stop() < END_LIMIT_S
    assert subscribers(redis_server) == []
