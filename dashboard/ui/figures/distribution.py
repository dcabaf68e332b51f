"""How the values of a metric are spread, as a plain dict: bars, and dashed lines at percentiles."""

from __future__ import annotations

import numpy as np

from dashboard.ui.figures.chart import chart_figure
from dashboard.ui.palette import SERIES

LINES = (50, 95)
"""Percentiles that are drawn; the table beside it has all of them."""


def distribution_figure(edges: np.ndarray, counts: np.ndarray, percentiles: dict[int, float], unit: str) -> dict:
    """`edges` (n + 1) and `percentiles` in `unit`, the unit of the axis; `counts` (n) are samples."""
    layout = chart_figure([], "")["layout"]
    layout |= {
        "hovermode": "closest", "bargap": 0.04, "shapes": [_line(percentiles[percent]) for percent in LINES],
        "margin": {"l": 60, "r": 16, "t": 20, "b": 40},
        "annotations": [_label(percent, percentiles[percent]) for percent in LINES],
        "xaxis": {"title": {"text": unit, "standoff": 6}, "showgrid": False, "fixedrange": True, "zeroline": False,
                  "exponentformat": "SI", "minexponent": 3},
        "yaxis": {"title": {"text": "samples"}, "fixedrange": True, "rangemode": "tozero", "zeroline": False,
                  "nticks": 5}}
    del layout["yaxis2"]
    bounds = "%{customdata[0]:.4~g} to %{customdata[1]:.4~g}"
    return {"layout": layout, "data": [{
        "type": "bar", "x": ((edges[:-1] + edges[1:]) / 2).tolist(), "width": np.diff(edges).tolist(),
        "y": counts.tolist(), "marker": {"color": SERIES[0]},
        "customdata": np.column_stack([edges[:-1], edges[1:]]).tolist(),
        "hovertemplate": f"{bounds} {unit}: %{{y:,.0f}} samples<extra></extra>"}]}


def _line(value: float) -> dict:
    return {"type": "line", "name": "percentile", "xref": "x", "x0": value, "x1": value, "yref": "paper", "y0": 0,
            "y1": 1, "line": {"color": "#80868f", "width": 1.2, "dash": "dash"}}


def _label(percent: int, value: float) -> dict:
    return {"x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": f"p{percent}",
            "font": {"size": 11, "color": "#80868f"}}
