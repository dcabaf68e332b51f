"""The ring: what an append, a day of memory, a window and a chart cost."""

from __future__ import annotations

import gc
import random
import threading
import tracemalloc
from time import perf_counter

import numpy as np
import pandas as pd
import psutil

from benchmarks import Row, best_of
from dashboard.metrics.query import buckets, series
from dashboard.metrics.ring import Ring

DAY_ROWS = 17_280  # 24 h at 5 s
STEP_S = 5.0
START = 1_700_000_000.0
METRICS = tuple(f"group{n % 6}.metric_{n}" for n in range(36))


def day(metrics: int, rows: int = DAY_ROWS, kept: int = DAY_ROWS) -> Ring:
    """A ring after a day of samples; like the feed's, every sample brings names that are strings of its own."""
    ring, generator = Ring(rows=kept), np.random.default_rng(1)
    for row in range(rows):
        sample = generator.normal(50.0, 10.0, size=metrics).tolist()
        ring.append("source", START + row * STEP_S, dict(zip(METRICS, sample, strict=False)))
    return ring


def append() -> list[Row]:
    ring = day(30)
    sample = dict.fromkeys(METRICS[:30], 1.5)
    few = dict.fromkeys(METRICS[:15], 1.5)
    at = START + DAY_ROWS * STEP_S

    def appends(values: dict[str, float], count: int = 2_000) -> None:
        nonlocal at
        for _ in range(count):
            at += STEP_S
            ring.append("source", at, values)

    ring_s = best_of(lambda: appends(sample)) / 2_000
    few_s = best_of(lambda: appends(few)) / 2_000
    frame = ring.frame("source")

    def concat() -> None:
        nonlocal frame, at
        for _ in range(20):
            at += STEP_S
            new = pd.DataFrame([sample], index=[pd.Timestamp(at, unit="s", tz="UTC")])
            frame = pd.concat([frame, new]).iloc[-DAY_ROWS:]

    concat_s = best_of(concat, times=5) / 20
    ratio = concat_s / ring_s
    return [
        Row("ring append against pd.concat, 30 metrics, full day kept",
            f"{ratio:,.0f} times faster ({ring_s * 1e6:.1f} µs, {concat_s * 1e6:,.0f} µs)", ">= 100", ratio >= 100),
        Row("ring append in order, 15 metrics", f"{few_s * 1e6:.1f} µs", "<= 10 µs", few_s <= 10e-6),
    ]


def late() -> list[Row]:
    ring, generator = day(30), random.Random(3)
    sample = dict.fromkeys(METRICS[:30], 1.5)
    times = iter([START + generator.randrange(DAY_ROWS // 2, DAY_ROWS) * STEP_S + generator.random() + 0.1
                  for _ in range(1_000)])
    late_s = best_of(lambda: [ring.append("source", next(times), sample) for _ in range(200)], times=5) / 200
    return [Row("late sample put anywhere into half a day, 30 metrics", f"{late_s * 1e6:.0f} µs", "<= 1000 µs",
                late_s <= 1e-3)]


def own_bytes() -> int:
    """Memory that is this process's alone."""
    gc.collect()
    return psutil.Process().memory_full_info().uss


def memory() -> list[Row]:
    before = own_bytes()
    ring = day(30, rows=DAY_ROWS + 2_000)
    held = own_bytes() - before
    assert ring.length("source") == DAY_ROWS
    return [Row("memory of 24 h at 5 s, 30 metrics", f"{held / 1e6:.2f} MB", "<= 6 MB", held <= 6e6)]


def flood() -> list[Row]:
    """A million samples with 100,000 different names beside a live one."""
    ring = Ring(rows=2_000, metrics=64)

    def send(first: int, last: int) -> None:
        for count in range(first, last):
            ring.append("source", START + count, {"live": 1.0, f"name.{count % 100_000}": 1.0})

    tracemalloc.start()
    send(0, 100_000)
    before, traced = own_bytes(), tracemalloc.get_traced_memory()[0]
    send(100_000, 250_000)
    # Columns lie in pages of their own, which are not traced; all else is too little to be seen in pages.
    grown = max(own_bytes() - before, tracemalloc.get_traced_memory()[0] - traced)
    tracemalloc.stop()
    began = perf_counter()
    send(250_000, 1_000_000)
    each_s = (perf_counter() - began) / 750_000
    return [Row("1,000,000 samples of 100,000 names: growth", f"{grown / 1e3:.0f} kB, {each_s * 1e6:.1f} µs each",
                "<= 200 kB", grown <= 200_000)]


def reads() -> list[Row]:
    ring = day(36)
    newest = START + (DAY_ROWS - 1) * STEP_S
    names = METRICS[:30]
    hour_s = best_of(lambda: ring.frame("source", names, start=newest - 3600), 50)
    whole_s = best_of(lambda: ring.frame("source", names), 20)
    cursor = ring.cursor("source")
    delta_s = best_of(lambda: ring.since("source", cursor - 1), 100)
    lines_s = best_of(lambda: series(ring, "source", METRICS, None, None, 1000), 10)
    rates_s = best_of(lambda: series(ring, "source", names, None, None, 1000, [(START + 501, START + 502.0)],
                                     as_rate=lambda name: True), 10)
    rows_s = best_of(lambda: buckets(ring.window("source", names), 1000), 10)
    return [
        Row("frame() of 1 h, 30 metrics", f"{hour_s * 1e3:.2f} ms", "<= 0.5 ms", hour_s <= 0.5e-3),
        Row("frame() of 24 h, 30 metrics", f"{whole_s * 1e3:.2f} ms", "<= 10 ms", whole_s <= 10e-3),
        Row("since() of one sample, 24 h kept, 36 metrics", f"{delta_s * 1e6:.0f} µs", "<= 500 µs", delta_s <= 500e-6),
        Row("series() of 24 h, 36 metrics, 1,000 points", f"{lines_s * 1e3:.1f} ms", "<= 15 ms", lines_s <= 15e-3),
        Row("series() of 24 h, 30 metrics, with a gap, asked for rates", f"{rates_s * 1e3:.1f} ms", "<= 15 ms",
            rates_s <= 15e-3),
        Row("buckets() of 24 h, 30 metrics, 1,000 rows", f"{rows_s * 1e3:.1f} ms", "<= 25 ms", rows_s <= 25e-3),
    ]


def contention() -> list[Row]:
    """The lock is held by a reader for as long as a list of blocks takes, however large its window is."""
    ring = day(36)
    waits: list[float] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            ring.window("source")

    readers = [threading.Thread(target=read) for _ in range(2)]
    held_s = best_of(lambda: ring.cut("source"), 100)
    for reader in readers:
        reader.start()
    at = START + DAY_ROWS * STEP_S
    for _ in range(300):
        at += STEP_S
        began = perf_counter()
        ring.append("source", at, {METRICS[0]: 1.0})
        waits.append(perf_counter() - began)
    done.set()
    for reader in readers:
        reader.join()
    return [Row("lock held by a reader of 24 h, 36 metrics",
                f"{held_s * 1e6:.0f} µs (append beside 2 busy readers: median {np.median(waits) * 1e6:.0f} µs)",
                "<= 100 µs", held_s <= 100e-6)]


def beside_a_busy_thread() -> list[Row]:
    """After each step of numpy a reader waits for its turn, for up to 5 ms: so how many there are decides."""
    ring, done = day(36), threading.Event()

    def work() -> None:
        while not done.is_set():
            pass

    def middle_s() -> float:
        taken = []
        for _ in range(15):
            began = perf_counter()
            ring.window("source")
            taken.append(perf_counter() - began)
        return float(np.median(taken))

    alone_s, busy = middle_s(), threading.Thread(target=work)
    busy.start()
    beside_s = middle_s()
    done.set()
    busy.join()
    return [Row("window() of 24 h, 36 metrics, alone ÷ beside a thread that is always busy",
                f"{alone_s * 1e3:.1f} ms ÷ {beside_s * 1e3:.0f} ms", "told", True)]


def rows() -> list[Row]:
    return [*append(), *late(), *memory(), *flood(), *reads(), *contention(), *beside_a_busy_thread()]
