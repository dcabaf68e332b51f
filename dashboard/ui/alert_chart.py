"""What the chart of an open alert is drawn from: the metric it names, around the moment it fired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard import catalog
from dashboard.alerts.alert import RESOLVED, Alert
from dashboard.alerts.measure import measure_of
from dashboard.alerts.named_metric import named_metric
from dashboard.metrics.query import is_counter, series_of
from dashboard.services import Services
from dashboard.ui.console_rows import figure
from dashboard.ui.figures.alert_chart import alert_figure
from dashboard.ui.moment import fingerprint, source_now
from dashboard.ui.palette import level_tone
from dashboard.ui.points import whole_lines
from dashboard.ui.sources import source_label
from dashboard.ui.structure import Line
from dashboard.ui.times import HOUR_S, MINUTE_S, wall_text
from dashboard.ui.view import TEXT_LIMIT

POINTS = 300  # two to a pixel would be more than a chart beside the table has
LEAD_SHARE, LEAD_LEAST_S, LEAD_MOST_S = 0.5, 15 * MINUTE_S, 2 * HOUR_S
GAPS_DRAWN = 20


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
    alert = services.alerts.get(asked.key)
    if alert is None:
        return {"key": asked.key, "mark": "", "why": "", "figure": None}
    mark = fingerprint(asked.key, asked.zone, services.ring.cursor(alert.source), services.ring.epoch,
                       alert.revision, alert.state, alert.resolved_at)
    if mark == asked.mark:
        return None
    return {"key": asked.key, "mark": mark} | _drawn(services, alert, asked.zone, now)


def _drawn(services: Services, alert: Alert, zone: str, now: float) -> dict[str, Any]:
    names = services.ring.metrics(alert.source)
    if not names:
        return _none(f"No chart: no metrics of {source_label(alert.source)} are kept here.")
    named = named_metric(alert, names)
    if named is None:
        return _none("No chart: nothing it says names one of the metrics of its source.")
    until = source_now(services, alert.source, now)
    start, end = window_of(alert, until)
    window = services.ring.window(alert.source, [named.metric], start, end)
    values = window.columns[named.metric]
    about = catalog.describe(named.metric)
    is_rate = about.cumulative and is_counter(values, counts=about.counts) is not False
    about = catalog.as_rate(about) if is_rate else about
    caption = f"{catalog.title_with_group(about)} ({named.metric}), named in its {named.where}"
    if not len(window) or not (values == values).any():
        return _none(f"No chart: {caption}, has no samples left of that time.")
    behind = until - now
    gaps = [(gap.start + behind, until if gap.end is None else gap.end + behind)
            for gap in services.record.snapshot().gaps[-GAPS_DRAWN:]]
    gaps = [(max(since, start), min(till, end)) for since, till in gaps if since < end and till > start]
    series = series_of(window, POINTS, gaps, lambda name: is_rate, judged=True)
    base, lines = whole_lines([Line(named.metric, about.title, about.factor, about.unit == "ratio")], series, zone)
    measure = measure_of(alert.details)
    limit = None if measure.limit is None or is_rate else catalog.scaled(about, measure.limit)
    drawn = alert_figure(
        metric=named.metric, title=about.title, unit=about.display_unit,
        window=(wall_text(start, zone), wall_text(end, zone)), fired=wall_text(alert.first_seen, zone),
        ended=wall_text(alert.resolved_at, zone) if alert.state == RESOLVED and alert.resolved_at is not None else None,
        tone=level_tone(alert.level), gaps=[(wall_text(since, zone), wall_text(till, zone)) for since, till in gaps],
        limit=limit, limit_words=f"limit {figure(measure.threshold, measure.unit)}")
    drawn["data"][0]["y"] = lines[0][1]
    return {"why": "", "caption": caption, "unit": about.display_unit, "figure": drawn, "base": base, "x": lines[0][0]}


def _none(why: str) -> dict[str, Any]:
    return {"why": why, "figure": None}
