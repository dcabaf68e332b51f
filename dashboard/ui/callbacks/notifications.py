"""The page of notifications: routes are made, edited, tried, switched and removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from dashboard.commands import Unreachable
from dashboard.notifications.notifier import ChangedMeanwhile, TrialUnderWay, UnknownRoute
from dashboard.notifications.routes import Route, RouteError
from dashboard.services import Services
from dashboard.ui import ids, route_form
from dashboard.ui.callbacks import clientside, tick
from dashboard.ui.layout.notifications import NEW
from dashboard.ui.layout.route_list import EDIT, REMOVE, TEST, takes
from dashboard.ui.layout.silence_preview import preview
from dashboard.ui.notification_sections import SECTIONS, answer
from dashboard.ui.sources import apart

CHOOSING = {"levels": ids.ROUTE_LEVELS, "sources": ids.ROUTE_SOURCES, "components": ids.ROUTE_COMPONENTS}
FIELDS = {"name": ids.ROUTE_NAME, **CHOOSING, "kept": ids.ROUTE_KEPT, "urls": ids.ROUTE_URLS}
GONE = "That route is no longer there."


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    clientside.register_frame(app)
    clientside.register_routes(app)
    tick.register(app, services, answer, [Output(name, "children") for name in SECTIONS])

    @app.callback(
        Output(ids.ROUTE_HITS, "children"), Output(ids.ROUTE_PREVIEW, "children"),
        *(Input(name, "value") for name in CHOOSING.values()), Input(ids.ROUTE_STAMP, "data"),
        prevent_initial_call=True,
    )
    def show_preview(*values):
        return previewed(services, dict(zip(CHOOSING, values, strict=False)), user_name())

    @app.callback(
        *(Output(name, "value") for name in FIELDS.values()), Output(ids.ROUTE_KEPT, "options"),
        Output(ids.ROUTE_KEPT_FIELD, "hidden"), Output(ids.ROUTE_CANCEL, "hidden"), Output(ids.ROUTE_TITLE, "children"),
        Output(ids.ROUTE_SHOWN, "data"), Output(ids.ROUTE_SAVED, "children"),
        Input(ids.ROUTE_EDITED, "data"), prevent_initial_call=True,
    )
    def fill(edited):
        return shown(services, edited)

    @app.callback(
        Output(ids.ROUTE_SAVED, "children", allow_duplicate=True), Output(ids.ROUTE_EDITED, "data"),
        Output(ids.WAKE, "data"),
        Input(ids.ROUTE_SAVE, "n_clicks"), Input(ids.ROUTE_CANCEL, "n_clicks"),
        *(State(name, "value") for name in FIELDS.values()), State(ids.ROUTE_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def save(_save, _cancel, *values):
        if ctx.triggered_id == ids.ROUTE_CANCEL:
            return "", {"asked": services.clock()}, no_update
        told, done = saved(services, dict(zip(FIELDS, values, strict=False)), values[-1], user_name())
        now = services.clock()
        return (no_update, {"told": told, "asked": now}, now) if done else (told, no_update, now)

    @app.callback(
        Output(ids.ROUTE_FEEDBACK, "children"), Output(ids.ROUTE_EDITED, "data", allow_duplicate=True),
        Output(ids.ROUTE_DIALOG, "is_open"), Output(ids.ROUTE_QUESTION, "children"), Output(ids.ROUTE_ASKED, "data"),
        Output(ids.WAKE, "data", allow_duplicate=True),
        Input(ids.route_act(ALL, ALL), "n_clicks"), prevent_initial_call=True,
    )
    def act(clicks):
        if not any(clicks):  # the buttons have only just appeared
            return [no_update] * 6
        return acted(services, ctx.triggered_id, user_name())

    @app.callback(
        Output(ids.ROUTE_FEEDBACK, "children", allow_duplicate=True),
        Output(ids.ROUTE_DIALOG, "is_open", allow_duplicate=True), Output(ids.WAKE, "data", allow_duplicate=True),
        Input(ids.ROUTE_CONFIRM, "n_clicks"), Input(ids.ROUTE_KEEP, "n_clicks"), State(ids.ROUTE_ASKED, "data"),
        prevent_initial_call=True,
    )
    def remove(_remove, _keep, asked):
        if ctx.triggered_id == ids.ROUTE_KEEP:
            return no_update, False, no_update
        return removed(services, asked, user_name()), False, services.clock()


def previewed(services: Services, form: Mapping[str, Any], by: str) -> tuple[str, list]:
    """(how many open alerts a route like this would take, the first of them)."""
    try:
        hit = services.notifications.preview(route_form.choosing(form), by, services.alerts.index().all)
    except RouteError as refused:
        return f"{refused}.", []
    return f"Would take {takes(len(hit))}.", preview(hit, services.clock())


def shown(services: Services, edited: Any) -> tuple[Any, ...]:
    """What the form shows once somebody wants to edit a route, or a new one: the outputs of `fill`."""
    route_id = edited.get("id") if isinstance(edited, Mapping) else None
    route = services.notifications.route(route_id) if isinstance(route_id, str) else None
    told = edited.get("told", "") if isinstance(edited, Mapping) else ""
    if route_id is not None and route is None:
        told = GONE
    return (*route_form.filled(route).values(), route_form.kept_options(route), route is None, route is None,
            NEW if route is None else f"Route “{route.name}”",
            None if route is None else {"id": route.id, "revision": route.revision}, told)


def saved(services: Services, form: Mapping[str, Any], shown_route: Any, by: str) -> tuple[str, bool]:
    """Make or change the route the form asks for: (the sentence for the person, whether it was done)."""
    route_id, body = route_form.wanted(form, shown_route)
    notifier = services.notifications
    try:
        made = notifier.add_route(body, by) if route_id is None else notifier.change_route(route_id, body, by)
    except UnknownRoute:
        return f"Not saved: {GONE}", False
    except (ChangedMeanwhile, RouteError, Unreachable) as refused:
        return f"Not saved: {refused}.", False
    return f"Saved: {made.name}.", True


def acted(services: Services, button: Any, by: str) -> tuple[Any, ...]:
    """What a button of a route does: the outputs of `act`."""
    action, route_id = button.get("action"), str(button.get("id"))
    route = services.notifications.route(route_id)
    if route is None:
        return GONE, no_update, False, no_update, no_update, services.clock()
    if action == EDIT:
        return "", {"id": route.id, "asked": services.clock()}, False, no_update, no_update, no_update
    if action == REMOVE:
        return "", no_update, True, question(route), {"id": route.id}, no_update
    told = tested(services, route, by) if action == TEST else switched(services, route, by)
    return told, no_update, False, no_update, no_update, services.clock()


def question(route: Route) -> list:
    """What would be removed, in plain words."""
    number = "1 address" if len(route.targets) == 1 else f"{len(route.targets)} addresses"
    return [html.P([html.Strong(route.name), f" tells {number}. They are not kept, and what is on its way to them is "
                                             "not sent."])]


def tested(services: Services, route: Route, by: str) -> str:
    """Send a test; the sentence for the person."""
    try:
        made = services.notifications.test_route(route.id, by)
    except UnknownRoute:
        return GONE
    except (TrialUnderWay, Unreachable) as refused:
        return f"Not sent: {refused}."
    number = "1 test is" if len(made) == 1 else f"{len(made)} tests are"
    return f"{apart(route.name)}: {number} on the way; the log below says what came of it."


def switched(services: Services, route: Route, by: str) -> str:
    """Switch a route on or off; the sentence for the person."""
    return _changed(lambda: services.notifications.change_route(
        route.id, {"enabled": not route.enabled, "revision": route.revision}, by),
        f"{route.name} is switched {'off' if route.enabled else 'on'}.")


def removed(services: Services, asked: Any, by: str) -> str:
    """Remove the route the dialog asked about; the sentence for the person."""
    route_id = asked.get("id") if isinstance(asked, Mapping) else None
    return _changed(lambda: services.notifications.remove_route(str(route_id), by), "The route is removed.")


def _changed(act: Callable[[], Any], done: str) -> str:
    try:
        act()
    except UnknownRoute:
        return GONE
    except (ChangedMeanwhile, RouteError, Unreachable) as refused:
        return f"Not changed: {refused}."
    return done
