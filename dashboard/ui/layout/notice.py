"""The banner: what is wrong with the console itself, since when, and what it does about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.history.answers import DOWN
from dashboard.sources import MAX_REFUSED_NAMES
from dashboard.ui.moment import Moment
from dashboard.ui.times import clock

NAMES_SHOWN = 5  # of the sources without room: enough to see what sends them


def basis(moment: Moment) -> Any:
    feed, alerts, history = moment.feed, moment.services.alerts, moment.services.history.status
    return (feed.state, feed.state_since, feed.reason, feed.warnings, alerts.warnings, moment.view.zone,
            alerts.connected, moment.unrecorded, moment.services.board.refused_names, moment.source is None,
            history.state, history.since, history.reason)


def notices(moment: Moment) -> list[html.Div]:
    """A banner for each thing an admin must know before trusting the page."""
    feed, zone = moment.feed, moment.view.zone
    shown = []
    if feed.state != "connected":
        since = clock(feed.state_since, zone, moment.now)
        shown.append(_notice(
            "critical", "⬣", f"No connection to Redis since {since}.",
            f"{feed.reason or 'Connecting'}. What is on the page is the last that was heard; "
            "the console tries again within a second of each try that failed, and fills in by itself."))
    elif not moment.services.alerts.connected:
        shown.append(_notice(
            "warning", "▲", "The state of alerts could not be read from Redis.",
            "What is shown is this server's copy; acknowledging and resolving change nothing until it is back."))
    if moment.unrecorded is not None:
        shown.append(_notice(
            "warning", "▲", f"What is heard is not recorded: {moment.unrecorded}.",
            "Nothing is missing here, but a restart would begin without a past, and what one process missed "
            "the others could not tell it."))
    history = moment.services.history.status
    if history.state == DOWN:
        shown.append(_notice(
            "warning", "▲", f"The history is not written since {clock(history.since, zone, moment.now)}.",
            f"{history.reason}. What is heard stays in memory, and what is still there is written when the database "
            "is back."))
    warnings = dict.fromkeys((*feed.warnings, *moment.services.alerts.warnings))  # both look at the same Redis
    shown += [_notice("warning", "▲", warning, "") for warning in warnings]
    if moment.services.board.refused_names:
        shown.append(_notice(
            "warning", "▲", "More sources than there is room for.",
            f"Not shown: {_refused(moment.services.board.refused_names)}. MONITORING_RING_SOURCES sets how many are "
            "kept."))
    return shown


def _refused(names: Sequence[str]) -> str:
    left_out = len(names) - NAMES_SHOWN
    at_least = "at least " if len(names) == MAX_REFUSED_NAMES else ""  # more are not told apart
    return ", ".join(names[:NAMES_SHOWN]) + (f", and {at_least}{left_out} more" if left_out > 0 else "")


def _notice(tone: str, shape: str, what: str, why: str) -> html.Div:
    return html.Div(className=f"notice tone-{tone}", children=[
        html.Span(shape, className="shape", **{"aria-hidden": "true"}),
        html.Div([html.Strong(what), html.Span(f" {why}", className="why")]),
    ])
