"""What lies over the charts, as their script takes it. Pure."""

from __future__ import annotations

from typing import Any

from dashboard.explore.overlays import ALERT, ANNOTATION, COMMAND, GAP, Overlay
from dashboard.explore.span import Span
from dashboard.explore.view import ExploreView
from dashboard.inquiry.surroundings import Surroundings
from dashboard.ui.chart_clock import ChartClock
from dashboard.ui.explore import words
from dashboard.ui.figures.chart import plot_text
from dashboard.ui.palette import LEVEL_SHAPES, level_tone, level_word

_RANKS = {level: rank for rank, level in enumerate(LEVEL_SHAPES)}


def overlaid(around: Surroundings, view: ExploreView, span: Span, clock: ChartClock) -> dict[str, Any]:
    """`alerts` [from, to or None, tone, words, key], `gaps` [from, to or None, why], `commands` [at, words] and
    `annotations` [from, to, words, id], in wall-clock ms; of a kind the viewer took away, none. A gap without a length
    is a change of the clocks."""
    shown = {kind: around.overlays.of(kind) if kind in view.overlays else ()
             for kind in (ALERT, GAP, COMMAND, ANNOTATION)}
    return {
        "alerts": [[*_ends(one, clock), level_tone(one.level), plot_text(alert_words(one)), one.key]
                   for one in sorted(shown[ALERT], key=_gravity)],
        "gaps": [[*_ends(one, clock), plot_text(one.label)] for one in shown[GAP]]
                + [[clock.at(at), clock.at(at), told] for at, told in clock.changes(span.start, span.end)],
        "commands": [[_ends(one, clock)[0], plot_text(words.command_words(one))] for one in shown[COMMAND]],
        "annotations": [[*_ends(one, clock), plot_text(f"{one.label} ({one.by})"), one.key]
                        for one in shown[ANNOTATION]],
    }


def alert_words(alert: Overlay) -> str:
    """`Critical: pool empty`."""
    return f"{level_word(alert.level)}: {alert.label}"


def _gravity(alert: Overlay) -> int:
    """The worst last: it is drawn on top."""
    return -_RANKS.get(alert.level, _RANKS["WARNING"])


def _ends(one: Overlay, clock: ChartClock) -> tuple[int, int | None]:
    return clock.at(one.start), None if one.end is None else clock.at(one.end)
