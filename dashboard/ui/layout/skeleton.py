"""Grey shapes of the final size, shown until the first answer: the page does not jump when data comes."""

from __future__ import annotations

from dash import html


def lines(count: int) -> list:
    return [html.Div(className="skeleton skeleton-line", **{"aria-hidden": "true"}) for _ in range(count)]


def tiles(count: int) -> list:
    return [html.Div(className="tile skeleton", **{"aria-hidden": "true"}) for _ in range(count)]


def gauges(count: int) -> list:
    return [html.Div(className="gauge skeleton", **{"aria-hidden": "true"}) for _ in range(count)]


def charts(count: int) -> list:
    return [html.Div(className="chart skeleton", **{"aria-hidden": "true"}) for _ in range(count)]
