"""The Explore page: what else moved, among as many metrics as a source may have."""

from __future__ import annotations

import numpy as np

from benchmarks import Row, best_of
from dashboard.explore.moved import MOVED, moved
from dashboard.explore.series import Series, raw
from dashboard.explore.span import Span

METRICS = 500
STEP_S = 5.0
START = 1_700_000_000.0
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


def rows() -> list[Row]:
    return what_else_moved()
