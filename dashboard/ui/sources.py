"""How a source is called on the page. Pure."""

from __future__ import annotations

from dashboard.event_types import is_simulated


def source_label(name: str) -> str:
    """The name, and whether its figures are made up: `x-simulator (simulated)`."""
    return f"{name} (simulated)" if is_simulated(name) else name
