"""One alert in full beside the console's table: what it is, then its chart's place, then its story. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from dashboard.alerts.alert import ACKNOWLEDGED, RESOLVED, Alert
from dashboard.alerts.timeline import NOTE_SHOWN
from dashboard.event_types import is_simulated
from dashboard.events import parse_time
from dashboard.ui.alert_words import (
    ENTRY_WORDS,
    STATE_WORDS,
    assigned_sentence,
    mark_sentences,
    snooze_sentence,
    state_sentence,
)
from dashboard.ui.console_rows import marks
from dashboard.ui.navigation import ALERTS, OVERVIEW, silence_way, way
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.said import words
from dashboard.ui.sources import source_label
from dashboard.ui.times import clock, iso, span, stamp
from dashboard.ui.view import DEFAULT_RANGE, RANGES

DETAILS_SHOWN = 40
VALUE_LIMIT = 1_000  # characters of one of an alert's details
ACTIONS_SHOWN = 20
BY_HAND = "By hand"


def gone() -> list:
    """What is said of a key that nobody knows."""
    return [html.H2("There is no such alert", className="detail-title"),
            html.P("It is no longer kept, or cannot be read now, or the link to it is not whole.", className="muted")]


def head(alert: Alert, now: float, zone: str, shown: tuple[float, float]) -> list:
    """What it is, whose it is, and where it leads. `shown`: from when to when its chart reaches (Unix s)."""
    tone = "stale" if alert.state == RESOLVED else level_tone(alert.level)
    # `data-assigned`: whom the viewer saw it assigned to; whoever assigns it takes over from that person only.
    return [
        html.Div(className="detail-level", **{"data-assigned": alert.assigned_to or "", "data-at": alert.state,
                                              "data-snoozed": "1" if alert.snoozed else ""}, children=[
            html.Span([html.Span(level_shape(alert.level), className=f"shape tone-{tone}", **{"aria-hidden": "true"}),
                       f" {level_word(alert.level)}"], className=f"tone-{tone} level-word"),
            *(html.Span(word, className="chip") for word in marks(alert, now)),
            *([html.Span("simulated", className="chip")] if is_simulated(alert.source) else []),
        ]),
        html.H2(alert.message or alert.id, className="detail-title"),
        html.P([f"{_capital(state_sentence(alert, now, zone))}. ", *_countdown(alert)], className="detail-state"),
        *(html.P(f"{_capital(text)}.", className="detail-mark") for text in _beside(alert, now, zone)),
        html.Div(className="detail-links", children=[
            html.Button("Copy link", className="button", type="button",
                        **{"data-copy": f"?{urlencode({'alert': alert.key})}"}),
            html.A("Show in charts", className="button", href=charts_link(alert, now, shown)),
            *_silence_link(alert),
        ]),
    ]


def story(alert: Alert, now: float, zone: str, told: Sequence[dict[str, Any]] = ()) -> list:
    """What to do, what was sent, what happened (`told`: entries of `alerts.story`), and the newest note whole."""
    facts = [("Component", alert.component or "–"), ("Source", source_label(alert.source)), ("Id", alert.id),
             ("First seen", f"{stamp(alert.first_seen, zone)} ({span(now - alert.first_seen)} ago)"),
             ("Last seen", stamp(alert.last_seen, zone)), ("Count", f"{alert.count:,}")]
    return [
        *_section("Suggested actions", [html.Ul(
            [html.Li(text) for text in alert.suggested_actions[:ACTIONS_SHOWN]],
            className="plain-list")] if alert.suggested_actions else []),
        *_section("Newest note", [html.P(alert.notes, className="note")] if len(alert.notes) > NOTE_SHOWN else []),
        *_section("Details", [_pairs([(str(name), words(value, zone, now)[:VALUE_LIMIT] or "–") for name, value
                                      in list(alert.details.items())[:DETAILS_SHOWN]])] if alert.details else []),
        *_section("About", [_pairs(facts)]),
        *_section("Timeline", [timeline(told, zone, now)]),
    ]


def timeline(entries: Sequence[dict[str, Any]], zone: str, now: float) -> html.Ol:
    """Entries of `alerts.story`, the newest first; what was on another day than `now` has its date."""
    return html.Ol([_entry(entry, zone, now) for entry in reversed(entries)], className="timeline")


def charts_link(alert: Alert, now: float, shown: tuple[float, float]) -> str:
    """The overview with the source of the alert, zoomed to what its chart shows."""
    start, end = shown
    fitting = (name for name, range_s in RANGES.items() if start >= now - range_s)
    chosen = next(fitting, max(RANGES, key=RANGES.get))
    asked = {"source": alert.source, "range": chosen, "zoom": f"{start * 1000:.0f},{end * 1000:.0f}"}
    if chosen == DEFAULT_RANGE:
        del asked["range"]
    return f"{way(ALERTS, OVERVIEW)}?{urlencode(asked)}"


def _silence_link(alert: Alert) -> list:
    if alert.state == RESOLVED:
        return []
    return [html.A("Silence this…", className="button",
                   href=silence_way(ALERTS, alert.source, alert.component, alert.message))]


def _countdown(alert: Alert) -> list:
    """The rest of an acknowledgement by the second; the page's scripts fill it."""
    if alert.state != ACKNOWLEDGED or alert.acknowledged_until is None:
        return []
    return [html.Span(className="countdown", **{"aria-hidden": "true"},
                      **{"data-until": f"{alert.acknowledged_until:.3f}"})]


def _beside(alert: Alert, now: float, zone: str) -> list[str]:
    assigned, snoozed = assigned_sentence(alert, zone), snooze_sentence(alert, zone)
    return [*([f"assigned to {assigned}"] if assigned else []), *([f"snoozed {snoozed}"] if snoozed else []),
            *mark_sentences(alert, now)]


def _entry(entry: dict[str, Any], zone: str, now: float) -> html.Li:
    """An entry of `alerts.story`: when, who, what and why, from which state to which."""
    at, old, new = parse_time(entry["at"]), entry["old_state"], entry["new_state"]
    why = "" if entry["reason"] == BY_HAND else entry["reason"]  # a person's name says as much
    changed = f"{STATE_WORDS.get(old, old)} → {STATE_WORDS.get(new, new)}" if old != new and old else ""
    what = ENTRY_WORDS.get(entry["action"], entry["action"])
    return html.Li([
        html.Time("now" if at is None else clock(at, zone, now), **({} if at is None else {"dateTime": iso(at)})),
        html.Div([
            html.Strong(what), *([f" by {entry['by']}"] if entry["by"] else []),
            *([html.Span(why, className="why")] if why and not why.startswith(what) else []),
            *([html.Span(changed, className="states")] if changed else []),
            *([html.Q(entry["note"], className="note")] if entry["note"] else []),
        ]),
    ])


def _section(title: str, children: Sequence[Any]) -> list:
    return [html.H3(title), *children] if children else []


def _pairs(pairs: Sequence[tuple[str, str]]) -> html.Dl:
    return html.Dl(className="facts", children=[part for name, value in pairs for part in (
        html.Dt(name), html.Dd(value))])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

