"""What lies over the charts of a window: gaps of the feed, alerts, commands and operators' annotations, in one list.

Whatever they come from, memory or store, they are told apart by what they have (see the protocols), so that one page
can show both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from dashboard.alerts.alert import Alert
from dashboard.event_types import is_simulated
from dashboard.explore.span import Span

GAP, ALERT, COMMAND, ANNOTATION = "gap", "alert", "command", "annotation"
KINDS = (GAP, ALERT, COMMAND, ANNOTATION)
"""In the order they are drawn: the last on top."""
OVERLAYS_MOST = 500
"""Of one kind: on a thousand pixels more cannot be told apart."""
LABEL_LIMIT = 160


class GapLike(Protocol):
    """`dashboard.feed.record.Gap`, `dashboard.history.answers.PastGap`."""

    start: float
    end: float | None
    why: str


class AlertSpanLike(Protocol):
    """`dashboard.history.answers.AlertSpan`; a `dashboard.alerts.alert.Alert` is taken as well."""

    key: str
    id: str
    source: str
    level: str
    component: str
    message: str
    start: float
    end: float | None


class CommandLike(Protocol):
    """`dashboard.commands.SentCommand`, `dashboard.history.answers.PastCommand`."""

    action: str
    requested_by: str
    at: float
    request_id: str
    receivers: int


class AnnotationLike(Protocol):
    """`dashboard.history.answers.Annotation`: `end` None is a moment, `source` None is about all sources."""

    id: str
    start: float
    end: float | None
    text: str
    by: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Overlay:
    """One thing over the charts. `start` and `end` in Unix seconds, as they were and not cut to the window.

    `end` is equal to `start` of a moment, None of what goes on. `label` is what it says, in one line; `by` the person,
    empty where there is none. `level` is that of an alert. `key` is the alert's key, the command's request id or the
    annotation's id. `source` None: of all sources.
    """

    kind: str
    start: float
    end: float | None
    label: str
    key: str = ""
    source: str | None = None
    level: str = ""
    by: str = ""
    simulated: bool = False

    @property
    def moment(self) -> bool:
        """Whether it has no length."""
        return self.end == self.start


@dataclass(frozen=True, slots=True)
class Overlays:
    """All that overlaps the window, earliest first; `left_out`: how many there were beyond OVERLAYS_MOST of a kind."""

    items: tuple[Overlay, ...]
    left_out: int = 0

    def of(self, kind: str) -> tuple[Overlay, ...]:
        return tuple(item for item in self.items if item.kind == kind)


def overlays(span: Span, *, gaps: Iterable[GapLike] = (), alerts: Iterable[Alert | AlertSpanLike] = (),
             commands: Iterable[CommandLike] = (), annotations: Iterable[AnnotationLike] = (),
             sources: Iterable[str] | None = None) -> Overlays:
    """Everything that overlaps `span`, in the order of time. `sources`: only alerts and annotations of these, and what
    is about all of them; None: of any."""
    wanted = None if sources is None else frozenset(sources)
    found = {
        GAP: [Overlay(GAP, gap.start, gap.end, _line(gap.why)) for gap in gaps],
        ALERT: [_alert(alert) for alert in alerts],
        COMMAND: [Overlay(COMMAND, command.at, command.at, _line(command.action), command.request_id,
                          by=command.requested_by) for command in commands],
        ANNOTATION: [Overlay(ANNOTATION, note.start, note.start if note.end is None else note.end, _line(note.text),
                             note.id, note.source, by=note.by) for note in annotations],
    }
    items, left_out = [], 0
    for all_of_kind in found.values():
        inside = [item for item in dict.fromkeys(all_of_kind) if span.overlaps(item.start, item.end)
                  and (wanted is None or item.source is None or item.source in wanted)]
        inside.sort(key=_order)
        left_out += max(0, len(inside) - OVERLAYS_MOST)
        items += inside[-OVERLAYS_MOST:]  # the newest
    return Overlays(tuple(sorted(items, key=_order)), left_out)


def _alert(alert: Alert | AlertSpanLike) -> Overlay:
    start, end = (alert.first_seen, alert.resolved_at) if isinstance(alert, Alert) else (alert.start, alert.end)
    label = _line(": ".join(part for part in (alert.component, alert.message or alert.id) if part))
    return Overlay(ALERT, start, None if end is None else max(start, end), label, alert.key, alert.source, alert.level,
                   simulated=is_simulated(alert.source))


def _line(text: str) -> str:
    """In one line, and not longer than a tooltip holds."""
    text = " ".join(text.split())
    return text if len(text) <= LABEL_LIMIT else text[:LABEL_LIMIT - 1] + "…"


def _order(item: Overlay) -> tuple:
    return item.start, KINDS.index(item.kind), item.key, item.label
