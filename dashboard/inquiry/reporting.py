"""The service report of a window: the evidence for it, gathered from store, ring, alerts and feed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.alerts.alert import STATES, Alert
from dashboard.explore.availability import SignsOfLife
from dashboard.explore.report import Evidence, Report, service_report
from dashboard.explore.series import Series
from dashboard.explore.span import Span
from dashboard.explore.times import length_words
from dashboard.feed.intake import HEALTH_SCORE
from dashboard.history.answers import DOWN, OFF, HistoryUnavailable, SourceInfo, UnknownMetric, UnknownSource
from dashboard.inquiry.charted import series_of
from dashboard.inquiry.past import alerts_kept_s
from dashboard.inquiry.surroundings import surroundings

POINTS = 10_000
"""Of a window: three days of 30 s, ten of 2 min, 30 of 5 min. An outage that is shorter than a point is not seen."""
SIGNS_MOST = 8
"""Metrics of a source whose samples are its signs of life: most sources send all of them in each message."""
ALERTS_MOST = 1_000
"""A page of the archive; 20 of them are the most that is read."""
PAGES_MOST = 20
SOURCES_MOST = 32
SAID_BEFORE_S = 86_400.0
"""So long before the window a source may have said that it stops, for the window to begin with a stopped source."""


def reported(services: Any, span: Span, sources: Sequence[str] | None = None) -> tuple[Report, float]:
    """The report, and how wide a point of its evidence is (seconds; 0: every sample). `sources` None: all.

    Raises:
        UnknownSource: one of `sources` was never heard.
    """
    known = {one.name: one for one in services.history.metrics.sources()}
    for source in sources or ():
        if source not in known:
            raise UnknownSource(source)
    chosen = [known[name] for name in (sources or known)][:SOURCES_MOST]
    evidence, step_s = [], 0.0
    for one in chosen:
        found, width_s = _evidence(services, one, span)
        evidence.append(found)
        step_s = max(step_s, width_s)
    gaps = surroundings(services, span).gaps
    names = {one.name for one in chosen}
    alerts = [alert for alert in alerts_of(services, span) if alert.source in names]
    report = service_report(span, evidence, gaps, alerts, services.settings.inactive_after_s)
    return report, step_s


def reserves(services: Any, span: Span) -> list[str]:
    """What a report of `span` cannot know, a sentence each: it is counted as if it had not been."""
    status, kept = services.history.status, alerts_kept_s(services)
    found = []
    if status.state == OFF:
        found.append("The history is switched off: this is what this server has in memory.")
    elif status.state == DOWN:
        found.append(f"The database is away ({status.reason}): this is what this server has in memory.")
    if span.start < services.clock() - kept:
        found.append(f"Resolved alerts are kept for {length_words(kept)}: of the time before that they are missing.")
    return found


def alerts_of(services: Any, span: Span) -> list[Alert]:
    """Every alert that was open at some time of `span`: those in memory, and those of the archive."""
    own = {alert.key: alert for alert in services.alerts.index().all
           if span.overlaps(alert.first_seen, alert.resolved_at)}
    archive = services.history.events
    try:
        for page in range(PAGES_MOST):
            found = archive.alerts(start=span.start, end=span.end, states=STATES, limit=ALERTS_MOST,
                                   offset=page * ALERTS_MOST)
            own |= {alert.key: alert for alert in found.alerts if alert.key not in own}
            if (page + 1) * ALERTS_MOST >= found.total:
                break
    except HistoryUnavailable:  # what is in memory is shown, and `reserves` says that it is no more
        pass
    return list(own.values())


def _evidence(services: Any, source: SourceInfo, span: Span) -> tuple[Evidence, float]:
    reader, settings = services.history.metrics, services.settings
    before_s = max(settings.inactive_after_s, span.length_s / POINTS)
    signs = sorted(reader.metrics(source.name), key=lambda one: (-one.last_at, one.first_at))[:SIGNS_MOST]
    try:
        matrix = reader.matrix(source.name, [one.name for one in signs], span.start - before_s, span.end, POINTS)
    except (UnknownMetric, UnknownSource, HistoryUnavailable):
        return Evidence(source.name, SignsOfLife(np.empty(0), None, source.first_at)), 0.0
    times = matrix.times[(matrix.counts > 0).any(axis=0)]
    heard = SignsOfLife(times, matrix.step_s or None, source.first_at, _lifecycle(services, source.name, span))
    return Evidence(source.name, heard, _health(reader, source.name, span, before_s)), matrix.step_s


def _health(reader: Any, source: str, span: Span, before_s: float) -> Series | None:
    try:
        answer = reader.series(source, [HEALTH_SCORE], span.start - before_s, span.end, POINTS)
    except (UnknownMetric, UnknownSource, HistoryUnavailable):
        return None
    return series_of(source, answer.lines[HEALTH_SCORE], answer.step_s)


def _lifecycle(services: Any, source: str, span: Span) -> list[tuple[float, str]]:
    """What the source said of itself, as far as it is known."""
    try:
        events = services.history.events.said(span.start - SAID_BEFORE_S, span.end, source=source)
    except HistoryUnavailable:
        events = []
    said = [(event.at, event.document.get("state")) for event in events]
    state = services.board.get(source)
    if state is not None and state.lifecycle is not None:
        said.append((state.lifecycle.since, state.lifecycle.state))
    return [(at, word) for at, word in said if word]
