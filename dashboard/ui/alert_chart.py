"""What the chart of an open alert is drawn from: the metric it names, around the moment it fired."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard import catalog
from dashboard.alerts.alert import RESOLVED, Alert
from dashboard.alerts.measure import measure_of
from dashboard.alerts.named_metric import NamedMetric, named_metric
from dashboard.history.answers import OFF, HistoryUnavailable, UnknownMetric, UnknownSource, WindowError
from dashboard.metrics.query import is_counter, series_of
from dashboard.metrics.window import Window
from dashboard.services import Services
from dashboard.ui.chart_clock import chart_clock
from dashboard.ui.console_rows import figure
from dashboard.ui.figures.alert_chart import alert_figure
from dashboard.ui.moment import fingerprint, source_now
from dashboard.ui.palette import level_tone
from dashboard.ui.points import whole_lines
from dashboard.ui.sources import source_label
from dashboard.ui.structure import Line
from dashboard.ui.times import HOUR_S, MINUTE_S
from dashboard.ui.view import TEXT_LIMIT

POINTS = 300  # two to a pixel would be more than a chart beside the table has
LEAD_SHARE, LEAD_LEAST_S, LEAD_MOST_S = 0.5, 15 * MINUTE_S, 2 * HOUR_S
GAPS_DRAWN = 20
SAMPLES = 3_000  # of the history, before the line is thinned: extremes must not be lost in a day of samples


@dataclass(frozen=True)
class Asked:
    """What the page wants: the alert's key, the viewer's zone, and the `mark` of the chart it has."""

    key: str
    zone: str = "UTC"
    mark: str = ""


def read_asked(asked: Any) -> Asked | None:
    """What a browser asks; None where it names no alert."""
    if not isinstance(asked, Mapping):
        return None
    key, zone, mark = (value if isinstance(value := asked.get(name), str) and len(value) <= TEXT_LIMIT else ""
                       for name in ("key", "zone", "mark"))
    return Asked(key, zone or "UTC", mark) if key else None


def window_of(alert: Alert, until: float) -> tuple[float, float]:
    """From when to when its chart reaches (Unix s); `until` is now by the clock of its source.

    As much before it as half of how long it lasted, within bounds, and half of that after its end.
    """
    end = alert.resolved_at if alert.state == RESOLVED and alert.resolved_at is not None else until
    lead = min(max((end - alert.first_seen) * LEAD_SHARE, LEAD_LEAST_S), LEAD_MOST_S)
    last = max(min(end + lead / 2, until), alert.first_seen + MINUTE_S)
    return alert.first_seen - lead, last


def alert_chart(services: Services, asked: Asked, now: float) -> dict[str, Any] | None:
    """The chart, or `why` there is none; None where the page has it already.

    `x` are tenths of a second after `base` (wall-clock ms), the times of the first trace of `figure`.
    """
    alert = known_alert(services, asked.key)
    if alert is None:
        return {"key": asked.key, "mark": "", "why": "", "figure": None}
    until = source_now(services, alert.source, now)
    start, end = window_of(alert, until)
    # What is over and past its window has its last sample; what is not changes with each that comes.
    going_on = (services.ring.epoch, services.ring.cursor(alert.source)) if end >= until else ()
    mark = fingerprint(asked.key, asked.zone, going_on, alert.revision, alert.state, alert.resolved_at)
    if mark == asked.mark:
        return None
    with services.look() as then:
        return {"key": asked.key, "mark": mark} | _drawn(then, alert, asked.zone, now, (start, end))


def _drawn(services: Services, alert: Alert, zone: str, now: float, span_s: tuple[float, float]) -> dict[str, Any]:
    named, are_known = find_metric(services, alert)
    if not are_known:
        return _none(f"No chart: no metrics of {source_label(alert.source)} are kept here.")
    if named is None:
        return _none("No chart: nothing it says names one of the metrics of its source.")
    start, end = span_s
    clock = chart_clock(zone, end)
    window = samples_of(services, alert.source, named.metric, start, end)
    values = window.columns[named.metric]
    about = catalog.describe(named.metric)
    is_rate = about.cumulative and is_counter(values, counts=about.counts) is not False
    about = catalog.as_rate(about) if is_rate else about
    caption = f"{catalog.title_with_group(about)} ({named.metric}), named in its {named.where}"
    if not len(window) or not (values == values).any():
        return _none(f"No chart: {caption}, has no samples left of that time.")
    until = source_now(services, alert.source, now)
    behind = until - now
    gaps = [(gap.start + behind, until if gap.end is None else gap.end + behind)
            for gap in services.record.snapshot().gaps[-GAPS_DRAWN:]]
    gaps = [(max(since, start), min(till, end)) for since, till in gaps if since < end and till > start]
    series = series_of(window, POINTS, gaps, lambda name: is_rate, judged=True)
    base, lines = whole_lines([Line(named.metric, about.title, about.factor, about.unit == "ratio")], series, clock)
    measure = measure_of(alert.details)
    limit = None if measure.limit is None or is_rate else catalog.scaled(about, measure.limit)
    drawn = alert_figure(
        metric=named.metric, title=about.title, unit=about.display_unit,
        window=(clock.text(start), clock.text(end)), fired=clock.text(alert.first_seen),
        ended=clock.text(alert.resolved_at) if alert.state == RESOLVED and alert.resolved_at is not None else None,
        tone=level_tone(alert.level), gaps=[(clock.text(since), clock.text(till)) for since, till in gaps],
        changes=[(clock.text(at), said) for at, said in clock.changes(start, end)],
        limit=limit, limit_words=f"limit {figure(measure.threshold, measure.unit)}")
    drawn["data"][0]["y"] = lines[0][1]
    return {"why": "", "caption": caption, "unit": about.display_unit, "figure": drawn, "base": base, "x": lines[0][0]}


def known_alert(services: Services, key: str) -> Alert | None:
    """The alert of a key: one that is still worked on, else one that is over, in memory or in the history."""
    return services.alerts.get(key) or services.closed.get(key)


def find_metric(services: Services, alert: Alert) -> tuple[NamedMetric | None, bool]:
    """The metric an alert names, and whether any of its source are known: in memory, else in the history."""
    names = services.ring.metrics(alert.source)
    named = named_metric(alert, names)
    if named is None and services.history.status.state != OFF:
        with contextlib.suppress(UnknownSource, HistoryUnavailable):
            names = sorted({*names, *(info.name for info in services.history.metrics.metrics(alert.source))})
        named = named_metric(alert, names)
    return named, bool(names)


def samples_of(services: Services, source: str, metric: str, start: float, end: float) -> Window:
    """The samples from `start` to `end` (Unix s): from memory where it reaches back so far, else from the history."""
    in_memory = services.ring.window(source, [metric], start, end)
    in_ring = services.ring.span(source)
    if (in_ring is not None and in_ring[0] <= start) or services.history.status.state == OFF:
        return in_memory
    try:
        return services.history.metrics.samples(source, [metric], start, end, SAMPLES)[0]
    except (UnknownSource, UnknownMetric, WindowError, HistoryUnavailable):
        return in_memory


def _none(why: str) -> dict[str, Any]:
    return {"why": why, "figure": None}
