"""What a viewer does to the window of time: each gives another view, or says in words why it does not. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from dashboard.explore.ranges import Range, of_span, parse_ends, resolve, resolve_moment, stepped, zoomed_out
from dashboard.explore.span import Span
from dashboard.explore.times import TEXT_LIMIT, TimeError, moment_s, parse_moment
from dashboard.explore.view import ExploreView, brush_of
from dashboard.explore.zones import find_zone
from dashboard.ui.chart_clock import chart_clock
from dashboard.ui.times import iso

SHORTEST_S = 1.0
"""A slip of the mouse is no window."""
RANGE, BRUSH, AT = "range", "brush", "at"
"""The fields whose problems are told beside them."""


def acted(view: ExploreView, actions: Iterable[Mapping[str, Any]], now: float, zone: str, kept_s: float
          ) -> tuple[ExploreView, dict[str, str]]:
    """The view after these actions, and by field what is wrong with the last; what is wrong leaves the view as it was.

    `zone`: of those that do not say in which one they were done.

    Actions: `ends` [from, to] as written; `zoom` and `brush` [from, to] as written or as they are drawn; `step` -1 or
    1; `out` for a zoom out; `moment` as written or drawn, empty for the end of the window.
    """
    problems: dict[str, str] = {}
    for action in actions:
        view, problems = _acted(view, action, now, _zone_of(action, zone), kept_s)
    return view, problems


def _acted(view: ExploreView, action: Mapping[str, Any], now: float, zone: str, kept_s: float
           ) -> tuple[ExploreView, dict[str, str]]:
    action = _undrawn(view, action, now, zone, kept_s)
    for name, (field, act) in _ACTIONS.items():
        if name in action:
            try:
                return act(view, action[name], now, zone, kept_s), {}
            except TimeError as error:
                return view, {field: sentence(str(error))}
    return view, {}


def _zone_of(action: Mapping[str, Any], otherwise: str) -> str:
    """The zone that times were written or drawn in: the page may have changed to another one since."""
    zone = action.get("zone")
    return zone if isinstance(zone, str) and find_zone(zone) is not None else otherwise


def _undrawn(view: ExploreView, action: Mapping[str, Any], now: float, zone: str, kept_s: float) -> dict[str, Any]:
    """The action with the times that come from a chart, by the chart's clock, as what they are by UTC. They are known
    by how a chart writes them, to the millisecond: nobody else does, and no field is filled so."""
    try:
        clock = chart_clock(zone, resolve(view.range, now, zone, kept_s).end)
    except TimeError:
        return dict(action)

    def meant(text: Any) -> Any:
        if isinstance(text, str):
            with suppress(ValueError, OverflowError):
                moment = clock.moment(text)
                return iso(moment) if clock.text(moment) == text else text
        return text

    return {name: [meant(one) for one in value] if isinstance(value, list) else meant(value)
            for name, value in action.items()}


def sentence(text: str) -> str:
    """A reason as a sentence of its own."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _ends(view: ExploreView, ends: Any, now: float, zone: str, kept_s: float) -> ExploreView:
    chosen = parse_ends(*_two(ends), zone)
    resolve(chosen, now, zone, kept_s)
    return replace(view, range=chosen)


def _zoom(view: ExploreView, ends: Any, now: float, zone: str, kept_s: float) -> ExploreView:
    span = _drawn(ends, now, zone, kept_s)
    return replace(view, range=of_span(span.start, span.end))


def _brush(view: ExploreView, ends: Any, now: float, zone: str, kept_s: float) -> ExploreView:
    if ends is None:
        return replace(view, brush=None)
    span = _drawn(ends, now, zone, kept_s)
    return replace(view, brush=brush_of(span.start, span.end), panel="moved")


def _step(view: ExploreView, steps: Any, now: float, zone: str, kept_s: float) -> ExploreView:
    return replace(view, range=stepped(view.range, -1 if steps == -1 else 1, now, zone, kept_s))


def _out(view: ExploreView, _: Any, now: float, zone: str, kept_s: float) -> ExploreView:
    return replace(view, range=zoomed_out(view.range, now, zone, kept_s))


def _moment(view: ExploreView, text: Any, now: float, zone: str, kept_s: float) -> ExploreView:
    if not isinstance(text, str) or not text.strip():
        return replace(view, at=None, panel="moment")
    chosen = parse_moment(text[:TEXT_LIMIT + 1], zone)
    resolve_moment(chosen, now, zone, kept_s)
    return replace(view, at=chosen, panel="moment")


_Act = Callable[[ExploreView, Any, float, str, float], ExploreView]
_ACTIONS: dict[str, tuple[str, _Act]] = {
    "ends": (RANGE, _ends), "zoom": (RANGE, _zoom), "step": (RANGE, _step), "out": (RANGE, _out),
    "brush": (BRUSH, _brush), "moment": (AT, _moment)}


def _two(ends: Any) -> tuple[str, str]:
    if not isinstance(ends, list) or len(ends) != 2 or not all(isinstance(end, str) for end in ends):
        raise TimeError("two times are needed, from and to")
    return ends[0][:TEXT_LIMIT + 1], ends[1][:TEXT_LIMIT + 1]


def _drawn(ends: Any, now: float, zone: str, kept_s: float) -> Span:
    """A window that was drawn over a chart: what of it lies ahead of now, or before what is kept, is cut off."""
    chosen: Range = parse_ends(*_two(ends), zone)
    try:
        span = resolve(chosen, now, zone, kept_s)
    except TimeError:
        start, end = (moment_s(moment, now, zone) for moment in (chosen.start, chosen.end))
        start, end = max(start, now - kept_s), min(end, now)
        if end <= start:
            raise
        span = Span(start, end)
    if span.length_s < SHORTEST_S:
        span = Span(max(span.end - SHORTEST_S, now - kept_s), span.end)
    return span
