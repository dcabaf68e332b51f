"""The form of a route as its page sends it, read into what the notifier takes. Pure; all of it comes from a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.notifications.routes import Route
from dashboard.ui.layout.route_list import address


def choosing(form: Mapping[str, Any]) -> dict[str, Any]:
    """Which alerts the form names: the part of `routes.read_route` that chooses."""
    return {"levels": _texts(form.get("levels")), "sources": _lines(form.get("sources")),
            "components": _lines(form.get("components"))}


def wanted(form: Mapping[str, Any], shown: Any) -> tuple[str | None, dict[str, Any]]:
    """(id of the route that is changed, None: a new one; all that the form asks for).

    `shown` is {`id`, `revision`} of the route the form was filled from.
    """
    kept = [{"id": target} for target in _texts(form.get("kept"))]
    name = form.get("name")
    body = choosing(form) | {"name": name if isinstance(name, str) else "",
                             "urls": kept + _lines(form.get("urls"))}
    if not isinstance(shown, Mapping) or not isinstance(shown.get("id"), str):
        return None, body
    return shown["id"], body | {"revision": shown.get("revision")}


def filled(route: Route | None) -> dict[str, Any]:
    """What the form's fields hold for a route, None: for a new one. `urls` is always empty: nobody sees them again."""
    if route is None:
        return {"name": "", "levels": [], "sources": "", "components": "", "kept": [], "urls": ""}
    return {"name": route.name, "levels": list(route.levels), "sources": "\n".join(route.sources),
            "components": "\n".join(route.components), "kept": [target.id for target in route.targets], "urls": ""}


def kept_options(route: Route | None) -> list[dict[str, str]]:
    """The addresses a route has, to be kept or not."""
    return [] if route is None else [{"value": target.id, "label": address(target)} for target in route.targets]


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _lines(value: Any) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else []
