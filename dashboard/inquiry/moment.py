"""A past moment shown again: what each source was like then, which alerts were open, what had just been commanded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dashboard.alerts.alert import RESOLVED, Alert
from dashboard.commands import SentCommand
from dashboard.events import parse_time
from dashboard.explore.overlays import GapLike
from dashboard.explore.span import Span
from dashboard.feed.intake import HEALTH_SCORE
from dashboard.history.answers import HistoryUnavailable, Matrix, PastCommand, PastEvent, PastMoment
from dashboard.history.event_archive import OPEN_AT_MOST, state_at
from dashboard.history.texts import storable
from dashboard.inquiry.known import heard_first
from dashboard.inquiry.listening import unheard

LOOK_BACK_S = 900.0
"""A value that is older was none of that moment: whoever sends sends every few seconds."""
COMMANDS_BACK_S = 3_600.0
"""Commands of the hour before: what they did shows itself sooner."""
COMMANDS_MOST = 100
MOMENT_S = 0.001
SOURCES_MOST = 32
"""As many as the memory of a process holds by default."""
POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Value:
    """A metric's newest number at the moment, in its own unit; `at` is that of the sample, or where its bucket
    begins."""

    number: float
    at: float
    is_rate: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class SourceThen:
    """One source. `values` by metric, `step_s` how wide a bucket they are means of (0: samples); `score` its health.

    `heard_at`: its last sign of life up to the moment, or where the bucket of it begins; None: nothing in LOOK_BACK_S.
    `status` and `health`: what it had said of itself last.
    """

    source: str
    values: Mapping[str, Value] = field(default_factory=dict)
    step_s: float = 0.0
    heard_at: float | None = None
    score: float | None = None
    status: PastEvent | None = None
    health: PastEvent | None = None


@dataclass(frozen=True, eq=False, slots=True)
class AlertThen:
    """An alert that was open, its state then, and its timeline up to then (entries as `alerts.story` gives them)."""

    alert: Alert
    state: str
    timeline: tuple[dict[str, Any], ...]


@dataclass(frozen=True, eq=False, slots=True)
class MomentThen:
    """Everything about one moment (Unix s). Alerts: the gravest first; commands: the newest first.

    `deaf`: the gap of the feed the moment lies in, None where the console heard. `..._left_out`: how many more there
    were at most. `unavailable`: why the archive could not be read, so that this is what the process remembers.
    """

    at: float
    sources: tuple[SourceThen, ...]
    alerts: tuple[AlertThen, ...]
    commands: tuple[SentCommand | PastCommand, ...]
    deaf: GapLike | None = None
    sources_left_out: int = 0
    alerts_left_out: int = 0
    commands_left_out: int = 0
    unavailable: str = ""


def moment_of(services: Any, at: float) -> MomentThen:
    """The moment as store and memory know it. What memory has is newer than what is stored of it, and wins."""
    archive, unavailable = services.history.events, ""
    own_commands = list(getattr(services.commands, "recent", ()))
    since = at - COMMANDS_BACK_S
    try:
        stored = archive.moment(at)
        commands = archive.commands(since, at, COMMANDS_MOST + 1)
        gaps = archive.gaps(at, at)
    except HistoryUnavailable as error:
        stored, commands, gaps, unavailable = PastMoment(at), [], [], error.reason
    commands = _newest_first(own_commands, commands, since, at)
    gaps = [*services.record.gaps, *gaps]
    alerts, cut = _alerts(services, stored, at)
    known = heard_first((one for one in services.history.metrics.sources() if one.first_at <= at), at - LOOK_BACK_S, at)
    read = services.history.metrics.matrix_of_each(
        {one.name: None for one in known[:SOURCES_MOST]}, at - LOOK_BACK_S, at, POINTS)
    silent, silent_lost = unheard(services, Span(at - MOMENT_S, at))
    return MomentThen(
        at, tuple(_source(name, matrix, stored, at) for name, matrix in read.items()), alerts,
        tuple(commands[:COMMANDS_MOST]),
        next((gap for gap in [*gaps, *silent]
              if gap.start <= at and (gap.end is None or gap.end >= at)), None),
        max(0, len(known) - SOURCES_MOST), cut, max(0, len(commands) - COMMANDS_MOST), unavailable or silent_lost)


def _newest_first(own: Iterable[SentCommand], stored: Iterable[PastCommand], since: float, at: float
                  ) -> list[SentCommand | PastCommand]:
    found = {one.request_id: one for one in own} | {one.request_id: one for one in stored}  # stored: with its answer
    return sorted((one for one in found.values() if since <= one.at <= at), key=lambda one: -one.at)


def _alerts(services: Any, stored: PastMoment, at: float) -> tuple[tuple[AlertThen, ...], int]:
    found = {alert.key: (alert, state) for alert, state in stored.alerts}
    for alert in services.alerts.index().all:
        there = alert.first_seen <= at and (alert.resolved_at is None or alert.resolved_at >= at)
        state = state_at(alert, at) if there else RESOLVED
        found.pop(alert.key, None)
        if state != RESOLVED:
            found[alert.key] = alert, state
    ordered = sorted(found.values(), key=lambda one: (one[0].rank, -one[0].first_seen, one[0].key))
    told = tuple(AlertThen(alert, state, _until(services.alerts.story(alert, at), at)) for alert, state
                 in ordered[:OPEN_AT_MOST])
    return told, stored.alerts_left_out + max(0, len(ordered) - OPEN_AT_MOST)


def _until(entries: Iterable[dict[str, Any]], at: float) -> tuple[dict[str, Any], ...]:
    """What was known then: that a source is silent now was not."""
    return tuple(entry for entry in entries if (then := parse_time(entry["at"])) is not None and then <= at)


def _source(name: str, matrix: Matrix | Exception, stored: PastMoment, at: float) -> SourceThen:
    kept = storable(name)  # the archive has it by the name that a database holds
    said = stored.statuses.get(kept), stored.healths.get(kept)
    if not isinstance(matrix, Matrix):  # nothing could be read
        return SourceThen(name, status=said[0], health=said[1])
    upto = int(np.searchsorted(matrix.times, at, side="right"))
    there = matrix.counts[:, :upto] > 0
    values = {}
    for place in np.flatnonzero(there.any(axis=1)).tolist():
        newest = upto - 1 - int(np.argmax(there[place, ::-1]))
        metric = matrix.metrics[place]
        values[metric] = Value(float(matrix.means[place, newest]), float(matrix.times[newest]), metric in matrix.rates)
    score = values.pop(HEALTH_SCORE, None)
    heard = [value.at for value in values.values()] + ([score.at] if score else [])
    return SourceThen(name, values, matrix.step_s, max(heard, default=None), score.number if score else None, *said)
