"""The sticky strip: the worst state first, then which source, how old, and what the page is set to."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.view import DEFAULT_RANGE, RANGES, ZONES


def strip(settings: Settings) -> html.Header:
    """Status at the left, choices at the right. Empty spans are filled by assets/strip.js from each tick."""
    return html.Header(
        id=ids.STATUS_STRIP,
        className="strip",
        children=[
            html.Div(className="strip-status", children=[
                html.H1(html.A(settings.title, href=settings.home_url, title="Back to the application"),
                        className="strip-title"),
                html.Span(id=ids.WORST, className="worst", role="status", **{"aria-live": "polite"}),
                html.Span(id=ids.COUNTS, className="counts"),
            ]),
            html.Div(className="strip-source", children=[
                _select(ids.SOURCE_SELECT, "Source", [], None),
                html.Span(id=ids.LIVENESS, className="liveness"),
                html.Span(id=ids.DATA_AGE, className="data-age"),
                html.Span(id=ids.CONNECTION, className="connection"),
            ]),
            html.Div(className="strip-choices", children=[
                html.Button("Back to live", id=ids.ZOOM_RESET, className="toggle zoom-reset", type="button",
                            hidden=True, title="Leave the zoom (Escape, or a double click in a chart)"),
                html.Button("Live", id=ids.LIVE_TOGGLE, className="toggle", type="button",
                            title="Pause or resume updates", **{"aria-pressed": "true"}),
                _select(ids.RANGE_SELECT, "Range", [(name, _range_title(name)) for name in RANGES], DEFAULT_RANGE),
                _select(ids.ZONE_SELECT, "Time zone", ZONES, "browser"),
                html.Button("Theme", id=ids.THEME_TOGGLE, className="toggle", type="button",
                            title="Light or dark"),
            ]),
        ],
    )


def _range_title(name: str) -> str:
    return f"{name[:-1]} {'min' if name.endswith('m') else 'h'}"


def _select(component_id: str, label: str, options, value) -> html.Label:
    """A native select (works with keyboard, screen reader and phone as it is) with its label for readers."""
    return html.Label(className="strip-select", children=[
        html.Span(label, className="visually-hidden"),
        dbc.Select(id=component_id, size="sm", value=value,
                   options=[{"value": key, "label": title} for key, title in options]),
    ])
