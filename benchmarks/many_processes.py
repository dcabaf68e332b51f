"""Two hosts of four processes each: how long an acknowledgement made in one of them is not yet seen by another.

Each process is asked over a connection of its own, one after the other and without a pause, so that what is told is
too long by one round at most. A page shows what its process knows with its next tick.
"""

from __future__ import annotations

import random
import time
from http.client import HTTPConnection

import orjson

from benchmarks import Row
from dashboard.settings import Settings
from tests.fleet import HOSTS, WORKERS, Fleet, running_fleet
from tests.integration.mounted import Host, Person, publish
from tests.unit.web_host import API

ACKNOWLEDGED = 50
TICK_S = Settings().interval_ms / 1_000
UNSEEN_LIMIT_S = 60.0  # of one that is not seen at all
PAUSE_S = 0.3  # longer than a process waits between two looks, so that they are met at any moment of it
KEPT_OPEN_S = 60


class Process:
    """One worker of a host, asked over a connection that stays with it."""

    def __init__(self, host: Host, person: Person):
        self._connection = HTTPConnection("127.0.0.1", host.port, timeout=10)
        self._headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in person.session.cookies.items())}
        self.pid = ""
        self.states()

    def states(self) -> dict[str, str]:
        """Each alert's state, by its id."""
        self._connection.request("GET", f"{API}/alerts?limit=1000", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200 and answer.headers["X-Process"] == (self.pid or answer.headers["X-Process"])
        self.pid = answer.headers["X-Process"]
        return {alert["id"]: alert["state"] for alert in orjson.loads(body)["alerts"]}

    def close(self) -> None:
        self._connection.close()


def rows() -> list[Row]:
    """The figures, each with its target."""
    with running_fleet("--keep-alive", KEPT_OPEN_S) as fleet:
        processes = [process for host, person in zip(fleet.hosts, fleet.people, strict=True)
                     for process in _each(host, person)]
        for number in range(ACKNOWLEDGED):
            publish(fleet.redis, "ALERT_TRIGGERED", alert={"id": f"alert {number}", "level": "ERROR", "message": "x"})
        while not all(len(process.states()) == ACKNOWLEDGED for process in processes):
            time.sleep(0.05)
        taken = sorted(span for number in range(ACKNOWLEDGED) for span in _acknowledge(fleet, processes, number))
        for process in processes:
            process.close()
    p99, slowest = taken[round(0.99 * (len(taken) - 1))], taken[-1]
    return [Row(f"an acknowledgement seen by {WORKERS * HOSTS} processes of {HOSTS} hosts, p99",
                f"{p99 * 1_000:.0f} ms (median {taken[len(taken) // 2] * 1_000:.0f} ms, slowest {slowest * 1_000:.0f} "
                f"ms, {ACKNOWLEDGED} of them)", f"all ≤ {TICK_S:.0f} s, a tick", slowest <= TICK_S)]


def _each(host: Host, person: Person) -> list[Process]:
    """A connection to each worker: which one takes a new connection nobody can say beforehand."""
    found: dict[str, Process] = {}
    while len(found) < WORKERS:
        process = Process(host, person)
        if found.setdefault(process.pid, process) is not process:
            process.close()
    return list(found.values())


def _acknowledge(fleet: Fleet, processes: list[Process], number: int) -> list[float]:
    """Seconds from the answer to an acknowledgement until each process tells it."""
    time.sleep(random.uniform(0, PAUSE_S))  # noqa: S311
    name, person = f"alert {number}", fleet.people[number % HOSTS]
    answer = person.post(f"{API}/alerts/{name}/acknowledge", {"notes": "seen"})
    began = time.perf_counter()
    assert answer.status_code == 200
    waiting, taken = list(processes), []
    while waiting:
        for process in list(waiting):
            if process.states()[name] == "acknowledged":
                taken.append(time.perf_counter() - began)
                waiting.remove(process)
        assert time.perf_counter() - began < UNSEEN_LIMIT_S
    return taken
