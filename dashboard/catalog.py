"""Known metrics as data."""

from __future__ import annotations

ALIASES = {"database.query_latency_ms": "database.query_avg_ms"}
"""One metric under two names: the name seen in messages, and the one it is kept under."""
