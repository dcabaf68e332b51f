"""The growing record of one source. Knows which of two statements is newer; its owner does the locking.

Everything is kept with the stamp of the event it came from, and a group of fields is only replaced by a greater
stamp. So the outcome is the same in whatever order events arrive and however often.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from dashboard.event_types import (
    Component,
    Event,
    HealthCheck,
    HealthReport,
    JobProgress,
    MetricUpdate,
    SystemStatus,
    is_simulated,
)
from dashboard.health import Lifecycle, headline, merge_components
from dashboard.named_numbers import NamedNumbers
from dashboard.presence import Presence
from dashboard.source_state import SourceState
from dashboard.stamped import NEVER, Stamp, Table, drop_oldest, keep_newest, newest, put_right, right

MAX_METRICS = 1_024
"""Names of one source; twice what the ring keeps by default, so that the board is never the narrower of the two."""
MAX_FACTS = 200
MAX_COMPONENTS = 200
MAX_JOBS = 50
"""A page of jobs; a day's worth for a producer that runs one every half hour."""
MAX_KINDS = 16
"""Kinds of events with a clock of their own; there are seven that change anything."""
SKEW_KEPT_S = 900.0
"""One alert that was long on its way says nothing of the clock any more, once so much else has been heard."""

REGULAR_KINDS = ("metric_update", "health_check")
"""Sent every few seconds, about the present moment: their times tell the clock. An alert may be told again later."""


class SourceRecord:
    """Everything one source said, newest per field group."""

    def __init__(self, event: Event, inactive_after_s: float) -> None:
        self.name = event.source
        self.first_received = self.last_received = event.received
        self._presence = Presence(inactive_after_s)
        self._newest: Stamp = NEVER
        self._heard_until = -math.inf  # the latest time, by our clock, that stands in any stamp
        self._last_event_time: float | None = None
        self._skews: Table = {}
        self._groups: Table = {}
        self._metrics: Table = {}
        self._waiting_metrics = NamedNumbers()  # of the newest stamp, not yet in the table: see `_put_metrics`
        self._metrics_stamp: Stamp = NEVER
        self._facts: Table = {}
        self._single_components: Table = {}
        self._jobs: Table = {}

    def apply(self, event: Event, latest: float) -> bool:
        """Take in one event; True where it changed anything. A receive time after `latest` (Unix s) cannot be right:
        our own clock was set back, and it would keep a silent source alive, and what it said then the newest, for
        long."""
        stamp = (event.at, event.received, event.key)
        if event.received <= latest:
            if self._heard_until > latest:
                self._clock_was_set_back(latest, event.received, event.at)
        elif event.at > latest and self.last_received <= latest:  # brought later: only where nothing else is known
            stamp = (self.first_received - 1.0, self.first_received - 1.0, event.key)
        self._heard_until = max(self._heard_until, stamp[1])
        changed = self._sign_of_life(event, stamp, latest)
        changed |= self._put(f"complaints {event.kind}", stamp, event.complaints)
        if isinstance(event, MetricUpdate):
            changed |= self._metric_update(event, stamp)
        elif isinstance(event, HealthCheck):
            changed |= self._health_check(event, stamp)
        elif isinstance(event, SystemStatus):
            changed |= self._system_status(event, stamp)
        elif isinstance(event, JobProgress):
            changed |= keep_newest(self._jobs, {event.run_id: event}, stamp, MAX_JOBS)
        return changed

    def _clock_was_set_back(self, latest: float, now: float, filed: float) -> None:
        """What was heard after `latest`, which is yet to come, was heard before `now`: what comes now is newer, though
        it is `filed` under the time at which it was told."""
        for table in (self._skews, self._groups, self._all_metrics(), self._facts, self._single_components, self._jobs):
            put_right(table, latest, now, filed)
        self._newest, self._metrics_stamp = (
            right(stamp, latest, now, filed) for stamp in (self._newest, self._metrics_stamp))
        self._heard_until = now
        if self._last_event_time is not None and self._last_event_time > latest:
            self._last_event_time = now
        if "lifecycle" in self._groups:
            stamp, word = self._groups["lifecycle"]
            if word.since > latest:
                time = now if word.time is not None and word.time > latest else word.time
                self._groups["lifecycle"] = stamp, replace(word, since=now, time=time)

    def heard(self, received: float, latest: float) -> bool:
        """The source said something then that is known to be outdated; True where that changed anything."""
        changed = False
        if received <= latest:
            changed = self._presence.heard(received)
        if (received <= latest, received) > (self.last_received <= latest, self.last_received):
            self.last_received, changed = received, True
        if received < self.first_received:
            self.first_received, changed = received, True
        return changed

    def _sign_of_life(self, event: Event, stamp: Stamp, latest: float) -> bool:
        changed = self.heard(event.received, latest)
        if stamp > self._newest:
            self._newest, changed = stamp, True
            self._last_event_time = _filed_time(event)
        known = self._skews.get(event.kind)
        if known is not None and known[0] < stamp:  # nearly always; only a kind that is new may be one too many
            self._skews[event.kind] = (stamp, event.skew_s)
            return True
        return changed | keep_newest(self._skews, {event.kind: event.skew_s}, stamp, MAX_KINDS)

    def _put(self, group: str, stamp: Stamp, value: Any) -> bool:
        known = self._groups.get(group)
        if known is not None and stamp <= known[0]:
            return False
        self._groups[group] = (stamp, value)
        return True

    def _metric_update(self, event: MetricUpdate, stamp: Stamp) -> bool:
        changed = self._put_metrics(event.metrics, stamp)
        if event.facts:
            changed |= keep_newest(self._facts, event.facts, stamp, MAX_FACTS)
        changed |= self._put("update", stamp, event.raw)
        if event.trends is not None:
            changed |= self._put("trends", stamp, event.trends)
        if event.recommendations is not None:
            changed |= self._put("recommendations", stamp, event.recommendations)
        if event.health is not None:
            changed |= self._report(event.kind, event.health, stamp)
        return changed

    def _put_metrics(self, metrics: NamedNumbers, stamp: Stamp) -> bool:
        """Like `keep_newest`, put off: an update mostly has all names of the one before, which then never needs to
        go into the table name by name."""
        if not metrics:
            return False
        if stamp <= self._metrics_stamp:
            return keep_newest(self._all_metrics(), metrics.by_name, stamp, MAX_METRICS)
        if not metrics.has_names_of(self._waiting_metrics):
            self._all_metrics()
        self._waiting_metrics, self._metrics_stamp = metrics, stamp
        return True

    def _all_metrics(self) -> Table:
        if self._waiting_metrics:
            keep_newest(self._metrics, self._waiting_metrics.by_name, self._metrics_stamp, MAX_METRICS)
            self._waiting_metrics = NamedNumbers()
        return self._metrics

    def _health_check(self, event: HealthCheck, stamp: Stamp) -> bool:
        changed = self._put_metrics(event.metrics, stamp)
        changed |= keep_newest(self._facts, event.facts, stamp, MAX_FACTS)
        if event.component is None:
            changed |= self._put("health", stamp, event.report)
            return changed | self._report(event.kind, event.report, stamp)
        named = {component.name: component for component in event.report.components}
        changed |= keep_newest(self._single_components, named, stamp, MAX_COMPONENTS)
        return changed | self._uptime(event.report.uptime_s, stamp)

    def _system_status(self, event: SystemStatus, stamp: Stamp) -> bool:
        lifecycle = Lifecycle(event.status, event.lifecycle, event.received, _filed_time(event), event.message,
                              event.details)
        return self._put("lifecycle", stamp, lifecycle) | self._uptime(event.uptime_s, stamp)

    def _report(self, kind: str, report: HealthReport, stamp: Stamp) -> bool:
        changed = self._uptime(report.uptime_s, stamp)
        if report.score is not None:
            changed |= self._put(f"score {kind}", stamp, report)
        elif report.status is not None:
            changed |= self._put(f"word {kind}", stamp, report)
        if report.components:
            changed |= self._put(f"components {kind}", stamp, report.components)
        return changed

    def _uptime(self, uptime_s: float | None, stamp: Stamp) -> bool:
        return uptime_s is not None and self._put("uptime", stamp, uptime_s)

    def snapshot(self, delayed_after_s: float, inactive_after_s: float) -> SourceState:
        """A frozen copy; nothing in it is touched by later events."""
        components = self._components()
        listed = tuple(entry[1] for entry in components.values())
        uptime = self._groups.get("uptime")
        skews = self._recent_skews()
        return SourceState(
            name=self.name, simulated=is_simulated(self.name), first_received=self.first_received,
            last_received=self.last_received, silences=self._presence.silences(),
            last_event_time=self._last_event_time, skews=MappingProxyType(skews),
            skew_s=_largest_skew(skews), metrics_skew_s=self._metrics_skew_s(),
            lifecycle=self._value("lifecycle"), headline=headline(self._said(), listed), components=listed,
            component_times=MappingProxyType({name: entry[0][0] for name, entry in components.items()}),
            uptime_s=uptime[1] if uptime else None, uptime_at=uptime[0][1] if uptime else None,
            trends=MappingProxyType(dict(self._value("trends") or {})),
            recommendations=self._value("recommendations") or (),
            facts=MappingProxyType({name: value for name, (_, value) in sorted(
                newest(self._facts, MAX_FACTS).items())}),
            jobs=tuple(job for _, job in sorted(
                newest(self._jobs, MAX_JOBS).values(), key=lambda entry: entry[0], reverse=True)),
            latest_metrics=MappingProxyType(
                {name: (value, stamp[0]) for name, (stamp, value) in sorted(
                    newest(self._all_metrics(), MAX_METRICS).items())}),
            latest_update=self._value_at("update"), last_health=self._value_at("health"),
            complaints=self._complaints(), delayed_after_s=delayed_after_s, inactive_after_s=inactive_after_s)

    def _recent_skews(self) -> dict[str, float]:
        """By kind: a producer may tell its local time in one dialect and Unix time in another."""
        return {kind: skew for kind, (stamp, skew) in sorted(newest(self._skews, MAX_KINDS).items())
                if skew is not None and stamp[1] >= self.last_received - SKEW_KEPT_S}

    def _metrics_skew_s(self) -> float | None:
        """Of the events most samples come from, however long ago: that is where the samples are filed."""
        for kind in REGULAR_KINDS:
            if kind in self._skews:
                return self._skews[kind][1]
        return None

    def _value(self, group: str) -> Any:
        entry = self._groups.get(group)
        return entry[1] if entry else None

    def _value_at(self, group: str) -> tuple[Any, float] | None:
        entry = self._groups.get(group)
        return (entry[1], entry[0][0]) if entry else None

    def _said(self) -> list[tuple[str, float, HealthReport]]:
        return [(kind, entry[0][0], entry[1]) for kind in ("metric_update", "health_check")
                for what in ("score", "word") if (entry := self._groups.get(f"{what} {kind}"))]

    def _components(self) -> dict[str, tuple[Stamp, Component]]:
        """By name, from whole reports of both kinds and from messages about one component; the newest wins.

        A whole report replaces the one of its kind before it, so a component that is gone from it is gone.
        """
        tables = [newest(self._single_components, MAX_COMPONENTS)]
        for kind in ("metric_update", "health_check"):
            entry = self._groups.get(f"components {kind}")
            if entry:
                tables.append({component.name: (entry[0], component) for component in entry[1]})
        merged = merge_components(*tables)
        if len(merged) > MAX_COMPONENTS:
            drop_oldest(merged, MAX_COMPONENTS)
        return dict(sorted(merged.items()))

    def _complaints(self) -> tuple[str, ...]:
        """Of the newest event of each kind: a producer that was put right has none."""
        found = [text for group, (_, texts) in sorted(self._groups.items()) if group.startswith("complaints ")
                 for text in texts]
        return tuple(dict.fromkeys(found))


def _filed_time(event: Event) -> float | None:
    """The producer's time unless it lies in the future, so that nothing looks fresher than it is."""
    return None if event.time is None else event.at


def _largest_skew(skews: Mapping[str, float]) -> float | None:
    """Of the regular kinds where there are any, else of all; None without any."""
    regular = [skew for kind, skew in skews.items() if kind in REGULAR_KINDS]
    return max(regular or skews.values(), key=abs, default=None)
