"""Whether a source, or a metric, was ever heard: by memory, and where that does not know it, by the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.history.answers import DOWN, HistoryUnavailable, SourceInfo, UnknownMetric, UnknownSource


def check_source(services: Any, source: str) -> None:
    """Pass a source that was ever heard, whatever it said.

    Raises:
        UnknownSource: it never was.
        HistoryUnavailable: memory does not know it, and the database is away.
    """
    if source in services.ring.sources() or services.board.get(source) is not None:
        return
    if all(one.name != source for one in services.history.metrics.sources()):
        _check_readable(services)
        raise UnknownSource(source)


def check_metrics(services: Any, source: str | None, metrics: Sequence[str]) -> None:
    """Pass metrics that were ever heard of a source; None: of any.

    Raises:
        UnknownMetric: some never were.
        HistoryUnavailable: memory does not know them, and the database is away.
    """
    ring = services.ring
    heard = ring.sources() if source is None else [source]
    unknown = _without(metrics, (name for one in heard for name in ring.metrics(one)))
    if unknown:
        reader = services.history.metrics
        kept = [one.name for one in reader.sources() if source in (None, one.name)]
        unknown = _without(unknown, (info.name for one in kept for info in reader.metrics(one)))
    if unknown:
        _check_readable(services)
        raise UnknownMetric(tuple(unknown))


def heard_first(sources: Iterable[SourceInfo], start: float, end: float) -> list[SourceInfo]:
    """By name, but those that cannot have been heard from `start` to `end` (Unix s) last: where there is no room for
    all, what was long let go of must not take the place of what was there."""
    return sorted(sources, key=lambda one: (one.last_at < start or one.first_at > end, one.name))


def _without(metrics: Sequence[str], known: Iterable[str]) -> list[str]:
    known = frozenset(known)
    return [name for name in metrics if name not in known]


def _check_readable(services: Any) -> None:
    status = services.history.status
    if status.state == DOWN:  # what it has nobody can tell
        raise HistoryUnavailable(status.reason or "", status.since)
