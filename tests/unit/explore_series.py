"""Series for the tests of the Explore page."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from dashboard.explore.series import Series, raw
from dashboard.explore.span import Span

START = 1_769_853_600.0  # 2026-01-31 10:00:00 UTC, a Saturday
HOUR = Span(START, START + 3_600)
ZURICH = "Europe/Zurich"
HUGE = 1.7e308
NAN = float("nan")


def of(times, values, metric: str = "system.cpu_percent", source: str = "s") -> Series:
    return raw(source, metric, np.array(times, dtype=float), np.array(values, dtype=float))


def steady(values, step_s: float = 5.0, start: float = START, metric: str = "system.cpu_percent") -> Series:
    """One sample every `step_s`."""
    return of(start + np.arange(len(values)) * step_s, values, metric)


def numbers(least: int = 0, most: int = 200, largest: float = 1e9):
    return st.lists(st.floats(-largest, largest), min_size=least, max_size=most)


any_numbers = st.lists(st.one_of(st.floats(), st.sampled_from([0.0, 1.0, -1.0, HUGE, -HUGE])), max_size=120)
"""NaN, infinite and huge ones among them."""
