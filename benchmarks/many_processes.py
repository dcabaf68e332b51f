"""Two hosts of four processes each: how long an acknowledgement made in one of them is not yet seen by another, whether
acknowledgements survive when each process, then each host, is killed, how often that which there is to tell meanwhile
is told to a webhook, and what memory a process has for itself.

Each process is asked over a connection of its own, one after the other and without a pause, so that what is told is
too long by one round at most. A page shows what its process knows with its next tick.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection

import orjson
import psutil

from benchmarks import Row
from benchmarks.many_samples import Sampling, sampled_row
from dashboard.notifications.deliveries import UNFINISHED
from dashboard.settings import Settings
from tests.fleet import HOSTS, PRELOADED, WORKERS, Fleet, running_fleet
from tests.integration.mounted import Host, Person, publish, spoken_by
from tests.servers import wait_for
from tests.told_alerts import SOURCES, Coming, Told, told
from tests.unit.web_host import API

ACKNOWLEDGED = 50
TICK_S = Settings().interval_ms / 1_000
UNSEEN_LIMIT_S = 60.0  # of one that is not seen at all
PAUSE_S = 0.3  # longer than a process waits between two looks, so that they are met at any moment of it
KEPT_OPEN_S = 60
PRELOADED_SHARE = 0.5
SENDERS_KILLED = 4
ANSWERS_AFTER_S = 0.1  # a service far away; of a kill at any moment many come while something is being sent
TOLD_WITHIN_S = 120.0  # a lease that runs out, a claim that runs out, and a busy machine
MEGABYTE = 1e6


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
        forked, loaded = _own_mb(fleet.hosts[PRELOADED]), _own_mb(fleet.hosts[1 - PRELOADED])
        coming = _tell(fleet)
        with Sampling(fleet.redis) as sampling:
            killed = _kill_each(fleet)
            _kill_who_sends(fleet, killed)
        coming.end(TOLD_WITHIN_S)
        _sent(fleet, killed)
        found = told(coming.messages(), coming.alerts)
        sampled = sampled_row(fleet, sampling.sent)
        wrong = sum(times != 1 for times in _acknowledgements(fleet))
    p99, slowest = taken[round(0.99 * (len(taken) - 1))], taken[-1]
    return [Row(f"an acknowledgement seen by {WORKERS * HOSTS} processes of {HOSTS} hosts, p99",
                f"{p99 * 1_000:.0f} ms (median {taken[len(taken) // 2] * 1_000:.0f} ms, slowest {slowest * 1_000:.0f} "
                f"ms, {ACKNOWLEDGED} of them)", f"all ≤ {TICK_S:.0f} s, a tick", slowest <= TICK_S),
            _killed_row(killed, wrong),
            _told_row(found, killed, coming.alerts),
            sampled,
            Row("memory that a worker has for itself, with --preload ÷ without", f"{forked:.0f} ÷ {loaded:.0f} MB: "
                f"{forked / loaded:.2f}", f"≤ {PRELOADED_SHARE:g}", forked <= PRELOADED_SHARE * loaded)]


def _own_mb(host: Host) -> float:
    """What nothing else has, of the worker that has most of it."""
    return max(worker.memory_full_info().uss for worker in host.family()[1:]) / MEGABYTE


def _each(host: Host, person: Person) -> list[Process]:
    """A connection to each worker: which one takes a new connection nobody can say beforehand."""
    found: dict[str, Process] = {}
    while len(found) < WORKERS:
        process = Process(host, person)
        if found.setdefault(process.pid, process) is not process:
            process.close()
    return list(found.values())


def _killed_row(killed: Killed, wrong: int) -> Row:
    return Row(
        f"each of {WORKERS * HOSTS} processes killed with -9 in turn, then each host at once, then {SENDERS_KILLED} "
        "times the one that sends a notification just then: answers of the others, and of those that came in their "
        "place, without an acknowledgement; alerts that have not exactly one in their audit trail",
        f"{killed.lacking} of {killed.asked}; {wrong} of {ACKNOWLEDGED}; all there again after "
        f"{killed.slowest_s:.1f} s at most", "0; 0", not killed.lacking and not wrong)


def _told_row(found: Told, killed: Killed, alerts: int) -> Row:
    # One address has one message at a time, so that of each kill one at most was being sent.
    return Row(
        "through the same kills, of what there was to tell meanwhile (of each alert that it came, and that it was "
        "over): told never, once, again",
        f"{found.never}{f' ({found.unlisted} told as a number)' if found.unlisted else ''}, {found.once}, "
        f"{found.again} of {2 * alerts}; {found.repeated} of {found.messages} messages "
        f"arrived again, {len(killed.tried_again)} are in the log as sent again after their process had ended; the "
        f"process that sends was killed {killed.leaders} times",
        "0 never; again only what was being sent at a kill",
        not found.never and not found.different and killed.leaders >= SENDERS_KILLED
        and found.repeated <= len(killed.tried_again) <= killed.leaders)


@dataclass
class Killed:
    """`asked`: answers looked at, `lacking` an acknowledgement; `slowest_s` from a kill until all were there again;
    `leaders`: how often the one that sends was among them; `tried_again`: deliveries that the log has more than once.
    """

    asked: int = 0
    lacking: int = 0
    slowest_s: float = 0.0
    leaders: int = 0
    tried_again: set[str] = field(default_factory=set)


def _tell(fleet: Fleet) -> Coming:
    """From now on there is always something to tell, and who is told takes his time: so a kill may come between."""
    fleet.receiver.answers_after_s = ANSWERS_AFTER_S
    route = {"name": "all", "sources": SOURCES, "urls": [f"json://127.0.0.1:{fleet.receiver.port}/"]}
    assert fleet.people[0].post(f"{API}/routes", route).status_code == 200
    return Coming(fleet.redis, fleet.receiver).start()


def _kill_each(fleet: Fleet) -> Killed:
    killed = Killed()
    for number, host in enumerate(fleet.hosts):
        for worker in host.family()[1:]:
            _kill(fleet, killed, worker, _without(number))
    for number, host in enumerate(list(fleet.hosts)):
        _kill(fleet, killed, host, _without(number, WORKERS), lambda number=number: _begin(fleet, number))
    return killed


def _kill_who_sends(fleet: Fleet, killed: Killed) -> None:
    """Each time while a message has arrived and is not answered yet."""
    receiver = fleet.receiver
    for _ in range(SENDERS_KILLED):
        while receiver.reached.acquire(blocking=False):
            pass
        receiver.holding.set()
        assert receiver.reached.acquire(timeout=UNSEEN_LIMIT_S), "nobody sends"
        leader = fleet.leader()
        ((number, worker),) = ((number, worker) for number, host in enumerate(fleet.hosts)
                               for worker in host.family()[1:] if worker.pid == leader)
        _kill(fleet, killed, worker, _without(number))


def _without(number: int, killed: int = 1) -> list[int]:
    """How many processes are left, by host, where so many of this one are killed."""
    return [WORKERS - killed * (place == number) for place in range(HOSTS)]


def _kill(fleet: Fleet, killed: Killed, victim: Host | psutil.Process, left: list[int],
          begin: Callable[[], object] = lambda: None) -> None:
    """Kills; asks the processes that are `left`, by host, then `begin`s what nobody else does, and asks all of them."""
    began = time.perf_counter()
    members = victim.family() if isinstance(victim, Host) else [victim]
    killed.leaders += fleet.leader() in [member.pid for member in members]
    fleet.gone(victim.kill)
    fleet.receiver.holding.clear()
    _look(fleet, killed, left)
    begin()
    fleet.settled()
    killed.slowest_s = max(killed.slowest_s, time.perf_counter() - began)
    _look(fleet, killed, [WORKERS] * HOSTS)
    _sending(fleet, killed)


def _sending(fleet: Fleet, killed: Killed) -> int:
    """How many messages are on their way; notes which of all were tried again."""
    deliveries = fleet.people[0].get(f"{API}/deliveries?limit=1000").json()["deliveries"]
    killed.tried_again |= {each["id"] for each in deliveries if each["tries"] > 1}
    return sum(each["state"] in UNFINISHED for each in deliveries)


def _sent(fleet: Fleet, killed: Killed) -> None:
    """Until nothing is on its way: what was being sent at the last kill is sent again, after a minute at most."""
    wait_for(lambda: not _sending(fleet, killed), TOLD_WITHIN_S, 1.0, "the end of sending")


def _look(fleet: Fleet, killed: Killed, processes: list[int]) -> None:
    for person, count in zip(fleet.people, processes, strict=True):
        found = spoken_by(lambda person=person: person.get(f"{API}/alerts?limit=1000"), count) if count else {}
        for answer in found.values():
            states = [alert["state"] for alert in answer.json()["alerts"] if alert["source"] not in SOURCES]
            killed.asked += 1
            killed.lacking += states != ["acknowledged"] * ACKNOWLEDGED


def _begin(fleet: Fleet, number: int) -> None:
    fleet.hosts[number] = fleet.begin(number).started()
    fleet.people[number] = Person(fleet.hosts[number])


def _acknowledgements(fleet: Fleet) -> list[int]:
    """How often each alert's audit trail says that it was acknowledged."""
    trails = [fleet.people[0].get(f"{API}/alerts/alert%20{number}").json()["alert"]["timeline"]
              for number in range(ACKNOWLEDGED)]
    return [sum(entry["action"] == "acknowledge" for entry in trail) for trail in trails]


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
