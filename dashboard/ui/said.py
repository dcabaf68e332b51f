"""A producer's own leaves in words: every number by one rule and every time by one clock, wherever they stand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from dashboard.events import parse_time
from dashboard.number_text import count, decimals
from dashboard.ui.sources import apart
from dashboard.ui.times import clock

DETAILS_SHOWN = 6
DETAIL_LIMIT = 80
IN_FULL_BELOW = 1_000_000  # as counts are
# Other strings are not times, whatever they could be read as.
ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")


def words(value: Any, zone: str | None, now: float | None = None) -> str:
    """yes or no, 1.23M, a time in the viewer's zone (with its date where `now` is on another day); else the text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(words(part, zone, now) for part in value)
    if isinstance(value, str) and ISO_TIME.match(value) and (at := parse_time(value)) is not None:
        return clock(at, zone, now)
    return str(value)


def details_text(details: Mapping[str, Any], zone: str | None, now: float | None = None) -> str:
    """`latency_ms 12 · connections 4`: the first few, each bounded."""
    return " · ".join(_detail(name, words(value, zone, now)) for name, value in list(details.items())[:DETAILS_SHOWN])


def _detail(name: str, said: str) -> str:
    name = name[:DETAIL_LIMIT]
    return f"{apart(name)} {apart(said[:max(0, DETAIL_LIMIT - 1 - len(name))])}"


def _number(value: float) -> str:
    try:
        finite = math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return str(value)
    if not finite:
        return str(value)
    # Beside a threshold of 85 a value of 85.04 is not 85: two places where three digits would do for a tile.
    return decimals(value, 2) if 1 <= abs(value) < IN_FULL_BELOW else count(value)
