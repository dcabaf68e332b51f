"""What is asked of the past beside metrics: alerts, commands, gaps of the feed, and operators' annotations.

Every method may wait for the database, and raises HistoryUnavailable where it is away.
"""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.history.answers import AlertPage, AlertSpan, Annotation, PastCommand, PastGap


class EventArchive:
    """Reads what was stored of events, and keeps the annotations."""

    def alerts(self, *, start: float | None = None, end: float | None = None, levels: Iterable[str] = (),
               states: Iterable[str] = ("resolved",), source: str | None = None, text: str | None = None,
               limit: int = 25, offset: int = 0) -> AlertPage:
        """Archived alerts that were there in the window, newest first; by default those that are over."""
        raise NotImplementedError

    def alert(self, key: str) -> dict | None:
        """One archived alert with its `timeline`, as REST gives it."""
        raise NotImplementedError

    def alert_spans(self, start: float, end: float, source: str | None = None, limit: int = 2_000) -> list[AlertSpan]:
        """Spans of alerts, open ones too, that overlap the window, oldest first."""
        raise NotImplementedError

    def commands(self, start: float, end: float, limit: int = 1_000) -> list[PastCommand]:
        """Commands sent in the window by any process, oldest first."""
        raise NotImplementedError

    def gaps(self, start: float, end: float, limit: int = 2_000) -> list[PastGap]:
        """Gaps of the feed of any process that overlap the window, oldest first."""
        raise NotImplementedError

    def annotations(self, start: float, end: float, source: str | None = None, limit: int = 1_000) -> list[Annotation]:
        """Annotations that overlap the window (of `source`, and those about all), oldest first."""
        raise NotImplementedError

    def annotate(self, start: float, end: float | None, text: str, by: str, source: str | None = None) -> Annotation:
        """Keep a new annotation. Raises ValueError: no text, more than 2,000 characters, end before start."""
        raise NotImplementedError

    def change_annotation(self, annotation_id: str, *, text: str | None = None, start: float | None = None,
                          end: float | None = None) -> Annotation:
        """Change what is given. Raises UnknownAnnotation, ValueError."""
        raise NotImplementedError

    def remove_annotation(self, annotation_id: str) -> None:
        """Forget it. Raises UnknownAnnotation."""
        raise NotImplementedError
