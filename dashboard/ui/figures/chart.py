"""A time-series chart as a plain dict. It holds no data: every point comes with a tick, first or later, so that
what the viewer set (zoom, hidden series) is never thrown away by a redraw from the server."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.ui.palette import SERIES

# "Share chart…" uploads the data to somebody else's server; a mounted console never offers that.
REMOVED_BUTTONS = ["sendChartToCloud", "lasso2d", "select2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]
CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "doubleClick": False,  # a double click returns to live: assets/62-double-click.js
    "modeBarButtonsToRemove": REMOVED_BUTTONS,
    "plotlyServerURL": "",
    "showSendToCloud": False,
}
GAUGE_CONFIG = {"displayModeBar": False, "responsive": True, "staticPlot": True}
# One line under the axis, whatever the zoom: the date is in the tooltip.
TICK_FORMATS = [
    {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
    {"dtickrange": [60_000, 43_200_000], "value": "%H:%M"},
    {"dtickrange": [43_200_000, None], "value": "%b %d"},
]
# The margins have the room that labels need. Where plotly.js finds out for itself whether they have, it measures each
# label, and keeps what it measured by the place that the label had, ten thousand of them: those of an open page stand
# nowhere twice.
UNMEASURED = {"automargin": False, "ticklabeloverflow": "allow"}
LABEL_HALF = 26  # px, of the longest in a wide font: 12:34:56 or Nov 2026
LANE_SHARE = 0.04  # of the plot's height, for the spans of alerts


def chart_figure(lines: Sequence[tuple[str, str]], unit: str, thresholds: Sequence[tuple[float, str]] = ()) -> dict:
    """Traces for `lines` [(metric, title)], then the lane of alert spans as the last trace.

    `thresholds` [(value in the unit of the axis, colour)] are drawn dashed.
    """
    data = [
        {
            "type": "scatter", "mode": "lines", "name": plot_text(title), "meta": metric, "x": [], "y": [],
            "line": {"color": SERIES[index % len(SERIES)], "width": 1.6,
                     "dash": ("solid", "dot", "dash")[index // len(SERIES) % 3]},
            "connectgaps": False,
            "hovertemplate": f"%{{y:.4~g}} {unit}" if unit else "%{y:.4~g}",
        }
        for index, (metric, title) in enumerate(lines)
    ]
    lane = {
        "type": "bar", "orientation": "h", "name": "Alerts", "meta": "alerts", "yaxis": "y2", "x": [], "y": [],
        "base": [], "marker": {"color": []}, "hoverinfo": "text", "hovertext": [], "width": 0.9, "opacity": 0.85,
    }
    return {"data": [*data, lane], "layout": _layout(thresholds)}


def plot_text(words: str) -> str:
    """`words` as plotly.js must get them to show them as they are: it reads tags in its labels, links among them."""
    return escape(words, quote=False)


def _layout(thresholds: Sequence[tuple[float, str]]) -> dict:
    return {
        "margin": {"l": 44, "r": LABEL_HALF, "t": 6, "b": 22},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 11},
        "showlegend": False,  # the legend is HTML: reachable by keyboard, and it costs the plot no height
        "hovermode": "x unified",
        "hoversort": "value descending",  # the line that is highest is named first, as the eye meets it
        "dragmode": "zoom",
        "autosize": True,
        "hoverlabel": {"bgcolor": "#808691"},  # the style sheet paints it; a transparent one would stay so
        "modebar": {"bgcolor": "rgba(0,0,0,0)"},
        "uirevision": "viewer",
        "barmode": "overlay",
        "xaxis": {"type": "date", "showgrid": False, "hoverformat": "%Y-%m-%d %H:%M:%S", "nticks": 5,
                  "tickformat": "%H:%M", "tickformatstops": TICK_FORMATS,
                  "showline": True, "anchor": "y2", "tickangle": 0, **UNMEASURED},
        "yaxis": {"domain": [LANE_SHARE + 0.03, 1], "rangemode": "tozero", "nticks": 5, "fixedrange": True,
                  "zeroline": False, "exponentformat": "SI", "minexponent": 3, **UNMEASURED},
        "yaxis2": {"domain": [0, LANE_SHARE], "visible": False, "fixedrange": True, "range": [-0.5, 0.5]},
        "shapes": [_threshold_shape(value, colour) for value, colour in thresholds],
    }


def _threshold_shape(value: float, colour: str) -> dict:
    """A dashed line across the plot."""
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": value, "y1": value,
            "name": "threshold", "layer": "below",
            "line": {"color": colour, "width": 1, "dash": "dash"}}
