"""Everything a channel may carry, told to one console and to four that share a journal: they must say the same."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack

import orjson

from tests.console_process import ConsoleProcess
from tests.feeds import CHANNEL
from tests.journal_scenarios import known, redis_with
from tests.killed_connections import Killer
from tests.servers import wait_for

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


def dumps_of_one_and_four(events: int, rate: float) -> tuple[list[str], int]:
    """The same script, heard by one console and by four that share another journal; connections are killed, one
    console is killed and another takes its place, and the journals are lost once.

    Gives the hashes of what REST tells, and its bytes.
    """
    base = time.time() - 3600
    told, chance = script(events, base), random.Random(9)
    with redis_with(0) as (server, consoles), ExitStack() as stack, server.client() as client:

        def start(prefix: str) -> ConsoleProcess:
            # That its producers are silent by now is the age of things, and five answers take a while.
            consoles.append(ConsoleProcess(
                server.url, MONITORING_KEY_PREFIX=prefix, MONITORING_INACTIVE_AFTER_S="3600"))
            stack.callback(consoles[-1].kill)
            return consoles[-1]

        for prefix in ("{one}", *["{four}"] * 4):
            start(prefix)
        for console in consoles:
            console.wait_whole()
        faults = {len(told) // 4: "kill", len(told) // 3: "lose", len(told) // 2: "replace", len(told) * 2 // 3: "kill"}
        began, killer = time.monotonic(), Killer(client)
        for number, message in enumerate(told):
            client.publish(CHANNEL, message)
            fault = faults.get(number)
            if fault == "kill":
                killer.kill([chance.choice(killer.listening())])
                time.sleep(0.3)
            elif fault == "lose":
                client.delete(*(f"{prefix}:journal{rest}" for prefix in ("{one}", "{four}")
                                for rest in ("", ":keys", ":state", ":heard")))
            elif fault == "replace":
                consoles[1].kill()
                start("{four}")
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
        del consoles[1]
        for console in consoles:
            console.wait_whole()
        expected = consoles[0].feed()["accepted"] + consoles[0].feed()["filled"]
        for console in consoles:
            wait_for(lambda: known(console) == expected, what="the same number of events in all")  # noqa: B023
            wait_for(lambda: console.feed()["alerts_waiting"] == 0, what="the end of writing alerts")  # noqa: B023
        time.sleep(1.0)  # another process's alerts show a moment later
        dumps = [console.dump(base - 10, base + events * SCRIPT_STEP_S + 10) for console in consoles]
    return [name for name, _ in dumps], len(dumps[0][1])
