"""A curve as a picture that needs no script: an SVG in a data address, with the marked part of it shaded."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np

from dashboard.ui.palette import SERIES

WIDTH, HEIGHT, EDGE = 130, 26, 2
POINTS = 120
COLOUR, SHADE = SERIES[0], "rgba(47,127,209,0.22)"


def spark_address(times: np.ndarray, values: np.ndarray, start: float, end: float, marked: tuple[float, float]) -> str:
    """`times` and `values` (ascending, finite) from `start` to `end`, with the part `marked` shaded."""
    places = np.minimum(((times - start) / (end - start) * POINTS).astype(int), POINTS - 1)
    counts = np.bincount(places, minlength=POINTS)
    with np.errstate(invalid="ignore", over="ignore"):
        means = np.bincount(places, values, POINTS) / counts
    left, right = (round((at - start) / (end - start) * WIDTH, 1) for at in marked)
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
           f'<rect x="{left}" y="0" width="{max(1.0, right - left):.1f}" height="{HEIGHT}" fill="{SHADE}"/>'
           f'<path d="{_path(means)}" fill="none" stroke="{COLOUR}" stroke-width="1.4"/></svg>')
    return "data:image/svg+xml," + quote(svg, safe=" ='/:(),")


def _path(means: np.ndarray) -> str:
    finite = np.isfinite(means)
    if not finite.any():
        return ""
    low, high = float(means[finite].min()), float(means[finite].max())
    share = (means - low) / (high - low) if high > low else np.where(finite, 0.5, np.nan)
    # A bin without a sample is bridged: there may be fewer samples than bins, and a picture this small shows a shape.
    points = [f"{place * WIDTH / (POINTS - 1):.1f} {HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE):.1f}"
              for place, part in enumerate(share.tolist()) if part == part]
    return "M" + "L".join(points)
