"""What is drawn of the one line in focus beside its own points: its usual range, and where it is heading."""

from __future__ import annotations

from typing import Any

from dashboard.explore import anomaly
from dashboard.explore.charts import Axis
from dashboard.explore.forecast import forecast
from dashboard.explore.series import Series
from dashboard.explore.span import Span
from dashboard.explore.view import Line
from dashboard.history.metric_reader import MetricReader
from dashboard.inquiry.charted import charted
from dashboard.ui.explore import words
from dashboard.ui.explore.compact import Times
from dashboard.ui.points import numbers

HISTORY_POINTS = 5_000
"""Of 15 days: 5 minutes each, so that an hour has a dozen."""


def usual_range(reader: MetricReader, line: Line, series: Series, span: Span, axis: Axis, zone: str, times: Times
                ) -> dict[str, Any]:
    """`t`, `lo`, `y`, `hi` of the band and `out` {t, y} of what lies outside; `words` say how much that is, or why
    there is no band."""
    earlier = charted(reader, [line], anomaly.history_span(span, zone), HISTORY_POINTS).parts.get(line.key)
    if earlier is None:
        return {"words": ["No usual range: there is no earlier day."]}
    found = anomaly.band(series, earlier.series, zone)
    if found.reason:
        return {"words": [f"No usual range: {found.reason}."]}
    metric, judged = found.judged.described, found.judged
    at = judged.times + (judged.step_s or 0.0) / 2
    out = anomaly.flagged(found)
    low, middle, high = (numbers(axis.shown(metric, edge)) for edge in (found.low, found.middle, found.high))
    return {
        "t": times.place(at), "lo": low, "y": middle, "hi": high,
        "out": {"t": times.place(out.times + (out.step_s or 0.0) / 2), "y": numbers(axis.shown(metric, out.values))},
        "words": [_outside_words(len(out), len(judged))]}


def outlook(series: Series, now: float, until: float, axis: Axis, times: Times) -> dict[str, Any]:
    """The forecast as far as `until`: `t`, `lo`, `y`, `hi`; `words` say when it reaches a threshold, or why there is
    none."""
    found = forecast(series, now)
    metric = series.described
    said = words.forecast_words(metric, found, now)
    if found.reason:
        return {"words": said}
    shown = slice(0, int((found.times <= until).sum()))
    low, middle, high = (numbers(axis.shown(metric, edge[shown])) for edge in (found.low, found.middle, found.high))
    return {"t": times.place(found.times[shown]), "lo": low, "y": middle, "hi": high, "words": said}


def _outside_words(outside: int, judged: int) -> str:
    if not outside:
        return "All of it lies within what is usual at this hour."
    share = words.percent_text(100 * outside / judged).lstrip("+")
    return f"{outside} of {judged} values ({share}) lie outside what is usual at this hour."
