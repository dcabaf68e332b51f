"""The health panel: the score, why it is what it is, and every component."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import html

from dashboard.event_types import Component
from dashboard.health import score_status
from dashboard.number_text import decimals
from dashboard.ui.moment import Moment
from dashboard.ui.palette import STATUS_SHAPES, STATUS_TONES
from dashboard.ui.said import details_text
from dashboard.ui.sources import apart
from dashboard.ui.times import clock, span

TEXT_LIMIT = 80
COMPONENTS_SHOWN = 60
SAID_LATELY_S = 30.0  # its time would redraw the panel with every tick, and the strip has the age of the data
UPTIME_STEP_S = 60  # an uptime is read in minutes; finer would redraw the panel with every tick


def score_basis(moment: Moment) -> Any:
    """What the upper part shows."""
    state = moment.state
    if state is None:
        return (moment.source, bool(moment.services.board.names()))
    headline = state.headline and replace(state.headline, at=0.0)
    return (moment.view.zone, state.name, headline, _said(moment), _uptime(moment), bool(state.components))


def components_basis(moment: Moment) -> Any:
    """What the lower part shows: it is the larger one, and changes less often."""
    return moment.state and (moment.view.zone, moment.state.name, moment.state.components)


def score(moment: Moment) -> list:
    """The upper part's children, for the source of the moment: the score with its reason, and the uptime."""
    head = html.Div(className="panel-head", children=[html.H2("Health")])
    if moment.state is None and moment.services.board.names():
        return [head, html.P(
            f"Nothing has been heard from {moment.source}. Choose another source above.", className="empty")]
    if moment.state is None:
        return [head, html.P(
            "No source has published yet. Start one (python -m dashboard.agent is one), or check the channel.",
            className="empty")]
    shown = [head, *_headline(moment)]
    uptime = _uptime(moment)
    if uptime is not None:
        shown.append(html.Div(["Up for ", html.Strong(span(uptime))], className="muted"))
    if not moment.state.components:
        shown.append(html.P("No components reported.", className="empty"))
    return shown


def components(moment: Moment) -> list:
    """The lower part's children: every component, the worst first."""
    found = sorted(moment.state.components, key=_worst_first) if moment.state else []
    shown: list = [_component(component, moment) for component in found[:COMPONENTS_SHOWN]]
    if len(found) > COMPONENTS_SHOWN:
        shown.append(html.P(f"and {len(found) - COMPONENTS_SHOWN} more", className="muted"))
    return shown


def _headline(moment: Moment) -> list:
    headline = moment.state.headline
    if headline is None:
        return [html.Div("–", className="score tone-stale"), html.P("No score reported.", className="reason")]
    band = headline.band or "unknown"
    word = headline.band or headline.status or "unknown"
    tone = STATUS_TONES.get(band, "stale")
    line = html.Div(className="score-line", children=[
        html.Span("–" if headline.score is None else decimals(headline.score, 1), className=f"score tone-{tone}"),
        html.Span(f"{STATUS_SHAPES.get(band, '◇')} {word}", className=f"score-word tone-{tone}"),
    ])
    name = headline.component or ""
    reason = f"Because of {apart(name)}{headline.reason.removeprefix(name)}. " if headline.reason else ""
    return [line, html.P(f"{reason}From the {_said(moment)}.", className="reason")]


def _said(moment: Moment) -> str:
    """Where the score is from; and of when, once it is no longer said anew with each message."""
    headline = moment.state.headline
    if headline is None:
        return ""
    said = "health check" if headline.source_of_score == "health_check" else "metric update"
    if moment.now - headline.at <= SAID_LATELY_S:
        return f"latest {said}"
    return f"{said} of {clock(headline.at, moment.view.zone, moment.now)}"


def _component(component: Component, moment: Moment) -> html.Div:
    status = score_status(component.score) if component.status == "unknown" and component.word is None \
        and component.score is not None else component.status
    tone = STATUS_TONES.get(status, "stale")
    value = component.word or ("" if component.score is not None else status)
    score = decimals(component.score, 1) if component.score is not None else ""
    children = [
        html.Span(STATUS_SHAPES.get(status, "◇"), className=f"shape tone-{tone}", **{"aria-hidden": "true"}),
        html.Span(component.name, className="name"),
        html.Span(" ".join(part for part in (score, value) if part)[:TEXT_LIMIT], className=f"value tone-{tone}"),
    ]
    if component.score is not None:
        width = min(max(component.score, 0), 100)
        children.append(html.Div(className=f"meter tone-{tone}", children=html.Div(style={"width": f"{width:.0f}%"})))
    if component.details:
        children.append(html.Div(
            details_text(component.details, moment.view.zone, moment.now), className="detail"))
    return html.Div(className="component", children=children)


def _worst_first(component: Component) -> tuple:
    order = {"critical": 0, "unhealthy": 1, "degraded": 2, "unknown": 3, "lifecycle": 4, "healthy": 5}
    return order.get(component.status, 3), 101 if component.score is None else component.score, component.name


def _uptime(moment: Moment) -> int | None:
    """Seconds of uptime now, in steps of a minute above one: what was said, and the time since."""
    state = moment.state
    if state is None or state.uptime_s is None:
        return None
    alive = state.liveness(moment.now) in ("active", "delayed")
    seconds = state.uptime_s + (max(0.0, moment.now - (state.uptime_at or moment.now)) if alive else 0.0)
    return int(seconds) if seconds < UPTIME_STEP_S else int(seconds // UPTIME_STEP_S) * UPTIME_STEP_S
