"""Wall clocks: what a zone's clock shows at given times, and when it shows a given time."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

NAME_LIMIT = 64
"""Characters of the longest zone name there is, twice over."""


@lru_cache(maxsize=64)  # names come from browsers: bounded, as in `dashboard.ui.times`
def find_zone(name: str | None) -> ZoneInfo | None:
    """The zone of an IANA name, in small or capital letters, as browsers take it; None where there is no such zone."""
    if not name or len(name) > NAME_LIMIT:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # files of zones: most systems tell capital letters from small ones
        spelled = _spelling().get(name.casefold())
        return None if spelled is None else ZoneInfo(spelled)


@lru_cache(maxsize=1)
def _spelling() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of an IANA name; UTC where the name is missing or unknown."""
    return find_zone(name) or ZoneInfo("UTC")


def wall(at: float, zone: str) -> datetime:
    """What the zone's clock shows at Unix time `at`, with the zone."""
    return datetime.fromtimestamp(at, zone_of(zone))


def instant(clock: datetime, zone: str) -> float:
    """Unix seconds at which the zone's clock shows `clock` (naive): the first time where it shows it twice.

    A time that the clock leaps over is taken as the clock before the leap would show it, so a day that begins without
    a midnight begins at its first moment.
    """
    return clock.replace(tzinfo=zone_of(zone), fold=0).timestamp()


def wall_times(times: np.ndarray, zone: str) -> pd.DatetimeIndex:
    """Unix seconds (n) as what the zone's clock shows: naive, to the millisecond."""
    ms = np.rint(np.asarray(times, dtype=float) * 1_000).astype("int64").astype("datetime64[ms]")
    index = pd.DatetimeIndex(ms)
    where = zone_of(zone)
    return index if where.key == "UTC" else index.tz_localize("UTC").tz_convert(where).tz_localize(None)


def offsets_s(times: np.ndarray, zone: str) -> np.ndarray:
    """How far the zone's clock is ahead of UTC at Unix seconds (n), in seconds."""
    times = np.asarray(times, dtype=float)
    walls = wall_times(times, zone).to_numpy().astype("datetime64[ms]").astype("int64")
    return (walls - np.rint(times * 1_000).astype("int64")) / 1_000
