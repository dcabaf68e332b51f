"""How closed alerts were dealt with, in figures, and which of them are noise. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from dashboard.alerts.silences import TEXT_LIMIT
from dashboard.ui.navigation import PAST, silence_way
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.sources import place
from dashboard.ui.times import span

COMPONENTS_SHOWN = 15  # those with the most alerts; REST has them all
NOISE_SHOWN = 20
MUCH = 0.5  # a share from which a row is noise, and its figure is set off
GROUP_HEAD = ("Closed", "Acknowledged", "Median to acknowledge", "Median to resolve")
NOISE_HEAD = ("Alert", "Fires a week", "Cleared itself in 5 min", "Never acknowledged", "")


def figures(found: Mapping[str, Any], told_of: int, matched: int) -> list:
    """The figures of `statistics.summary`, over all, by level and by component. Of `matched` alerts the newest
    `told_of` were looked at."""
    if not found["all"]["count"]:
        return [html.P("No closed alert matches, so there is nothing to count.", className="empty")]
    bounded = [html.P(f"Of the newest {told_of:,} of {matched:,}.", className="muted")] if told_of < matched else []
    components = sorted(found["by_component"].items(), key=lambda item: (-item[1]["count"], item[0]))
    more = len(components) - COMPONENTS_SHOWN
    return [
        *bounded, _over_all(found["all"]),
        _table("By level", [(_level(level), group) for level, group in found["by_level"].items()]),
        _table("By component", [(name or "–", group) for name, group in components[:COMPONENTS_SHOWN]]),
        *([html.P(f"and {more:,} more components", className="muted")] if more > 0 else []),
    ]


def _over_all(group: Mapping[str, Any]) -> html.Dl:
    share = group["acknowledged"] / group["count"]
    pairs = (("Closed", f"{group['count']:,}", ""), ("Acknowledged", _percent(share), f"{group['acknowledged']:,}"),
             ("Median to acknowledge", _time(group, "median", "acknowledge"), _mean(group, "acknowledge")),
             ("Median to resolve", _time(group, "median", "resolve"), _mean(group, "resolve")))
    return html.Dl(className="past-figures", children=[
        html.Div([html.Dt(name), html.Dd(value), html.Dd(beside, className="muted")]) for name, value, beside in pairs])


def _table(title: str, groups: Sequence[tuple[Any, Mapping[str, Any]]]) -> html.Table:
    """One row a group: medians, which one long night does not move, and the means beside them."""
    return html.Table(className="figures", children=[
        html.Caption(title),
        html.Thead(html.Tr([html.Th(html.Span(title, className="visually-hidden"), scope="col"),
                            *(html.Th(name, scope="col", className="number") for name in GROUP_HEAD)])),
        html.Tbody([html.Tr([
            html.Th(name, scope="row"),
            *(_cell(head, value) for head, value in zip(GROUP_HEAD, (
                f"{group['count']:,}", _percent(group["acknowledged"] / group["count"]), _both(group, "acknowledge"),
                _both(group, "resolve")), strict=True)),
        ]) for name, group in groups]),
    ])


def _cell(head: str, value: Any, kind: str = "number") -> html.Td:
    """`head` stands before the value where a phone has no room for a heading."""
    return html.Td(value, className=kind, **{"data-head": head})


def noise(found: Mapping[str, Any]) -> list:
    """The alerts that fired most, with the shares that say whether anybody needed them."""
    rows = found["noise"]
    if not rows:
        return [html.P("No closed alert matches, so none is noise.", className="empty")]
    more = [html.P(f"and {len(rows) - NOISE_SHOWN:,} more", className="muted")] if len(rows) > NOISE_SHOWN else []
    return [html.Table(className="figures noise", children=[
        html.Caption("Alerts by how often they fired", className="visually-hidden"),
        html.Thead(html.Tr([html.Th(name or html.Span("Silence it", className="visually-hidden"), scope="col",
                                    className="" if place in (0, 4) else "number")
                            for place, name in enumerate(NOISE_HEAD)])),
        html.Tbody([_noise_row(row) for row in rows[:NOISE_SHOWN]]),
    ]), *more]


def _noise_row(row: Mapping[str, Any]) -> html.Tr:
    same = urlencode({"q": row["id"][:TEXT_LIMIT], "asource": row["source"]})
    return html.Tr([
        html.Th(scope="row", children=[
            *_level_mark(row["level"]), html.A(row["message"] or row["id"], href=f"?{same}", title="Show these alerts"),
            html.Div(place(row["component"], row["source"]), className="muted")]),
        _cell(NOISE_HEAD[1], [_rate(row["fires_a_week"]), html.Div(f"{row['alerts']:,} in all", className="muted")]),
        *(_cell(head, _percent(row[name]), "number much" if row[name] >= MUCH else "number")
          for head, name in zip(NOISE_HEAD[2:], ("share_cleared_itself", "share_never_acknowledged"), strict=False)),
        html.Td(html.A("Silence…", href=silence_way(PAST, row["source"], row["component"], row["message"]),
                       className="button", **{"aria-label": f"Silence {row['message'] or row['id']}"})),
    ])


def _level(level: str) -> list:
    return [*_level_mark(level), level_word(level)]


def _level_mark(level: str) -> list:
    return [html.Span(level_shape(level), className=f"shape tone-{level_tone(level)}", role="img",
                      **{"aria-label": level_word(level)}), " "]


def _both(group: Mapping[str, Any], what: str) -> list:
    if group[f"median_{what}_s"] is None:
        return ["–"]
    return [_time(group, "median", what), html.Div(_mean(group, what), className="muted")]


def _time(group: Mapping[str, Any], kind: str, what: str) -> str:
    return span(group[f"{kind}_{what}_s"])


def _mean(group: Mapping[str, Any], what: str) -> str:
    return "" if group[f"mean_{what}_s"] is None else f"mean {_time(group, 'mean', what)}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _rate(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"
