"""The history: a month of it asked for at any length, what writing costs, that nothing is stored twice, and kills."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import orjson
from flask import Flask

from benchmarks import Row
from dashboard.history import schema
from dashboard.history.backlog import Backlog
from dashboard.history.cells import BUCKET, SAMPLE
from dashboard.history.database import Database
from dashboard.history.filling import fill
from dashboard.history.folding import as_buckets, as_rows, folded, starts_of
from dashboard.history.place import Place
from dashboard.history.steps import TIERS
from dashboard.history.store import HistoryStore
from dashboard.history.upgrade import upgrade
from dashboard.metrics.ring import Ring
from dashboard.services import build
from dashboard.settings import Settings
from tests.servers import RedisServer, wait_for
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import api_host, make_services

METRICS = tuple(f"group{number % 6}.metric_{number}" for number in range(50))
STEP_S, DAYS, DAY_S = 5, 30, 86_400
NOW = 1_760_000_000.0
CHARTS, PIXELS = 12, 1_000
WINDOWS = 200
EVENTS_A_SECOND, WRITING_S = 10, 20
TOGETHER_S = 60
KILLS, KILL_EVERY_S = 20, 0.5


def month(path: str) -> None:
    """30 days of 50 metrics at 5 s, all samples and all tiers, by the store's own folding but without its locks."""
    with closing(Database(Place("sqlite", path=path))) as database:
        upgrade(database)
    numbers = np.arange(1, len(METRICS) + 1, dtype=np.uint32)
    chance, level = np.random.default_rng(1), np.full(len(METRICS), 50.0)
    first = int(NOW - DAYS * DAY_S) // TIERS[-1].span_s * TIERS[-1].span_s
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("INSERT INTO monitoring_source (id, name) VALUES (1, 'pl')")
        file.executemany("INSERT INTO monitoring_metric VALUES (?, ?)", enumerate(METRICS, 1))
        file.executemany("INSERT INTO monitoring_source_metric VALUES (1, ?, ?)",
                         [(number, first * 10**6) for number in numbers.tolist()])
        for day in range(first, int(NOW) + 1, DAY_S):
            times = np.arange(day, min(day + DAY_S, int(NOW) + 1), STEP_S)
            values = level + np.cumsum(chance.normal(size=(len(times), len(METRICS))), axis=0)
            level = values[-1]
            cells = np.empty(values.shape, SAMPLE)
            cells["metric"], cells["value"] = numbers, values
            file.execute("BEGIN IMMEDIATE")
            file.executemany("INSERT INTO monitoring_sample VALUES (1, ?, ?)",
                             ((at * 10**6, row.tobytes()) for at, row in zip(times.tolist(), cells, strict=True)))
            starts = np.repeat(times * 10**6, len(METRICS))
            added = as_buckets(starts, cells["metric"].ravel(), cells["value"].ravel())
            for tier in TIERS:
                starts, added = folded(starts_of(starts, tier.span_s * 10**6), added)
                file.executemany(f"INSERT INTO {schema.buckets[tier.name].name} VALUES (1, ?, ?)",
                                 as_rows(starts, added))
            file.execute("COMMIT")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def room(path: str) -> list[Row]:
    with closing(sqlite3.connect(path)) as file:
        pages = dict(file.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name"))
        cells = file.execute("SELECT SUM(LENGTH(cells)) FROM monitoring_sample").fetchone()[0] // SAMPLE.itemsize
    raw = sum(size for name, size in pages.items() if "monitoring_sample" in name) / cells
    whole = os.path.getsize(path) / cells
    return [Row("bytes a raw sample on disk, SQLite", f"{raw:.1f} (with all tiers of the same 30 days {whole:.1f})",
                "<= 24", raw <= 24)]


def windows(path: str) -> list[Row]:
    """Over HTTP, with guard and JSON, by a process whose ring has nothing of it. All samples of the month are kept."""
    settings = Settings(database_url=f"sqlite:///{path}", history_raw_hours=24.0 * DAYS)
    services = make_services(settings)
    services.clock.now = NOW
    services.history = HistoryStore(settings, services.ring, clock=services.clock)
    app: Flask = api_host(services)
    client, chance = sign_in(app.test_client()), np.random.default_rng(2)

    def ask(length_s: float, age_s: float) -> float:
        end = NOW - age_s
        began = time.perf_counter()
        answer = client.get(f"{API}/metrics/series", query_string={
            "source": "pl", "metric": METRICS[:CHARTS], "start": end - length_s, "end": end, "points": PIXELS})
        took = time.perf_counter() - began
        assert answer.status_code == 200, answer.text
        return took

    ask(3_600, 0)
    took = []
    for length_s in np.exp(chance.uniform(np.log(300), np.log(DAYS * DAY_S - 1), WINDOWS)).tolist():
        took.append(ask(length_s, float(chance.uniform(0, DAYS * DAY_S - length_s))))
    hours, months = [ask(3_600, 0) for _ in range(15)], [ask(DAYS * DAY_S - 1, 0) for _ in range(15)]
    hour_s, month_s, p95 = np.median(hours), np.median(months), np.percentile(took, 95)
    services.history.database.close()
    return [
        Row(f"a window of any length to {CHARTS} charts at {PIXELS:,} px, 30 days of 50 metrics at 5 s, p95",
            f"{p95 * 1e3:.1f} ms (median {np.median(took) * 1e3:.1f} ms, {WINDOWS} windows)", "<= 150 ms", p95 <= 0.15),
        Row("30 days ÷ 1 hour, medians", f"{month_s / hour_s:.2f} ({month_s * 1e3:.1f} ms ÷ {hour_s * 1e3:.1f} ms)",
            "<= 2", month_s <= 2 * hour_s)]


def filling(path: str) -> list[Row]:
    took = []
    for _ in range(3):
        with closing(Database(Place("sqlite", path=path))) as database:
            ring = Ring()
            began = time.perf_counter()
            events = fill(database, ring, Backlog(ring), NOW)
            took.append(time.perf_counter() - began)
    return [Row("ring filled from the store at start, 24 h of 50 metrics",
                f"{min(took) * 1e3:.0f} ms, {events:,} events", "<= 2 s", min(took) <= 2 and events > 17_000)]


def writing(folder: str) -> list[Row]:
    """What the thread of the history takes while a feed of ten events a second goes by, its last flush included."""
    ring, chance = Ring(), np.random.default_rng(3)
    store = HistoryStore(Settings(database_url=f"sqlite:///{folder}/writing.sqlite3"), ring)
    store.start()
    wait_for(lambda: store.status.state == "ready", what="the history")
    clock = time.pthread_getcpuclockid(store._thread.ident)
    began, cpu, events = time.monotonic(), time.clock_gettime(clock), WRITING_S * EVENTS_A_SECOND
    for event in range(events):
        ring.append("pl", round(time.time(), 6), dict(zip(METRICS, chance.normal(size=50).tolist(), strict=True)))
        time.sleep(max(0.0, began + (event + 1) / EVENTS_A_SECOND - time.monotonic()))
    wait_for(lambda: store.status.written == events * len(METRICS), what="the last flush")
    percent = 100 * (time.clock_gettime(clock) - cpu) / (time.monotonic() - began)
    store.stop(10)
    return [Row("writing 50 metrics × 10 events/s", f"{percent:.2f} % of a core", "< 5 %", percent < 5)]


def together(folder: str) -> list[Row]:
    """Two whole consoles on one Redis and one file."""
    path = f"{folder}/together.sqlite3"
    server = RedisServer().start()
    children = [subprocess.Popen([sys.executable, "-m", "benchmarks.history", "console", server.url, path],
                                 stdin=subprocess.PIPE) for _ in range(2)]
    events = TOGETHER_S * EVENTS_A_SECOND
    try:
        channel = Settings().channel
        with server.client() as client:
            wait_for(lambda: client.pubsub_numsub(channel)[0][1] >= 2 and os.path.exists(path), 60, 0.2, "two consoles")
            time.sleep(1)
            began = time.monotonic()
            for event in range(events):
                metrics: dict[str, dict[str, float]] = {}
                for number, name in enumerate(METRICS):
                    group, _, leaf = name.partition(".")
                    metrics.setdefault(group, {})[leaf] = float(event + number)
                client.publish(channel, orjson.dumps({
                    "event_type": "METRIC_UPDATE", "source": "pl", "timestamp": time.time(), "metrics": metrics}))
                time.sleep(max(0.0, began + (event + 1) / EVENTS_A_SECOND - time.monotonic()))
        time.sleep(3)
        for child in children:
            child.communicate(b"end", timeout=30)
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
        server.close()
    stored, counted = counts(path)
    wanted = events * len(METRICS)
    tiers = ", ".join(f"{count:,}" for count in sorted(counted))
    return [Row(f"2 processes writing the same feed for {TOGETHER_S} s",
                f"{stored:,} of {wanted:,} samples, in the tiers {tiers}",
                "every sample once", {stored, *counted} == {wanted})]


def counts(path: str) -> tuple[int, set[int]]:
    """Samples stored, and what the buckets of each tier say they hold."""
    with closing(sqlite3.connect(path)) as file:
        stored = file.execute("SELECT SUM(LENGTH(cells)) FROM monitoring_sample").fetchone()[0] // SAMPLE.itemsize
        fields = {tier.name: file.execute(f"SELECT cells FROM {schema.buckets[tier.name].name}").fetchall()
                  for tier in TIERS}
    return stored, {sum(int(np.frombuffer(field, BUCKET)["count"].sum()) for field, in held)
                    for held in fields.values()}


def console(redis_url: str, path: str) -> None:
    """A console without a page, until somebody writes to its stdin."""
    services = build(Settings(redis_url=redis_url, database_url=f"sqlite:///{path}"))
    services.start()
    sys.stdin.read(1)
    services.listener.stop()
    services.history.stop(10)
    services.stop()


def hear(ring: Ring, event: int) -> None:
    ring.append("pl", NOW + event / 10, {name: float(event + number) for number, name in enumerate(METRICS)})


def writer(path: str, first: int) -> None:
    """Writes as fast as it can, twenty events a transaction, and says after each how far it is."""
    ring = Ring()
    store = HistoryStore(Settings(database_url=f"sqlite:///{path}"), ring, clock=lambda: NOW)
    for event in range(first, 10**9):
        hear(ring, event)
        if event % 20 == 19:
            assert store.step(), store.status
            print(event + 1, flush=True)


def kills(folder: str) -> list[Row]:
    path, told, lost, corrupt = f"{folder}/kills.sqlite3", 0, 0, 0
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, "-m", "benchmarks.history", "writer", path, str(told)],
                                 stdout=subprocess.PIPE, text=True)
        told = int(child.stdout.readline())
        threading.Timer(KILL_EVERY_S, child.send_signal, (signal.SIGKILL,)).start()
        lines = child.communicate()[0].splitlines()
        told = int(lines[-1]) if lines and len(lines[-1]) >= len(str(told)) else told
        with closing(sqlite3.connect(path)) as file:
            corrupt += file.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
        stored, counted = counts(path)
        corrupt += {stored} != counted
        lost += max(0, told * len(METRICS) - stored)
    ring = Ring(rows=told + 100)
    for event in range(told + 20):
        hear(ring, event)
    other = HistoryStore(Settings(database_url=f"sqlite:///{path}"), ring, clock=lambda: NOW)
    assert other.step(), other.status
    other.database.close()
    whole = counts(path)[0] == (told + 20) * len(METRICS)
    return [Row(f"kill -9 while writing, {KILLS} times",
                f"{corrupt} corrupt, {lost} lost of {told * len(METRICS):,} that were said to be written, "
                f"{'all' if whole else 'not all'} there after another process",
                "nothing corrupt, the last batch missing at most, then filled", not corrupt and not lost and whole)]


def rows() -> list[Row]:
    folder = tempfile.mkdtemp(prefix="monitoring-history-")
    try:
        path = str(Path(folder) / "month.sqlite3")
        month(path)
        return [*windows(path), *room(path), *filling(path), *writing(folder), *together(folder), *kills(folder)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1] == "console":
        console(*sys.argv[2:])
    else:
        writer(sys.argv[2], int(sys.argv[3]))
