"""What a silence would hit, said before it is made. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.alerts.alert import Alert
from dashboard.ui.alert_rows import MESSAGE_SHOWN, state_words
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.sources import place
from dashboard.ui.times import largest

SHOWN = 25  # alerts by name, in a box that scrolls; the number tells of all

NOTHING_NAMED = "Choose levels, a source, a component or a text: what it would hit is shown here before it is made."


def number(hit: int, open_alerts: int) -> str:
    """How many open alerts it would hit, of how many."""
    if not hit:
        return "No open alert is hit now; what comes while it runs will be."
    return f"Would silence {hit:,} of {open_alerts:,} open alerts." if open_alerts > 1 else (
        "Would silence the one open alert.")


def preview(hit: Sequence[Alert], now: float) -> list:
    """The first of the alerts it would hit."""
    if not hit:
        return []
    more = [html.P(f"and {len(hit) - SHOWN:,} more", className="muted")] if len(hit) > SHOWN else []
    return [html.Ul([_line(alert, now) for alert in hit[:SHOWN]]), *more]


def _line(alert: Alert, now: float) -> html.Li:
    where = place(alert.component, alert.source, largest(now - alert.first_seen), state_words(alert, now),
                  "silenced already" if alert.silenced_by is not None else "")
    level = f"{level_shape(alert.level)} {level_word(alert.level)} "
    return html.Li(children=[
        html.Span(level, className=f"tone-{level_tone(alert.level)}"),
        (alert.message or alert.id)[:MESSAGE_SHOWN],
        html.Div(where, className="muted"),
    ])
