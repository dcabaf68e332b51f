"""The order in which metrics are listed: those of the catalogue as it has them, then the others by name. Pure."""

from __future__ import annotations

from dashboard import catalog

_PLACES = {name: place for place, name in enumerate(catalog.METRICS)}


def place(metric: str) -> tuple[int, str]:
    """A key to sort by."""
    return _PLACES.get(metric, len(_PLACES)), metric
