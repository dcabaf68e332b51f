"""Which of several events say nothing any more once a later one of them is known. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.event_types import Event, HealthReport, MetricUpdate


def superseded(events: Sequence[Event]) -> list[bool]:
    """For each event whether a later metric update of its source has something newer in place of all it says.

    In a flood that is so for nearly all of them. That its source was heard then remains true.
    """
    newest: dict[str, MetricUpdate] = {}
    found = []
    for event in reversed(events):
        is_over = False
        if type(event) is MetricUpdate:
            newer = newest.get(event.source)
            is_over = newer is not None and _replaces(newer, event)
            if not is_over:
                newest[event.source] = event
        found.append(is_over)
    found.reverse()
    return found


def _replaces(newer: MetricUpdate, older: MetricUpdate) -> bool:
    return (newer.at > older.at and newer.metrics.has_names_of(older.metrics)
            and (not older.facts or newer.facts.keys() >= older.facts.keys())
            and (older.trends is None or newer.trends is not None)
            and (older.recommendations is None or newer.recommendations is not None)
            and (older.health is None or _reports_as_much(newer.health, older.health)))


def _reports_as_much(newer: HealthReport | None, older: HealthReport) -> bool:
    return (newer is not None and (newer.score is None) == (older.score is None)
            and (newer.status is None) == (older.status is None)
            and (older.uptime_s is None or newer.uptime_s is not None)
            and (not older.components or bool(newer.components)))
