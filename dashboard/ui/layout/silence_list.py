"""Silences as they are read: running, planned and over, each with what it is for, until when, by whom. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from dashboard.alerts.silences import DAYS, Silence
from dashboard.ui import ids
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.sources import source_label
from dashboard.ui.times import clock, span

RUNNING, PLANNED, OVER = "Running", "Planned", "Over"


def grouped(silences: Sequence[Silence], now: float) -> dict[str, list[Silence]]:
    """The silences by what they are doing at `now`: the next to end first, the next to begin, the last that ended."""
    running = [silence for silence in silences if silence.counts_at(now)]
    over = [silence for silence in silences if silence.is_over(now)]
    planned = [silence for silence in silences if silence not in running and silence not in over]
    return {RUNNING: sorted(running, key=lambda one: (one.until is None, one.until or 0.0)),
            PLANNED: sorted(planned, key=lambda one: (max(one.starts, now), one.at)),
            OVER: sorted(over, key=_ended_at, reverse=True)}


def silence_list(silences: Sequence[Silence], hits: Mapping[str, int], now: float, zone: str) -> list:
    """Those that run and those that will. `hits`: how many open alerts each is for, by its id."""
    groups = grouped(silences, now)
    shown: list[Any] = []
    for name in (RUNNING, PLANNED):
        if groups[name]:
            shown += [_heading(name, groups[name]), _entries(groups[name], hits, now, zone)]
    return shown or [html.P("No silence is running or planned. What is silenced stays in every list, with a mark.",
                            className="empty")]


def silences_over(silences: Sequence[Silence], now: float, zone: str) -> list:
    """Those that are over, to be unfolded; nothing where there are none."""
    over = grouped(silences, now)[OVER]
    return [html.Summary(f"{OVER} ({len(over)})"), _entries(over, {}, now, zone)] if over else []


def _heading(name: str, group: Sequence[Silence]) -> html.H3:
    return html.H3([f"{name} ", html.Span(str(len(group)), className="muted")])


def _entries(group: Sequence[Silence], hits: Mapping[str, int], now: float, zone: str) -> html.Ul:
    return html.Ul([_entry(silence, hits.get(silence.id, 0), now, zone) for silence in group], className="silences")


def _entry(silence: Silence, hits: int, now: float, zone: str) -> html.Li:
    over, running = silence.is_over(now), silence.counts_at(now)
    what = ", ".join(f"{label} {value}" if label else value for label, value, _ in terms(silence))
    button = html.A("Use again", href="?" + again(silence), className="button") if over else html.Button(
        "End", id=ids.silence_end(silence.id), className="button", type="button", **{"aria-label": f"End: {what}"})
    kind = "silence" if running else "silence silence-quiet"
    return html.Li(className=kind, **{"data-silence": silence.id}, children=[
        html.Div(className="silence-what", children=[_chip(*term) for term in terms(silence)]),
        html.Div(button, className="silence-act"),
        html.Div(className="silence-when", children=[
            html.Strong(when(silence, now, zone)),
            None if over else html.Span(hits_words(hits, running), className="silence-hits"),
        ]),
        html.Div(f"“{silence.reason}”", className="silence-reason") if silence.reason else None,
        html.Div(f"by {silence.by}, {clock(silence.at, zone, now)}", className="muted"),
    ])


def terms(silence: Silence) -> list[tuple[str, str, str]]:
    """(label, value, tone) of everything that must hold of an alert."""
    found = [("", f"{level_shape(level)} {level_word(level)}", level_tone(level)) for level in silence.levels]
    named = (("source", source_label(silence.source) if silence.source else ""), ("component", silence.component),
             ("text", silence.text))
    return found + [(label, value, "") for label, value in named if value]


def _chip(label: str, value: str, tone: str) -> html.Span:
    return html.Span(className=f"chip tone-{tone}" if tone else "chip", children=[
        html.Span(f"{label} ", className="chip-label") if label else None, value])


def when(silence: Silence, now: float, zone: str) -> str:
    """`until 14:00:00 (52 min left)`, `Fri, Sat 22:00 to 06:00 Europe/Berlin`, `ended by grace at 13:10:00`."""
    if silence.ended_at is not None:
        return f"ended by {silence.ended_by} at {clock(silence.ended_at, zone, now)}"
    end = clock(silence.until, zone, now)
    if silence.is_over(now):
        return f"ran out at {end}"
    left = "" if silence.until is None else f" ({span(silence.until - now)} left)"
    if silence.weekly is None:
        if silence.starts > now:
            return f"from {clock(silence.starts, zone, now)} (in {span(silence.starts - now)}) until {end}"
        return f"until {end}{left}"
    week = silence.weekly.to_json()
    days = "every day" if len(week["days"]) == len(DAYS) else ", ".join(day.capitalize() for day in week["days"])
    begins = f"from {clock(silence.starts, zone, now)}, " if silence.starts > now else ""
    ends = "" if silence.until is None else f", until {end}{left}"
    return f"{begins}{days} {week['from']} to {week['to']} {week['zone']}{ends}"


def again(silence: Silence) -> str:
    """The query of an address that fills the form with what a silence was for."""
    fields = {"level": ",".join(silence.levels), "source": silence.source, "component": silence.component,
              "text": silence.text}
    return urlencode({name: value for name, value in fields.items() if value})


def hits_words(count: int, running: bool) -> str:
    """How many open alerts a silence is for, whether it counts now or not."""
    number = "no open alert" if count == 0 else "1 open alert" if count == 1 else f"{count:,} open alerts"
    return f"hits {number} now" if running else f"would hit {number} now"


def _ended_at(silence: Silence) -> float:
    return silence.until or silence.at if silence.ended_at is None else silence.ended_at
