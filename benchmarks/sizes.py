"""Consoles of four sizes, the plain one and with ten times as much of one thing, and how much more each may cost."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import Row
from benchmarks.page import ALERTS

TIMES = 10
SAMPLES = 1_728  # 2.4 hours at 5 s: ten times as much is the day that is kept
PLAIN, METRICS, HISTORY, MANY_ALERTS = "plain", "metrics", "history", "alerts"
SIZES = {PLAIN: (SAMPLES, 1, ALERTS), METRICS: (SAMPLES, TIMES, ALERTS), HISTORY: (SAMPLES * TIMES, 1, ALERTS),
         MANY_ALERTS: (SAMPLES, 1, ALERTS * TIMES)}
"""Of what is in memory alone: samples, times the producer's metrics, open alerts."""
DAYS = {PLAIN: (1, 1, ALERTS), METRICS: (1, TIMES, ALERTS), HISTORY: (TIMES, 1, ALERTS),
        MANY_ALERTS: (1, 1, ALERTS * TIMES)}
"""Of consoles with a database: days in it, times the producer's metrics, open alerts. In memory is the last day."""
IN_PROPORTION = 12.0
"""Of what there is ten times as much; a little more, for what no longer fits into a cache."""
SHOWN = 6.0
"""Of what a page has more of to show: at most 24 charts of 8 lines, 192 in all, where the plain one has 36."""
NOT_AFFECTED = 1.5
"""Of what has ten times as much of something it does not read, or of which it shows no more than before."""
AT_WORST = 2.5
"""The same of the slowest hundredth of some hundred answers, which is whatever else the machine did just then."""


def row(what: str, plain: str, ratios: Mapping[str, float], bounds: Mapping[str, float],
        stays: float = NOT_AFFECTED) -> Row:
    """One measure: how many times as much it costs with ten times as much of each. What has no bound is to stay."""
    figure = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
    most = {name: bounds.get(name, stays) for name in ratios}
    target = ", ".join(f"{name} ≤ {bound:g}" for name, bound in most.items())
    return Row(f"ten times as much: {what}", f"{figure} (× {plain})", target,
               all(ratio <= most[name] for name, ratio in ratios.items()))


def ratios(values: Mapping[str, float]) -> dict[str, float]:
    """Of each of the larger ones to the plain one."""
    return {name: value / values[PLAIN] for name, value in values.items() if name != PLAIN}
