"""The feed panel: what was heard, what was not understood, and what was missed."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.ui import ids
from dashboard.ui.moment import Moment
from dashboard.ui.times import clock, span

GAPS_SHOWN = 5


def basis(moment: Moment) -> Any:
    feed = moment.feed
    return (moment.view.zone, feed.accepted, feed.duplicates, sorted(feed.rejected.items()),
            sorted(feed.unknown.items()), feed.gaps[-GAPS_SHOWN:], feed.state, sorted(feed.handler_errors.items()),
            moment.services.alerts.refused)


def feed(moment: Moment) -> list:
    """The panel's children. The raw messages are fetched when they are asked for."""
    record, ring = moment.feed, moment.services.ring.counters
    rows = [
        ("Received", f"{record.received:,}"),
        ("Accepted", f"{record.accepted:,}"),
        ("Duplicates", f"{record.duplicates:,}" if record.duplicates else None),
        ("Rejected", _tally(record.rejected)),
        ("Unknown kind", _tally(record.unknown)),
        ("Errors inside", _tally(record.handler_errors)),
        ("Alerts refused", str(moment.services.alerts.refused) if moment.services.alerts.refused else None),
        ("Lag", None if record.lag_s is None else f"{record.lag_s:.1f} s"),
        ("Reconnects", str(record.reconnects) if record.reconnects else None),
        ("Late samples", f"{ring.late:,}" if ring.late else None),
        ("Metrics refused", f"{ring.metrics_refused:,}" if ring.metrics_refused else None),
        ("Sources refused", f"{ring.sources_refused:,}" if ring.sources_refused else None),
    ]
    gaps = [html.Li(_gap(gap, moment)) for gap in reversed(record.gaps[-GAPS_SHOWN:])]
    return [
        html.Div(className="panel-head", children=[html.H2("Feed"), html.Span(_state(moment), className="muted")]),
        html.Dl(className="facts", children=[
            part for name, value in rows if value is not None for part in (html.Dt(name), html.Dd(value))]),
        *([html.Div("Gaps", className="muted"), html.Ul(gaps, className="plain-list")] if gaps else []),
    ]


def raw_panel() -> html.Details:
    """The last raw messages, folded away."""
    return html.Details(className="panel raw-panel", id=ids.RAW_PANEL, children=[
        html.Summary("Raw messages"),
        html.Div(className="command-buttons", children=[
            html.Button("Load the newest", id=ids.RAW_LOAD, className="button", type="button"),
        ]),
        html.Div(id=ids.RAW, className="raw", role="region", tabIndex=0, **{"aria-label": "Raw messages"}),
    ])


def _state(moment: Moment) -> str:
    return f"{moment.feed.state} since {clock(moment.feed.state_since, moment.view.zone, moment.now)}"


def _tally(counts: dict[str, int]) -> str | None:
    if not counts:
        return None
    each = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    return f"{sum(counts.values()):,} ({each})"


def _gap(gap: Any, moment: Moment) -> str:
    start = clock(gap.start, moment.view.zone, moment.now)
    if gap.end is None:
        return f"{start}, still open: {gap.why}"
    return f"{start}, {span(gap.end - gap.start)}: {gap.why}"
