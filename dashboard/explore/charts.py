"""Which chart a line is drawn in, and in what unit its axis counts. Pure.

One chart for each unit, or for each metric. A line that was put to the right axis is drawn in the chart of the line
before it, so that two units can be seen together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dashboard import catalog
from dashboard.catalog import Metric
from dashboard.explore.bounds import thresholds
from dashboard.explore.view import PER_METRIC, ExploreView
from dashboard.number_text import scaled

BYTES = ("bytes", "B/s")
BYTE_STEPS = ("B", "KB", "MB", "GB", "TB", "PB")
STEP = 1024.0
UNIT_TITLES = {"%": "Percent", "ms": "Milliseconds", "s": "Seconds", "1/s": "Per second", "1/min": "Per minute",
               "count": "Counts", "score": "Score", "": "Numbers", "bytes": "Bytes", "B/s": "Bytes per second"}
UNSAID = ("count", "score", "")
"""Units that say nothing beside a number."""


@dataclass(frozen=True)
class Axis:
    """`unit` as it is printed; a value in the metric's unit, `scaled`, is divided by `divisor`."""

    unit: str
    divisor: float = 1.0

    def shown(self, metric: Metric, values: np.ndarray) -> np.ndarray:
        values = scaled(metric, values)
        return values if self.divisor == 1 else values / self.divisor


@dataclass(frozen=True)
class Threshold:
    """A dashed line at `value`, in the unit of its axis. `place`: the only line it is about; None: no doubt."""

    value: float
    level: str
    right: bool
    place: int | None


@dataclass
class ChartPlan:
    """`left` and `right` are places in the view's lines."""

    key: str
    title: str
    unit_said: bool = False  # by the title
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)

    @property
    def places(self) -> list[int]:
        return sorted([*self.left, *self.right])


def unit_key(metric: Metric) -> str:
    """What the lines of one axis share."""
    return metric.unit if metric.unit in BYTES else metric.display_unit


def plan(view: ExploreView, described: Mapping[int, Metric]) -> list[ChartPlan]:
    """The charts in the order in which their first lines were chosen. `described`: by place, of what is drawn."""
    charts: dict[str, ChartPlan] = {}
    before: ChartPlan | None = None
    for place, line in enumerate(view.lines):
        metric = described.get(place)
        if metric is None:
            continue
        if line.right and before is not None and _fits(before, metric, described):
            before.right.append(place)
            continue
        key = f"metric:{line.metric}" if view.charts == PER_METRIC else f"unit:{unit_key(metric)}"
        before = charts.setdefault(key, ChartPlan(key, catalog.title_with_group(metric)))
        before.left.append(place)
    for chart in charts.values():
        metric = described[chart.left[0]]
        if len({described[place].name for place in chart.left}) > 1:
            chart.title = UNIT_TITLES.get(unit_key(metric), metric.display_unit)
            chart.unit_said = metric.unit not in BYTES
    return list(charts.values())


def axis_of(metrics: Sequence[Metric], largest: float) -> Axis:
    """The axis for metrics of one unit whose largest size (in their own unit) is `largest`."""
    metric = metrics[0]
    if metric.unit not in BYTES:
        return Axis("" if metric.display_unit in UNSAID else metric.display_unit)
    step = 0
    while largest >= STEP and step < len(BYTE_STEPS) - 1:
        largest, step = largest / STEP, step + 1
    return Axis(BYTE_STEPS[step] + ("/s" if metric.unit == "B/s" else ""), STEP**step)


def threshold_lines(chart: ChartPlan, described: Mapping[int, Metric], left: Axis, right: Axis | None
                    ) -> list[Threshold]:
    """Warning and critical of the only banded metric of the chart, or the critical one of each of several."""
    banded: dict[tuple[str, bool], int] = {}
    for place in chart.places:
        if thresholds(described[place]):
            banded.setdefault((described[place].name, place in chart.right), place)
    found = []
    for (_, is_right), place in banded.items():
        metric, axis = described[place], right if is_right else left
        lines = thresholds(metric)
        for value, level in lines if len(banded) == 1 else lines[-1:]:
            shown = float(axis.shown(metric, np.array([value]))[0])
            found.append(Threshold(shown, level, is_right, None if len(banded) == 1 else place))
    return found


def _fits(chart: ChartPlan, metric: Metric, described: Mapping[int, Metric]) -> bool:
    """An axis has one unit."""
    return not chart.right or unit_key(described[chart.right[0]]) == unit_key(metric)

