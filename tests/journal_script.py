"""Everything a channel may carry, told to one console and to four that share a journal: they must say the same."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

import orjson

from dashboard.events import Rejected, parse
from tests.console_process import ConsoleProcess
from tests.feeds import CHANNEL
from tests.journal_scenarios import known, redis_with
from tests.script_faults import CONSOLES, Faults
from tests.servers import wait_for

ALONE, SHARED = "{one}", "{four}"
SCRIPT_STEP_S = 0.1  # between two events of the script, by the producers' clock


def script(events: int, base: float, seed: int = 3) -> list[bytes]:
    """Everything a channel may carry, in an order that is not that of its times: updates of three sources, health,
    alerts that come, repeat and go, jobs, results, kinds nobody knows, duplicates, and what is no event."""
    chance, told = random.Random(seed), []
    open_alerts: list[tuple[str, str]] = []
    for number in range(events):
        at, source = base + number * SCRIPT_STEP_S, f"source {number % 3}"
        head = {"source": source, "timestamp": at, "event_id": f"event-{seed}-{number}"}
        kind = chance.random()
        if kind < 0.80:
            event = {"event_type": "METRIC_UPDATE", "metrics": {
                "system": {"cpu_percent": chance.randint(0, 1000) / 10, "thread_count": chance.randint(1, 99)},
                "application": {"symbols_processed": number}},
                "health_score": {"overall": chance.randint(0, 100), "status": "ok"}}
        elif kind < 0.86:
            event = {"event_type": "HEALTH_CHECK", "health": {
                "overall_score": chance.randint(0, 100), "status": "healthy", "components": {"database": "ok"}}}
        elif kind < 0.91:
            open_alerts.append((source, f"alert {chance.randint(0, 60)}"))
            event = {"event_type": "ALERT_TRIGGERED", "alert": {
                "id": open_alerts[-1][1], "level": chance.choice(["INFO", "WARNING", "ERROR"]),
                "component": "database", "message": f"number {number}"}}
        elif kind < 0.94 and open_alerts:
            source, alert = open_alerts.pop(chance.randrange(len(open_alerts)))
            head["source"] = source
            event = {"event_type": "ALERT_RESOLVED", "alert_id": alert}
        elif kind < 0.96:
            event = {"event": "job_progress_update",
                     "payload": {"run_id": f"run {number % 7}", "percentage": number % 101}}
        elif kind < 0.98:
            event = {"event_type": "NOVELTY", "number": number}
        else:
            told.append(chance.choice([b"{", b"[1]", b"\xff", b'{"event_type": "METRIC_UPDATE", "metrics": 1}']))
            continue
        told.append(orjson.dumps(head | event))
        if chance.random() < 0.02:
            told.append(chance.choice(told[-50:]))
    for place in range(0, len(told) - 5, 5):  # a few steps too early or too late
        portion = told[place:place + 5]
        chance.shuffle(portion)
        told[place:place + 5] = portion
    return told


@dataclass(frozen=True)
class Told:
    """What REST tells: the hash of each console's answers, their bytes; `happened`: which faults, and how often."""

    hashes: list[str]
    size: int
    happened: Counter[str]


def events_in(told: Iterable[bytes]) -> int:
    """How many different events there are among these messages."""
    return len({event.key for event in (parse(message, 0.0) for message in told) if not isinstance(event, Rejected)})


def dumps_of_one_and_four(events: int, rate: float) -> Told:
    """The same script, heard by one console and by four that share another journal, while all that `Faults` can do
    happens to them."""
    base = time.time() - 3600
    told = script(events, base)
    with redis_with(0) as (server, consoles), ExitStack() as stack, server.client() as client:

        def begin(prefix: str) -> ConsoleProcess:
            # That its producers are silent by now is the age of things, and five answers take a while.
            console = ConsoleProcess(server.url, MONITORING_KEY_PREFIX=prefix, MONITORING_INACTIVE_AFTER_S="3600")
            stack.callback(console.kill)
            return console

        def heard(number: int = len(told)) -> None:
            expected = events_in(told[:number])
            for console in consoles:
                wait_for(lambda: known(console) == expected, what="all events in each")  # noqa: B023

        consoles += [begin(prefix) for prefix in (ALONE, *[SHARED] * (CONSOLES - 1))]
        for console in consoles:
            console.wait_whole()
        number = 0
        faults = Faults(server, client, consoles, (ALONE, SHARED), lambda: begin(SHARED), lambda: heard(number + 1))
        places, began = faults.places(events, len(told)), time.monotonic()
        for number, message in enumerate(told):
            client.publish(CHANNEL, message)
            if number in places:
                faults.happen(places[number])
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
        for console in consoles:
            console.wait_whole()
        heard()
        for console in consoles:
            wait_for(lambda: console.feed()["alerts_waiting"] == 0, what="the end of writing alerts")  # noqa: B023
        wait_for(lambda: len({console.feed()["alerts"] for console in consoles[1:]}) == 1,
                 what="the same alerts in those that share them")
        dumps = [console.dump(base - 10, base + events * SCRIPT_STEP_S + 10) for console in consoles]
    return Told([name for name, _ in dumps], len(dumps[0][1]), faults.happened)
