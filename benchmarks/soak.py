"""`python -m benchmarks.soak [--hours 2] [--rate 50] [--write FILE]`: hours of load, and whether all stays flat.
`--without-allocator`: without the two lines for the C library, to see what they are for.

A gunicorn of two workers with history in SQLite, a Redis, a publisher of four sources, two open pages. Every minute
the processes are measured. It is no part of `make bench`, because it takes as long as it says.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil

from benchmarks import Row
from benchmarks.__main__ import table
from benchmarks.soak_load import HEALTH_EVERY, RUBBISH_EVERY, SOURCES, TICK_S, Page, Producer
from dashboard.settings import Settings
from tests.integration.mounted import ALLOCATOR, APP, GUNICORN, Host, Person, own_mb, settles_at, spoken_by
from tests.servers import RedisServer, wait_for

HOURS, RATE = 2.0, 50.0
WORKERS, THREADS = 2, 4
MEASURE_S = 60.0
READ_LIMIT_MS = 300.0
FLAT_MB_PER_HOUR = 10.0
"""Once ring and journal are full: less than this is the noise of an allocator, a leak of 100 bytes an event would be
17 MB."""
ROWS_SHOWN = 24
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Minute:
    """What one measurement found; memory is all workers' own together, `cpu` of one core."""

    at_s: float
    memory_mb: float
    cpu: float
    threads: int
    files: int
    redis_mb: float
    history_mb: float
    tick_ms: float
    read_ms: float
    machine: float
    """Share of all processors that was at work, by whatever runs on the machine: what a slow tick may come from."""


def p99(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)] if values else float("nan")


def megabytes(folder: str) -> float:
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / MEBIBYTE


class Soak:
    """The servers, and what was measured so far."""

    def __init__(self, hours: float, rate: float, allocator: Mapping[str, str] = ALLOCATOR):
        self.seconds = hours * 3600
        self.has_allocator = bool(allocator)
        self.folder = tempfile.mkdtemp(prefix="monitoring-soak-")
        self.server = RedisServer().start()
        self.host = Host(self.server.url, *GUNICORN, "--workers", WORKERS, "--threads", THREADS, APP,
                         MONITORING_DATABASE_URL=f"sqlite:///{self.folder}/history.db", **allocator).started()
        settles_at(self.server, WORKERS)
        self.producer = Producer(self.server.url, rate)
        self.pages = [Page(self.host) for _ in range(WORKERS)]
        self.begun_on = f"{datetime.now(UTC):%Y-%m-%d}"
        self.minutes: list[Minute] = []
        self.pids = sorted(child.pid for child in psutil.Process(self.host.process.pid).children())

    def run(self) -> None:
        for thread in (self.producer, *self.pages):
            thread.start()
        began = time.monotonic()
        cpu = self._cpu_s()
        psutil.cpu_percent()  # each answer is about the time since the one before
        for number in range(1, round(self.seconds / MEASURE_S) + 1):
            time.sleep(max(0.0, began + number * MEASURE_S - time.monotonic()))
            before, cpu = cpu, self._cpu_s()
            self.minutes.append(self._measure(time.monotonic() - began, (cpu - before) / MEASURE_S))
            print(line(self.minutes[-1]), file=sys.stderr, flush=True)
        self.producer.ended.set()
        self.producer.join()
        for page in self.pages:
            page.ended.set()
            page.join()

    def _workers(self) -> list[psutil.Process]:
        return [psutil.Process(pid) for pid in self.pids]

    def _cpu_s(self) -> float:
        return sum(sum(worker.cpu_times()[:2]) for worker in self._workers())

    def _measure(self, at_s: float, cpu: float) -> Minute:
        workers = self._workers()
        recent = max(1, int(MEASURE_S / TICK_S))
        with self.server.client() as client:
            used = client.info("memory")["used_memory"]
        return Minute(
            at_s, sum(map(own_mb, workers)), cpu,
            sum(worker.num_threads() for worker in workers), sum(worker.num_fds() for worker in workers),
            used / MEBIBYTE, megabytes(self.folder),
            p99([each for page in self.pages for each in page.ticks_ms[-recent:]]),
            p99([each for page in self.pages for each in page.reads_ms[-5:]]),
            psutil.cpu_percent() / 100)

    def told(self) -> list[dict]:
        """/status of each worker, once all of them have heard everything."""
        person = Person(self.host)
        wanted = self.producer.published["accepted"]

        def all_heard() -> list[dict]:
            answers = [answer.json() for answer in spoken_by(person.status, WORKERS).values()]
            return answers if all(heard(each) >= wanted for each in answers) else []

        try:
            return wait_for(all_heard, 30, 0.5, "the last events")
        except AssertionError:
            return [answer.json() for answer in spoken_by(person.status, WORKERS).values()]

    def close(self) -> None:
        self.host.kill()
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def heard(status: dict) -> int:
    return status["feed"]["accepted"] + status["feed"]["filled"]


def full_at_s(soak: Soak) -> float:
    """When the rings of all sources and the journal are full; the second half begins then, if it has not before."""
    settings, rate = Settings.from_env(), soak.producer.rate
    updates = rate / len(SOURCES) * (1 - 1 / RUBBISH_EVERY) * (1 - 1 / HEALTH_EVERY)
    return max(soak.seconds / 2, settings.ring_rows / updates, settings.journal_events / rate)


def slope(minutes: Sequence[Minute], name: str) -> float:
    """Growth an hour: the slope of a straight line through the measurements (least squares)."""
    if len(minutes) < 2:
        return float("nan")
    return float(np.polyfit([each.at_s / 3600 for each in minutes], [getattr(each, name) for each in minutes], 1)[0])


def findings(soak: Soak) -> list[Row]:
    producer, minutes = soak.producer, soak.minutes
    told = soak.told()
    accepted, rejected = producer.published["accepted"], producer.published["rejected"]
    lost = [accepted - heard(each) for each in told]
    refused = [sum(each["feed"]["rejected"].values()) for each in told]
    exact = all(each["feed"]["received"] == each["feed"]["accepted"] + each["feed"]["duplicates"] + count
                for each, count in zip(told, refused, strict=True))
    ticks = [each for page in soak.pages for each in page.ticks_ms]
    reads = [each for page in soak.pages for each in page.reads_ms]
    worst, unanswered = max(page.worst for page in soak.pages), sum(page.unanswered for page in soak.pages)
    same = {child.pid for child in psutil.Process(soak.host.process.pid).children()} == set(soak.pids)
    since_s = full_at_s(soak)
    late = [each for each in minutes if each.at_s >= since_s]
    threads, files = ({getattr(each, name) for each in late or minutes} for name in ("threads", "files"))
    return [
        Row(f"{accepted:,} events in {soak.seconds / 3600:g} h, {producer.published['repeated']:,} of them sent twice: "
            f"lost, by worker", " and ".join(map(str, lost)), "0", not any(lost)),
        Row(f"{rejected:,} pieces of rubbish: rejected, by worker; all counted", " and ".join(map(str, refused)),
            f"{rejected}, received = accepted + rejected + duplicates", exact and set(refused) == {rejected}),
        Row("the workers are those of the start", "yes" if same else "no", "yes", same),
        *(Row(f"memory of {whose}, growth an hour once all is full ({since_s / 60:.0f} min)", f"{growth:+.1f} MB",
              f"< {FLAT_MB_PER_HOUR:g} MB", growth < FLAT_MB_PER_HOUR)
          for whose, growth in (("both workers", slope(late, "memory_mb")), ("Redis", slope(late, "redis_mb")))),
        Row("threads and open files from then on", f"{_span(threads)} and {_span(files)}", "bounded",
            max(threads) - min(threads) <= 4 and max(files) - min(files) <= 20),
        Row("processor, both workers together, mean",
            f"{100 * statistics.mean(each.cpu for each in minutes):.1f} % of a core", "told", True),
        Row("a tick and a read over HTTP, p99; worst status; unanswered",
            f"{p99(ticks):.0f} ms and {p99(reads):.0f} ms; {worst}; {unanswered}", f"≤ {READ_LIMIT_MS:.0f} ms; 200; 0",
            max(p99(ticks), p99(reads)) <= READ_LIMIT_MS and worst == 200 and not unanswered),
    ]


def _span(values: set[int]) -> str:
    return f"{min(values)} to {max(values)}" if len(values) > 1 else str(*values)


HEADINGS = ("after", "workers MB", "core %", "threads", "files", "Redis MB", "history MB", "tick p99 ms", "read p99 ms",
            "machine %")


def cells(minute: Minute) -> tuple[str, ...]:
    return (f"{minute.at_s / 60:.0f} min", f"{minute.memory_mb:.0f}", f"{100 * minute.cpu:.1f}", str(minute.threads),
            str(minute.files), f"{minute.redis_mb:.1f}", f"{minute.history_mb:.1f}", f"{minute.tick_ms:.0f}",
            f"{minute.read_ms:.0f}", f"{100 * minute.machine:.0f}")


def line(minute: Minute) -> str:
    return "| " + " | ".join(cells(minute)) + " |"


def report(soak: Soak, rows: list[Row]) -> str:
    """The document: the findings, and some two dozen of the measurements."""
    busy = 100 * statistics.mean(each.machine for each in soak.minutes)
    step = max(1, round(len(soak.minutes) / ROWS_SHOWN))
    shown = [each for number, each in enumerate(soak.minutes, 1) if number % step == 0 or number == 1]
    return "\n".join([
        "# Soak", "",
        f"{soak.seconds / 3600:g} hours at {soak.producer.rate:g} events a second of {len(SOURCES)} sources, a "
        f"gunicorn of {WORKERS} workers with history in SQLite, {len(soak.pages)} open pages. Every hundredth message "
        "is sent twice, every hundredth is rubbish. The environment has "
        f"{'the' if soak.has_allocator else 'not the'} "
        "[two lines for the C library](deployment.md#memory). "
        f"Begun on {soak.begun_on}, on a machine of which {busy:.0f} % was at work in the mean, by this and by "
        "whatever else it did. This page is written by `make soak`.", "",
        table(rows), "",
        "Memory is what both workers have beside the files of programs. It grows while the rings (43,200 samples a "
        "source) and the journal (100,000 events) fill, and the history while it has less than it is to keep.", "",
        "| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS), *map(line, shown), ""])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=HOURS)
    parser.add_argument("--rate", type=float, default=RATE, help="events a second")
    parser.add_argument("--write", type=Path, help="file for the report, such as docs/soak.md")
    parser.add_argument("--without-allocator", action="store_true", help="as the C library is by itself")
    chosen = parser.parse_args(arguments)
    soak = Soak(chosen.hours, chosen.rate, {} if chosen.without_allocator else ALLOCATOR)
    try:
        soak.run()
        rows = findings(soak)
    finally:
        soak.close()
    text = report(soak, rows)
    print(text)
    if chosen.write:
        chosen.write.write_text(text, encoding="utf-8")
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main(sys.argv[1:]))
