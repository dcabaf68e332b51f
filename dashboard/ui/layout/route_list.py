"""Routes as they are read: which alerts they take, to which addresses, and what can be done with each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html

from dashboard.notifications.routes import Route, Target
from dashboard.ui import ids
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.sources import source_label
from dashboard.ui.times import clock

EDIT, TEST, SWITCH, REMOVE = "edit", "test", "switch", "remove"
"""What the buttons of a route do."""
NO_ROUTES = ("There is no route: nobody is told of alerts. The form makes one; its test shows whether a message "
             "arrives.")


def route_list(routes: Sequence[Route], hits: Mapping[str, int], now: float, zone: str) -> list:
    """The routes in the order in which they were made. `hits`: how many open alerts each takes, by its id."""
    if not routes:
        return [html.P(NO_ROUTES, className="empty")]
    return [html.Ul([_entry(route, hits.get(route.id, 0), now, zone) for route in routes], className="routes")]


def _entry(route: Route, hits: int, now: float, zone: str) -> html.Li:
    return html.Li(key=route.id, className="route" + ("" if route.enabled else " route-off"), children=[
        html.Div(className="route-head", children=[
            html.H3(route.name), html.Span("takes " + takes(hits) if route.enabled else "switched off",
                                           className="route-hits")]),
        html.Div([_chip(*term) for term in terms(route)], className="route-what"),
        html.Ul([html.Li(address(target)) for target in route.targets], className="route-targets",
                **{"aria-label": "Addresses"}),
        html.Div(_made(route, now, zone), className="muted"),
        html.Div(className="route-acts", children=[
            _button(route, EDIT, "Edit"), _button(route, TEST, "Test"),
            _button(route, SWITCH, "Switch off" if route.enabled else "Switch on"), _button(route, REMOVE, "Remove…")]),
    ])


def terms(route: Route) -> list[tuple[str, str, str]]:
    """(label, value, tone) of everything that must hold of an alert."""
    found = [("", f"{level_shape(level)} {level_word(level)}", level_tone(level)) for level in route.levels]
    found += [("source", source_label(name), "") for name in route.sources]
    found += [("component", name, "") for name in route.components]
    return found or [("", "every alert", "")]


def address(target: Target) -> str:
    """All that may be told of an address: `Slack, slack://…`."""
    return f"{target.service}, {target.shown}"


def takes(hits: int) -> str:
    number = "no open alert" if hits == 0 else "1 open alert" if hits == 1 else f"{hits:,} open alerts"
    return f"{number} now"


def _made(route: Route, now: float, zone: str) -> str:
    made = f"made by {route.created_by}, {clock(route.created_at, zone, now)}"
    return made if route.revision == 1 else (
        f"{made}; changed by {route.changed_by}, {clock(route.changed_at, zone, now)}")


def _chip(label: str, value: str, tone: str) -> html.Span:
    return html.Span(className=f"chip tone-{tone}" if tone else "chip", children=[
        html.Span(f"{label} ", className="chip-label") if label else None, value])


def _button(route: Route, action: str, label: str) -> html.Button:
    return html.Button(label, id=ids.route_act(action, route.id), className="button", type="button",
                       **{"aria-label": f"{label.rstrip('…')}: {route.name}"})
