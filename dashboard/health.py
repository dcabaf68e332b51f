"""How alive and how healthy a source is. Pure functions of what it said and of when it was heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.event_types import FUTURE_TOLERANCE_S, Component, HealthReport
from dashboard.reading.words import SCORE_BANDS, WORDS, lifecycle_word, score_band, score_status, word_status

__all__ = ["SCORE_BANDS", "STOP_HOLDS_S", "WORDS", "Headline", "Lifecycle", "headline", "lifecycle_in_effect",
           "lifecycle_word", "liveness", "merge_components", "score_band", "score_status", "word_status"]

STOP_HOLDS_S = 30.0
"""For so long after a source said it is stopping, its last messages do not make it active again (contract)."""
_SEVERITY = {"critical": 3, "unhealthy": 2, "degraded": 1}


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The newest SYSTEM_STATUS of a source. `status` as sent; `state` is running, starting, stopping, stopped or None.

    `since` is when we heard it, `time` when the producer said it (None: it did not say).
    """

    status: str
    state: str | None
    since: float
    time: float | None = None
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Headline:
    """The one score of a source. `score` and `band` are None where only words came; `status` is the word as sent.

    `source_of_score` is "metric_update" or "health_check"; `component` pulls the score down, `reason` says so in
    words (empty where nothing does); `at` is when the producer said it.
    """

    score: float | None
    band: str | None
    source_of_score: str
    reason: str
    at: float
    status: str | None = None
    component: str | None = None


def lifecycle_in_effect(lifecycle: Lifecycle | None, last_received: float, last_time: float | None) -> str | None:
    """starting, stopping or stopped while it overrides "active"; None otherwise.

    A stop holds until the source gives a sign of life STOP_HOLDS_S later, by our clock or by its own (a stop that
    reaches us late must not silence a source that has long moved on). A start holds until anything follows.
    """
    if lifecycle is None or lifecycle.state in (None, "running"):
        return None
    if lifecycle.state == "starting":
        return "starting" if last_received <= lifecycle.since else None
    if last_received >= lifecycle.since + STOP_HOLDS_S:
        return None
    moved_on = lifecycle.time is not None and last_time is not None and last_time >= lifecycle.time + STOP_HOLDS_S
    return None if moved_on else lifecycle.state


def liveness(received: float | None, now: float, delayed_after_s: float, inactive_after_s: float,
             lifecycle: str | None = None) -> str:
    """active, delayed, inactive, or the lifecycle word in effect, from receive time alone.

    A receive time that lies ahead of `now` (our own clock was set back) is never fresh.
    """
    if received is None:
        return "inactive"
    age_s = now - received
    if age_s >= inactive_after_s:
        return "inactive"
    if lifecycle is not None:
        return lifecycle
    return "delayed" if age_s >= delayed_after_s or age_s < -FUTURE_TOLERANCE_S else "active"


def headline(said: Iterable[tuple[str, float, HealthReport]], components: Iterable[Component] = ()) -> Headline | None:
    """The newest score among the reports of a source: (who said it, at, report).

    A report without a score never hides one with a score. Where no report has one, no number is made up: the newest
    word stands alone. `components` explain it. None where nothing was said.
    """
    reports = [entry for entry in said if entry[2].score is not None or entry[2].status is not None]
    components = tuple(components)
    if not reports:
        return None
    source, at, report = max(reports, key=lambda said: (said[2].score is not None, said[1], said[0] == "health_check"))
    component = _pulls_down(report.score, components)
    return Headline(report.score, score_band(report.score), source, _why(component), at, report.status,
                    component.name if component else None)


def _severity(component: Component) -> int:
    return max(_SEVERITY.get(component.status, 0), _SEVERITY.get(score_status(component.score), 0))


def _pulls_down(score: float | None, components: tuple[Component, ...]) -> Component | None:
    """The component in the worst state; among healthy ones the lowest score, if it is below the headline."""
    if not components:
        return None
    worst = min(components, key=lambda one: (-_severity(one), 101.0 if one.score is None else one.score, one.name))
    if _severity(worst) > 0:
        return worst
    return worst if worst.score is not None and score is not None and worst.score < score else None


def _why(component: Component | None) -> str:
    """ "database 62 (degraded)", "database down". """
    if component is None:
        return ""
    if component.score is None:
        return f"{component.name} {component.word or component.status}"
    word = component.word or score_band(component.score)
    return f"{component.name} {component.score:g} ({word})"


def merge_components(*reports: Mapping[str, tuple[tuple, Component]]) -> dict[str, tuple[tuple, Component]]:
    """One list out of several: by name, the newest wins. Values are (stamp, component); stamps order by time."""
    merged: dict[str, tuple[tuple, Component]] = {}
    for report in reports:
        for name, entry in report.items():
            known = merged.get(name)
            if known is None or entry[0] > known[0]:
                merged[name] = entry
    return merged
