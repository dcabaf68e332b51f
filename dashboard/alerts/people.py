"""What people do to alerts and silences: checked here, made by `Transitions`. The part of the store they act on."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from dashboard.alerts.alert import Alert
from dashboard.alerts.lifecycle import check_transition
from dashboard.alerts.local import LocalCopy
from dashboard.alerts.query import AlertIndex
from dashboard.alerts.silences import Silence, read_silence
from dashboard.alerts.stale import Unheard, always_heard
from dashboard.alerts.story import story
from dashboard.alerts.transition import Transition, Transitions
from dashboard.commands import printable
from dashboard.settings import Settings


class Default:
    """The type of DEFAULT_UNTIL."""


DEFAULT_UNTIL: Final = Default()
"""An acknowledgement for as long as the setting `acknowledge_s` says."""


class PersonActions:
    """Every action speaks to Redis once, in the caller's thread, and raises alike:

    ValueError: the note is too long, or the end lies in the past.
    UnknownAlert: there is no such alert.
    NotAllowed: its state does not allow it; it says who was first.
    Unreachable: Redis is away or too slow, and nothing was changed.
    """

    _settings: Settings
    _clock: Callable[[], float]
    _transitions: Transitions
    _local: LocalCopy
    _unheard: Unheard = staticmethod(always_heard)

    def index(self) -> AlertIndex:
        raise NotImplementedError

    def acknowledge(self, key: str, by: str, notes: str = "",
                    until: float | None | Default = DEFAULT_UNTIL) -> Transition:
        """Person `by` takes alert `key` on, until Unix time `until` (None: until it is resolved)."""
        now = self._clock()
        end = now + self._settings.acknowledge_s if isinstance(until, Default) else until
        check_transition(by, now, notes, end)
        return self._transitions.acknowledge(key, by, notes, end)

    def unacknowledge(self, key: str, by: str, notes: str = "") -> Transition:
        """Person `by` gives an acknowledged alert back: it is active again."""
        check_transition(by, self._clock(), notes)
        return self._transitions.change("unacknowledge", key, by, notes)

    def resolve(self, key: str, by: str, notes: str = "") -> Transition:
        """Person `by` ends alert `key`."""
        check_transition(by, self._clock(), notes)
        return self._transitions.resolve(key, by, notes)

    def reopen(self, key: str, by: str, notes: str = "") -> Transition:
        """Person `by` takes a resolution back; of an identity only the last alert can be reopened."""
        check_transition(by, self._clock(), notes)
        return self._transitions.change("reopen", key, by, notes)

    def assign(self, key: str, by: str, to: str, instead_of: str = "", notes: str = "") -> Transition:
        """Give an open alert to person `to` (empty: to nobody), who takes over from `instead_of`."""
        check_transition(by, self._clock(), notes)
        return self._transitions.change("assign", key, by, notes, to=printable(to), instead_of=printable(instead_of))

    def snooze(self, key: str, by: str, until: float | None = None, notes: str = "") -> Transition:
        """Keep an open alert quiet until `until` (None: until it gets worse, which ends either kind)."""
        check_transition(by, self._clock(), notes, until)
        return self._transitions.change("snooze", key, by, notes, until=until)

    def unsnooze(self, key: str, by: str, notes: str = "") -> Transition:
        """End a snooze."""
        check_transition(by, self._clock(), notes)
        return self._transitions.change("unsnooze", key, by, notes)

    def silences(self) -> tuple[Silence, ...]:
        """All silences, also those that are over but still kept, in the order in which they were made."""
        return self._local.silences

    def story(self, alert: Alert, now: float) -> list[dict[str, Any]]:
        """The alert's timeline as it is told at `now`, ready for JSON: see `alerts.story`."""
        return story(alert, self.silences(), now, self._unheard(alert.source))

    def preview(self, wanted: Mapping[str, Any], by: str) -> list[Alert]:
        """The open alerts that a silence for `wanted` would be for, whatever the time. ValueError."""
        silence = read_silence(wanted, silence_id="preview", by=by, now=self._clock())
        return self.index().hit_by(silence)

    def silence(self, wanted: Mapping[str, Any], by: str) -> Silence:
        """Make a silence; `wanted` as in `read_silence`. Raises ValueError, Unreachable."""
        now = self._clock()
        check_transition(by, now, "")
        return self._transitions.add_silence(
            read_silence(wanted, silence_id=secrets.token_hex(8), by=printable(by), now=now))

    def end_silence(self, silence_id: str, by: str) -> Silence:
        """End a silence; it stays to be read for a while. Raises UnknownSilence, NotAllowed, Unreachable."""
        check_transition(by, self._clock(), "")
        return self._transitions.end_silence(silence_id, printable(by))
