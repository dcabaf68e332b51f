"""What a source says beside its numbers: where they are heading, what it advises, timeframes, plain facts."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.catalog import FACTS, TIMEFRAMES, describe, timeframe, title_with_group
from dashboard.event_types import Trend
from dashboard.number_text import figure
from dashboard.ui.moment import Moment
from dashboard.ui.said import details_text, words
from dashboard.ui.times import clock

TIMEFRAMES_FACT = "application.active_timeframes"
FACTS_SHOWN = 30
TEXT_LIMIT = 200
# What a prediction is in: contract section 1. Anything else is shown as the plain number it is.
TREND_UNITS = {"cpu": "%", "memory": "MB"}
TREND_ARROWS = {"increasing": "↗", "decreasing": "↘", "stable": "→"}
MB_IN_GB = 1024


def facts(moment: Moment) -> list:
    """One small panel for each kind of thing that was said; nothing for what was not."""
    state = moment.state
    if state is None:
        return []
    panels = []
    if state.recommendations:
        panels.append(_panel("Recommendations", html.Ul(
            [html.Li(text) for text in state.recommendations], className="plain-list")))
    if state.trends:
        panels.append(_panel("Trends", *[_trend(name, trend) for name, trend in sorted(state.trends.items())]))
    if isinstance(state.facts.get(TIMEFRAMES_FACT), (list, tuple)):
        panels.append(_panel("Timeframes", _timeframes(state.facts[TIMEFRAMES_FACT])))
    rows = _lifecycle(moment) + _plain_facts(moment)
    if rows:
        panels.append(_panel("Reported", html.Dl(className="facts", children=[
            part for name, value in rows for part in (html.Dt(name), html.Dd(value))])))
    if state.complaints:
        panels.append(_panel("Not understood", html.Ul(
            [html.Li(text) for text in state.complaints], className="plain-list")))
    return panels


def _panel(title: str, *children: Any) -> html.Div:
    return html.Div(className="panel", children=[
        html.Div(className="panel-head", children=[html.H2(title)]), *children])


def _trend(name: str, trend: Trend) -> html.Div:
    shown = [html.Span(TREND_ARROWS.get(trend.direction, "→"), **{"aria-hidden": "true"}),
             html.Span(f"{'CPU' if name.lower() == 'cpu' else name.capitalize()} {trend.direction}")]
    if trend.rate is not None:  # the contract names no unit for it
        shown.append(html.Span(f"rate {figure(trend.rate)}", className="muted"))
    if trend.prediction_1h is not None:
        shown.append(html.Span(f"in 1 h: {_prediction(name, trend.prediction_1h)}", className="muted"))
    return html.Div(shown, className="trend")


def _prediction(name: str, value: float) -> str:
    unit = TREND_UNITS.get(name.lower(), "")
    if unit == "MB" and abs(value) >= MB_IN_GB:
        return f"{figure(value / MB_IN_GB)} GB"
    return f"{figure(value)} {unit}".rstrip()


def _timeframes(listed: Any) -> html.Div:
    active = {timeframe(word) for word in listed}
    unknown = [str(word)[:TEXT_LIMIT] for word in listed if timeframe(word) is None]
    return html.Div(className="chips", children=[
        *(html.Span(f"{name} ✓" if name in active else name, className="chip on" if name in active else "chip",
                    title="active" if name in active else "not active") for name in TIMEFRAMES),
        *(html.Span(f"{word} ✓", className="chip on", title="active, not one of the usual") for word in unknown),
    ])


def _lifecycle(moment: Moment) -> list[tuple[str, str]]:
    lifecycle = moment.state.lifecycle
    if lifecycle is None:
        return []
    said = f"{lifecycle.status}, {clock(lifecycle.since, moment.view.zone, moment.now)}"
    rows = [("System status", f"{said}: {lifecycle.message}" if lifecycle.message else said)]
    if lifecycle.details:
        rows.append(("Status details", details_text(lifecycle.details, moment.view.zone, moment.now)))
    return rows


def _plain_facts(moment: Moment) -> list[tuple[str, str]]:
    rows = [(_fact_title(name), words(value, moment.view.zone, moment.now)[:TEXT_LIMIT] or "–")
            for name, value in sorted(moment.state.facts.items()) if name != TIMEFRAMES_FACT]
    return rows[:FACTS_SHOWN] + ([("and more", f"{len(rows) - FACTS_SHOWN} facts")] if len(rows) > FACTS_SHOWN else [])


def _fact_title(name: str) -> str:
    """A fact nobody foresaw is named with its group: two components may both say that they are ready."""
    return FACTS.get(name) or title_with_group(describe(name))
