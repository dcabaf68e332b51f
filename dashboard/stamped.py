"""Tables of what a source said, each entry with the stamp of the event it came from. Pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from typing import Any

Stamp = tuple[float, float, str]
"""(filed under, received, key): total order of what a source said, so that equal times have one winner everywhere."""
Table = dict[str, tuple[Stamp, Any]]
NEVER: Stamp = (-math.inf, -math.inf, "")
TOLD_BEFORE_S = 1.0
"""What is heard one after another may have been told the other way round, by so much at most."""
SLACK = 4  # a table may be a quarter over its limit before the oldest go


def right(stamp: Stamp, latest: float, now: float, filed: float) -> Stamp:
    """The stamp; where it is of a time after `latest`, which is yet to come, one older than those of all that is heard
    from `now` on, the first of which is filed under `filed`."""
    if stamp[0] > latest:
        return filed - TOLD_BEFORE_S, now, ""
    return stamp if stamp[1] <= latest else (stamp[0], now, stamp[2])


def put_right(table: Table, latest: float, now: float, filed: float) -> None:
    """Give each entry such a stamp."""
    for name, (stamp, value) in table.items():
        table[name] = right(stamp, latest, now, filed), value


def keep_newest(table: Table, values: Mapping[str, Any], stamp: Stamp, limit: int) -> bool:
    """Put `values` where `stamp` is newer than what is there; the oldest go when there are too many above `limit`.

    Many together, since names without end would have the oldest looked for with each event. It makes no difference
    when they go: `newest` shows no more than `limit`.
    """
    changed = False
    for name, value in values.items():
        known = table.get(name)
        if known is None or known[0] < stamp:
            table[name] = (stamp, value)
            changed = True
    if len(table) > limit + limit // SLACK:
        drop_oldest(table, limit)
    return changed


def newest(table: Table, limit: int) -> Table:
    """The newest `limit` entries of a table; the table itself where it has no more."""
    if len(table) <= limit:
        return table
    kept = dict(table)
    drop_oldest(kept, limit)
    return kept


def drop_oldest(table: Table, limit: int) -> None:
    excess = heapq.nsmallest(len(table) - limit, table.items(), key=lambda item: (item[1][0], item[0]))
    for name, _ in excess:
        del table[name]
