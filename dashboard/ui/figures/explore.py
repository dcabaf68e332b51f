"""The frame of the Explore page's plots as a plain dict: their script puts the lines of each answer into it."""

from __future__ import annotations

from dashboard.ui.figures.chart import CONFIG, UNMEASURED, chart_figure
from dashboard.ui.palette import SERIES, THRESHOLD_COLOURS

YEAR_TICKS = {"dtickrange": [2_419_200_000, None], "value": "%b %Y"}  # from four weeks a tick on
LANE_SHARE = 0.07  # of the plot's height: alerts, commands and annotations lie in it, and are pointed at


def frame() -> dict:
    """`layout` and `config` of every plot, and the colours of lines and thresholds."""
    layout = chart_figure([], "")["layout"]
    ticks = layout["xaxis"]["tickformatstops"]
    layout["xaxis"] |= {"nticks": 10, "tickformatstops": [
        *ticks[:-1], ticks[-1] | {"dtickrange": [ticks[-1]["dtickrange"][0], YEAR_TICKS["dtickrange"][0]]}, YEAR_TICKS]}
    layout["yaxis"]["domain"] = [LANE_SHARE + 0.03, 1]
    layout["yaxis2"]["domain"] = [0, LANE_SHARE]
    layout["yaxis3"] = {"overlaying": "y", "side": "right", "domain": layout["yaxis"]["domain"], "tickmode": "auto",
                        "showgrid": False, "nticks": 5, "fixedrange": True, "zeroline": False,
                        "exponentformat": "SI", "minexponent": 3, **UNMEASURED}
    layout |= {"margin": layout["margin"] | {"l": 52}, "hoverdistance": 40}
    # The page's own export has the colours of the theme, and all charts.
    config = CONFIG | {"modeBarButtonsToRemove": [*CONFIG["modeBarButtonsToRemove"], "toImage"]}
    return {"layout": layout, "config": config, "series": SERIES, "thresholds": THRESHOLD_COLOURS}
