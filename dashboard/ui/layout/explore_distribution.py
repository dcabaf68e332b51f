"""The distribution of a metric: its bars, and its percentiles as a table. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import dcc, html

from dashboard.catalog import Metric
from dashboard.explore.charts import axis_of
from dashboard.explore.distribution import Distribution
from dashboard.ui import ids
from dashboard.ui.explore import words
from dashboard.ui.figures.chart import GAUGE_CONFIG
from dashboard.ui.figures.distribution import distribution_figure

SIZE = {"height": "300px"}


def distribution_panel(found: Distribution | None, metric: Metric, title: str, span_words: str) -> list[Any]:
    """The panel's children."""
    head = html.Div(className="panel-head", children=[html.H2(f"{title}: distribution")])
    if found is None:
        return [head, html.P(f"{span_words}.", className="muted"),
                html.P("No distribution: there is no sample in this window.", className="empty")]
    about = " Made from the means of buckets, each as often as it has samples, and so approximate." \
        if found.approximate else ""
    axis = axis_of([metric], float(np.max(np.abs(found.edges))))
    shown = {percent: float(axis.shown(metric, np.array([value]))[0]) for percent, value in found.percentiles.items()}
    figure = distribution_figure(axis.shown(metric, found.edges), found.counts, shown, axis.unit)
    return [
        head, html.P(f"{span_words}. {found.count:,} samples.{about}", className="muted"),
        dcc.Graph(id=ids.chart("distribution"), figure=figure, config=GAUGE_CONFIG | {"staticPlot": False}, style=SIZE,
                  responsive=True),
        html.Table(className="percentiles", children=[
            html.Caption("Percentiles", className="visually-hidden"),
            html.Thead(html.Tr([html.Th(f"p{percent}", scope="col") for percent in found.percentiles])),
            html.Tbody(html.Tr([html.Td(words.value_text(metric, value)) for value in found.percentiles.values()]))])]
