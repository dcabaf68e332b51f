"""The feed panel: what was heard, what was not understood, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.ui import ids
from dashboard.ui.moment import Moment
from dashboard.ui.times import clock, span

GAPS_SHOWN = 5
EXAMPLES_SHOWN = 3
EXAMPLE_LENGTH = 60
RAW_CHOICES = (("all", "All"), ("rejected", "Rejected"), ("unknown", "Unknown kind"))


def basis(moment: Moment) -> Any:
    feed, alerts, journal = moment.feed, moment.services.alerts, moment.services.journal.status
    return (moment.view.zone, feed.accepted, feed.duplicates, feed.filled, feed.gaps_filled, journal.word,
            journal.unrecorded, sorted(feed.rejected.items()),
            sorted(feed.unknown.items()), feed.gaps[-GAPS_SHOWN:], feed.state, sorted(feed.handler_errors.items()),
            feed.places, alerts.refused, alerts.dropped, sorted(alerts.errors.items()), moment.services.ring.counters,
            moment.services.history.status.word, moment.services.history.status.dropped)


def feed(moment: Moment) -> list:
    """The panel's children. The raw messages are fetched when they are asked for."""
    record, ring, alerts = moment.feed, moment.services.ring.counters, moment.services.alerts
    history = moment.services.history.status
    rows = [
        ("Redis", record.server or None),
        ("Listening at", ", ".join(record.places) or None),
        ("Received", f"{record.received:,}"),
        ("Accepted", f"{record.accepted:,}"),
        ("Duplicates", _count(record.duplicates)),
        ("From the journal", _count(record.filled)),
        ("Gaps filled", _count(record.gaps_filled)),
        ("Journal", moment.services.journal.status.word),
        ("Not recorded", _count(moment.services.journal.status.unrecorded)),
        ("History", history.word),
        ("Lost to the history", _count(history.dropped)),
        ("Rejected", _tally(record.rejected)),
        ("Unknown kind", _tally(record.unknown)),
        ("Errors inside", _tally(record.handler_errors)),
        ("Alerts refused", _count(alerts.refused)),
        ("Alert events dropped", _count(alerts.dropped)),
        ("Errors with alerts", _tally(alerts.errors)),
        ("Lag", None if record.lag_s is None else f"{record.lag_s:.1f} s"),
        ("Reconnects", _count(record.reconnects)),
        ("Late samples", _count(ring.late)),
        ("Samples too old", _count(ring.too_old)),
        ("Samples refused", _count(ring.samples_refused)),
        ("Values refused", _count(ring.cells_refused)),
        ("Metrics refused", _count(ring.metrics_refused, ring.metrics_refused_examples)),
        ("Sources refused", _count(ring.sources_refused, ring.sources_refused_examples)),
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
            html.Label(children=[
                html.Span("Which messages", className="visually-hidden"),
                dbc.Select(id=ids.RAW_CHOICE, value="all", size="sm", options=[
                    {"value": choice, "label": title} for choice, title in RAW_CHOICES]),
            ]),
            html.Button("Load the newest", id=ids.RAW_LOAD, className="button", type="button"),
        ]),
        html.Div(id=ids.RAW, className="raw", role="region", tabIndex=0, **{"aria-label": "Raw messages"}),
    ])


def _state(moment: Moment) -> str:
    return f"{moment.feed.state} since {clock(moment.feed.state_since, moment.view.zone, moment.now)}"


def _count(number: int, examples: Sequence[str] = ()) -> str | None:
    """The number, with some of the names it counts; None for nothing."""
    if not number:
        return None
    names = ", ".join(name[:EXAMPLE_LENGTH] for name in examples[:EXAMPLES_SHOWN])
    more = ", …" if number > EXAMPLES_SHOWN else ""
    return f"{number:,} ({names}{more})" if names else f"{number:,}"


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
