"""What the history keeps beside metrics: a past moment, commands, gaps, annotations; the service report and files."""

from __future__ import annotations

from dashboard.alerts.alert import STATES
from dashboard.explore.compare import COMPARISONS
from dashboard.explore.heatmap import KINDS as HEAT_KINDS
from dashboard.explore.report import BANDS
from dashboard.explore.view import CHARTS, LINES_MOST, OVERLAYS, PANELS
from dashboard.inquiry.exporting import FORMATS
from dashboard.web import api_annotations, api_explore
from dashboard.web.answers import NOTES_HEADER
from dashboard.web.openapi.alerts import ALERT_FIELDS, TIMELINE
from dashboard.web.openapi.common import BETWEEN, FIGURES, MESSAGE, SOURCE, SOURCES, WINDOW, WORD, WRITTEN_MOMENT, ZONE
from dashboard.web.openapi.operation import Operation, Parameter, answered, in_path
from dashboard.web.openapi.shapes import (
    ANYTHING,
    BOOLEAN,
    COUNT,
    NUMBER,
    TEXT,
    TIME,
    Shape,
    asked,
    by_name,
    either,
    fields,
    listed,
    maybe,
    one_of,
    text,
    whole,
)

GROUP = "history"
NOTES = listed(TEXT)
SAID = fields(at=TIME, status=TEXT, state=maybe(TEXT), message=TEXT, uptime_s=maybe(NUMBER))
COMPONENT = fields(status=maybe(TEXT), word=maybe(TEXT), score=maybe(NUMBER))
HEALTH = fields(at=TIME, score=maybe(NUMBER), status=maybe(TEXT), components=by_name(COMPONENT))
COMMAND = fields(request_id=TEXT, action=TEXT, requested_by=TEXT, at=TIME, receivers=maybe(COUNT), answer=maybe(TEXT),
                 message=TEXT, answered_at=maybe(TIME))
THEN = fields(source=TEXT, heard_at=maybe(TIME), step_s=maybe(NUMBER), health_score=maybe(NUMBER),
              values=by_name(maybe(NUMBER)))
GAP = fields(process=TEXT, start=TIME, end=maybe(TIME), why=TEXT)
SHARE = maybe(NUMBER)
REPORTED = fields(
    source=TEXT, simulated=BOOLEAN, availability=SHARE, at_least=SHARE, at_most=SHARE, up_s=NUMBER, down_s=NUMBER,
    stopped_s=NUMBER, unknown_s=NUMBER, outages=listed(fields(BETWEEN)), outages_left_out=COUNT,
    health_bands_s=fields(dict.fromkeys(BANDS, NUMBER)))
WORST = fields(source=TEXT, component=TEXT, worst_level=TEXT, alerts=COUNT, by_level=by_name(COUNT), open_s=NUMBER)
REPORT = answered(
    **BETWEEN, step_s=NUMBER, notes=NOTES, gaps_s=NUMBER, sources=listed(REPORTED),
    alerts=fields(all=FIGURES, by_level=by_name(FIGURES), open_at_start=COUNT, open_at_end=COUNT),
    components=listed(WORST), components_left_out=COUNT)
NOTE = fields(id=TEXT, start=TIME, end=maybe(TIME), text=TEXT, by=TEXT, at=TIME, source=maybe(TEXT))
NOTED = answered(message=TEXT, annotation=NOTE)
NOTE_TEXT = text(api_annotations.TEXT_MAX_CHARS, least=1)
WHEN: Shape = either({"type": "number", "minimum": 0}, TEXT, {"type": "null"})
NOTE_ID = in_path("annotation_id", "Its `id`.")
SWITCH = one_of(("0", "1"), "0")
LINE = text(about="`source/metric`, each percent-encoded.")
VIEW = (
    Parameter("m", "A line, in order.", LINE, repeated=True, most=LINES_MOST),
    Parameter("r", "A line at the right axis.", LINE, repeated=True, most=LINES_MOST),
    Parameter("range", "`6h`, `yesterday`, `now-2d..now-1d`, two times with `..` between them; default `6h`.", WORD),
    ZONE, Parameter("charts", "One for each unit, or for each metric.", one_of(CHARTS)),
    Parameter("compare", "Another period beside it.", one_of(COMPARISONS)),
    Parameter("hide", "Places of hidden lines, with commas, from 0.", TEXT),
    Parameter("focus", "The place of the line in focus.", whole(0)),
    Parameter("heat", "What the heat map shows of an hour.", one_of(HEAT_KINDS)),
    Parameter("colours", "The number of each line's colour, with commas.", TEXT),
    Parameter("at", "The moment that is shown again.", WRITTEN_MOMENT),
    Parameter("without", "Overlays that are taken away, with commas.", text(about=", ".join(OVERLAYS))),
    *(Parameter(name, "1: switched on.", SWITCH) for name in ("log", "stack", "anomaly", "forecast")),
    Parameter("panel", "What is open below the charts.", one_of(PANELS)),
    Parameter("brush", "The marked window: two Unix times in ms with `-` between them.", TEXT))

OPERATIONS = (
    Operation("GET", "/history/moment", "past_moment", GROUP, "What a past moment looked like.", answered(
        at=TIME, deaf=maybe(TEXT), sources=listed(THEN), sources_left_out=COUNT, statuses=by_name(SAID),
        healths=by_name(HEALTH), alerts=listed(fields(ALERT_FIELDS | TIMELINE, state_then=one_of(STATES))),
        alerts_left_out=COUNT, commands=listed(COMMAND), commands_left_out=COUNT, notes=NOTES),
              (Parameter("at", "When.", WRITTEN_MOMENT, needed=True), ZONE)),
    Operation("GET", "/history/commands", "past_commands", GROUP, "Commands that any process sent.",
              answered(**BETWEEN, notes=NOTES, commands=listed(COMMAND)), WINDOW),
    Operation("GET", "/history/gaps", "past_gaps", GROUP, "When a process heard nothing.",
              answered(**BETWEEN, notes=NOTES, gaps=listed(GAP)), WINDOW),
    Operation("GET", "/report", "report", GROUP, "The service report.", REPORT, (*WINDOW, SOURCES),
              refuses=(404,)),
    Operation("GET", "/explore/export", "export", GROUP, "What the Explore page shows, as a file.", None, (
        Parameter("format", "What kind of file.", one_of(FORMATS), needed=True),
        Parameter("points", "Points of a line at most; more than 10,000 is taken as 10,000.",
                  whole(1, default=api_explore.POINTS_DEFAULT)), *VIEW),
              refuses=(404,), files=dict.fromkeys(FORMATS.values(), ANYTHING),
              headers={"Content-Disposition": TEXT, NOTES_HEADER: TEXT}),
    Operation("GET", "/annotations", "list_annotations", GROUP, "What operators wrote.",
              answered(annotations=listed(NOTE), notes=NOTES), (*WINDOW, SOURCE), refuses=(404,)),
    Operation("POST", "/annotations", "annotate", GROUP, "Write beside a time or a span.", NOTED,
              body=asked({"text": NOTE_TEXT, "start": WHEN, "end": WHEN, "source": maybe(WORD)}, needed=["text"]),
              body_needed=True, refuses=(404, 503)),
    Operation("PATCH", "/annotations/{annotation_id}", "change", GROUP, "Change what is given.", NOTED, (NOTE_ID,),
              body=asked({"text": maybe(NOTE_TEXT), "start": WHEN, "end": WHEN}), refuses=(404, 503)),
    Operation("DELETE", "/annotations/{annotation_id}", "remove", GROUP, "Delete it.", answered(MESSAGE), (NOTE_ID,),
              refuses=(404, 503)),
)
