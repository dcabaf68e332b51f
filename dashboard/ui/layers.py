"""What lies over every chart: spans of alerts in their lane, gaps of the feed with their cause, changes of clocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.alerts.alert import Alert
from dashboard.ui.chart_clock import ChartClock
from dashboard.ui.figures.chart import plot_text
from dashboard.ui.moment import Moment, fingerprint
from dashboard.ui.palette import level_tone, level_word

SPANS_DRAWN = 100  # alerts in one lane: more cannot be told apart on 400 pixels
TEXT_LIMIT = 160
LANE, GAPS = "lane", "gaps"


def changed(moment: Moment) -> tuple[dict[str, Any], dict[str, str]]:
    """(layers that differ from what the page has, revision of each)."""
    view, known = moment.view, moment.view.revisions or {}
    clock = moment.wall
    place = (moment.source, view.range_name, view.zone, clock.offset_ms)
    spans, changes = _in_range(moment), clock.changes(moment.until - view.range_s, moment.until)
    revisions = {
        LANE: fingerprint(place, [(alert.key, alert.level, alert.state, alert.resolved_at) for alert in spans]),
        GAPS: fingerprint(place, moment.gaps, changes),
    }
    drawn: dict[str, Any] = {}
    if known.get(LANE) != revisions[LANE]:
        drawn[LANE] = _lane(spans, clock)
    if known.get(GAPS) != revisions[GAPS]:
        drawn[GAPS] = [[*_walls((start, end), clock), plot_text(why)] for start, end, why in moment.gaps] \
            + [[*_walls((at, at), clock), words] for at, words in changes]
    return drawn, revisions


def _in_range(moment: Moment) -> list[Alert]:
    start = moment.until - moment.view.range_s
    alerts = [alert for alert in moment.services.alerts.all()
              if alert.source == moment.source and (alert.resolved_at or moment.until) >= start]
    return alerts[:SPANS_DRAWN]


def _lane(alerts: Sequence[Alert], clock: ChartClock) -> list[list[Any]]:
    """[from, to or None, tone, words, key] for each alert; the worst is drawn last, on top."""
    return [
        [*_walls((alert.first_seen, alert.resolved_at), clock), level_tone(alert.level),
         plot_text(f"{level_word(alert.level)}: {alert.message or alert.id}"[:TEXT_LIMIT]), alert.key]
        for alert in reversed(alerts)
    ]


def _walls(times: Sequence[float | None], clock: ChartClock) -> list[int | None]:
    return [None if at is None else clock.at(at) for at in times]
