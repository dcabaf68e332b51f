"""The newest state of every source: written by the feed, read by pages and REST."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from dashboard.event_types import FUTURE_TOLERANCE_S, CommandResult, Event, OtherEvent
from dashboard.source_record import SourceRecord
from dashboard.source_state import Job, SourceState
from dashboard.superseded import superseded

__all__ = ["Job", "SourceBoard", "SourceState"]

MAX_RESULTS = 200
"""Answers to commands: what ten admins can ask for within minutes; older ones nobody waits for."""
MAX_REFUSED_NAMES = 50
SILENT_S = 86_400.0
"""A source silent for a day gives its place to a new one, as it does in the ring: a producer that names itself anew
with each start must not keep everybody else off the page for ever."""


class SourceBoard:
    """State by source, never merged. One thread applies, any number read.

    Readers get a frozen snapshot that is made once and handed to all until the source says something new; a reader
    waits for the writer only while that snapshot is made. Sources above `max_sources` are refused and counted, unless
    one of those there are has been silent for a day.
    """

    def __init__(self, *, max_sources: int, clock: Callable[[], float] = time.time, delayed_after_s: float = 30.0,
                 inactive_after_s: float = 60.0) -> None:
        self.max_sources = max_sources
        self.delayed_after_s, self.inactive_after_s = delayed_after_s, inactive_after_s
        self.revision = 0
        """Rises with each change; the same number means the same board."""
        self.refused = 0
        """Events of sources there was no room for."""
        self._clock = clock
        self._lock = threading.Lock()
        self._records: dict[str, SourceRecord] = {}
        self._states: dict[str, SourceState] = {}
        self._names: tuple[str, ...] = ()
        self._refused_names: tuple[str, ...] = ()
        self._results: dict[str, CommandResult] = {}

    def apply(self, event: Event) -> None:
        """Take in one event. Twice is the same as once, and late ones never overwrite newer ones."""
        self.apply_all([event])

    def apply_all(self, events: Sequence[Event]) -> None:
        """Take in several, in any order."""
        with self._lock:
            latest = self._clock() + FUTURE_TOLERANCE_S
            for event, is_over in zip(events, superseded(events), strict=True):
                record = self._records.get(event.source) if is_over else None
                if record is not None:  # in a flood nearly always
                    if record.heard(event.received, latest):
                        self._changed(event.source)
                elif not isinstance(event, OtherEvent):
                    self._apply(event, latest)

    def _apply(self, event: Event, latest: float) -> None:
        record = self._records.get(event.source)
        if record is None:
            if len(self._records) >= self.max_sources and not self._make_room(event.received):
                self._refuse(event.source)
                return
            record = self._records[event.source] = SourceRecord(event, self.inactive_after_s)
            self._names = tuple(sorted(self._records))
        changed = record.apply(event, latest)
        if isinstance(event, CommandResult):
            changed |= self._keep_result(event, latest)
        if changed:
            self._changed(event.source)

    def _changed(self, source: str) -> None:
        self._states.pop(source, None)
        self.revision += 1

    def _make_room(self, now: float) -> bool:
        """Let go of the source that was silent for longest, if that was for a day; whoever was refused may try anew."""
        silent = min(self._records, key=lambda name: self._records[name].last_received)
        if self._records[silent].last_received > now - SILENT_S:
            return False
        del self._records[silent]
        self._states.pop(silent, None)
        self._refused_names = ()
        return True

    def _refuse(self, source: str) -> None:
        self.refused += 1
        if source not in self._refused_names and len(self._refused_names) < MAX_REFUSED_NAMES:
            self._refused_names = (*self._refused_names, source)

    def _keep_result(self, event: CommandResult, latest: float) -> bool:
        known = self._results.get(event.request_id)
        was_right = known is not None and (known.received <= latest or event.received > latest)
        if was_right and _order(event) <= _order(known):
            return False
        kept = {**self._results, event.request_id: event}  # copied, so that readers need no lock
        if len(kept) > MAX_RESULTS:
            del kept[min(kept, key=lambda request_id: _order(kept[request_id]))]
        changed = kept != self._results
        self._results = kept
        return changed

    @property
    def results(self) -> Mapping[str, CommandResult]:
        """The newest answer to each command, by request_id."""
        return MappingProxyType(self._results)

    @property
    def refused_names(self) -> tuple[str, ...]:
        """The first few names among the refused sources."""
        return self._refused_names

    def names(self) -> list[str]:
        """All sources, sorted."""
        return list(self._names)

    def get(self, source: str) -> SourceState | None:
        """The state of a source as a frozen snapshot, None where nothing was heard of it."""
        state = self._states.get(source)
        if state is not None:
            return state
        with self._lock:
            record = self._records.get(source)
            if record is None:
                return None
            state = self._states.get(source)
            if state is None:
                state = self._states[source] = record.snapshot(self.delayed_after_s, self.inactive_after_s)
            return state

    def reset_locks(self) -> None:
        """Make the lock anew in a forked child, where another thread of the parent may have held it for ever."""
        self._lock = threading.Lock()


def _order(event: CommandResult) -> tuple[float, float, str]:
    return event.at, event.received, event.key
