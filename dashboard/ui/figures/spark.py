"""A curve as a picture that needs no script: an SVG in a data address, with the marked part of it shaded."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np

from dashboard.ui.palette import SERIES

WIDTH, HEIGHT, EDGE = 130, 26, 2
POINTS = 120
COLOUR, SHADE = SERIES[0], "rgba(47,127,209,0.22)"
LEVEL = 1e-9
"""Means that lie closer together, as a share of the largest, are one: those of 31.4 differ by rounding alone."""


def heights(bins: np.ndarray, values: np.ndarray, number: int) -> np.ndarray:
    """The mean of each of `number` bins, from 0 (the least of them) to 1; a half where all are the same, NaN for a
    bin without a value. `bins`: the bin of each of `values`, which are finite."""
    counts = np.bincount(bins, minlength=number)
    with np.errstate(invalid="ignore", over="ignore"):
        means = np.bincount(bins, values, number) / counts
    finite = np.isfinite(means)
    if not finite.any():
        return np.full(number, np.nan)
    low, high = float(means[finite].min()), float(means[finite].max())
    if high - low <= LEVEL * max(abs(low), abs(high)):
        return np.where(finite, 0.5, np.nan)
    return (means - low) / (high - low)


def spark_address(times: np.ndarray, values: np.ndarray, start: float, end: float, marked: tuple[float, float]) -> str:
    """`times` and `values` (ascending, finite) from `start` to `end`, with the part `marked` shaded."""
    places = np.minimum(((times - start) / (end - start) * POINTS).astype(int), POINTS - 1)
    path = _path(heights(places, values, POINTS))
    left, right = (round((at - start) / (end - start) * WIDTH, 1) for at in marked)
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
           f'<rect x="{left}" y="0" width="{max(1.0, right - left):.1f}" height="{HEIGHT}" fill="{SHADE}"/>'
           f'<path d="{path}" fill="none" stroke="{COLOUR}" stroke-width="1.4"/></svg>')
    return "data:image/svg+xml," + quote(svg, safe=" ='/:(),")


def _path(shares: np.ndarray) -> str:
    # A bin without a sample is bridged: there may be fewer samples than bins, and a picture this small shows a shape.
    points = [f"{place * WIDTH / (POINTS - 1):.1f} {HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE):.1f}"
              for place, part in enumerate(shares.tolist()) if part == part]
    return "M" + "L".join(points) if points else ""
