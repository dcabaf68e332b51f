"""Values as people read them: at most four digits, the unit that fits, and a dash for what is absent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.catalog import Metric

ABSENT = "–"
"""An en dash: absent is never 0."""
_STEPS = ("", "k", "M", "G", "T", "P")
_BYTES_A_STEP = 1024.0
_PLAIN_COUNT_BELOW = 1_000_000
"""Counts are read digit by digit up to here; above it, the size is what matters."""


def in_unit(metric: Metric, value: float) -> float:
    """The value in the metric's own unit: a ratio that came as percent (above 1) becomes a ratio."""
    return value / 100.0 if metric.unit == "ratio" and value > 1 else value


def scaled(metric: Metric, value: float) -> float:
    """The value in `display_unit` (MB as GB, a ratio of either kind as percent); takes a numpy array as well."""
    if metric.unit == "ratio":
        return value * (100.0 - 99.0 * (value > 1))
    return value * metric.factor


def display(metric: Metric, value: float | None) -> tuple[str, str]:
    """A value and its unit: ("2.4", "GB"), ("41.5", "%"), ("1.2", "MB/s"); ("–", "") where there is none."""
    if value is None or not math.isfinite(value):
        return ABSENT, ""
    if metric.unit in ("bytes", "B/s"):
        return _bytes(value, "/s" if metric.unit == "B/s" else "")
    shown = scaled(metric, value)
    if metric.display_unit in ("count", "score", ""):
        return count(shown), ""
    if metric.display_unit in ("%", "GB"):
        return decimals(shown, 1), metric.display_unit
    if metric.display_unit == "ms" and abs(shown) >= 10_000:
        return figure(shown / 1000), "s"
    return figure(shown), metric.display_unit


def figure(value: float) -> str:
    """Three digits that matter: 0.123, 1.23, 12.3, 123, 1,234."""
    size = abs(value)
    if size != 0 and size < 0.001:
        return f"{value:.1e}"
    return decimals(value, 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3)


def decimals(value: float, places: int) -> str:
    """Fixed places, without zeros that say nothing: 41.50 is 41.5, 3.0 is 3."""
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def count(value: float) -> str:
    """1,234 in full, 2.5M from a million on; a count with a fraction keeps three digits of it."""
    if abs(value) < _PLAIN_COUNT_BELOW:
        return decimals(value, 0) if float(value).is_integer() else figure(value)
    step = 0
    while abs(value) >= 1000 and step < len(_STEPS) - 1:
        value, step = value / 1000, step + 1
    return figure(value) + _STEPS[step]


def _bytes(value: float, per: str) -> tuple[str, str]:
    step = 0
    while abs(value) >= _BYTES_A_STEP and step < len(_STEPS) - 1:
        value, step = value / _BYTES_A_STEP, step + 1
    return figure(value) if step else decimals(value, 0), f"{_STEPS[step].upper()}B{per}"
