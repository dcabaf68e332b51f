"""The Explore page's callbacks as functions: what is asked comes from a browser, what is answered goes there.

Each answer is one look at the past: its questions are asked on one connection, of one moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import no_update

from dashboard.ui.explore.answering import answer
from dashboard.ui.explore.metric_list import metric_list
from dashboard.ui.explore.panels import MOVED, panel
from dashboard.ui.explore.question import read_question
from dashboard.ui.layout.explore_events import events
from dashboard.ui.moment import fingerprint
from dashboard.ui.plain import plain

TEXT_LIMIT = 200


def fetch(services: Any, data: Any) -> tuple[dict[str, Any], Any]:
    """(payload for the page's scripts, what is listed below the charts or `no_update` where that is as it was)."""
    question = read_question(data)
    now = services.clock()
    with services.look() as then:
        live, around = answer(then, question, now)
    if around is None:
        return live, no_update
    listed = plain(events(around.overlays, live["zone"], now))
    live["events"] = fingerprint(listed)  # of the words themselves: what goes on gets longer
    return live, no_update if live["events"] == question.known else listed


def found_metrics(services: Any, data: Any) -> dict[str, Any]:
    """The list of metrics for the source that is asked about."""
    asked = data if isinstance(data, Mapping) else {}
    source = asked.get("source")
    source = source if isinstance(source, str) and 0 < len(source) <= TEXT_LIMIT else None
    with services.look() as then:
        return metric_list(then, source, services.clock()) | {"asked": asked.get("asked")}


def opened(services: Any, data: Any, by: str) -> tuple[Any, Any]:
    """(children of the panel, children of the drawer); `no_update` for the one that is not asked about."""
    with services.look() as then:
        children = plain(panel(then, data, by))
    view, _ = read_question(data).view()
    return (no_update, children) if view.panel == MOVED else (children, no_update)
