"""A gauge as a plain dict: a `go.Figure` would cost 4 ms and 6.4 kB of default template (measured)."""

from __future__ import annotations

from collections.abc import Sequence

# Translucent, so that they read on both backgrounds; the bar itself takes the theme's full colour in the browser.
BAND_COLOURS = ("rgba(22,132,201,0.16)", "rgba(198,126,9,0.22)", "rgba(198,126,9,0.34)", "rgba(168,20,12,0.30)")
NEUTRAL_BAR = "#2f7fd1"


def gauge_figure(maximum: float, bands: Sequence[float], unit: str, *, low_is_bad: bool = False) -> dict:
    """A plotly `Indicator` from 0 to `maximum` with no value yet; `bands` are thresholds, ascending.

    The value comes with the first tick, so that one way of drawing serves the first and every later one.
    """
    return {
        "data": [{
            "type": "indicator",
            "mode": "gauge+number",
            "value": None,
            "number": {"font": {"size": 13}, "suffix": f" {unit}" if unit else "", "valueformat": ".3~s"
                       if maximum >= 1000 else ".1f"},
            "gauge": {
                "axis": {"range": [0, maximum], "tickvals": [0, maximum], "tickfont": {"size": 8}, "ticks": ""},
                "bar": {"color": NEUTRAL_BAR, "thickness": 0.62},
                "bgcolor": "rgba(0,0,0,0)",
                "borderwidth": 0,
                "steps": _steps(maximum, bands, low_is_bad),
            },
            "domain": {"x": [0, 1], "y": [0, 1]},
        }],
        "layout": {
            "margin": {"l": 19, "r": 19, "t": 8, "b": 4},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": "inherit"},
            "autosize": True,
        },
    }


def _steps(maximum: float, bands: Sequence[float], low_is_bad: bool) -> list[dict]:
    edges = [0.0, *(band for band in bands if 0 < band < maximum), maximum]
    colours = BAND_COLOURS[: len(edges) - 2] + BAND_COLOURS[-1:] if len(edges) > 2 else BAND_COLOURS[:1]
    if low_is_bad:
        colours = colours[::-1]
    return [
        {"range": [low, high], "color": colour}
        for low, high, colour in zip(edges[:-1], edges[1:], colours, strict=True)
    ]
