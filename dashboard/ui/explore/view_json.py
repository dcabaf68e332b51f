"""The view as the page's scripts hold it; assets/explore/10-view.js writes it back into an address. Pure."""

from __future__ import annotations

from typing import Any

from dashboard.explore.view import OVERLAYS, ExploreView


def view_json(view: ExploreView) -> dict[str, Any]:
    """Everything the viewer chose. `lines`: [source, metric, right, hidden]; `brush` in Unix ms."""
    return {
        "lines": [[line.source, line.metric, line.right, line.hidden] for line in view.lines],
        "charts": view.charts, "log": view.log, "stack": view.stack, "range": view.range.text,
        "live": view.range.live, "zone": view.zone, "compare": view.compare,
        "without": [name for name in OVERLAYS if name not in view.overlays], "anomaly": view.anomaly,
        "forecast": view.forecast, "panel": view.panel, "focus": view.focus,
        "brush": [round(view.brush.start * 1000), round(view.brush.end * 1000)] if view.brush else None,
        "heat": view.heat, "at": view.at.text if view.at else None, "colours": list(view.colours),
    }
