"""What happened to alerts while somebody did not look. Pure: alerts with their timelines in, three lists out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.alerts.alert import Alert
from dashboard.alerts.facts import ACTIONS, RESOLVE
from dashboard.alerts.silences import Silence
from dashboard.alerts.timeline import CLEARED

SILENCE, END_SILENCE = "silence", "end-silence"
"""What people do beside the ACTIONS on an alert."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did, at Unix time `at`: one of ACTIONS to `alert`, or SILENCE or END_SILENCE to `silence`.

    `reason` is what the timeline says beside it ("For 30 min", "To bert").
    """

    at: float
    by: str
    action: str
    reason: str = ""
    note: str = ""
    alert: Alert | None = None
    silence: Silence | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """What happened after `start` and up to `end` (Unix seconds).

    `fired`: alerts that began, those that are open first, then the gravest, then the newest. `cleared`: those their
    producer ended and still has ended, whenever they began, the newest end first. `deeds`: of everybody but the person
    who asks, the newest first.
    """

    start: float
    end: float
    fired: tuple[Alert, ...] = ()
    cleared: tuple[Alert, ...] = ()
    deeds: tuple[Deed, ...] = ()

    @property
    def is_quiet(self) -> bool:
        return not (self.fired or self.cleared or self.deeds)


def since(alerts: Iterable[Alert], silences: Iterable[Silence], start: float, end: float, person: str) -> Since:
    """What happened while `person` did not look, from `start` to `end` (Unix seconds).

    Times are those of the alerts: of the producer for what fired and cleared, ours for what people did.
    """
    alerts = tuple(alerts)
    fired = [alert for alert in alerts if start < alert.first_seen <= end]
    fired.sort(key=lambda alert: (not alert.is_open, alert.rank, -alert.first_seen, alert.key))
    cleared = [alert for alert in alerts
               if alert.cleared_itself and alert.resolved_at is not None and start < alert.resolved_at <= end]
    cleared.sort(key=lambda alert: (-(alert.resolved_at or 0.0), alert.key))
    deeds = [deed for deed in (*_deeds(alerts), *_silencing(silences))
             if start < deed.at <= end and deed.by != person]
    deeds.sort(key=lambda deed: -deed.at)
    return Since(start, end, tuple(fired), tuple(cleared), tuple(deeds))


def _deeds(alerts: Iterable[Alert]) -> Iterable[Deed]:
    for alert in alerts:
        for entry in alert.timeline:
            if entry.action in ACTIONS and entry.by and not (entry.action == RESOLVE and entry.reason == CLEARED):
                yield Deed(entry.at_us / 1_000_000, entry.by, entry.action, entry.reason, entry.note, alert)


def _silencing(silences: Iterable[Silence]) -> Iterable[Deed]:
    for silence in silences:
        yield Deed(silence.at, silence.by, SILENCE, note=silence.reason, silence=silence)
        if silence.ended_at is not None:
            yield Deed(silence.ended_at, silence.ended_by or "", END_SILENCE, silence=silence)
