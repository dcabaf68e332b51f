"""The service report of a window: the evidence for it, gathered from store, ring, alerts and feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice, zip_longest
from typing import Any

import numpy as np

from dashboard.alerts.alert import Alert
from dashboard.explore.availability import STOPS, SignsOfLife
from dashboard.explore.report import Evidence, Report, service_report
from dashboard.explore.series import of_line
from dashboard.explore.span import Span
from dashboard.explore.times import length_words
from dashboard.feed.intake import HEALTH_SCORE
from dashboard.health import STOP_HOLDS_S
from dashboard.history.answers import (
    DOWN,
    OFF,
    Answer,
    HistoryUnavailable,
    Matrix,
    MetricInfo,
    SourceInfo,
    UnknownSource,
)
from dashboard.history.texts import storable
from dashboard.inquiry.known import check_source, heard_first
from dashboard.inquiry.listening import unheard
from dashboard.inquiry.past import alerts_kept_s
from dashboard.inquiry.surroundings import gaps_around

POINTS = 10_000
"""Of a window: three days of 30 s, ten of 2 min, 30 of 5 min. An outage that is shorter than a point is not seen."""
SIGNS_MOST = 8
"""Metrics of a source whose samples are its signs of life: most sources send all of them in a few kinds of message."""
ALERTS_MOST = 20_000
"""Of the archive, beside those in memory: the newest."""
SOURCES_MOST = 32
POINTS_BEFORE = 1_000
"""Of the time between the last word of a source that had stopped and the window."""


@dataclass(frozen=True, eq=False, slots=True)
class Reported:
    """`step_s`: how wide a point of the evidence is (0: every sample). `notes`: what the report cannot know, or leaves
    out, a sentence each."""

    report: Report
    step_s: float
    notes: tuple[str, ...]


def reported(services: Any, span: Span, sources: Sequence[str] | None = None) -> Reported:
    """The report of `sources` (None: all).

    Raises:
        UnknownSource: one of `sources` was never heard.
        HistoryUnavailable: memory does not know one of them, and the database is away.
    """
    for source in sources or ():
        check_source(services, source)
    known = [one for one in heard_first(services.history.metrics.sources(), span.start, span.end)
             if sources is None or one.name in sources]
    cut = {one.name for one in known[SOURCES_MOST:]}
    gathered = _Gathered(services, span)
    evidence = gathered.of(known[:SOURCES_MOST])
    gaps, gaps_lost = gaps_around(services, span)
    silent, silent_lost = unheard(services, span)
    alerts, left_out, alerts_lost = alerts_of(services, span)
    alerts = [one for one in alerts if one.source not in cut and (sources is None or one.source in sources)]
    report = service_report(span, evidence, [*gaps, *silent], alerts,
                            services.settings.inactive_after_s)
    notes = [*reserves(services, span, gathered.lost or gaps_lost or silent_lost or alerts_lost), *gathered.notes]
    if cut:
        notes.append(f"{len(cut)} more sources are left out, with their alerts: a report has {SOURCES_MOST} at most.")
    if left_out:
        notes.append(f"{left_out:,} older alerts are left out: a shorter window has them.")
    return Reported(report, gathered.step_s, tuple(notes))


def reserves(services: Any, span: Span, lost: str = "") -> list[str]:
    """What a report of `span` cannot know. `lost`: why the store could not be read; "" where it was."""
    status, kept = services.history.status, alerts_kept_s(services)
    found = []
    if status.state == OFF:
        found.append("The history is switched off: this is what this server has in memory.")
    elif status.state == DOWN or lost:
        found.append(f"The database is away ({status.reason or lost}): this is what this server has in memory.")
    if span.start < services.clock() - kept:
        found.append(f"Resolved alerts are kept for {length_words(kept)}: of the time before that they are missing.")
    return found


def alerts_of(services: Any, span: Span) -> tuple[list[Alert], int, str]:
    """Every alert that was open at some time of `span`, in memory or in the archive; how many more there were; and why
    the archive could not be read ("": it was), so that this is what is in memory."""
    begun = [alert for alert in services.alerts.index().all if alert.first_seen <= span.end]
    own = [alert for alert in begun if span.overlaps(alert.first_seen, alert.resolved_at)]
    try:  # what memory knows to be over before may still be open there, until that is written
        found = services.history.events.alerts_beside({alert.key for alert in begun}, span.start, span.end, ALERTS_MOST)
    except HistoryUnavailable as error:
        return own, 0, error.reason
    return [*own, *found.alerts], max(0, found.total - ALERTS_MOST), ""


def signs_of_life(metrics: Sequence[MetricInfo]) -> list[str]:
    """The metrics that tell when a source was heard: of each kind of message one, then a second, while there is room.

    Of one kind are those that were last heard at the same time. A name that was given up tells of the time before.
    """
    newest_first = sorted(metrics, key=lambda one: (-one.last_at, one.first_at))
    kinds = [list(some) for _, some in groupby(newest_first, key=lambda one: one.last_at)]
    in_turn = (one.name for one in chain.from_iterable(zip_longest(*kinds)) if one is not None)
    return list(islice(in_turn, SIGNS_MOST))  # of 100,000 names that were given up each is a kind, with 512 places


class _Gathered:
    """The evidence of the sources, and what was found out about all of it."""

    def __init__(self, services: Any, span: Span) -> None:
        self._services, self._span = services, span
        self.step_s, self.lost = 0.0, ""
        self.notes: list[str] = []

    def of(self, sources: Sequence[SourceInfo]) -> list[Evidence]:
        """With the store away: what the ring has of it, from when on it has it. Of the rest nothing is claimed."""
        reader, span = self._services.history.metrics, self._span
        before_s = max(self._services.settings.inactive_after_s, span.length_s / POINTS)
        metrics = {source.name: self._metrics(source.name) for source in sources}
        signs = {name: signs_of_life(of) for name, of in metrics.items() if of}
        scores = {name: [HEALTH_SCORE] for name, of in metrics.items() if any(one.name == HEALTH_SCORE for one in of)}
        matrices = reader.matrix_of_each(signs, span.start - before_s, span.end, POINTS)
        health = reader.series_of_each(scores, span.start - before_s, span.end, POINTS)
        lifecycles = {name: [*said, *self._heard_again(name, signs.get(name), said)]
                      for name, said in self._lifecycles([source.name for source in sources]).items()}
        return [self._evidence(source, matrices.get(source.name), health.get(source.name), lifecycles[source.name])
                for source in sources]

    def _lifecycles(self, sources: Sequence[str]) -> dict[str, list[tuple[float, str]]]:
        """What each source had said of itself last when the window began, and in it, as far as that is known."""
        services, span, events = self._services, self._span, self._services.history.events
        try:
            before, stored = events.last_said(span.start), events.said_by(sources, span.start, span.end)
        except HistoryUnavailable as error:
            self._lose(error)
            before, stored = {}, {}
        found = {}
        for name in sources:
            last = [before[kept]] if (kept := storable(name)) in before else []
            said = [(event.at, event.document.get("state")) for event in (*last, *stored.get(name, ()))]
            state = services.board.get(name)
            if state is not None and state.lifecycle is not None:
                said.append((state.lifecycle.since, state.lifecycle.state))
            found[name] = [(at, word) for at, word in said if word]
        return found

    def _heard_again(self, source: str, signs: list[str] | None, said: Sequence[tuple[float, str]]
                     ) -> list[tuple[float, str]]:
        """When a source that had said that it stops was heard again before the window; [] where it was not."""
        start, history = self._span.start, self._services.history
        stopped_at, word = max((one for one in said if one[0] < start), default=(start, ""))
        since = max(stopped_at + STOP_HOLDS_S, start - history.kept.longest_s)
        if word not in STOPS or since >= start or not signs:
            return []
        read = history.metrics.samples_of_each({source: signs}, since, start, POINTS_BEFORE)[source]
        return [] if isinstance(read, Exception) else [(float(at), "running") for at in read[0].times[:1]]

    def _metrics(self, source: str) -> list[MetricInfo]:
        try:
            return self._services.history.metrics.metrics(source)
        except (UnknownSource, HistoryUnavailable) as error:
            self._lose(error)
            return []

    def _lose(self, error: Exception | None) -> None:
        self.lost = self.lost or getattr(error, "reason", "") or "it was lost while this was read"

    def _evidence(self, source: SourceInfo, matrix: Matrix | Exception | None, health: Answer | Exception | None,
                  lifecycle: list[tuple[float, str]]) -> Evidence:
        if not isinstance(matrix, Matrix):
            self._lose(matrix)
            self.notes.append(f"Nothing could be read of {source.name}: all of it is unknown.")
            return Evidence(source.name, SignsOfLife(np.empty(0), None, np.inf))
        self.step_s = max(self.step_s, matrix.step_s)
        times = matrix.times[(matrix.counts > 0).any(axis=0)]
        since = source.first_at if matrix.from_store else _in_memory_since(self._services, source, self._span)
        heard = SignsOfLife(times, matrix.step_s or None, since, lifecycle)
        score = of_line(source.name, health.lines[HEALTH_SCORE], health.step_s) if isinstance(health, Answer) else None
        return Evidence(source.name, heard, score)


def _in_memory_since(services: Any, source: SourceInfo, span: Span) -> float:
    """From when on memory knows of every sample: all of them since the first, or since the oldest that is left."""
    in_memory = services.ring.span(source.name)
    if in_memory is None:
        return np.inf
    return source.first_at if in_memory[0] <= span.start else in_memory[0]
