"""Nothing heard is lost: each promise counted exactly against what was published, with real servers and processes.

`--only kills` (or freeze, deaths, workers, dumps) runs the rows of that part.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

import orjson
import psutil

from benchmarks import Row
from dashboard.settings import Settings
from tests.integration.mounted import APP, GUNICORN, Host, Person
from tests.journal_scenarios import (
    STREAM,
    Counted,
    frozen,
    killed_with_our_publisher,
    one_connection_killed,
    percentile,
    random_kills,
    restarts,
)
from tests.journal_script import dumps_of_one_and_four
from tests.script_faults import faults_of
from tests.servers import RedisServer, wait_for

CONVERGED_WITHIN_S, NOTICED_WITHIN_S, AGAIN_WITHIN_S, DRAWN_WITHIN_S, BACK_WITHIN_S = 2.0, 3.5, 1.0, 0.5, 3.0
KILLS, KILLS_OF_ONE = 200, 100
SCRIPTED = 10_000
DAY_ROWS, STEP_S, METRICS = 17_280, 5.0, 30
MEBIBYTE = 1024 * 1024


def kills() -> list[Row]:
    four = random_kills(processes=4, events=100_000, kills=KILLS, rate=2_000.0)
    one = one_connection_killed(events=20_000, kills=KILLS_OF_ONE, rate=2_000.0)
    return [
        Row("4 processes, 100,000 events, random kills of connections: how often, missing anywhere, converged after",
            f"{four.kills} times ({four.killed} connections), {_lost(four)} ({four.filled:,} came from the journal), "
            f"{four.converged_s:.1f} s", f"{KILLS} times, 0, ≤ {CONVERGED_WITHIN_S:g} s",
            four.kills >= KILLS and _exact(four) and four.converged_s <= CONVERGED_WITHIN_S),
        Row("1 process, 20,000 events, kills of one connection: how often, lost, gaps",
            f"{one.kills} times, {_lost(one)}, {one.gaps}", f"{KILLS_OF_ONE} times, 0, none",
            one.kills >= KILLS_OF_ONE and _exact(one) and one.gaps == 0),
    ]


def _lost(counted: Counted) -> str:
    return f"{counted.missing}" + (f" ({counted.twice} twice)" if counted.twice else "")


def _exact(counted: Counted) -> bool:
    return counted.missing == counted.twice == counted.duplicates == 0


def freeze() -> list[Row]:
    counted, noticed_s = frozen(8.0, 4_000)
    return [Row("Redis frozen for 8 s, 4,000 events: lost, noticed after", f"{_lost(counted)}, {noticed_s:.1f} s",
                f"0, ≤ {NOTICED_WITHIN_S:g} s", _exact(counted) and noticed_s <= NOTICED_WITHIN_S)]


def deaths() -> list[Row]:
    accepted, lost, lost_later = killed_with_our_publisher(kills=20, seconds_each=0.5)
    again_s, errors_s = restarts(30)
    again, error = percentile(again_s, 0.95), max(errors_s)
    return [
        Row("our publisher, AOF, 20 × kill -9 of Redis: lost of the accepted, to a console that ran and to a new one",
            f"{lost} and {lost_later} of {accepted:,}", "0 and 0", accepted > 0 and lost == lost_later == 0),
        Row("30 restarts of Redis: subscribed again, p95; gap drawn to within, worst",
            f"{again * 1e3:.0f} ms, {error * 1e3:.0f} ms", f"≤ {AGAIN_WITHIN_S:g} s, ≤ {DRAWN_WITHIN_S:g} s",
            again <= AGAIN_WITHIN_S and error <= DRAWN_WITHIN_S and len(again_s) == 30),
    ]


def sample(number: int, at: float) -> bytes:
    """An update of 30 metrics."""
    return orjson.dumps({
        "event_type": "METRIC_UPDATE", "source": "TickStockPL", "timestamp": at, "event_id": f"{number:032x}",
        "metrics": {f"group{group}": {f"metric_{metric}": number * 7 % 1000 / 10 + metric for metric in range(10)}
                    for group in range(METRICS // 10)}})


def workers() -> list[Row]:
    server = RedisServer().start()
    try:
        with server.client() as client:
            hosts = [Host(server.url, *GUNICORN, "--workers", 2, "--threads", 2, *more, APP,
                          MONITORING_DATABASE_URL="off") for more in ((), ("--preload",))]
            people = [Person(host.started()) for host in hosts]
            now = time.time()
            for start in range(0, DAY_ROWS, 500):
                with client.pipeline(transaction=False) as pipeline:
                    for number in range(start, min(start + 500, DAY_ROWS)):
                        pipeline.publish(Settings().channel, sample(number, now - STEP_S * (DAY_ROWS - number)))
                    pipeline.execute()
                time.sleep(0.2)
            wait_for(lambda: client.xlen(STREAM) == DAY_ROWS, 60, what="the record")
            size = sum(client.memory_usage(key, samples=0) or 0 for key in client.keys("{monitoring}:journal*"))
            raw = int(client.hget(f"{STREAM}:state", "bytes"))
            (from_kill_s, anew_s), (preloaded_s, _) = (
                _back_s(host, person) for host, person in zip(hosts, people, strict=True))
        for host in hosts:
            host.kill()
    finally:
        server.close()
    return [
        Row("kill -9 of a gunicorn worker, --preload: 24 h at 5 s of 30 metrics back in the ring of the next",
            f"{preloaded_s:.1f} s", f"≤ {BACK_WITHIN_S:g} s", preloaded_s <= BACK_WITHIN_S),
        Row("the same without --preload: an interpreter starts and loads it all before",
            f"{from_kill_s:.1f} s, the last {anew_s:.1f} s of them from its first answer",
            f"≤ {BACK_WITHIN_S:g} s", from_kill_s <= BACK_WITHIN_S),
        Row("memory of Redis for these 24 h, and for each event beside its own bytes",
            f"{size / MEBIBYTE:.1f} MiB, {(size - raw) / DAY_ROWS:.0f} bytes", "≤ 300 bytes",
            (size - raw) / DAY_ROWS <= 300),
    ]


def _back_s(host: Host, person: Person) -> tuple[float, float]:
    """Seconds until another worker has the whole day: from the end of the one before, and from its own first answer."""
    before = {str(worker.pid) for worker in psutil.Process(host.process.pid).children()}
    began, answered = time.monotonic(), []
    os.kill(int(min(before)), signal.SIGKILL)

    def back() -> bool:
        answer = person.status()
        counters = answer.json()["ring"]
        if answer.headers["X-Process"] in before:
            return False
        answered.append(time.monotonic())
        return counters["stored"] + counters["late"] >= DAY_ROWS

    wait_for(back, 60, 0.02, "the day in the next worker")
    return time.monotonic() - began, time.monotonic() - answered[0]


def dumps() -> list[Row]:
    told = dumps_of_one_and_four(SCRIPTED, 200.0)
    versions, wanted = len(set(told.hashes)), faults_of(SCRIPTED)
    return [Row("1 process and 4, the same 10,000-event script with faults: what REST tells",
                f"{versions} version{'s' * (versions > 1)} of {told.size:,} bytes in {len(told.hashes)}; "
                + _times(told.happened),
                "the same bytes; " + _times(wanted), versions == 1 and told.happened >= wanted)]


def _times(faults: Counter[str]) -> str:
    return ", ".join(f"{faults[what]} × {what}" for what in faults_of(SCRIPTED))


PARTS = {"kills": kills, "freeze": freeze, "deaths": deaths, "workers": workers, "dumps": dumps}


def rows(*only: str) -> list[Row]:
    """All of them, or those of these parts. Raises KeyError for one there is not."""
    return [row for name in only or PARTS for row in PARTS[name]()]
