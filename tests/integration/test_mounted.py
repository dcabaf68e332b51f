"""The console inside whole hosts, each a process of its own: gunicorn, the development server, eventlet."""

from __future__ import annotations

import os
import re
import signal
import statistics
import time

import orjson
import pytest
import requests
import simple_websocket

from tests.integration.mounted import (
    APP,
    END_LIMIT_S,
    GUNICORN,
    HOSTS,
    ONE_PROCESS,
    TOKEN,
    Host,
    Person,
    live,
    publish,
    settles_at,
    spoken_by,
    subscribers,
)
from tests.servers import RedisServer, wait_for
from tests.unit.web_host import API, PAGE

METRICS = {"system": {"cpu_percent": 41.5, "memory_percent": 63.0}}
POOL_IS_FULL = {"id": "pool/1", "level": "critical", "component": "database", "message": "pool is full"}
# While Redis is frozen: whoever waits for it waits 0.8 s, and a page must not; a command must come to an end.
READ_LIMIT_S, WRITE_LIMIT_S = 0.7, 5.0


@pytest.fixture
def start():
    """Starts hosts and ends what is left of them."""
    hosts = []

    def start(server: RedisServer, *arguments, **environment) -> Host:
        hosts.append(Host(server.url, *arguments, **environment))
        return hosts[-1]

    yield start
    for host in hosts:
        host.kill()


def cpu_in(status: requests.Response) -> float | None:
    """The CPU value of the last METRIC_UPDATE, by an answer of /status."""
    return status.json()["latest_metrics"].get("metrics", {}).get("system", {}).get("cpu_percent")


def every_worker_shows(person: Person, cpu: float) -> None:
    wait_for(lambda: all(cpu_in(status) == cpu for status in spoken_by(person.status, 2).values()),
             what="the metric in both workers")


def connected(person: Person) -> bool:
    return person.status().json()["redis"] == "connected"


def median_s(ask, times=40) -> float:
    """Of a page: what one of them takes longer is other people's work on the machine."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        assert ask().ok
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


@pytest.mark.parametrize(("kind", "app", "anew"), [
    (("--worker-class", "sync"), APP, True),  # as it is in the field: each worker loads the console for itself
    (("--worker-class", "sync", "--preload"), APP, True),
    (("--worker-class", "gthread", "--threads", 3), f"{HOSTS}.mounted_host:build()", False),
    (("--worker-class", "gthread", "--threads", 3, "--preload"), f"{HOSTS}.mounted_host:build()", False),
], ids=["sync", "sync-preload", "gthread-factory", "gthread-factory-preload"])
def test_every_gunicorn_worker_listens_and_shows_what_it_heard(redis_server, start, kind, app, anew):
    host = start(redis_server, *GUNICORN, "--workers", 2, *kind, app, anew=anew)
    settles_at(redis_server, 2)
    person = Person(host.started())
    assert publish(redis_server, metrics=METRICS) == 2
    every_worker_shows(person, 41.5)
    for answer in spoken_by(person.open_page, 2).values():
        assert answer.ok and "_dash-config" in answer.text
    for answer in spoken_by(lambda: Person(host).tick(), 2).values():
        assert live(answer)["gauges"][0][0] == 41.5
    for answer in spoken_by(lambda: person.get("/own"), 2).values():
        assert (answer.json()["feeds"], answer.json()["alerts"]) == (1, 1)

    worker = host.family()[1]
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(5)
    settles_at(redis_server, 2)
    assert publish(redis_server, metrics={"system": {"cpu_percent": 7.0}}) == 2
    every_worker_shows(person, 7.0)
    assert host.stop() < END_LIMIT_S
    assert subscribers(redis_server) == []


def test_a_patched_eventlet_host_goes_on_while_redis_comes_freezes_and_goes(start):
    redis_server = RedisServer()  # not started yet
    try:
        host = start(redis_server, f"{HOSTS}.mounted_eventlet", "PORT").started()
        person = Person(host)
        assert person.open_page().ok
        assert person.status().json()["redis"] == "disconnected"
        socket = simple_websocket.Client(f"ws://127.0.0.1:{host.port}/socket.io/?EIO=4&transport=websocket")
        socket.send("40")  # at once: this client reads a first message that came with the handshake only after another
        assert [socket.receive(5)[:2] for _ in range(2)] == ['0{', "40"]
        pings = iter(range(1_000))
        taken = []

        def ping() -> None:
            number = next(pings)
            began = time.monotonic()
            socket.send(f'42{number}["ping_host",{number}]')
            assert socket.receive(5) == f"43{number}[{number}]"
            taken.append(time.monotonic() - began)

        for _ in range(10):
            ping()
            time.sleep(0.05)
        redis_server.start()
        wait_for(lambda: connected(person), what="the connection")
        settles_at(redis_server, 1)
        for number in range(50):
            assert publish(redis_server, metrics={"system": {"cpu_percent": number}}) == 1
            if number % 10 == 0:
                ping()
        wait_for(lambda: cpu_in(person.status()) == 49, what="the last metric")
        assert live(person.tick())["gauges"][0][0] == 49
        redis_server.freeze()
        end = time.monotonic() + 30
        while connected(person):  # noticed after some three seconds, and nothing stands still meanwhile
            ping()
            assert person.tick().ok
            assert time.monotonic() < end
        ping()
        assert statistics.median(taken) < READ_LIMIT_S
        redis_server.thaw()
        wait_for(lambda: connected(person), what="the connection again")
        socket.close()
        assert host.stop() < END_LIMIT_S
    finally:
        redis_server.close()


def test_without_redis_a_host_starts_and_its_own_pages_are_as_quick(start):
    redis_server = RedisServer()  # not started yet
    try:
        host = start(redis_server, *ONE_PROCESS).started()
        person = Person(host)
        assert person.get("/own").json()["mounted_in_s"] < 10.0
        without_s = median_s(lambda: person.get("/own"))
        status = person.status()
        assert (status.status_code, status.json()["redis"]) == (200, "disconnected")
        assert person.open_page().ok and person.tick().ok
        redis_server.start()
        wait_for(lambda: connected(person), what="the connection")
        with_s = median_s(lambda: person.get("/own"))
        assert without_s < with_s + READ_LIMIT_S
        assert publish(redis_server, metrics=METRICS) == 1
        wait_for(lambda: cpu_in(person.status()) == 41.5, what="the metric")
    finally:
        redis_server.close()


def test_while_redis_is_frozen_reads_answer_at_once_and_writes_say_so_soon(redis_server, start):
    person = Person(start(redis_server, *ONE_PROCESS).started())
    settles_at(redis_server, 1)
    publish(redis_server, metrics=METRICS)
    publish(redis_server, "ALERT_TRIGGERED", alert=POOL_IS_FULL)
    wait_for(lambda: person.status().json()["active_alerts"] == 1, what="the alert")
    person.tick()
    redis_server.freeze()
    for read in (person.open_page, person.tick, person.status, lambda: person.get(API + "/alerts"),
                 lambda: person.get(API + "/metrics/historical?hours=1"), lambda: person.get("/own")):
        assert median_s(read, 3) < READ_LIMIT_S
    began = time.monotonic()
    refused = person.post(API + "/alerts/pool%2F1/acknowledge")
    assert time.monotonic() - began < WRITE_LIMIT_S
    assert (refused.status_code, refused.json()["success"]) == (503, False)
    wait_for(lambda: not connected(person), what="the silence noticed")
    redis_server.thaw()
    wait_for(lambda: connected(person), what="the connection")
    time.sleep(0.5)  # what was refused must not happen afterwards either
    assert person.get(API + "/alerts").json()["alerts"][0]["state"] == "active"
    assert person.post(API + "/alerts/pool%2F1/acknowledge").status_code == 200


def test_alerts_are_the_same_in_every_process_and_outlive_them(redis_server, start):
    first, second = start(redis_server, *ONE_PROCESS), start(redis_server, f"{HOSTS}.mounted_main", "PORT")
    ada, other = Person(first.started()), Person(second.started())
    settles_at(redis_server, 2)
    publish(redis_server, "ALERT_TRIGGERED", alert=POOL_IS_FULL)

    def seen_by(person: Person):
        return [(alert["state"], alert["acknowledged_by"], alert["notes"], alert["count"])
                for alert in person.get(API + "/alerts").json()["alerts"]]

    for person in (ada, other):
        wait_for(lambda person=person: [seen[::3] for seen in seen_by(person)] == [("active", 1)],
                 what="the alert, once")
    assert ada.post(API + "/alerts/pool%2F1/acknowledge", {"notes": "on it"}).status_code == 200
    acknowledged = seen_by(ada)
    assert acknowledged[0][:3] == ("acknowledged", "ada", "on it")
    wait_for(lambda: seen_by(other) == acknowledged, what="the acknowledgement in the other process")
    assert other.post(API + "/alerts/pool%2F1/acknowledge").status_code == 409

    assert first.stop() < END_LIMIT_S
    assert second.stop() < END_LIMIT_S
    again = Person(start(redis_server, *ONE_PROCESS).started())
    wait_for(lambda: seen_by(again) == acknowledged, what="the alert after the restart")
    assert again.post(API + "/alerts/pool%2F1/resolve").json()["alert"]["resolved_by"] == "ada"


def test_children_of_a_host_that_only_compute_neither_listen_nor_disturb(redis_server, start):
    host = start(redis_server, f"{HOSTS}.mounted_main", "PORT").started()
    settles_at(redis_server, 1)
    person, before = Person(host), subscribers(redis_server)
    assert person.get("/fork").json() == {"exitcode": 0, "called": "called"}
    settles_at(redis_server, 1)
    assert subscribers(redis_server) == before
    assert publish(redis_server, metrics=METRICS) == 1
    wait_for(lambda: cpu_in(person.status()) == 41.5, what="the metric")
    assert person.status().json()["feed"]["gaps"] == []


def test_other_prefixes_and_a_host_under_a_path_of_its_own(redis_server, start):
    host = start(redis_server, *GUNICORN, APP, SCRIPT_NAME="/outer", MONITORING_PAGE_PREFIX="/ops/console",
                 MONITORING_API_PREFIX="/ops/api")
    host.address += "/outer"
    host.started()
    host.address = host.address.removesuffix("/outer")
    person = Person(host, page="/ops/console", api="/ops/api", root="/outer")
    settles_at(redis_server, 1)
    assert publish(redis_server, metrics=METRICS) == 1
    wait_for(lambda: cpu_in(person.status()) == 41.5, what="the metric")
    page = person.get("/ops/console?range=1h")  # without the slash
    assert page.url == f"{host.address}/outer/ops/console/?range=1h"
    assert orjson.loads(re.search(r'<script id="_dash-config"[^>]*>(.*?)</script>', page.text)[1])[
        "requests_pathname_prefix"] == "/outer/ops/console/"
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) > 15
    for address in addresses:
        found = person.session.get(host.address + address, timeout=10)
        assert found.ok and "html" not in found.headers["Content-Type"], address
    assert live(person.tick())["gauges"][0][0] == 41.5
    assert person.get(PAGE + "/").status_code == person.get(API + "/status").status_code == 404
    stranger = requests.get(f"{host.address}/outer/ops/console/", allow_redirects=False, timeout=10)
    assert stranger.status_code == 302
    assert stranger.headers["Location"].startswith("/outer/login?next=")
    assert "outer%2Fops%2Fconsole" in stranger.headers["Location"]


def test_an_event_over_http_needs_the_token_and_nothing_else(redis_server, start):
    host = start(redis_server, *ONE_PROCESS).started()
    silent = start(redis_server, *ONE_PROCESS, MONITORING_STORE_TOKEN="")
    event = {"event_type": "METRIC_UPDATE", "source": "forwarder", "timestamp": time.time(), "metrics": METRICS}

    def store(at: Host, token: str, body: object = event) -> int:
        return requests.post(f"{at.address}{API}/store-event", json=body, headers={"X-Monitoring-Token": token},
                             timeout=10).status_code

    assert (store(host, ""), store(host, "wrong"), store(host, TOKEN, ["no event"])) == (401, 401, 400)
    person = Person(host)
    assert person.status().json()["latest_metrics"] == {}
    assert store(host, TOKEN) == 200
    assert cpu_in(person.status()) == 41.5
    assert live(person.tick())["gauges"][0][0] == 41.5
    assert store(silent.started(), TOKEN) == 404
