"""The sticky strip: the worst state first, then the way to the other pages, which source, how old, and what the page
is set to. The same on every page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout.bell import bell
from dashboard.ui.navigation import PLACES, root_way, tabs_of, top_of, way
from dashboard.ui.view import ZONES

ROOT = "/"
"""As the way home: the root of the application around us, which may itself lie under a path."""


def strip(settings: Settings, here: str, choices: Sequence[Any] = ()) -> html.Header:
    """Status at the left, choices at the right. Empty spans are filled by assets/20-strip.js from each tick.

    `here` names the page; `choices` are controls that only this page has.
    """
    home = root_way(settings.page_prefix, here) if settings.home_url == ROOT else settings.home_url
    return html.Header(
        id=ids.STATUS_STRIP,
        className="strip",
        children=[
            html.Div(className="strip-status", children=[
                html.H1(html.A(settings.title, href=home, title="Back to the application"),
                        className="strip-title"),
                html.Span(id=ids.WORST, className="worst", role="status", **{"aria-live": "polite"}),
                html.Span(id=ids.COUNTS, className="counts"),
            ]),
            _pages(here),
            html.Div(className="strip-source", children=[
                choice(ids.SOURCE_SELECT, "Source", [], None),
                html.Span(id=ids.LIVENESS, className="liveness"),
                html.Span(id=ids.DATA_AGE, className="data-age"),
                html.Span(id=ids.CONNECTION, className="connection"),
            ]),
            html.Div(className="strip-choices", children=[
                html.Button("Live", id=ids.LIVE_TOGGLE, className="toggle", type="button",
                            title="Pause or resume updates", **{"aria-pressed": "true"}),
                *choices,
                choice(ids.ZONE_SELECT, "Time zone", ZONES, "browser"),
                bell(),
                html.Button("Theme", id=ids.THEME_TOGGLE, className="toggle", type="button",
                            title="Light or dark"),
            ]),
        ],
    )


def _pages(here: str) -> html.Nav:
    """The way to the other pages."""
    return links("pages", "Pages", here, [name for name in PLACES if top_of(name) == name])


def tabs(here: str) -> list[html.Nav]:
    """The row of tabs that the page named `here` belongs to; nothing where it stands alone."""
    names = tabs_of(here)
    return [links("tabs", "Tabs", here, names)] if names else []


def links(kind: str, label: str, here: str, names: Sequence[str]) -> html.Nav:
    """Links to pages; the one we are on, or are a tab of, is marked."""
    current = (here, top_of(here)) if kind == "pages" else (here,)
    return html.Nav(className=kind, **{"aria-label": label}, children=[
        html.A(PLACES[name].title, href=way(here, name), **({"aria-current": "page"} if name in current else {}))
        for name in names])


def choice(component_id: str, label: str, options: Sequence[tuple[str, str]], value: str | None) -> html.Label:
    """A native select (works with keyboard, screen reader and phone as it is) with its label for readers."""
    return html.Label(className="strip-select", children=[
        html.Span(label, className="visually-hidden"),
        dbc.Select(id=component_id, size="sm", value=value,
                   options=[{"value": key, "label": title} for key, title in options]),
    ])
