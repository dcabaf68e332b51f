"""The chart of one alert as a plain dict: its metric around the trigger, the moment it fired, and the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.ui.figures.chart import LABEL_HALF, TICK_FORMATS, UNMEASURED, plot_text
from dashboard.ui.palette import SERIES

# Mid-tones that lie on both backgrounds, as thresholds of the other charts do.
TONE_COLOURS = {"critical": "#c8372f", "warning": "#c67e09", "info": "#9566d6", "stale": "#7c8591"}
SPAN_OPACITY = 0.10
GAP_COLOUR = "rgba(128,134,145,0.22)"
LABEL_SIZE = 10


def alert_figure(*, metric: str, title: str, unit: str, window: tuple[str, str], fired: str, ended: str | None,
                 tone: str, gaps: Sequence[tuple[str, str]] = (), changes: Sequence[tuple[str, str]] = (),
                 limit: float | None = None, limit_words: str = "") -> dict[str, Any]:
    """Traces [the metric, without points; the threshold across the window] and their layout.

    Times are wall-clock texts, as plotly.js draws them. `ended` None: it is still open at the end of the window.
    `changes` of the clocks: when, and what is said there. `limit` is in the unit of the axis. The threshold is a trace,
    not a shape, so that the axis has room for it.
    """
    colour = TONE_COLOURS[tone]
    line = {"type": "scatter", "mode": "lines", "name": plot_text(title), "meta": metric, "x": [], "y": [],
            "line": {"color": SERIES[0], "width": 1.6}, "connectgaps": False,
            "hovertemplate": f"%{{y:.4~g}} {plot_text(unit)}<extra></extra>"}
    traces = [line]
    if limit is not None:
        traces.append({"type": "scatter", "mode": "lines", "name": "threshold", "x": list(window), "y": [limit, limit],
                       "line": {"color": TONE_COLOURS["warning"], "width": 1, "dash": "dash"}, "hoverinfo": "skip"})
    shapes = [_span(start, end, GAP_COLOUR, 1.0, "gap") for start, end in gaps]
    shapes += [_span(fired, ended or window[1], colour, SPAN_OPACITY, "open"), _moment(fired, colour, "fired")]
    if ended is not None:
        shapes.append(_moment(ended, TONE_COLOURS["stale"], "ended"))
    shapes += [_moment(at, TONE_COLOURS["stale"], "clocks") for at, _ in changes]
    notes = [_note(fired, colour, "fired")]
    notes += [_note(at, TONE_COLOURS["stale"], said) | {"y": 1, "yanchor": "top"} for at, said in changes]
    if limit is not None:
        notes.append({"x": 1, "xref": "paper", "xanchor": "right", "y": limit, "yref": "y", "yanchor": "bottom",
                      "text": plot_text(limit_words), "showarrow": False, "font": {
                          "size": LABEL_SIZE, "color": TONE_COLOURS["warning"]}})
    return {"data": traces, "layout": _layout(window, shapes, notes)}


def _span(start: str, end: str, colour: str, opacity: float, name: str) -> dict[str, Any]:
    return {"type": "rect", "xref": "x", "yref": "paper", "x0": start, "x1": end, "y0": 0, "y1": 1, "name": name,
            "layer": "below", "line": {"width": 0}, "fillcolor": colour, "opacity": opacity}


def _moment(at: str, colour: str, name: str) -> dict[str, Any]:
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1, "name": name,
            "line": {"color": colour, "width": 1.5, "dash": "solid" if name == "fired" else "dot"}}


def _note(at: str, colour: str, words: str) -> dict[str, Any]:
    """At the foot of its line, where the threshold's label never is."""
    return {"x": at, "xref": "x", "xanchor": "left", "y": 0, "yref": "paper", "yanchor": "bottom", "text": words,
            "showarrow": False, "font": {"size": LABEL_SIZE, "color": colour}}


def _layout(window: tuple[str, str], shapes: list[dict], notes: list[dict]) -> dict[str, Any]:
    return {
        "margin": {"l": 44, "r": LABEL_HALF, "t": 8, "b": 22}, "height": 180, "autosize": True,
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 11}, "showlegend": False, "hovermode": "x unified", "dragmode": "zoom",
        "hoverlabel": {"bgcolor": "#808691"}, "modebar": {"bgcolor": "rgba(0,0,0,0)"},
        "xaxis": {"type": "date", "showgrid": False, "hoverformat": "%Y-%m-%d %H:%M:%S", "nticks": 5,
                  "tickformat": "%H:%M", "tickformatstops": TICK_FORMATS, "showline": True, "tickangle": 0,
                  "range": list(window), "autorange": False, **UNMEASURED},
        "yaxis": {"rangemode": "tozero", "nticks": 5, "fixedrange": True, "zeroline": False, "exponentformat": "SI",
                  "minexponent": 3, **UNMEASURED},
        "shapes": shapes, "annotations": notes,
    }
