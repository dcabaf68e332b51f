"""The timeline of an alert as it is told: what happened to it, the silences that were for it, and when its source was
not heard. Pure.

Silences are kept apart from alerts and match by what an alert is now: one whose level or words have changed since is
told of the silences that fit it now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dashboard.alerts.alert import ACTIVE, Alert
from dashboard.alerts.silences import Silence
from dashboard.alerts.stale import Interval
from dashboard.alerts.timeline import HEARD_AGAIN, SILENCE_OVER, SILENCED, STALE, Change
from dashboard.alerts.times import iso
from dashboard.explore.times import length_words


def story(alert: Alert, silences: Iterable[Silence], now: float,
          unheard: Iterable[Interval] = ()) -> list[dict[str, Any]]:
    """The timeline ready for JSON, oldest first; that its source is silent stands at its end while it is so.

    `now` is Unix seconds; `silences` are all that are kept; `unheard` are the times, now over, in which the alert's
    source was silent.
    """
    around = [entry for silence in silences if silence.matches(alert) for entry in _around(alert, silence, now)]
    around += [entry for interval in unheard for entry in _stale(alert, *interval, now)]
    entries = [entry.to_json() for entry in sorted((*alert.timeline, *around), key=lambda entry: entry.at_us)]
    if alert.stale_since is not None:
        entries.append({"at": iso(alert.stale_since), "action": STALE, "by": None,
                        "reason": "Its source has been silent since; the state is the last known one",
                        "old_state": alert.state, "new_state": alert.state, "note": ""})
    return entries


def _around(alert: Alert, silence: Silence, now: float) -> Iterator[Change]:
    """The entries of one silence that is for the alert, within the alert's life."""
    began, over = max(silence.starts, alert.first_seen), alert.resolved_at or now
    ended = silence.ended_at
    if ended is None and silence.until is not None and silence.until <= now:
        ended = silence.until
    if began > over or (ended is not None and ended <= began):
        return
    why = "A silence is for it" if silence.weekly is None else "A weekly silence is for it, in its window"
    yield _entry(alert, began, SILENCED, silence.by, why, silence.reason)
    if ended is not None and ended < over:
        why = "The silence has run out" if silence.ended_at is None else "The silence was ended"
        yield _entry(alert, ended, SILENCE_OVER, silence.ended_by or "", why)


def _stale(alert: Alert, heard: float, again: float, now: float) -> Iterator[Change]:
    """The entries of one silence of its source, within the alert's life."""
    over = alert.resolved_at or now
    if again < alert.first_seen or heard > over:
        return
    why = "Its source fell silent; the state was the last known one"
    yield _entry(alert, max(heard, alert.first_seen), STALE, "", why)
    if again <= over:
        yield _entry(alert, again, HEARD_AGAIN, "", f"Its source is heard again, after {length_words(again - heard)}")


def _entry(alert: Alert, at: float, action: str, by: str, reason: str, note: str = "") -> Change:
    at_us = round(at * 1_000_000)
    state = next((entry.new for entry in reversed(alert.timeline) if entry.at_us <= at_us), ACTIVE)
    return Change(at_us, action, by, reason, state, state, note)
