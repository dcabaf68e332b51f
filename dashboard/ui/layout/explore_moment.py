"""A past moment shown again: sources with their values, alerts that were open with what was known of them, commands.
Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard import catalog
from dashboard.commands import ACTIONS
from dashboard.health import STOP_HOLDS_S, liveness, score_status
from dashboard.history.answers import PastEvent
from dashboard.inquiry.moment import LOOK_BACK_S, AlertThen, MomentThen, SourceThen, Value
from dashboard.metric_names import title_of
from dashboard.number_text import ABSENT, decimals
from dashboard.ui.alert_words import STATE_WORDS
from dashboard.ui.explore import words
from dashboard.ui.explore.order import place
from dashboard.ui.layout.alert_detail import timeline
from dashboard.ui.layout.explore_report import section, table
from dashboard.ui.navigation import EXPLORE, alert_way
from dashboard.ui.palette import (
    LIVENESS_SHAPES,
    LIVENESS_TONES,
    STATUS_SHAPES,
    STATUS_TONES,
    level_shape,
    level_tone,
    level_word,
)
from dashboard.ui.sources import apart, source_label
from dashboard.ui.times import clock, span, stamp

ALERTS_SHOWN = 100
"""Rows: the gravest; more of them nobody reads."""
PARTS_SHOWN = 8
"""Components of one source that were not well."""
ABOUT_S = 1_800.0
"""So much before and after the moment its charts show."""


def moment_panel(found: MomentThen, zone: str, now: float, limits: tuple[float, float], is_end: bool = False
                 ) -> list[Any]:
    """The panel's children. `limits`: after how many seconds a source is delayed, and inactive. `is_end`: nobody chose
    the moment, it is the end of the window."""
    return [
        html.Div(className="panel-head", children=[
            html.H2(f"State at {stamp(found.at, zone)}"),
            html.Span(f"{span(now - found.at)} ago" if now - found.at >= 1 else "now", className="muted"),
            html.Button("Show in charts", className="button", type="button", **{
                "data-do": "around-moment", "data-from": words.field_text(found.at - ABOUT_S, zone),
                "data-to": words.field_text(min(now, found.at + ABOUT_S), zone)})]),
        *(html.P(text, className="muted") for text in _notes(found, is_end)),
        section("Sources", _sources(found, zone, limits), _left_out(found.sources_left_out, "sources")),
        section("Values", _values(found)),
        section("Alerts open then", _alerts(found, zone),
                _left_out(found.alerts_left_out + max(0, len(found.alerts) - ALERTS_SHOWN), "alerts")),
        section("Commands in the hour before", _commands(found, zone),
                _left_out(found.commands_left_out, "earlier commands"))]


def _notes(found: MomentThen, is_end: bool) -> list[str]:
    notes = []
    if is_end:
        notes.append("The end of the window: write another time above, or pick one on a chart.")
    if found.unavailable:
        notes.append(f"{found.unavailable}: alerts and commands are those in memory, and what sources said is missing.")
    if found.deaf is not None:
        notes.append(f"The console itself heard nothing then: {found.deaf.why}.")
    return notes


def _left_out(count: int, what: str) -> list[html.P]:
    return [html.P(f"{count:,} more {what} are left out.", className="muted")] if count else []


def _sources(found: MomentThen, zone: str, limits: tuple[float, float]) -> Any:
    if not found.sources:
        return html.P("No source had been heard by then.", className="empty")
    return table(("Source", "It was", "Last sign of life", "Health", "Not well", "It had said"), [
        [source_label(one.source), _alive(one, found, limits), _heard(one, found.at), _health(one),
         _parts(one.health), _said(one.status, zone, found.at)] for one in found.sources])


def _alive(one: SourceThen, found: MomentThen, limits: tuple[float, float]) -> html.Span:
    heard = one.heard_at
    if heard is not None and one.step_s:  # of a bucket only that something is in it is known
        heard = min(found.at, heard + one.step_s)
    said = one.status.document.get("state") if one.status is not None else None
    stopped = said in ("stopping", "stopped") and (heard is None or heard < one.status.at + STOP_HOLDS_S)
    word = said if stopped else liveness(heard, found.at, *limits)
    if word in ("inactive", "delayed") and found.deaf is not None:
        return _marked(STATUS_SHAPES["unknown"], "stale", "unknown")
    return _marked(LIVENESS_SHAPES[word], LIVENESS_TONES[word], word)


def _heard(one: SourceThen, at: float) -> str:
    if one.heard_at is None:
        return f"none in the {span(LOOK_BACK_S)} before"
    if one.step_s:
        return f"within {words.width_words(one.step_s)}" if at < one.heard_at + one.step_s \
            else f"{span(at - one.heard_at - one.step_s)} before, within {words.width_words(one.step_s)}"
    return f"{span(at - one.heard_at)} before"


def _health(one: SourceThen) -> Any:
    if one.score is None:
        said = one.health.document.get("status") if one.health is not None else None
        return said or ABSENT
    status = score_status(one.score)
    return _marked(STATUS_SHAPES[status], STATUS_TONES[status], decimals(one.score, 0))


def _parts(health: PastEvent | None) -> str:
    parts: Mapping[str, Any] = health.document.get("components") or {} if health is not None else {}
    told = [f"{apart(name)} {part.get('word') or part.get('status')}" for name, part in parts.items()
            if part.get("status") not in ("healthy", None)]
    more = f" and {len(told) - PARTS_SHOWN} more" if len(told) > PARTS_SHOWN else ""
    return ", ".join(told[:PARTS_SHOWN]) + more or ABSENT


def _said(status: PastEvent | None, zone: str, at: float) -> str:
    if status is None:
        return ABSENT
    told = ": ".join(part for part in (status.document.get("status"), status.document.get("message")) if part)
    return f"{told or ABSENT}, {clock(status.at, zone, at)}"


def _marked(shape: str, tone: str, word: str) -> html.Span:
    return html.Span([html.Span(f"{shape} ", **{"aria-hidden": "true"}), word.capitalize()], className=f"tone-{tone}")


def _values(found: MomentThen) -> list[Any]:
    told = [html.Details([
        html.Summary(f"{source_label(one.source)}: {len(one.values)} values{_means(one.step_s)}"),
        html.Div(_groups(one, found.at), className="moment-values")], open=len(found.sources) == 1)
        for one in found.sources if one.values]
    return told or [html.P(f"No value was heard in the {span(LOOK_BACK_S)} before.", className="empty")]


def _means(step_s: float) -> str:
    return f", means of {words.width_words(step_s)}" if step_s else ""


def _groups(one: SourceThen, at: float) -> list[html.Dl]:
    groups: dict[str, list[tuple[str, Value]]] = {}
    for metric in sorted(one.values, key=place):
        groups.setdefault(catalog.describe(metric).group, []).append((metric, one.values[metric]))
    return [html.Dl([html.Dt(title_of(group), className="group-title"), *(
        part for metric, value in rows for part in _value(metric, value, one.step_s, at))])
        for group, rows in groups.items()]


def _value(metric: str, value: Value, step_s: float, at: float) -> list[Any]:
    about = catalog.describe(metric)
    shown = words.value_text(catalog.as_rate(about) if value.is_rate else about, value.number)
    age_s = at - value.at - step_s
    age = [html.Span(f" {span(age_s)} before", className="muted")] if age_s >= words.MINUTE_S else []
    return [html.Dt(about.title, title=metric), html.Dd([shown, *age])]


def _alerts(found: MomentThen, zone: str) -> Any:
    if not found.alerts:
        return html.P("No alert was open.", className="empty")
    return html.Ul([_alert(one, found.at, zone) for one in found.alerts[:ALERTS_SHOWN]], className="event-list")


def _alert(one: AlertThen, at: float, zone: str) -> html.Li:
    alert, tone = one.alert, level_tone(one.alert.level)
    label = ": ".join(part for part in (apart(alert.component), alert.message or alert.id) if part)
    entries = len(one.timeline)
    return html.Li([
        html.Span(level_shape(alert.level), className=f"shape tone-{tone}", **{"aria-hidden": "true"}),
        html.Span(level_word(alert.level), className=f"kind tone-{tone}"),
        html.A(label, href=alert_way(EXPLORE, alert.key), className="label"),
        html.Span(f"{STATE_WORDS.get(one.state, one.state)}, open for {span(at - alert.first_seen)}",
                  className="muted"),
        html.Span(source_label(alert.source), className="muted"),
        html.Details([html.Summary(f"Timeline up to then: {entries} {'entry' if entries == 1 else 'entries'}"),
                      timeline(one.timeline, zone, at)])], **{"data-alert": alert.key})


def _commands(found: MomentThen, zone: str) -> Any:
    if not found.commands:
        return html.P("None.", className="empty")
    rows: Sequence[Sequence[Any]] = [[
        clock(one.at, zone, found.at), ACTIONS[one.action].title if one.action in ACTIONS else one.action,
        one.requested_by, f"{one.receivers:,}", getattr(one, "answer", None) or ABSENT] for one in found.commands]
    return table(("Sent", "Command", "By", "Received by", "Answer"), rows)
