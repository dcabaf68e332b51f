"""The service report over a window: sources, health, alerts and components. Data; how it is printed is the page's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.alerts.alert import Alert
from dashboard.alerts.statistics import figures
from dashboard.event_types import is_simulated
from dashboard.explore.availability import Availability, SignsOfLife, availability
from dashboard.explore.overlays import GapLike
from dashboard.explore.series import Series
from dashboard.explore.span import Span
from dashboard.health import SCORE_BANDS

BANDS = (*(word for _, word in SCORE_BANDS), "critical", "unknown")
"""The health bands, best first; unknown is the time without a score."""
COMPONENTS_MOST = 20
"""Rows of the table, the worst ones."""


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """What is known of one source. `health`: its score (`health.score`) over the window and a little before."""

    source: str
    heard: SignsOfLife
    health: Series | None = None


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source. `bands`: seconds of the window in each of BANDS, which together are its length."""

    source: str
    simulated: bool
    availability: Availability
    bands: dict[str, float]


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """Of alerts that fired in the window. Seconds from the first trigger; None where nothing was."""

    count: int
    acknowledged: int
    resolved: int
    mean_acknowledge_s: float | None
    median_acknowledge_s: float | None
    mean_resolve_s: float | None
    median_resolve_s: float | None


@dataclass(frozen=True, slots=True)
class AlertReport:
    """`all` and `by_level` (worst level first) are of alerts that fired in the window; `open_at_start` were there
    already, `open_at_end` still are, whenever they fired."""

    all: AlertFigures
    by_level: dict[str, AlertFigures]
    open_at_start: int
    open_at_end: int


@dataclass(frozen=True, slots=True)
class ComponentReport:
    """One component of a source, by its alerts. `alerts`: how many were open at some time of the window, `by_level`
    likewise; `open_s`: how long at least one was; `worst_level` of all of them."""

    source: str
    component: str
    worst_level: str
    alerts: int
    by_level: dict[str, int]
    open_s: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one window. `components`: the worst first, by level, then by how long; `components_left_out`
    had alerts, too."""

    span: Span
    sources: tuple[SourceReport, ...]
    alerts: AlertReport
    components: tuple[ComponentReport, ...]
    components_left_out: int
    gaps_s: float


def service_report(span: Span, evidence: Iterable[Evidence], gaps: Sequence[GapLike], alerts: Iterable[Alert],
                   inactive_after_s: float) -> Report:
    """The report. `alerts`: all that were open at some time of the window, or more; `gaps`: all times in which the
    console heard nothing, likewise. `inactive_after_s` is the setting of that name.
    """
    sources = tuple(SourceReport(
        one.source, is_simulated(one.source),
        availability(span, one.heard, gaps, inactive_after_s),
        health_bands(span, one.health, inactive_after_s)) for one in evidence)
    overlapping = [alert for alert in alerts if span.overlaps(alert.first_seen, alert.resolved_at)]
    components = _components(span, overlapping)
    return Report(span, sources, _alerts(span, overlapping), components[:COMPONENTS_MOST],
                  max(0, len(components) - COMPONENTS_MOST),
                  _covered_s(span, [(gap.start, gap.end) for gap in gaps]))


def health_bands(span: Span, health: Series | None, hold_s: float) -> dict[str, float]:
    """Seconds of `span` in each of BANDS.

    A score counts until the next one, for `hold_s` at most (a bucket's mean: for as long as the bucket is wide, where
    that is longer): a source that says nothing has no health, neither good nor bad.
    """
    found = dict.fromkeys(BANDS, 0.0)
    known_s = 0.0
    if health is not None and len(health := health.finite()):
        until = np.append(health.times[1:], np.inf)
        until = np.minimum(until, health.times + max(hold_s, health.step_s or 0.0))
        lengths = np.maximum(0.0, np.minimum(until, span.end) - np.maximum(health.times, span.start))
        leasts = np.array([least for least, _ in SCORE_BANDS])
        places = (health.values[:, None] < leasts[None, :]).sum(axis=1)  # how many bands it is too low for
        seconds = np.bincount(places, lengths, len(leasts) + 1)
        found |= dict(zip(BANDS, seconds.tolist(), strict=False))
        known_s = float(seconds.sum())
    found["unknown"] = max(0.0, span.length_s - known_s)
    return found


def _alerts(span: Span, alerts: list[Alert]) -> AlertReport:
    whole, by_level = figures(alerts, span.start, span.end)
    return AlertReport(
        AlertFigures(**whole), {level: AlertFigures(**of_level) for level, of_level in by_level.items()},
        sum(alert.first_seen < span.start for alert in alerts),
        sum(alert.resolved_at is None or alert.resolved_at > span.end for alert in alerts))


def _components(span: Span, alerts: list[Alert]) -> tuple[ComponentReport, ...]:
    by_component: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in alerts:
        if alert.component:
            by_component[alert.source, alert.component].append(alert)
    ranked = []
    for (source, component), own in by_component.items():
        own.sort(key=lambda alert: alert.rank)
        open_s = _covered_s(span, [(alert.first_seen, alert.resolved_at) for alert in own])
        ranked.append((own[0].rank, -open_s, source, component, ComponentReport(
            source, component, own[0].level, len(own), dict(Counter(alert.level for alert in own)), open_s)))
    return tuple(row[-1] for row in sorted(ranked, key=lambda row: row[:-1]))


def _covered_s(span: Span, spans: list[tuple[float, float | None]]) -> float:
    """How much of `span` the others cover together."""
    covered_s, reached = 0.0, span.start
    for start, end in sorted(spans, key=lambda one: one[0]):
        start, end = max(start, reached), span.end if end is None else min(end, span.end)
        if end > start:
            covered_s += end - start
            reached = end
    return covered_s
