"""Where each field of tests/browser/stored_markup.py stands on the pages, and as far as which part of it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from dashboard.catalog import describe, title_with_group
from dashboard.metric_names import group_of, title_of
from tests.browser.console import Console
from tests.browser.stored_markup import COMPLAINT_CHARS, COUNT, DETAILS, LABEL_CHARS, ROUTES, of
from tests.hostile import MARKUP

IN_WORDS = "a dash or an underline of a name becomes a blank, some words are written out"
TO_THE_DOT = "a name is a group as far as its first dot"
CUT = "there is no more room for it"
SAYS = """(places) => Object.fromEntries(places.map((place) => [place, [...document.querySelectorAll(place)].map(
    (one) => [one.textContent, one.title, one.value, one.ariaLabel].join(" "))]))"""


class Seen(NamedTuple):
    """The texts of a field as they stand in a place of a page (a selector). `part`: why not all of them are whole."""

    field: str
    place: str
    texts: tuple[str, ...]
    part: str = ""


Told = dict[str, list[str]]
"""What stands in each place, element by element."""


def seen(place: str, *fields: str) -> list[Seen]:
    """Fields that stand there as they were written."""
    return [Seen(field, place, of(field)) for field in fields]


def cut(place: str, field: str, chars: int) -> Seen:
    """A field of which that many characters stand there."""
    return Seen(field, place, tuple(text[:chars] for text in of(field)), CUT)


def dotted(texts: Iterable[str], chars: int) -> tuple[str, ...]:
    """Texts of at most so many characters, the end of a cut marked."""
    return tuple(text if len(text) <= chars else text[:chars - 1] + "…" for text in texts)


def told(console: Console, fields: Iterable[Seen]) -> Told:
    return console.ask(SAYS, list({one.place for one in fields}))


def lacking(fields: Iterable[Seen], *found: Told) -> list[tuple[str, str]]:
    """Each text that stands in its place in none of what was found, with its field."""
    plain = {one.place: [plainly(text) for each in found for text in each[one.place]] for one in fields}
    return [(f"{one.field} in {one.place}", text) for one in fields for text in one.texts
            if not any(plainly(text) in each for each in plain[one.place])]


def plainly(text: str) -> str:
    """Blanks of any kind and number are one."""
    return " ".join(text.split())


GROUPS = tuple(f"{group}.x" for group in of("group"))
LEAVES = tuple(f"half{number % 2}.{leaf}" for number, leaf in enumerate(of("leaf")))
NAMES = GROUPS + LEAVES

OVERVIEW = [
    *seen("#source-select option", "source"), *seen("#filter-source option", "source"),
    Seen("metric", ".tile", NAMES), Seen("metric", ".key", NAMES),
    Seen("metric", ".tile-name", tuple(title_with_group(describe(name)) for name in NAMES), IN_WORDS),
    Seen("group", ".chart h3", tuple(title_of(group_of(name)) for name in GROUPS), f"{TO_THE_DOT}; {IN_WORDS}"),
    Seen("fact", "#facts dt", tuple(title_with_group(describe(f"facts.{name}")) for name in of("fact")), IN_WORDS),
    *seen("#facts dd", "said"), *seen("#facts li", "advice"), *seen("#facts .chip", "timeframe"),
    Seen("not understood", "#facts li", tuple(f"trends.{name}: 5" for name in of("not understood", COMPLAINT_CHARS))),
    # Whatever a direction is called that is neither up nor down: it is taken for a third one.
    Seen("trend", "#facts .trend", tuple(f"{name.capitalize()} stable" for name in of("trend"))),
    *seen("#health-components .name", "component scored"), cut("#health-components .value", "word", 80),
    Seen("kind", "#feed dd", dotted((payload.lower() for payload in MARKUP), 64)),
    Seen("body", "#raw div", tuple(json.dumps(text)[1:-1] for text in of("body")))]
OVERVIEW_ROWS = seen("#alert-table td", "level", "message", "component", "source", "acknowledged by")

ALERTS = [
    *seen("#alert-table [data-dash-column=what]", "message", "component"),
    *seen("#alert-table [data-dash-column=source]", "source"),
    *seen("#alert-table [data-dash-column=state]", "acknowledged by"),
    cut("#alert-table [data-dash-column=state]", "assigned to", 60),
    cut("#alert-table [data-dash-column=level]", "level", 60),
    *(cut("#alert-table [data-dash-column=value]", field, 16) for field in ("value", "threshold"))]

HISTORY = [
    *seen("#past-source option", "source"),
    *seen("#past-noise .shape", "level"), *seen("#past-noise th", "message", "component", "source"),
    *seen("#past-figures th", "level", "component")]
HISTORY_ROWS = seen("#past-table td", "level", "message", "component", "source")

SILENCES = [
    *seen("#silence-list .chip", "source silenced", "component silenced", "text silenced"),
    *seen("#silence-list .silence-reason", "reason"), *seen("#silence-list .muted", "silencer"),
    *seen("#silence-list button", "source silenced", "component silenced", "text silenced"),
    *seen("#silence-sources option", "source"), *seen("#silence-components option", "component")]

NOTIFICATIONS = [
    Seen("route", "#route-list h3", ROUTES), Seen("route", "#route-list button", ROUTES),
    *seen("#route-list .chip", "source routed", "component routed"), *seen("#route-list .muted", "router"),
    Seen("route", "#delivery-list .delivery-title", tuple(f"Test of {name}" for name in dotted(ROUTES, 80)), CUT),
    Seen("route", "#delivery-list .muted", ROUTES), *seen("#delivery-list .muted", "tester"),
    *seen("#route-preview li", "level", "message", "component", "source", "acknowledged by")]

EXPLORE = [
    *seen("#explore-source option", "source"), *seen("#explore-charts .key", "source", "metric"),
    *seen("#explore-focus option", "source"),
    Seen("metric", "#explore-focus option", tuple(title_with_group(describe(name)) for name in of("metric")), IN_WORDS),
    Seen("metric", "#explore-list .metric-name", NAMES),
    Seen("metric", "#explore-list .metric-title", tuple(describe(name).title for name in NAMES), IN_WORDS),
    Seen("group", "#explore-list summary", tuple(title_of(group_of(name)) for name in GROUPS),
         f"{TO_THE_DOT}; {IN_WORDS}"),
    *seen("#explore-panel th", "source", "component"), *seen("#explore-panel td", "level"),
    *seen("#explore-events .kind", "level"), *seen("#explore-events .muted", "source", "annotator"),
    Seen("message", "#explore-events .label", of("message alone", LABEL_CHARS)),
    Seen("annotation", "#explore-events .label", of("annotation", LABEL_CHARS)),
    Seen("component, message", "#explore-events .label", dotted(map(": ".join, zip(
        of("component"), of("message"), strict=True)), 160), CUT)]


def in_full(place: str, number: int, *fields: str) -> list[Seen]:
    """One alert in full."""
    return [Seen(field, place, (of(field)[number],)) for field in (
        "level", "message", "component", "source", "action", *fields)]


def overview_alert(number: int) -> list[Seen]:
    return [*in_full("#alert-detail", number, "id open", "acknowledged by", "assigned to", "assigned by",
                     "newest note"),
            Seen("details", "#alert-detail dd", tuple(f"{name} {value}" for name, value in DETAILS[number].items())),
            Seen("value", "#alert-detail dd", (f"current_value {of('value')[number]}"[:80],), CUT)]


def open_alert(number: int) -> list[Seen]:
    return [*in_full("#alert-aside", number, "id open", "acknowledged by", "assigned to", "assigned by", "note",
                     "newest note", "value", "threshold"), *details("#alert-story", number)]


def closed_alert(number: int) -> list[Seen]:
    return [*in_full("#past-detail", number, "id over", "resolved by", "resolution", "value", "threshold"),
            *details("#past-detail", number)]


def details(place: str, number: int) -> list[Seen]:
    return [Seen("name of a detail", f"{place} dt", tuple(DETAILS[number])),
            Seen("detail", f"{place} dd", tuple(DETAILS[number].values()))]


def newest(number: int) -> list[Seen]:
    """What a page shows the newest of."""
    fields = {"#facts dd": ("status", "status message"), "#health-score .score-word": ("status of a check",),
              "#health-components .name": ("component checked",),
              "#jobs .job": ("run", "phase", "symbol", "completion"),
              "#command-log": ("commander", "answerer", "result message")}
    pairs = tuple(f"{name} {value}" for name, value in DETAILS[number].items())
    return [*(Seen(field, place, (of(field)[number],)) for place, each in fields.items() for field in each),
            Seen("result", "#command-log", (of("result")[number].lower(),)),
            Seen("status details", "#facts dd", pairs), Seen("component details", "#health-components .detail", pairs),
            Seen("word", "#health-components .value", MARKUP[number::COUNT])]
