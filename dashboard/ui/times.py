"""The one formatter of times: by the clocks of the zone that the viewer chose, and ages in words.

What a chart is drawn by is in `chart_clock.py`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from dashboard.explore.zones import zone_of

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def day(at: float, zone_name: str | None) -> date:
    """The day it is at a moment, by the clocks of the zone."""
    return datetime.fromtimestamp(at, zone_of(zone_name)).date()


def clock(at: float | None, zone_name: str | None, now: float | None = None) -> str:
    """`12:03:07`, with the date before it where `now` is on another day; a dash for None.

    So whatever is drawn with it is another drawing once `day` of now is another.
    """
    if at is None:
        return "–"
    moment = datetime.fromtimestamp(at, zone_of(zone_name))
    if now is not None and moment.date() != day(now, zone_name):
        return moment.strftime("%Y-%m-%d %H:%M:%S")
    return moment.strftime("%H:%M:%S")


def stamp(at: float | None, zone_name: str | None) -> str:
    """`2026-11-23 12:03:07 CET`; a dash for None."""
    if at is None:
        return "–"
    return datetime.fromtimestamp(at, zone_of(zone_name)).strftime("%Y-%m-%d %H:%M:%S %Z")


def iso(at: float | None) -> str | None:
    """ISO 8601 in UTC with `Z`, milliseconds; None stays None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def span(seconds: float | None) -> str:
    """A length of time in the two largest units: `8 s`, `3 min`, `2 h 5 min`, `4 d 2 h`; a dash for None."""
    if seconds is None:
        return "–"
    seconds = max(0, int(seconds))
    if seconds < MINUTE_S:
        return f"{seconds} s"
    if seconds < HOUR_S:
        return f"{seconds // MINUTE_S} min"
    if seconds < DAY_S:
        hours, minutes = divmod(seconds // MINUTE_S, 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(seconds // HOUR_S, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def largest(seconds: float | None) -> str:
    """A length of time in its largest unit, where room is narrow: `8 s`, `3 min`, `2 h`, `4 d`; a dash for None."""
    return " ".join(span(seconds).split(" ")[:2])
