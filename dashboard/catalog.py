"""What is known of metrics, as data: title, unit, direction, thresholds, gauge, chart. Pure.

An unknown metric is described like a known one, from its name (`dashboard.metric_names`), so that nothing a producer
sends needs a change here to be shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache

from dashboard.metric_names import UNITS, counts, group_of, title_of, unit_of
from dashboard.number_text import display, in_unit, scaled

__all__ = ["ALIASES", "CHARTS", "FACTS", "GAUGES", "METRICS", "TIMEFRAMES", "Chart", "Gauge", "Metric", "as_rate",
           "band", "canonical", "chart", "chart_of", "describe", "display", "in_unit", "scaled", "timeframe",
           "title_with_group"]

MAX_REMEMBERED = 4_096
"""Descriptions kept: 512 metrics for a few sources, several times over; names are the producers', so it is bounded."""

ALIASES = {"database.query_latency_ms": "database.query_avg_ms"}
"""One metric under two names: the name seen in messages, and the one it is kept under."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `bands` ascend, in the metric's own unit.

    high-bad: the last band is critical, the one before warning; with three, the first only tints the gauge; a single
    one is a warning. low-bad: the lowest is critical, the next warning. `factor` turns a value into `display_unit`.
    """

    name: str
    title: str
    unit: str
    group: str
    direction: str = "neutral"
    bands: tuple[float, ...] = ()
    gauge_max: float | None = None
    display_unit: str = ""
    factor: float = 1.0
    known: bool = False
    cumulative: bool = False
    """May be a counter that only rises; then its rate is what is shown."""
    counts: bool = False
    """Is one by its name: where it rests it is 0 a second, and where too little is known of it it is no total."""


def _metric(name: str, title: str, unit: str, *, display_unit: str = "", **more: object) -> Metric:
    return Metric(name, title, unit, group_of(name), display_unit=display_unit or unit, known=True,
                  counts=bool(more.get("cumulative")), **more)


_CPU_BANDS = (50.0, 70.0, 85.0)
_MEMORY_BANDS = (60.0, 75.0, 90.0)
_DISK_BANDS = (70.0, 85.0, 95.0)
_CACHE_BANDS = (0.5, 0.8)

METRICS: dict[str, Metric] = {metric.name: metric for metric in (
    _metric("system.cpu_percent", "CPU", "%", direction="high-bad", bands=_CPU_BANDS, gauge_max=100.0),
    _metric("system.memory_percent", "Memory", "%", direction="high-bad", bands=_MEMORY_BANDS, gauge_max=100.0),
    _metric("system.memory_mb", "Memory used", "MB", display_unit="GB", factor=1 / 1024),
    _metric("system.disk_percent", "Disk", "%", direction="high-bad", bands=_DISK_BANDS, gauge_max=100.0),
    _metric("system.network_io.bytes_sent", "Network out", "bytes", cumulative=True),
    _metric("system.network_io.bytes_recv", "Network in", "bytes", cumulative=True),
    _metric("system.thread_count", "Threads", "count"),
    _metric("system.patterns_per_second", "Patterns (system)", "1/s", gauge_max=50.0),
    _metric("application.patterns_per_second", "Patterns", "1/s", gauge_max=30.0),
    _metric("application.indicators_per_second", "Indicators", "1/s", gauge_max=100.0),
    _metric("application.cache_hit_rate", "Cache hit rate", "ratio", direction="low-bad", bands=_CACHE_BANDS,
            gauge_max=1.0, display_unit="%", factor=100.0),
    _metric("application.avg_pattern_detection_ms", "Pattern time", "ms"),
    _metric("application.avg_indicator_calc_ms", "Indicator time", "ms"),
    _metric("application.symbols_processed", "Symbols", "count"),
    _metric("processing.ticks_per_second", "Ticks", "1/s"),
    _metric("processing.patterns_detected", "Patterns found", "count"),
    _metric("processing.active_backtests", "Backtests", "count"),
    _metric("processing.queue_depth", "Queue depth", "count"),
    _metric("database.active_connections", "DB connections", "count"),
    _metric("database.slow_queries_count", "Slow queries", "count", direction="high-bad", bands=(5.0,)),
    _metric("database.query_avg_ms", "DB query time", "ms"),
    _metric("redis.messages_per_second", "Redis messages", "1/s"),
    _metric("redis.connected_clients", "Redis clients", "count"),
    _metric("redis.channels", "Redis channels", "count"),
    _metric("redis.messages_published", "Redis published", "count", cumulative=True),
    _metric("redis.memory_usage_mb", "Redis memory", "MB"),
    _metric("health.score", "Health score", "score", direction="low-bad", bands=(60.0, 75.0)),
)}

FACTS = {
    "application.active_timeframes": "Active timeframes",
    "database.connected": "Database connected",
    "redis.connected": "Redis connected",
    "database.last_write": "Last database write",
}
"""Known leaves that are no numbers, with their titles."""


def canonical(name: str) -> str:
    """The name a metric is kept under."""
    return ALIASES.get(name, name)


@lru_cache(maxsize=MAX_REMEMBERED)
def describe(name: str) -> Metric:
    """What is known of a metric, or what its name says: `queue.wait_ms` is a "Queue wait" in ms."""
    name = canonical(name)
    known = METRICS.get(name)
    if known is not None:
        return known
    unit = unit_of(name)
    return Metric(
        name, title_of(name), unit, group_of(name), gauge_max=100.0 if unit == "%" else None,
        display_unit="%" if unit == "ratio" else unit, factor=100.0 if unit == "ratio" else 1.0,
        cumulative=unit == "bytes" or name.endswith("_total"),
        counts=counts(name) and (unit == "bytes" or name.endswith("_total")))


def title_with_group(metric: Metric) -> str:
    """A metric nobody foresaw is named with its group: "latency" alone could be anybody's."""
    if metric.known or metric.group == "general":
        return metric.title
    is_acronym = metric.title[:2].isupper()
    title = metric.title if is_acronym else metric.title[:1].lower() + metric.title[1:]
    return f"{title_of(metric.group)} {title}"


def as_rate(metric: Metric) -> Metric:
    """The same metric as change per second, for a series that turned out to be a counter."""
    unit = {"bytes": "B/s", "count": "1/s", "": "1/s"}.get(metric.unit, f"{metric.unit}/s")
    return replace(metric, unit=unit, display_unit=unit, factor=1.0, bands=(), direction="neutral", gauge_max=None,
                   cumulative=False, counts=False)


def band(metric: Metric, value: float | None) -> str:
    """ok, warning or critical by direction and bands; none where there is no value or nothing to judge it by.

    A band starts above its threshold (below it where low is bad): "bad above 5" leaves 5 alone.
    """
    if value is None or value != value or not metric.bands or metric.direction == "neutral":
        return "none"
    value = in_unit(metric, value)
    if metric.direction == "low-bad":
        if len(metric.bands) > 1 and value < metric.bands[0]:
            return "critical"
        return "warning" if value < metric.bands[min(1, len(metric.bands) - 1)] else "ok"
    if len(metric.bands) > 1 and value > metric.bands[-1]:
        return "critical"
    return "warning" if value > metric.bands[max(0, len(metric.bands) - 2)] else "ok"


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge of the page. `names` in order of preference, each with its own end of the scale in `maxima`.

    `maxima` and `bands` are in `unit`, the unit of the screen; `scaled` brings a value there.
    """

    key: str
    title: str
    unit: str
    names: tuple[str, ...]
    maxima: tuple[float, ...]
    bands: tuple[float, ...]

    @property
    def maximum(self) -> float:
        """The end of the scale for the preferred metric."""
        return self.maxima[0]

    def choose(self, present: Iterable[str]) -> tuple[str, float] | None:
        """The first of `names` that is present, and the end of its scale; None where none is."""
        present = present if isinstance(present, (dict, set, frozenset)) else set(present)
        return next(((name, end) for name, end in zip(self.names, self.maxima, strict=True) if name in present), None)


def _gauge(key: str, *names: str) -> Gauge:
    first = METRICS[names[0]]
    return Gauge(key, first.title, first.display_unit, names,
                 tuple(scaled(first, METRICS[name].gauge_max or 1.0) for name in names),
                 tuple(scaled(first, threshold) for threshold in first.bands))


GAUGES: tuple[Gauge, ...] = (
    _gauge("cpu", "system.cpu_percent"),
    _gauge("memory", "system.memory_percent"),
    _gauge("disk", "system.disk_percent"),
    _gauge("patterns", "application.patterns_per_second", "system.patterns_per_second"),
    _gauge("indicators", "application.indicators_per_second"),
    _gauge("cache", "application.cache_hit_rate"),
)

TIMEFRAMES = ("1min", "5min", "hourly", "daily", "weekly", "monthly")
_TIMEFRAME_WORDS = {
    "minute": "1min", "1m": "1min", "1minute": "1min", "5m": "5min", "5minute": "5min", "hour": "hourly",
    "1h": "hourly", "1hour": "hourly", "day": "daily", "1d": "daily", "1day": "daily", "week": "weekly",
    "1w": "weekly", "1week": "weekly", "month": "monthly", "1month": "monthly"}


def timeframe(word: object) -> str | None:
    """One of TIMEFRAMES, or None for a word that is none."""
    if not isinstance(word, str):
        return None
    word = word.strip().lower()
    return word if word in TIMEFRAMES else _TIMEFRAME_WORDS.get(word)


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: metrics that share a unit. `patterns` are metric names, `*` stands for anything."""

    key: str
    title: str
    unit: str
    patterns: tuple[str, ...]


CHARTS: tuple[Chart, ...] = (
    Chart("system", "System", "%", ("system.cpu_percent", "system.memory_percent", "system.disk_percent",
                                    "system.swap_percent")),
    Chart("processing", "Processing", "1/s", ("application.*_per_second", "system.patterns_per_second")),
    Chart("latency", "Latency", "ms", ("application.avg_*_ms", "database.query_avg_ms", "redis.*_ms",
                                       "processing.*_ms")),
    Chart("memory", "Memory used", "MB", ("system.memory_mb",)),
    Chart("network", "Network", "B/s", ("system.network_io.bytes_*",)),
    Chart("traffic", "Ticks and messages", "1/s", ("processing.*_per_second", "redis.messages_per_second")),
    Chart("database", "Database", "count", ("database.active_connections", "database.slow_queries_count")),
    Chart("redis", "Redis", "count", ("redis.connected_clients", "redis.channels")),
    Chart("work", "Queue and threads", "count", ("processing.queue_depth", "processing.active_backtests",
                                                 "system.thread_count")),
    Chart("output", "Symbols and patterns", "count", ("application.symbols_processed",
                                                      "processing.patterns_detected")),
    Chart("redis-memory", "Redis memory", "MB", ("redis.memory_usage_mb",)),
    Chart("health", "Health score", "score", ("health.score",)),
    Chart("cache", "Cache hit rate", "%", ("application.cache_hit_rate",)),
    Chart("published", "Redis messages published", "1/s", ("redis.messages_published",)),
)
"""Charts in the order of the page. What fits none gets a chart for its own group and unit, see `chart_of`."""

OTHER = "other:"


@lru_cache(maxsize=MAX_REMEMBERED)
def chart_of(name: str) -> str:
    """The key of the chart a metric is drawn in; `other: <group> <unit>` for one nobody foresaw."""
    name = canonical(name)
    for chart in CHARTS:
        if any(fnmatchcase(name, pattern) for pattern in chart.patterns):
            return chart.key
    metric = describe(name)
    return f"{OTHER} {metric.group} {metric.unit}".rstrip()


def chart(key: str) -> Chart:
    """The chart of a key that `chart_of` gave."""
    for known in CHARTS:
        if known.key == key:
            return known
    rest = key.removeprefix(OTHER).strip()
    group, _, unit = rest.rpartition(" ")
    if not group or unit not in UNITS:  # the name of a group may have blanks
        group, unit = rest, ""
    return Chart(key, title_of(group), unit, ())
