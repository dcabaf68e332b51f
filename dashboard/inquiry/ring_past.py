"""The past as the ring and the memory of this process have it, with the surface of the history store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from dashboard import catalog
from dashboard.history.answers import (
    RAW,
    AlertSpan,
    Annotation,
    Answer,
    Matrix,
    MetricInfo,
    SourceInfo,
    UnknownAnnotation,
    UnknownMetric,
    UnknownSource,
)
from dashboard.history.cells import Block, raw_block
from dashboard.history.lines import counters, line_of, reduced, statistics_of, with_rates
from dashboard.history.steps import step_for
from dashboard.metrics.query import Gap


class RingReader:
    """`MetricReader` over a ring alone."""

    def __init__(self, ring: Any) -> None:
        self._ring = ring

    def sources(self) -> list[SourceInfo]:
        found = []
        for name in self._ring.sources():
            times = self._ring.window(name, []).times
            if len(times):
                found.append(SourceInfo(name, float(times[0]), float(times[-1]), len(self._ring.metrics(name))))
        return found

    def metrics(self, source: str) -> list[MetricInfo]:
        self._known(source)
        first = float(self._ring.window(source, []).times[0])
        return [MetricInfo(name, first, at, value) for name, (at, value) in sorted(self._ring.latest(source).items())]

    def series(self, source: str, metrics: Sequence[str], start: float, end: float, points: int, *,
               gaps: Sequence[Gap] = (), rates: bool = True) -> Answer:
        block, which, step = self._read(source, metrics, start, end, points, rates)
        step_s = 0.0 if block.raw else float(step)
        lines = {name: line_of(name, block, place, bool(which[place]), statistics_of(block, place), gaps, step_s)
                 for place, name in enumerate(metrics)}
        return Answer(source, start, end, points, RAW, step_s, False, lines)

    def matrix(self, source: str, metrics: Sequence[str] | None, start: float, end: float, points: int) -> Matrix:
        names = tuple(metrics) if metrics is not None else tuple(self._ring.metrics(source))
        block, which, step = self._read(source, names, start, end, points, True)
        means = block.total / np.where(block.count > 0, block.count, 1)
        return Matrix(source, names, block.times, means, block.count, RAW, 0.0 if block.raw else float(step),
                      frozenset(name for name, is_one in zip(names, which, strict=True) if is_one))

    def _known(self, source: str, metrics: Sequence[str] = ()) -> None:
        if source not in self._ring.sources():
            raise UnknownSource(source)
        known = set(self._ring.metrics(source))
        if missing := tuple(name for name in metrics if name not in known):
            raise UnknownMetric(missing)

    def _read(self, source: str, metrics: Sequence[str], start: float, end: float, points: int,
              rates: bool) -> tuple[Block, np.ndarray, int]:
        self._known(source, metrics)
        window = self._ring.window(source, metrics, start, end)
        block = raw_block(window.times, np.array([window.columns[name] for name in metrics]).reshape(len(metrics), -1))
        about = [catalog.describe(name) for name in metrics]
        which = counters(block, [one.cumulative and rates for one in about], [one.counts for one in about])
        block = with_rates(block, which)
        step = step_for(end - start, points)
        return (reduced(block, step) if len(block) > points else block), which, step


class MemoryArchive:
    """`EventArchive` over what this process remembers."""

    def __init__(self, services: Any) -> None:
        self._services = services
        self._annotations: dict[str, Annotation] = {}

    def alert_spans(self, start: float, end: float, source: str | None = None, limit: int = 2_000) -> list[AlertSpan]:
        spans = [AlertSpan(alert.key, alert.id, alert.source, alert.level, alert.component, alert.message, alert.state,
                           alert.first_seen, alert.resolved_at) for alert in self._services.alerts.index().all]
        return [one for one in spans if _overlaps(one, start, end) and source in (None, one.source)][:limit]

    def alerts(self, **_wanted: Any) -> Any:
        return SimpleNamespace(alerts=(), total=0)

    def commands(self, start: float, end: float, limit: int = 1_000) -> list[Any]:
        recent = getattr(self._services.commands, "recent", ())
        return [one for one in recent if start <= one.at <= end][:limit]

    def gaps(self, start: float, end: float, limit: int = 2_000) -> list[Any]:
        return [gap for gap in self._services.record.gaps if _overlaps(gap, start, end)][:limit]

    def annotations(self, start: float, end: float, source: str | None = None, limit: int = 1_000) -> list[Annotation]:
        return [one for one in self._annotations.values()
                if one.start <= end and (one.end or one.start) >= start and source in (None, one.source)][:limit]

    def annotate(self, start: float, end: float | None, text: str, by: str, source: str | None = None) -> Annotation:
        made = Annotation(f"n{len(self._annotations)}", start, end, text, by, self._services.clock(), source)
        self._annotations[made.id] = made
        return made

    def change_annotation(self, annotation_id: str, **changes: Any) -> Annotation:
        if annotation_id not in self._annotations:
            raise UnknownAnnotation(annotation_id)
        made = replace(self._annotations[annotation_id], **changes)
        self._annotations[annotation_id] = made
        return made

    def remove_annotation(self, annotation_id: str) -> None:
        if self._annotations.pop(annotation_id, None) is None:
            raise UnknownAnnotation(annotation_id)


def _overlaps(one: Any, start: float, end: float) -> bool:
    return one.start <= end and (one.end is None or one.end >= start)


def remembered(services: Any) -> Any:
    """What has the surface of the history store, without a store."""
    kept = SimpleNamespace(longest_s=86_400.0)
    return SimpleNamespace(metrics=RingReader(services.ring), events=MemoryArchive(services), kept=kept)
