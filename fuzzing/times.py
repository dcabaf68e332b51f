"""Times and ranges: a text is a range that reads back from its own canonical form, or is refused in words."""

from __future__ import annotations

from dashboard.explore.ranges import parse_range, resolve
from dashboard.explore.times import TimeError

NOW, KEPT_S = 1_769_853_700.0, 2 * 365 * 86_400.0
SEEDS = [b"6h", b"now-1d/d..now/d", b"yesterday", b"last 6 hours", b"2026-01-31 10:00 to 2026-01-31T11:00:00+01:00",
         b"1769853600..1769853700000", b"now-6M/M", b"20260131"]


def look_at(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = parse_range(text, "Europe/Zurich")
        assert parse_range(found.text, "UTC") == found, (text, found.text)
        span = resolve(found, NOW, "Europe/Zurich", KEPT_S)
    except TimeError as refused:
        assert str(refused)
        return
    assert NOW - KEPT_S <= span.start < span.end <= NOW
