"""Current values for tiles and gauges, and the sparklines of the tiles. Numbers in, what is printed out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dashboard import catalog
from dashboard.metrics.query import rate
from dashboard.metrics.window import Window
from dashboard.number_text import display
from dashboard.ui.moment import Moment
from dashboard.ui.points import numbers
from dashboard.ui.times import span

SPARK_POINTS = 60
OLD_AFTER_S = 60.0  # a value of one metric that is older than this says so, even where its source is alive
FLAT = 0.005  # a change of less than half a percent of the value is no change worth reading


def tiles(moment: Moment) -> list[list[Any]]:
    """[value, unit, note, band, [new points of the sparkline]] for each tile of the structure, in its order."""
    return [_tile(moment, name) for name in moment.structure.tiles]


def gauges(moment: Moment) -> list[list[Any]]:
    """[value in the gauge's unit or None, band, words for a screen reader, "" or how old it is] for each gauge of the
    structure. An old value is not judged: nobody knows whether it is still bad."""
    shown = []
    for plan in moment.structure.gauges:
        about = catalog.describe(plan.metric)
        times, values = _column(moment, plan.metric)
        latest = _latest(moment, plan.metric, values)
        old = _old(moment, plan.metric, times)
        text, unit = display(about, latest)
        label = f"{plan.title}: {text} {unit} of {plan.maximum:g}".replace("  ", " ")
        shown.append([_needle(about, latest), "none" if old else catalog.band(about, latest),
                      f"{label}, {old}" if old else label, old])
    return shown


def _needle(about: catalog.Metric, value: float | None) -> float | None:
    """Where the gauge points; None where the value is too large to be brought into its unit."""
    shown = None if value is None else catalog.scaled(about, value)
    return round(shown, 3) if shown is not None and math.isfinite(shown) else None


def sparks(moment: Moment) -> list[list[float | None]]:
    """The last SPARK_POINTS values of each tile, oldest first; None where a sample lacks the metric."""
    return [numbers(_column(moment, name)[1][-SPARK_POINTS:]) for name in moment.structure.tiles]


def _tile(moment: Moment, name: str) -> list[Any]:
    about = catalog.describe(name)
    times, values = _column(moment, name)
    if name in moment.counters:
        about = catalog.as_rate(about)
    latest = _latest(moment, name, values)
    text, unit = display(about, latest)
    return [text, unit, _note(moment, name, about, times, values), catalog.band(about, latest),
            _fresh(moment, times, values)]


def _column(moment: Moment, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(times, values) of one metric in the tail, where it was present; a counter as its rate."""
    if moment.tail is None or name not in moment.tail.columns:
        return np.empty(0), np.empty(0)
    if name in moment.counters:
        times, values = _rates(moment, name)
        first = np.searchsorted(times, moment.tail.times[0]) if len(moment.tail) else len(times)
        return times[first:], values[first:]
    return _present(moment.tail, name)


def _rates(moment: Moment, name: str) -> tuple[np.ndarray, np.ndarray]:
    """A counter's growth per second over the whole range: the first of the tail has a sample before it there."""
    times, values = _present(moment.cumulative, name)
    return times, rate(times, values)


def _present(window: Window, name: str) -> tuple[np.ndarray, np.ndarray]:
    present = ~np.isnan(window.columns[name])
    return window.times[present], window.columns[name][present]


def _latest(moment: Moment, name: str, values: np.ndarray) -> float | None:
    if not len(values) and name in moment.counters:
        values = _rates(moment, name)[1]
    if len(values) and np.isfinite(values[-1]):
        return float(values[-1])
    if len(values) or name in moment.counters:
        return None  # a counter's total is no rate
    at_value = moment.latest.get(name)  # older than the tail: shown with its age
    return at_value[1] if at_value else None


def _note(moment: Moment, name: str, about: catalog.Metric, times: np.ndarray, values: np.ndarray) -> str:
    """How old the value is where it is old, else how it changed over the tail."""
    old = _old(moment, name, times)
    if old or not len(times):
        return old
    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        return ""
    change = float(finite[-1]) - float(finite[0])
    size, unit = display(about, abs(change))
    if size == "0" or abs(change) <= abs(float(finite[-1])) * FLAT:
        return "→"
    if unit != display(about, float(finite[-1]))[1]:  # 2.4 KB/s that fell by 80 B/s
        size = f"{size} {unit}"
    return ("↗ +" if change > 0 else "↘ −") + size


def _old(moment: Moment, name: str, times: np.ndarray) -> str:
    """`2 min old` where the newest value of a metric is; "" where it is fresh, or there is none."""
    at = float(times[-1]) if len(times) else None
    if at is None:
        at_value = moment.latest.get(name)
        at = at_value[0] if at_value else None
    return f"{span(moment.until - at)} old" if at is not None and moment.until - at > OLD_AFTER_S else ""


def _fresh(moment: Moment, times: np.ndarray, values: np.ndarray) -> list[float | None]:
    if moment.delta is None or not len(moment.delta.times):
        return []
    return numbers(values[np.searchsorted(times, moment.delta.times[0]):][-SPARK_POINTS:])
