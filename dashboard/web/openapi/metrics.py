"""Metrics: which there are, what was sent, their past in points, and what moved."""

from __future__ import annotations

from dashboard.explore.moved import MOVED, NOT_CLEAR, SAME, TOO_FEW
from dashboard.web import api_explore, api_metrics, api_series
from dashboard.web.answers import NOTES_HEADER
from dashboard.web.openapi.common import BETWEEN, HOURS, MOMENT, SOURCE, SOURCES, WINDOW, WORD, limit
from dashboard.web.openapi.operation import Operation, Parameter, answered
from dashboard.web.openapi.shapes import (
    BOOLEAN,
    COUNT,
    NUMBER,
    TEXT,
    TIME,
    by_name,
    either,
    fields,
    listed,
    maybe,
    one_of,
    whole,
)

GROUP = "metrics"
METRIC = Parameter("metric", "Dotted name as in the events.", WORD, repeated=True, most=api_metrics.METRICS_MAX)
ROW = fields(timestamp=TIME, source=TEXT, metrics=by_name(NUMBER), health_score=maybe(NUMBER))
FRAME = fields(timestamps=listed(TIME), health_score=listed(maybe(NUMBER)), metrics=by_name(listed(maybe(NUMBER))))
LISTED = fields(source=TEXT, name=TEXT, title=TEXT, group=TEXT, unit=TEXT, first=TIME, last=TIME, value=maybe(NUMBER))
NUMBERS = listed(maybe(NUMBER))
STATISTICS = fields(last=maybe(NUMBER), minimum=maybe(NUMBER), mean=maybe(NUMBER), maximum=maybe(NUMBER),
                    p95=maybe(NUMBER), change=maybe(NUMBER), count=COUNT)
DRAWN = fields(unit=TEXT, is_rate=BOOLEAN, times=listed(NUMBER), mean=NUMBERS, min=NUMBERS, max=NUMBERS, last=NUMBERS,
               count=listed(COUNT), statistics=STATISTICS)
MOVEMENT = fields(
    source=TEXT, metric=TEXT, unit=TEXT, is_rate=BOOLEAN, verdict=one_of((MOVED, NOT_CLEAR, SAME, TOO_FEW)),
    reason=TEXT, before=maybe(NUMBER), during=maybe(NUMBER), change=maybe(NUMBER), change_scaled=maybe(NUMBER),
    distance=maybe(NUMBER), p_value=maybe(NUMBER), adjusted_p_value=maybe(NUMBER), samples_before=COUNT,
    samples_during=COUNT)

OPERATIONS = (
    Operation("GET", "/metrics/historical", "historical_metrics", GROUP, "Samples as they were sent, oldest first.",
              answered(data=either(listed(ROW), by_name(FRAME)), rows=COUNT, thinned=BOOLEAN,
                       notes=listed(TEXT)), (
                  Parameter("hours", "Length of the window, at most what is kept.", HOURS),
                  Parameter("start", "Where it begins.", MOMENT), Parameter("end", "Where it ends.", MOMENT), METRIC,
                  SOURCE, Parameter("points", "Rows at most; more than 10,000 is taken as 10,000.", whole(1)),
                  Parameter("format", "Rows, columns or a file.",
                            one_of((*api_metrics.FORMATS, *api_metrics.FORMAT_ALIASES), "rows"))),
              refuses=(404,), refusal={"metrics": listed(TEXT)}, files={"text/csv": TEXT},
              headers={NOTES_HEADER: TEXT}),
    Operation("GET", "/metrics", "list_metrics", GROUP, "Every metric that is kept, with its newest number.",
              answered(metrics=listed(LISTED)), (SOURCE,), refuses=(404,)),
    Operation("GET", "/metrics/series", "metric_series", GROUP, "One source's metrics in as many points as a chart.",
              answered(source=TEXT, **BETWEEN, points=COUNT, tier=TEXT, step_s=NUMBER, from_store=BOOLEAN,
                       notes=listed(TEXT), series=by_name(DRAWN)), (
                  Parameter("source", "Its exact name.", WORD, needed=True),
                  Parameter("metric", "Dotted name as in the events.", WORD, needed=True, repeated=True,
                            most=api_series.METRICS_MAX), *WINDOW,
                  Parameter("points", "At most so many a metric.", whole(1, default=api_series.POINTS_DEFAULT)),
                  Parameter("rates", "1: a counter as its growth per second.", whole(0, 1, 1))),
              refuses=(404,), refusal={"metrics": listed(TEXT)}),
    Operation("GET", "/metrics/moved", "what_else_moved", GROUP, "What moved in a window, against the time before it.",
              answered(**BETWEEN, reference=fields(BETWEEN), step_s=NUMBER, total=COUNT, unread=listed(TEXT),
                       sources_left_out=COUNT, metrics=listed(MOVEMENT)),
              (*WINDOW, SOURCES, limit(api_explore.LIMIT_MAX, api_explore.LIMIT_DEFAULT)), refuses=(404,)),
)
