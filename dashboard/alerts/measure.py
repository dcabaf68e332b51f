"""What an alert says it has measured, and against which threshold: read out of its details. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The contract's names first; the others are what producers write in their place.
VALUE_NAMES = ("current_value", "value", "current")
THRESHOLD_NAMES = ("threshold", "limit")
UNIT_NAME = "unit"
UNIT_LIMIT = 12
"""Characters of a unit; what is longer is no unit."""


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` and `threshold` as they were sent, None where they were not; `unit` is empty where none was named."""

    value: Any = None
    threshold: Any = None
    unit: str = ""

    @property
    def limit(self) -> float | None:
        """The threshold where it is a number, so that it can be drawn."""
        is_number = isinstance(self.threshold, int | float) and not isinstance(self.threshold, bool)
        try:
            return float(self.threshold) if is_number and math.isfinite(self.threshold) else None
        except OverflowError:  # an integer of hundreds of digits
            return None


def measure_of(details: Mapping[str, Any]) -> Measure:
    """The measure that `details` of an alert speak of."""
    unit = details.get(UNIT_NAME)
    return Measure(_first(details, VALUE_NAMES), _first(details, THRESHOLD_NAMES),
                   unit if isinstance(unit, str) and len(unit) <= UNIT_LIMIT else "")


def _first(details: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first of these that is a number or a text."""
    found = (details.get(name) for name in names)
    return next((value for value in found if isinstance(value, int | float | str) and not isinstance(value, bool)
                 and value != ""), None)
