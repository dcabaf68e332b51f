"""Closed alerts as rows of their table. Pure."""

from __future__ import annotations

from typing import Any

from dashboard.alerts.alert import Alert
from dashboard.alerts.past import closed_at, duration_s
from dashboard.alerts.statistics import first_acknowledged_at
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.sources import place
from dashboard.ui.times import clock, span

MESSAGE_SHOWN = 300  # the detail has it whole


def past_row(alert: Alert, now: float, zone: str) -> dict[str, Any]:
    """A row: what is seen, `id` by which it is known, and `tone` by which it is coloured."""
    where = place(alert.component, alert.source, f"×{alert.count:,}" if alert.count > 1 else "",
                  "regressed" if alert.regressed else "")
    return {
        "id": alert.key,
        "tone": level_tone(alert.level),
        "level": f"{level_shape(alert.level)} {level_word(alert.level)}",
        "what": f"{(alert.message or alert.id)[:MESSAGE_SHOWN]}\n{where}",
        "fired": clock(alert.first_seen, zone, now),
        "closed": f"{clock(closed_at(alert), zone, now)}\n{ended_by(alert)}",
        "duration": f"{span(duration_s(alert))}\n{acknowledged_after(alert)}",
    }


def ended_by(alert: Alert) -> str:
    """Who ended it: `by itself` where its producer did."""
    return "by itself" if alert.cleared_itself else f"by {alert.resolved_by}"


def acknowledged_after(alert: Alert) -> str:
    """How long nobody had taken it on."""
    taken = first_acknowledged_at(alert)
    return "not acknowledged" if taken is None else f"acknowledged after {span(taken - alert.first_seen)}"
