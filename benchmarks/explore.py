"""The Explore page: its answers from a store, and what else moved among as many metrics as a source may have."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from urllib.parse import urlencode

import numpy as np
import orjson

from benchmarks import Row, best_of
from dashboard.explore.moved import MOVED, moved
from dashboard.explore.series import Series, raw
from dashboard.explore.span import Span
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.services import Services
from dashboard.settings import Settings
from dashboard.ui.explore.fetch import fetch
from tests.unit.ui_world import NOW, make_world

METRICS = 500
STEP_S = 5.0
START = 1_700_000_000.0
CHARTED = tuple(f"group{place}.metric_{place}_ms" for place in range(12))
PIXELS, ROUNDS = 1_000, 6
CHANGED = range(0, METRICS, 25)


def metrics(window_s: float) -> tuple[list[Series], Span]:
    """Metrics at 5 s over a window and the four lengths before it: some drift, some count, some stand, 20 changed."""
    generator = np.random.default_rng(5)
    times = START + np.arange(0.0, 5 * window_s, STEP_S)
    brush = Span(START + 4 * window_s, float(times[-1]))
    during = times >= brush.start
    found = []
    for number in range(METRICS):
        values = generator.normal(50.0, 5.0, len(times))
        if number in CHANGED:
            values[during] += 15.0
        elif number % 5 == 1:
            values = 50.0 + np.cumsum(generator.normal(0.0, 0.1, len(times)))
        elif number % 5 == 2:
            values = np.cumsum(np.abs(values))
        elif number % 5 == 3:
            values = np.full(len(times), 7.0)
        suffix = "_total" if number % 5 == 2 else ""
        found.append(raw("source", f"group{number % 6}.metric_{number}{suffix}", times, values))
    return found, brush


def what_else_moved() -> list[Row]:
    found = []
    for window_s, words in ((600.0, "10 min"), (3_600.0, "1 h")):
        series, brush = metrics(window_s)
        took_s = best_of(lambda: moved(series, brush), 5)  # noqa: B023
        answer = moved(series, brush)
        named = {one.key for one in answer[:len(CHANGED)]} == {series[number].key for number in CHANGED}
        others = sum(one.verdict == MOVED for one in answer) - len(CHANGED)
        found.append(Row(f"What else moved, {METRICS} metrics, {words} against {4 * window_s / 3600:.2g} h at 5 s",
                         f"{took_s * 1e3:.0f} ms, the {len(CHANGED)} that changed first, {others} others",
                         "<= 300 ms, those first", took_s <= 0.3 and named))
    return found


def answers() -> list[Row]:
    """What the page's callback does for 12 charts, JSON included, over windows of ten days of history."""
    with tempfile.TemporaryDirectory() as folder:
        services = _with_history(f"sqlite:///{folder}/history.sqlite3")
        ranges = [f"{hours}h" for hours in (1, 3, 6, 12, 24, 48, 72, 96, 144, 192, 240)]
        lines = [("m", f"pl/{name}") for name in CHARTED]
        took, sizes = {}, {}
        for text in ranges:
            asked = {"query": urlencode([*lines, ("range", text), ("charts", "metric")]), "points": PIXELS,
                     "zone": "Europe/Zurich"}
            took[text] = [_seconds(lambda asked=asked: sizes.update(
                {text: len(orjson.dumps(fetch(services, asked)[0]))})) for _ in range(ROUNDS)]  # noqa: B023
        services.history.database.close()
    p95 = float(np.percentile([seconds for each in took.values() for seconds in each], 95))
    hour_s, longest_s = (min(took[text]) for text in (ranges[0], ranges[-1]))  # the others were held up
    return [
        Row(f"the Explore page's answer of {len(CHARTED)} charts at {PIXELS:,} px, 1 h to 10 d, p95",
            f"{p95 * 1e3:.0f} ms, {max(sizes.values()) / 1e3:,.0f} kB at most", "<= 150 ms, 400 kB",
            p95 <= 0.15 and max(sizes.values()) <= 400_000),
        Row("the same, 10 days ÷ 1 hour, quickest",
            f"{longest_s / hour_s:.2f} ({longest_s * 1e3:.0f} ms ÷ {hour_s * 1e3:.0f} ms)", "<= 2",
            longest_s <= 2 * hour_s)]


def _with_history(url: str) -> Services:
    """Services whose store holds ten days: a sample every 30 s, and every 5 s of the last hour."""
    settings = Settings(database_url=url, history_raw_hours=24.0 * 11)
    services, generator = make_world(settings), np.random.default_rng(7)
    times = np.concatenate([np.arange(NOW - 10 * 86_400, NOW - 3_600, 30.0), np.arange(NOW - 3_600, NOW, 5.0)])
    ring = Ring(rows=len(times))
    for at, values in zip(times.tolist(), generator.normal(50.0, 5.0, (len(times), len(CHARTED))).tolist(),
                          strict=True):
        ring.append("pl", at, dict(zip(CHARTED, values, strict=True)))
    writer = HistoryStore(settings, ring, clock=services.clock)
    assert writer.step()
    writer.database.close()
    store = HistoryStore(settings, services.ring, clock=services.clock)
    assert store.step()
    return replace(services, history=store)


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def rows() -> list[Row]:
    return [*answers(), *what_else_moved()]
