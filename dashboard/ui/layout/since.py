"""What happened since somebody last looked, as a small panel. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from dashboard.alerts.alert import Alert
from dashboard.alerts.facts import ACKNOWLEDGE, ASSIGN, REOPEN, RESOLVE, SNOOZE, UNACKNOWLEDGE, UNSNOOZE
from dashboard.alerts.since import END_SILENCE, SILENCE, Deed, Since
from dashboard.ui import ids
from dashboard.ui.layout.silence_list import terms
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.times import clock, span

SHOWN = 20  # of each list; the numbers tell of all
TEXT_SHOWN = 160  # characters of a message or a note
DID = {ACKNOWLEDGE: "acknowledged", UNACKNOWLEDGE: "gave back", RESOLVE: "resolved", REOPEN: "reopened",
       ASSIGN: "assigned", SNOOZE: "snoozed", UNSNOOZE: "woke", SILENCE: "made a silence",
       END_SILENCE: "ended a silence"}


def since_panel(found: Since, now: float, zone: str, alerts_at: str) -> list:
    """The panel; nothing where nothing happened. `alerts_at`: the relative address of the page of alerts."""
    if found.is_quiet:
        return []
    lists = [_list(title, items, draw) for title, items, draw in (
        ("Fired", found.fired, lambda alert: _fired(alert, now, zone, alerts_at)),
        ("Cleared by themselves", found.cleared, lambda alert: _cleared(alert, now, zone, alerts_at)),
        ("Colleagues", found.deeds, lambda deed: _deed(deed, now, zone, alerts_at))) if items]
    return [html.Details([
        html.Summary([html.H2("Since you last looked"), html.Span(_away(found, now, zone), className="muted"),
                      html.Span(summary(found), className="since-summary")]),
        html.Div(lists, className="since-lists"),
    ])]


def since_area() -> html.Section:
    """The place of the panel, with the way to be rid of it; not seen while it is empty."""
    return html.Section(className="panel since", **{"aria-label": "Since you last looked"}, children=[
        html.Div(id=ids.SINCE),
        html.Button("Dismiss", id=ids.SINCE_DISMISS, className="button", type="button"),
    ])


def summary(found: Since) -> str:
    """`12 fired, 5 of them are over · 7 cleared by themselves · grace acknowledged 3, resolved 1`."""
    parts = []
    if found.fired:
        over = sum(not alert.is_open for alert in found.fired)
        rest = "all are over" if over == len(found.fired) else f"{over:,} of them over" if over else "all still open"
        one = "it is over" if over else "it is still open"
        parts.append(f"{len(found.fired):,} fired, {rest if len(found.fired) > 1 else one}")
    if found.cleared:
        parts.append(f"{len(found.cleared):,} cleared by {'itself' if len(found.cleared) == 1 else 'themselves'}")
    parts += [f"{person} {', '.join(done)}" for person, done in _by_person(found.deeds).items()]
    return " · ".join(parts)


def _by_person(deeds: Sequence[Deed]) -> dict[str, list[str]]:
    people: dict[str, Counter[str]] = {}
    for deed in deeds:
        people.setdefault(deed.by, Counter())[deed.action] += 1
    return {person: [_count(action, number) for action, number in done.most_common()]
            for person, done in people.items()}


def _count(action: str, number: int) -> str:
    if action in (SILENCE, END_SILENCE):
        return DID[action] if number == 1 else DID[action].replace("a silence", f"{number:,} silences")
    return f"{DID[action]} {number:,}"


def _away(found: Since, now: float, zone: str) -> str:
    return f"{clock(found.start, zone, now)}, away for {span(found.end - found.start)}"


def _list(title: str, items: Sequence[Any], draw: Callable[[Any], html.Li]) -> html.Div:
    more = [html.P(f"and {len(items) - SHOWN:,} more", className="muted")] if len(items) > SHOWN else []
    return html.Div([html.H3([f"{title} ", html.Span(f"{len(items):,}", className="muted")]),
                     html.Ul([draw(item) for item in items[:SHOWN]], className="plain-list"), *more])


def _fired(alert: Alert, now: float, zone: str, alerts_at: str) -> html.Li:
    state = "" if alert.state == "active" else f" · {alert.state}"
    return html.Li([*_alert(alert, alerts_at), html.Span(f" {clock(alert.first_seen, zone, now)}{state}",
                                                         className="muted")])


def _cleared(alert: Alert, now: float, zone: str, alerts_at: str) -> html.Li:
    lasted = span((alert.resolved_at or alert.first_seen) - alert.first_seen)
    return html.Li([*_alert(alert, alerts_at),
                    html.Span(f" {clock(alert.resolved_at, zone, now)}, after {lasted}", className="muted")])


def _deed(deed: Deed, now: float, zone: str, alerts_at: str) -> html.Li:
    about: list = [] if deed.alert is None else _alert(deed.alert, alerts_at)
    if deed.silence is not None:
        about = [", ".join(f"{label} {value}".strip() for label, value, _ in terms(deed.silence))]
    beside = " · ".join(part for part in (clock(deed.at, zone, now), deed.reason if deed.reason != "By hand" else "",
                                          f"“{deed.note[:TEXT_SHOWN]}”" if deed.note else "") if part)
    return html.Li([f"{deed.by} {DID[deed.action]} ", *about, html.Span(f" {beside}", className="muted")])


def _alert(alert: Alert, alerts_at: str) -> list:
    """A link to exactly this alert, with its level in shape and colour."""
    return [html.Span(level_shape(alert.level), className=f"shape tone-{level_tone(alert.level)}",
                      title=level_word(alert.level), role="img", **{"aria-label": level_word(alert.level)}), " ",
            html.A((alert.message or alert.id)[:TEXT_SHOWN], href=f"{alerts_at}?alert={quote(alert.key, safe='')}")]
