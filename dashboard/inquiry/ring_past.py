"""The past as the ring and the memory of this process have it, with the surface of the archive."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from dashboard.history.answers import AlertSpan, Annotation, UnknownAnnotation


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

    def said(self, *_where: Any, **_wanted: Any) -> list[Any]:
        return []

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
