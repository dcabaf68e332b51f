"""What a producer named, among the words of a page: its sources, its components. Pure."""

from __future__ import annotations

import unicodedata

from dashboard.event_types import is_simulated

_TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"})
"""Classes of characters (Unicode's bidirectional algorithm) that change the order of what stands beside them."""
_ISOLATE, _END = "\u2068", "\u2069"


def apart(name: str) -> str:
    """The name so that it can stand in a line with others: where it is written from right to left it is isolated, since
    a number after it would be shown before it, and two such names in a row the other way round.

    As characters, not as an element: titles, labels and drawings have none.
    """
    if name.isascii() or not any(unicodedata.bidirectional(letter) in _TURNING for letter in name):
        return name
    return f"{_ISOLATE}{name}{_END}"


def source_label(name: str) -> str:
    """The name, and whether its figures are made up: `x-simulator (simulated)`."""
    return f"{apart(name)} (simulated)" if is_simulated(name) else apart(name)


def place(component: str, source: str, *more: str) -> str:
    """Where an alert is from, and what more there is to say beside it: `database · TickStockPL · 5 min`."""
    return " · ".join(part for part in (apart(component), source_label(source), *more) if part)
