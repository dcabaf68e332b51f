"""Hour × weekday as a table of coloured cells with their numbers: read with eyes, by colour, and by a screen reader.

A table and no plot: each number can be read, and it needs no plotly.js trace that the smaller bundles lack.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from dash import html

from dashboard.catalog import Metric
from dashboard.explore.heatmap import WEEKDAYS, Heatmap
from dashboard.number_text import display
from dashboard.ui.explore import words

SHADES = 9
"""Steps of colour: neighbours can still be told apart."""


def heat_table(found: Heatmap, metric: Metric, title: str, span_words: str) -> list[Any]:
    """The panel's children."""
    head = [html.Div(className="panel-head", children=[html.H2(f"{title}: hour of the day × day of the week")]),
            html.P(_about(found, span_words), className="muted")]
    if found.reason:
        return [*head, html.P(f"No heat map: {found.reason}.", className="empty")]
    finite = found.values[np.isfinite(found.values)]
    low, high = float(finite.min()), float(finite.max())
    hours = html.Thead(html.Tr([html.Td(), *(html.Th(f"{hour:02d}", scope="col") for hour in range(24))]))
    rows = [html.Tr([html.Th([html.Span(day[:3], **{"aria-hidden": "true"}),
                              html.Span(day, className="visually-hidden")], scope="row"),
                     *(_cell(found, metric, place, hour, low, high) for hour in range(24))])
            for place, day in enumerate(WEEKDAYS)]
    table = html.Table([html.Caption(f"{title} by weekday and hour", className="visually-hidden"), hours,
                        html.Tbody(rows)], className="heat")
    return [*head, html.Div(table, className="heat-scroll"), _scale(metric, low, high)]


def _about(found: Heatmap, span_words: str) -> str:
    kind = {"mean": "Mean", "median": "Median", "max": "Maximum"}[found.kind]
    about = " Made from buckets, and so approximate." if found.approximate else ""
    return f"{kind} of each hour, by the clock of {found.zone}. {span_words}.{about}"


def _cell(found: Heatmap, metric: Metric, day: int, hour: int, low: float, high: float) -> html.Td:
    value = float(found.values[day, hour])
    if math.isnan(value):
        return html.Td("–", className="absent", title=f"{WEEKDAYS[day]} {hour:02d}:00: no sample")
    number, _ = display(metric, value)
    count = int(found.counts[day, hour])
    return html.Td(number, className=f"shade-{_shade(value, low, high)}",
                   title=f"{WEEKDAYS[day]} {hour:02d}:00: {words.value_text(metric, value)}, of {count:,} samples")


def _shade(value: float, low: float, high: float) -> int:
    share = (value - low) / (high - low) if high > low else 0.0
    return min(int(share * SHADES), SHADES - 1)


def _scale(metric: Metric, low: float, high: float) -> html.Div:
    return html.Div(className="heat-scale muted", children=[
        words.value_text(metric, low),
        *(html.Span(className=f"shade shade-{step}", **{"aria-hidden": "true"}) for step in range(SHADES)),
        words.value_text(metric, high)])
