"""Which gauges, tiles and charts a source's metrics call for. Pure: names in, plan out.

The plan changes only when a metric appears that was not there before; its revision tells a page whether the frames
it shows are still the right ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashboard import catalog

HEADLINE_TILES = 12  # two rows above the charts on a desk of 1440 px; the others come below them
SHOWN_ELSEWHERE = ("health.score",)  # the health panel has it, with its reason
MAX_TILES = 48  # beyond that a wall of numbers tells nothing; the rest is named, and in the charts
MAX_CHARTS = 24  # each plot costs a browser some 20 ms a redraw
MAX_LINES = 8  # in one chart: more lines than that cannot be told apart


@dataclass(frozen=True)
class Line:
    """One series of a chart: drawn as raw value * `factor`; `share` where a ratio may also come as percent.

    `rate`: the metric may be a counter, and is then drawn as change per second.
    """

    metric: str
    title: str
    factor: float = 1.0
    share: bool = False
    rate: bool = False


@dataclass(frozen=True)
class Threshold:
    """A line across a chart at `value`, in the unit of its axis; `tone` is warning or critical.

    `metric`: whose it is, where several metrics of the chart have one; None where there is no doubt.
    """

    value: float
    tone: str
    metric: str | None = None


@dataclass(frozen=True)
class ChartPlan:
    """One chart. `hidden`: how many metrics of the group found no place in it."""

    key: str
    title: str
    unit: str
    lines: tuple[Line, ...]
    thresholds: tuple[Threshold, ...]
    hidden: int = 0


@dataclass(frozen=True)
class GaugePlan:
    key: str
    title: str
    metric: str
    maximum: float
    bands: tuple[float, ...]
    unit: str
    low_is_bad: bool


@dataclass(frozen=True)
class Structure:
    """Everything with a frame of its own on the page."""

    source: str | None
    gauges: tuple[GaugePlan, ...]
    missing_gauges: tuple[str, ...]
    tiles: tuple[str, ...]
    more_tiles: int
    charts: tuple[ChartPlan, ...]
    more_charts: int
    revision: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line of every chart, in the order in which the page numbers them."""
        return tuple(line for chart in self.charts for line in chart.lines)

    @property
    def metrics(self) -> tuple[str, ...]:
        """All names that ticks must carry."""
        return tuple(dict.fromkeys([
            *self.tiles, *(gauge.metric for gauge in self.gauges), *(line.metric for line in self.lines)]))


def structure_of(source: str | None, names: Sequence[str]) -> Structure:
    """The plan for the metrics `names` of `source`; the same names give the same plan, in any order."""
    return _structure(source, tuple(sorted(set(names))))


@lru_cache(maxsize=64)  # a plan costs a millisecond for 500 metrics, and every tick of every page asks for it
def _structure(source: str | None, names: tuple[str, ...]) -> Structure:
    gauges, missing = _gauges(names)
    ordered = sorted(names, key=_place)
    charts = _charts(ordered)
    elsewhere = {*SHOWN_ELSEWHERE, *(gauge.metric for gauge in gauges)}
    tiles = [name for name in ordered if name not in elsewhere]
    revision = hashlib.blake2b(repr((source, names)).encode("utf-8", "replace"), digest_size=8).hexdigest()
    return Structure(
        source=source, gauges=gauges, missing_gauges=missing,
        tiles=tuple(tiles[:MAX_TILES]), more_tiles=max(0, len(tiles) - MAX_TILES),
        charts=charts[:MAX_CHARTS], more_charts=max(0, len(charts) - MAX_CHARTS), revision=revision)


_KNOWN_PLACES = {name: place for place, name in enumerate(catalog.METRICS)}
_CHART_PLACES = {chart.key: place for place, chart in enumerate(catalog.CHARTS)}


def _place(name: str) -> tuple:
    return _KNOWN_PLACES.get(name, len(_KNOWN_PLACES)), name


def _chart_place(key: str) -> tuple:
    return _CHART_PLACES.get(key, len(_CHART_PLACES)), key


def _gauges(names: Sequence[str]) -> tuple[tuple[GaugePlan, ...], tuple[str, ...]]:
    plans, missing = [], []
    for gauge in catalog.GAUGES:
        chosen = gauge.choose(names)
        if chosen is None:
            missing.append(gauge.title)
            continue
        metric, maximum = chosen
        about = catalog.describe(metric)
        plans.append(GaugePlan(
            key=gauge.key, title=gauge.title, metric=metric, maximum=maximum, bands=gauge.bands, unit=gauge.unit,
            low_is_bad=about.direction == "low-bad"))
    return tuple(plans), tuple(missing)


def _charts(names: Sequence[str]) -> tuple[ChartPlan, ...]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(catalog.chart_of(name), []).append(name)
    return tuple(_chart(key, groups[key]) for key in sorted(groups, key=_chart_place))


def _chart(key: str, names: Sequence[str]) -> ChartPlan:
    chart = catalog.chart(key)
    abouts = [catalog.describe(name) for name in names[:MAX_LINES]]
    units = {about.display_unit for about in abouts}
    in_display_unit = len(units) == 1 and not any(about.cumulative for about in abouts)
    return ChartPlan(
        key=key, title=chart.title, unit=units.pop() if in_display_unit else chart.unit,
        lines=tuple(Line(
            metric=about.name, factor=about.factor if in_display_unit else 1.0,
            # A chart of one group has its name already; in one of several the line says whose it is.
            title=about.title if key.startswith(catalog.OTHER) else catalog.title_with_group(about),
            share=about.unit == "ratio", rate=about.cumulative) for about in abouts),
        thresholds=_thresholds(abouts), hidden=len(names) - len(abouts))


def _thresholds(abouts: Sequence[catalog.Metric]) -> tuple[Threshold, ...]:
    """The lines that matter: warning and critical of the only banded metric, or the critical one of each of several."""
    banded = [about for about in abouts if about.bands]
    if len(banded) == 1:
        return _bands(banded[0])
    return tuple(Threshold(line.value, line.tone, about.name)
                 for about in banded for line in _bands(about) if line.tone == "critical")


def _bands(about: catalog.Metric) -> tuple[Threshold, ...]:
    """A single band is a warning; of several the outermost in the bad direction is critical, the next a warning."""
    values = [band * about.factor for band in about.bands]
    worst_first = values if about.direction == "low-bad" else values[::-1]
    tones = ("critical", "warning") if len(values) > 1 else ("warning",)
    return tuple(Threshold(value, tone) for value, tone in zip(worst_first, tones, strict=False))
