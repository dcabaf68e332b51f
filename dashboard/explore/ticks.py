"""Round numbers and round times for the axes of a drawing."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from dashboard.explore.span import Span
from dashboard.explore.zones import instant, wall

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200)
_STEPS_D = (1, 2, 7, 14, 30, 61, 91, 182, 365)
_DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1)


def round_numbers(low: float, high: float, wanted: int = 5) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten that lie from `low` to `high`, about as many as wanted."""
    if not (math.isfinite(low) and math.isfinite(high) and 0 < (width := high - low) < math.inf):
        return [low] if math.isfinite(low) else []
    rough = width / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, min(last, first + 4 * wanted) + 1)]


def powers_of_ten(low: float, high: float, wanted: int = 6) -> list[float]:
    """The powers of ten from `low` to `high` (above 0), every second or third of them where there are many."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [10.0**power for power in range(first, last + 1, max(1, math.ceil((last - first + 1) / wanted)))]


def round_times(span: Span, zone: str, wanted: int = 8) -> list[tuple[float, str]]:
    """(Unix seconds, label) of round times by the zone's clock within `span`, `wanted` at most."""
    step_s = next((step for step in _STEPS_S if span.length_s / step <= wanted), None)
    if step_s is not None:
        offset_s = wall(span.start, zone).utcoffset().total_seconds()
        first = math.ceil((span.start + offset_s) / step_s)
        times = [number * step_s - offset_s for number in range(first, first + wanted + 1)]
        form = "%H:%M:%S" if step_s < 60 else "%H:%M"
    else:
        step_d = next((step for step in _STEPS_D if span.length_s / (step * _DAY_S) <= wanted),
                      math.ceil(span.length_s / _DAY_S / wanted))
        first = math.ceil((wall(span.start, zone).date() - _EPOCH.date()).days / step_d)
        times = [instant(_EPOCH + timedelta(days=number * step_d), zone) for number in range(first, first + wanted + 2)]
        form = "%Y-%m-%d"
    return [(at, wall(at, zone).strftime(form)) for at in times if span.start <= at <= span.end][:wanted]
