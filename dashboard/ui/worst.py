"""The one thing that is most wrong, over everything that is heard: what the strip says first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.alerts.alert import ACTIVE, Alert
from dashboard.source_state import SourceState
from dashboard.ui.palette import (
    LIVENESS_SHAPES,
    LIVENESS_TONES,
    STATUS_SHAPES,
    STATUS_TONES,
    level_shape,
    level_tone,
    level_word,
)

Verdict = dict[str, str]  # tone, shape, word

NO_REDIS = {"tone": "critical", "shape": "⬣", "word": "No connection to Redis"}
NO_DATA = {"tone": "stale", "shape": "◇", "word": "No data yet"}
QUIET = {"tone": "ok", "shape": "●", "word": "All quiet"}
TONES = ("critical", "warning", "info", "stale", "ok")  # gravest first
GRAVITY = {"inactive": 5, "critical": 4, "unhealthy": 3, "delayed": 2, "degraded": 1}


def worst(alerts: Sequence[Alert], states: Sequence[SourceState], shown: str | None, is_heard: bool,
          now: float) -> Verdict:
    """The gravest unacknowledged alert, or the connection or source that is in a graver state than that; else quiet.

    `alerts` gravest first. A source that is not the `shown` one is named, since the page does not show it.
    """
    found = [*_of_alerts(alerts), _of_sources(states, shown, is_heard, now)]
    return min(found, key=lambda verdict: TONES.index(verdict["tone"]))  # of equally grave ones the alert


def _of_alerts(alerts: Sequence[Alert]) -> list[Verdict]:
    waiting = [alert.level for alert in alerts if alert.state == ACTIVE]
    if not waiting:
        return []
    level, count = waiting[0], waiting.count(waiting[0])
    word = level_word(level) if count == 1 else f"{count} × {level_word(level)}"
    return [{"tone": level_tone(level), "shape": level_shape(level), "word": word}]


def _of_sources(states: Sequence[SourceState], shown: str | None, is_heard: bool, now: float) -> Verdict:
    """The connection; else the source in the worst state; else quiet."""
    if not is_heard:
        return NO_REDIS
    judged = [state for state in states if state.name == shown or not state.simulated]
    if not judged:
        return NO_DATA
    gravest = max(judged, key=lambda state: (gravity(state, now), state.name == shown))
    word = trouble(gravest, now)
    if word is None:
        return _resting(next((state for state in judged if state.name == shown), None), now)
    named = "" if gravest.name == shown else f"{gravest.name}: "
    if word in LIVENESS_SHAPES:
        source = "Source " if not named else ""
        return {"tone": LIVENESS_TONES[word], "shape": LIVENESS_SHAPES[word], "word": f"{named}{source}{word}"}
    words = named + (word if named else word.capitalize())
    return {"tone": STATUS_TONES[word], "shape": STATUS_SHAPES[word], "word": words}


def gravity(state: SourceState, now: float) -> int:
    """How bad the state of a source is: 0 nothing, 5 silent."""
    return GRAVITY.get(trouble(state, now) or "", 0)


def trouble(state: SourceState, now: float) -> str | None:
    """What is wrong with a source in one word (delayed, inactive, or a band of its score); None: nothing.

    One that said it stops, and then fell silent, does as it said.
    """
    alive = state.liveness(now)
    if alive in ("delayed", "inactive"):
        return None if state.lifecycle is not None and state.lifecycle.state == "stopped" else alive
    band = state.headline.band if state.headline is not None else None
    return band if band in GRAVITY else None


def _resting(state: SourceState | None, now: float) -> Verdict:
    """Nothing is wrong; but a source that has stopped, or is starting, is not "all quiet"."""
    if state is None:
        return QUIET
    alive = state.liveness(now)
    if alive == "active":
        return QUIET
    word = "stopped" if alive == "inactive" else alive
    return {"tone": LIVENESS_TONES[word], "shape": LIVENESS_SHAPES[word], "word": f"Source {word}"}
