"""The one formatter of times: the zone the viewer chose, ages in words, and wall-clock values for charts.

plotly.js knows no time zones, so a chart gets wall-clock milliseconds and the page prints the zone beside it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from dashboard.explore.zones import zone_of

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def wall_ms(times: np.ndarray, zone_name: str | None) -> np.ndarray:
    """Unix seconds (float64, n) -> wall-clock milliseconds in the zone (int64, n), as plotly.js draws them."""
    ms = np.round(np.asarray(times, dtype=float) * 1000).astype("int64")
    where = zone_of(zone_name)
    if where.key == "UTC" or not len(ms):
        return ms
    first, last = int(ms.min()), int(ms.max())
    if last - first <= DAY_S * 1000 and (offset := _offset_ms(first, where)) == _offset_ms(last, where):
        return ms + offset  # no zone changes its clocks twice a day; and this is a hundred times quicker
    local = pd.DatetimeIndex(ms.astype("datetime64[ms]")).tz_localize("UTC").tz_convert(where).tz_localize(None)
    return local.to_numpy().astype("datetime64[ms]").astype("int64")


def _offset_ms(at_ms: int, where: ZoneInfo) -> int:
    return round(datetime.fromtimestamp(at_ms / 1000, where).utcoffset() / timedelta(milliseconds=1))


def wall_text(at: float, zone_name: str | None) -> str:
    """A moment as plotly.js draws it as it stands: `2026-11-23T12:03:07.000`, by the clocks of the zone."""
    return datetime.fromtimestamp(at, zone_of(zone_name)).replace(tzinfo=None).isoformat(timespec="milliseconds")


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
