"""One tick answered: what is new since the page asked last, as small as it can be said.

Reads from memory only, so that it costs milliseconds whatever Redis does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dashboard.metrics.query import series_of
from dashboard.metrics.window import Window
from dashboard.services import Services
from dashboard.ui import attention, layers, points, sections, strip, values
from dashboard.ui.alert_page import table_page
from dashboard.ui.moment import Moment, read_moment
from dashboard.ui.structure import Structure
from dashboard.ui.view import View

CONTEXT = 20  # samples before a new one: fewer do not tell how often a metric comes, and so not where a hole is


def answer(services: Services, view: View, now: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """The overview's answer: (payload for the page's scripts, sections to replace by id). `now` in Unix s."""
    moment = read_moment(services, view, now)
    live, changed = heartbeat_of(moment, sections.SECTIONS)
    drawn, layer_revisions = layers.changed(moment)
    live |= {
        "epoch": services.ring.epoch,
        "structure": moment.drawn_as,
        "window": moment.wall.ms([moment.until - view.range_s, moment.until]).tolist(),
        "offset": moment.wall.offset_ms,
        "tiles": values.tiles(moment),
        "gauges": values.gauges(moment),
        "revisions": live["revisions"] | layer_revisions,
    }
    return live | _lines(moment) | _table(moment) | drawn, changed


def heartbeat(services: Services, view: View, now: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer of a page that draws its own content: what its strip and its banners show, likewise."""
    return heartbeat_of(read_moment(services, view, now), sections.FRAME)


def heartbeat_of(moment: Moment, wanted: Mapping[str, sections.Section]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same of one moment, with the sections of a page, those of its frame among them."""
    changed, revisions = sections.changed(moment, wanted)
    live = {
        "asked": moment.view.asked,
        "now": round(moment.now, 3),
        "today": moment.today,
        "source": moment.source,
        "strip": strip.status(moment),
        "alertsRevision": moment.services.alerts.revision,
        "revisions": revisions,
    }
    wanted_attention, revision = attention.changed(moment)
    live["revisions"] |= revision
    return live | wanted_attention, changed


def _table(moment: Moment) -> dict[str, Any]:
    """The rows of the alert table for a page that shows them before the table itself is there; else nothing."""
    wanted = moment.view.table
    if wanted is None:
        return {}
    made = table_page(moment.services.alerts.index(), wanted, moment.now)
    return {"table": {"rows": made.rows, "page": min(wanted.page, made.pages - 1) + 1, "pages": made.pages,
                      "summary": made.summary, "empty": made.empty}}


def _lines(moment: Moment) -> dict[str, Any]:
    """The points: everything in the range, or what is new."""
    if moment.source is None:
        return {"cursor": 0, "charts": [], "base": 0, "lines": [], "sparks": []}
    if moment.delta is None:
        return _whole(moment)
    cursor, fresh = moment.delta.cursor, moment.delta.times
    if not len(fresh):
        return {"cursor": cursor}
    first, last = float(fresh[0]), float(fresh[-1])
    times, entries = points.new_points(
        moment.structure.lines, _recent(moment, first), first, last, moment.wall)
    return {"cursor": cursor, "last": last, "t": times, "y": entries}


def _whole(moment: Moment) -> dict[str, Any]:
    lines = moment.structure.lines
    window = moment.in_range([line.metric for line in lines])
    base, whole = points.whole_lines(lines, _series(moment, window, points.POINTS), moment.wall)
    return {"cursor": window.cursor, "last": float(window.times[-1]) if len(window) else None,
            "charts": _places(moment.structure), "base": base, "lines": whole, "sparks": values.sparks(moment)}


def _recent(moment: Moment, first: float) -> points.Series:
    """The lines around the new points, which begin at `first` (Unix s), judged as the whole would judge them.

    A line with little before its new points (it comes rarely, or after a long silence) is looked at over the range.
    """
    tail, before = moment.tail, int(np.searchsorted(moment.tail.times, first))
    present = {line.metric: ~np.isnan(tail.columns[line.metric]) for line in moment.structure.lines}
    alone = [name for name, there in present.items() if there[before:].any() and there[:before].sum() < CONTEXT]
    series = _series(moment, tail)
    return series | _series(moment, moment.in_range(alone)) if alone else series


def _series(moment: Moment, window: Window, at_most: int | None = None) -> points.Series:
    return series_of(window, at_most or len(window) * 2 + points.POINTS, moment.breaks,
                     moment.counters.__contains__, judged=True)


def _places(structure: Structure) -> list[dict[str, Any]]:
    """Which lines belong to which chart, by number."""
    places, first = [], 0
    for chart in structure.charts:
        places.append({"key": chart.key, "lines": list(range(first, first + len(chart.lines)))})
        first += len(chart.lines)
    return places
