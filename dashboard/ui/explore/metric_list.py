"""The list to choose metrics from: every metric of a source by group, with unit, last value and sparkline."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard import catalog
from dashboard.catalog import Metric
from dashboard.history.answers import MetricInfo, UnknownSource
from dashboard.history.metric_reader import MetricReader
from dashboard.metric_names import title_of
from dashboard.metrics.query import is_counter, rate
from dashboard.number_text import display
from dashboard.ui.explore.order import place
from dashboard.ui.figures.spark import heights
from dashboard.ui.sources import source_label
from dashboard.ui.times import largest

SPARK_S = 3_600.0
SPARK_POINTS = 40
"""In 80 pixels: one for every second."""
SPARK_HEIGHT = 20
OLD_AFTER_S = 120.0
"""A value that is older says how old it is."""
NAMES_LIMIT = 5_000
"""Metrics of one list: a source has 512 at a time, and names that are no longer sent stay for as long as their data."""


def metric_list(services: Any, source: str | None, now: float) -> dict[str, Any]:
    """`groups` [[title, [row, …]], …] of `source` (None: the one heard last), `leftOut` how many more metrics it has,
    `sources` [[name, label], …] of all that were ever heard, and of the `others` the names of their metrics.

    A row is [metric, title, unit, value, age or "", sparkline (0 to 20, None for a hole) or []].
    """
    reader = services.history.metrics
    known = reader.sources()
    names = [one.name for one in known]
    if source is None and known:
        source = max(known, key=lambda one: one.last_at).name
    own = _metrics(reader, source) if source in names else []
    return {
        "source": source,
        "sources": [[name, source_label(name)] for name in names],
        "groups": _groups(services, own[:NAMES_LIMIT], source, now),
        "leftOut": max(0, len(own) - NAMES_LIMIT),
        "others": {name: [one.name for one in _metrics(reader, name)[:NAMES_LIMIT]] for name in names
                   if name != source},
    }


def _groups(services: Any, found: list[MetricInfo], source: str, now: float) -> list[list[Any]]:
    sparks = _sparks(services.ring, source, [one.name for one in found], now)
    groups: dict[str, list[list[Any]]] = {}
    for one in sorted(found, key=lambda one: place(one.name)):
        about = catalog.describe(one.name)
        groups.setdefault(about.group, []).append(_row(one, about, sparks.get(one.name), now))
    return [[title_of(group), rows] for group, rows in groups.items()]


def _metrics(reader: MetricReader, source: str) -> list[MetricInfo]:
    try:
        # Those that are still sent come first, and so stay where there are too many.
        return sorted(reader.metrics(source), key=lambda one: (-one.last_at, one.name))
    except UnknownSource:
        return []


def _row(one: MetricInfo, about: Metric, spark: tuple[bool, list[int | None], float | None] | None, now: float
         ) -> list[Any]:
    is_rate, points, latest = spark if spark is not None else (False, [], one.last)
    if is_rate:
        about = catalog.as_rate(about)
    text, unit = display(about, latest)
    age_s = now - one.last_at
    return [one.name, about.title, unit or ("" if about.display_unit in ("count", "score") else about.display_unit),
            text, f"{largest(age_s)} ago" if age_s > OLD_AFTER_S else "", points]


def _sparks(ring: Any, source: str, names: list[str], now: float
            ) -> dict[str, tuple[bool, list[int | None], float | None]]:
    """Of what the ring heard within the last hour: whether it is a rate, its curve, its newest number."""
    window = ring.window(source, names, now - SPARK_S)
    bins = np.minimum(((window.times - (now - SPARK_S)) / SPARK_S * SPARK_POINTS).astype(int), SPARK_POINTS - 1)
    found = {}
    for name, values in window.columns.items():
        present = np.isfinite(values)
        if not present.any():
            continue
        about = catalog.describe(name)
        is_rate = about.cumulative and is_counter(values, counts=about.counts) is not False
        if is_rate:
            values = rate(window.times, values)
            present = np.isfinite(values)
        found[name] = is_rate, _curve(values[present], bins[present]), \
            float(values[present][-1]) if present.any() else None
    return found


def _curve(values: np.ndarray, bins: np.ndarray) -> list[int | None]:
    """The mean of each bin between the least and the largest of them, 0 to SPARK_HEIGHT; empty where none is finite."""
    shares = heights(bins, values, SPARK_POINTS)
    if not np.isfinite(shares).any():
        return []
    return [round(part * SPARK_HEIGHT) if part == part else None for part in shares.tolist()]
