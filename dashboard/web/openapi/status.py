"""GET /status, and the document itself."""

from __future__ import annotations

from dashboard.event_types import REASONS
from dashboard.history import answers
from dashboard.web.openapi.common import SOURCE
from dashboard.web.openapi.operation import Operation, answered
from dashboard.web.openapi.shapes import (
    BOOLEAN,
    COUNT,
    FREE,
    NUMBER,
    TEXT,
    TIME,
    by_name,
    fields,
    listed,
    maybe,
    one_of,
)

GROUP = "status"
HEALTH = fields(
    overall_score=maybe(NUMBER), status=maybe(TEXT), uptime_seconds=maybe(NUMBER), source=maybe(TEXT),
    reason=maybe(TEXT),
    components=by_name(fields(status=TEXT, score=maybe(NUMBER), word=maybe(TEXT), details=FREE)))
HEARD = fields(
    name=TEXT, simulated=BOOLEAN,
    liveness=one_of(("active", "delayed", "inactive", "starting", "stopping", "stopped")), first_received=TIME,
    last_received=TIME, last_event_time=maybe(TIME), age_s=NUMBER, skew_s=maybe(NUMBER), system_status=maybe(TEXT),
    system_message=maybe(TEXT), health_score=maybe(NUMBER), uptime_s=maybe(NUMBER))
ALERTS = fields(active=COUNT, acknowledged=COUNT, resolved=COUNT, open=by_name(COUNT), connected=BOOLEAN,
                dropped=COUNT)
JOURNAL = fields(state=one_of(("off", "away", "connected")), since=TIME, reason=maybe(TEXT), events=COUNT, bytes=COUNT,
                 waiting=COUNT, recorded=COUNT, unrecorded=COUNT)
REJECTED = {"type": "object", "additionalProperties": COUNT,
            "propertyNames": one_of((*REASONS, "parser-error"))}
FEED = fields(
    state=one_of(("connecting", "connected", "disconnected")), state_since=TIME, next_try_at=maybe(TIME),
    reason=maybe(TEXT), warnings=listed(TEXT), received=COUNT, accepted=COUNT, duplicates=COUNT, echoes=COUNT,
    filled=COUNT, rejected=REJECTED, unknown=by_name(COUNT), handler_errors=by_name(COUNT), reconnects=COUNT,
    lag_s=maybe(NUMBER), last_message_at=maybe(TIME),
    gaps=listed(fields(start=TIME, end=maybe(TIME), why=TEXT)), gaps_filled=COUNT, journal=JOURNAL,
    server=TEXT, listens_at=listed(TEXT))
HISTORY = fields(
    state=one_of((answers.OFF, answers.OPENING, answers.READY, answers.DOWN)), since=TIME, reason=maybe(TEXT),
    database=TEXT, behind_s=NUMBER, written=COUNT, known=COUNT, too_old=COUNT, dropped=COUNT, filled=COUNT,
    errors=by_name(COUNT))
RING = fields({
    **dict.fromkeys(("appended", "stored", "late", "merged", "duplicates", "too_old", "empty", "samples_refused",
                     "cells_refused", "metrics_refused", "sources_refused"), COUNT),
    "metrics_refused_examples": listed(TEXT), "sources_refused_examples": listed(TEXT)})

OPERATIONS = (
    Operation("GET", "/status", "status", GROUP, "The state of everything, from memory.", answered(
        redis=one_of(("connected", "disconnected")), source=maybe(TEXT), latest_update=maybe(TIME),
        active_alerts=COUNT, health_score=maybe(NUMBER), latest_metrics=FREE, health_status=HEALTH,
        sources=listed(HEARD), alerts=ALERTS, feed=FEED, ring=RING, history=HISTORY, sources_refused=COUNT,
        time=TIME), (SOURCE,)),
    Operation("GET", "/openapi.json", "openapi", GROUP, "This document.", FREE),
)
