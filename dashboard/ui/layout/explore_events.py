"""What happened in the window, as a list: alerts lead to themselves, annotations can be taken away. Pure."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.explore.overlays import ALERT, ANNOTATION, COMMAND, GAP, Overlay, Overlays
from dashboard.ui.explore.words import command_words
from dashboard.ui.navigation import EXPLORE, alert_way
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.sources import source_label
from dashboard.ui.times import clock, span

SHOWN = 100
"""Rows: the newest; more of them nobody reads, and a shorter window has them."""
SHAPES = {GAP: "▨", COMMAND: "▼", ANNOTATION: "✎"}
KINDS = {GAP: "Gap", COMMAND: "Command", ANNOTATION: "Annotation"}
TONES = {GAP: "stale", COMMAND: "info", ANNOTATION: "brand"}


def events(found: Overlays, zone: str, now: float) -> list[Any]:
    """The section's children."""
    head = html.Div(className="panel-head", children=[html.H2("In this window"), html.Span(
        _summary(found), className="muted")])
    if not found.items:
        return [head, html.P("No alert, command, gap of the feed or annotation.", className="empty")]
    rest = max(0, len(found.items) - SHOWN) + found.left_out
    more = [html.P(f"and {rest} earlier ones: a shorter window shows them.", className="muted")] if rest else []
    return [head, event_list(found, zone, now), *more]


def event_list(found: Overlays, zone: str, now: float) -> html.Ul:
    """The newest first."""
    return html.Ul([_event(one, zone, now) for one in found.items[::-1][:SHOWN]], className="event-list")


def _summary(found: Overlays) -> str:
    words = ((ALERT, "alert"), (COMMAND, "command"), (GAP, "gap"), (ANNOTATION, "annotation"))
    counts = [(len(found.of(kind)), word) for kind, word in words]
    return " · ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)


def _event(one: Overlay, zone: str, now: float) -> html.Li:
    shape, tone, kind, label = _seen(one)
    parts: list[Any] = [
        html.Span(shape, className=f"shape tone-{tone}", **{"aria-hidden": "true"}),
        html.Span(clock(one.start, zone, now), className="at"), html.Span(kind, className=f"kind tone-{tone}")]
    parts.append(html.A(label, href=alert_way(EXPLORE, one.key), className="label") if one.kind == ALERT
                 else html.Span(label, className="label"))
    parts.append(html.Span(_length(one, now), className="muted"))
    about = " · ".join(part for part in (source_label(one.source) if one.source else "", one.by) if part)
    parts.append(html.Span(about, className="muted"))
    if one.kind == ANNOTATION:
        parts.append(html.Button("Delete", className="button", type="button",
                                 **{"data-note-remove": one.key, "aria-label": f"Delete the annotation {label}"}))
    return html.Li(parts, **{"data-event": one.kind, "data-key": one.key})


def _seen(one: Overlay) -> tuple[str, str, str, str]:
    """Shape, tone, kind in a word, what it says."""
    if one.kind == ALERT:
        return level_shape(one.level), level_tone(one.level), level_word(one.level), one.label
    return SHAPES[one.kind], TONES[one.kind], KINDS[one.kind], command_words(one) if one.kind == COMMAND else one.label


def _length(one: Overlay, now: float) -> str:
    if one.moment:
        return ""
    if one.end is None:
        return f"for {span(now - one.start)}, goes on"
    return f"for {span(one.end - one.start)}"

