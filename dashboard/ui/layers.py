"""What lies over every chart: spans of alerts in their lane, and gaps of the feed with their cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.alerts.alert import Alert
from dashboard.ui.figures.chart import plot_text
from dashboard.ui.moment import Moment, fingerprint
from dashboard.ui.palette import level_tone, level_word
from dashboard.ui.times import wall_ms

SPANS_DRAWN = 100  # alerts in one lane: more cannot be told apart on 400 pixels
TEXT_LIMIT = 160
LANE, GAPS = "lane", "gaps"


def changed(moment: Moment) -> tuple[dict[str, Any], dict[str, str]]:
    """(layers that differ from what the page has, revision of each)."""
    view, known = moment.view, moment.view.revisions or {}
    place = (moment.source, view.range_name, view.zone)
    spans = _in_range(moment)
    revisions = {
        LANE: fingerprint(place, [(alert.key, alert.level, alert.state, alert.resolved_at) for alert in spans]),
        GAPS: fingerprint(place, moment.gaps),
    }
    drawn: dict[str, Any] = {}
    if known.get(LANE) != revisions[LANE]:
        drawn[LANE] = _lane(spans, view.zone)
    if known.get(GAPS) != revisions[GAPS]:
        drawn[GAPS] = [[*_walls((start, end), view.zone), plot_text(why)] for start, end, why in moment.gaps]
    return drawn, revisions


def _in_range(moment: Moment) -> list[Alert]:
    start = moment.until - moment.view.range_s
    alerts = [alert for alert in moment.services.alerts.all()
              if alert.source == moment.source and (alert.resolved_at or moment.until) >= start]
    return alerts[:SPANS_DRAWN]


def _lane(alerts: Sequence[Alert], zone: str) -> list[list[Any]]:
    """[from, to or None, tone, words, key] for each alert; the worst is drawn last, on top."""
    return [
        [*_walls((alert.first_seen, alert.resolved_at), zone), level_tone(alert.level),
         plot_text(f"{level_word(alert.level)}: {alert.message or alert.id}"[:TEXT_LIMIT]), alert.key]
        for alert in reversed(alerts)
    ]


def _walls(times: Sequence[float | None], zone: str) -> list[int | None]:
    return [None if at is None else int(wall_ms([at], zone)[0]) for at in times]
