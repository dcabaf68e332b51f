"""Colours of lines and thresholds that are the same on every background, on the page and in files. Pure data."""

from __future__ import annotations

THRESHOLDS = {"warning": "#c67e09", "critical": "#c8372f"}
"""Mid-tones: they lie on both backgrounds."""

SERIES = (
    "#2f7fd1", "#12967d", "#9566d6", "#b7791f", "#4c8f2f", "#d0589b", "#5b7fa6", "#8a7a2e",
    "#2a93a8", "#a26bb0", "#6b8e6b", "#7a7fd9",
)
"""Mid-tone hues that keep 3:1 against both backgrounds, none of them near the reds of a critical alert."""


def line_colour(place: int) -> str:
    """The colour of the line at this place."""
    return SERIES[place % len(SERIES)]
