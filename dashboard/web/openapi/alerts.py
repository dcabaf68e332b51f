"""Alerts: the list, the history, one, statistics, and files."""

from __future__ import annotations

from dashboard.alerts.alert import STATES
from dashboard.alerts.past import EXPORT_AT_MOST
from dashboard.web.api_alerts import LIMIT_DEFAULT, LIMIT_MAX, MEANT
from dashboard.web.api_export import FORMATS
from dashboard.web.openapi.common import BETWEEN, FIGURES, HOURS, MOMENT, OFFSET, SOURCE, WORD, limit
from dashboard.web.openapi.operation import Operation, Parameter, answered, in_path
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

GROUP = "alerts"
BY_WHOM, WHEN = maybe(TEXT), maybe(TIME)
ALERT_FIELDS = {
    "key": TEXT, "id": TEXT, "source": TEXT, "simulated": BOOLEAN, "level": TEXT, "component": TEXT, "message": TEXT,
    "details": FREE, "suggested_actions": listed(TEXT), "state": one_of(STATES), "first_seen": TIME, "last_seen": TIME,
    "count": COUNT, "acknowledged_by": BY_WHOM, "acknowledged_at": WHEN, "acknowledged_until": WHEN,
    "resolved_by": BY_WHOM, "resolved_at": WHEN, "notes": TEXT, "previous_state": maybe(TEXT), "regressed": BOOLEAN,
    "flapping": BOOLEAN, "assigned_to": BY_WHOM, "assigned_by": BY_WHOM, "assigned_at": WHEN, "snoozed": BOOLEAN,
    "snoozed_by": BY_WHOM, "snoozed_at": WHEN, "snoozed_until": WHEN, "silenced_by": maybe(TEXT), "stale": BOOLEAN,
    "stale_since": WHEN}
ALERT = fields(ALERT_FIELDS)
ENTRY = fields(at=TIME, action=TEXT, by=BY_WHOM, reason=TEXT, old_state=maybe(TEXT), new_state=TEXT, note=TEXT)
TIMELINE = {"timeline": listed(ENTRY)}
NOISE = fields(source=TEXT, id=TEXT, level=TEXT, component=TEXT, message=TEXT, alerts=COUNT, occurrences=COUNT,
               fires_a_week=NUMBER, share_cleared_itself=NUMBER, share_never_acknowledged=NUMBER)

ID = in_path("id", "The producer's id, percent-encoded (slashes too), or our `key`.")
LEVEL = Parameter("level", "`EMERGENCY` to `INFO` in any case, aliases, `other`, or a level that some alert has; "
                  "repeated or with commas.", WORD, repeated=True)
SEARCH = Parameter("q", "Words that must all occur in message, component, id or source.", WORD)
FILTER = Parameter("filter", "A filter line, such as `level:critical age>15m -is:snoozed`.", WORD)
HOURS_BACK = Parameter("hours", "The last so many hours, at most what is kept.", HOURS)
PAGE = answered(alerts=listed(ALERT), total=COUNT)

OPERATIONS = (
    Operation("GET", "/alerts", "list_alerts", GROUP, "Alerts, EMERGENCY first, then newest.", PAGE, (
        Parameter("state", f"{', '.join(f'`{word}`' for word in MEANT)}; repeated or with commas. Default: all.",
                  one_of(MEANT), repeated=True),
        LEVEL, SOURCE, SEARCH, FILTER, limit(LIMIT_MAX, LIMIT_DEFAULT), OFFSET)),
    Operation("GET", "/alerts/history", "alert_history", GROUP,
              "Alerts that were open at some time of the last hours, in any state.",
              answered(alerts=listed(ALERT), total=COUNT, notes=listed(TEXT)),
              (HOURS_BACK, LEVEL, SOURCE, SEARCH, FILTER, limit(LIMIT_MAX, LIMIT_MAX), OFFSET)),
    Operation("GET", "/alerts/statistics", "alert_statistics", GROUP,
              "How alerts were dealt with, and which of them are noise.", answered(
                  **BETWEEN, counts=fields(by_state=by_name(COUNT), by_level=by_name(COUNT)), all=FIGURES,
                  by_level=by_name(FIGURES), by_component=by_name(FIGURES), noise=listed(NOISE)), (HOURS_BACK,)),
    Operation("GET", "/alerts/export", "export_alerts", GROUP, "Alerts that are over, as a file.", answered(
        matched=COUNT, rows=COUNT, alerts=listed(fields(ALERT_FIELDS | TIMELINE, cleared_itself=BOOLEAN))), (
            Parameter("format", "What kind of file.", one_of(FORMATS, "json")),
            Parameter("start", "Closed since.", MOMENT), Parameter("end", "Closed until.", MOMENT), HOURS_BACK,
            LEVEL, SOURCE, SEARCH, limit(EXPORT_AT_MOST, EXPORT_AT_MOST)),
              refuses=(503,), files={"text/csv": TEXT},
              headers={"Content-Disposition": TEXT, "X-Monitoring-Matched": COUNT, "X-Monitoring-Rows": COUNT}),
    Operation("GET", "/alerts/{id}", "one_alert", GROUP, "One alert, with its timeline.",
              answered(alert=fields(ALERT_FIELDS | TIMELINE)), (ID, SOURCE), refuses=(404, 409),
              refusal={"sources": listed(TEXT)}),
)
