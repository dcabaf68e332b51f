"""What people do to alerts: one, or many at once."""

from __future__ import annotations

from dashboard.alerts.alert import STATES
from dashboard.alerts.facts import ACTIONS, PERSON_LIMIT
from dashboard.web.alert_body import NOTES_MAX_CHARS
from dashboard.web.api_alert_actions import FILTER_MAX_CHARS, KEY_MAX_CHARS
from dashboard.web.openapi.alerts import ALERT, GROUP, ID
from dashboard.web.openapi.common import SOURCE, SPAN
from dashboard.web.openapi.operation import Operation, answered
from dashboard.web.openapi.shapes import BOOLEAN, COUNT, TEXT, Shape, asked, fields, listed, maybe, one_of, text

ABOUT = {
    "acknowledge": "Take an alert on, for a time.", "unacknowledge": "Give it back: active again.",
    "resolve": "End it.", "reopen": "Take a resolution back.", "assign": "Give it to somebody, or to nobody.",
    "snooze": "Keep it quiet for a time, or until it gets worse.", "unsnooze": "End a snooze.",
}
NOTES = maybe(text(NOTES_MAX_CHARS))
PERSON = maybe(text(PERSON_LIMIT))
_MORE: dict[str, dict[str, Shape]] = {
    "acknowledge": {"expires_in": SPAN}, "snooze": {"expires_in": SPAN},
    "assign": {"to": PERSON, "instead_of": PERSON}}
REFUSED = fields({"key": TEXT, "message": TEXT})
STATE = {"state": one_of(STATES)}


def _one(action: str) -> Operation:
    """The row of one action."""
    return Operation(
        "POST", f"/alerts/{{id}}/{action}", f"{action}_alert", GROUP, ABOUT[action],
        answered(message=TEXT, alert=ALERT, receivers=maybe(COUNT)), (ID, SOURCE),
        body=asked({"notes": NOTES, **_MORE.get(action, {})}, needed=["to"] if action == "assign" else []),
        body_needed=action == "assign", refuses=(404, 409, 503), refusal={**STATE, "sources": listed(TEXT)})


OPERATIONS = (*map(_one, ACTIONS), Operation(
    "POST", "/alerts/bulk", "change_many", GROUP, "Do one thing to many alerts, by their keys or by a filter line.",
    {"anyOf": [
        answered(message=TEXT, matched=COUNT, dry_run={**BOOLEAN, "const": True}),
        answered(message=TEXT, matched=COUNT, dry_run={**BOOLEAN, "const": False}, changed=listed(TEXT),
                 refused=listed({**REFUSED, "properties": {**REFUSED["properties"], **STATE}}))]},
    body=asked({
        "action": one_of(ACTIONS), "notes": NOTES, "expires_in": SPAN, "to": PERSON, "instead_of": PERSON,
        "keys": maybe(listed(text(KEY_MAX_CHARS))), "filter": maybe(text(FILTER_MAX_CHARS)), "dry_run": BOOLEAN,
        "expected": maybe({"type": "integer"})}, needed=["action"],
        about="Either `keys` or `filter`, and with them the fields of the action."),
    body_needed=True, refuses=(409, 503),
    refusal={"matched": COUNT, "changed": listed(TEXT), "refused": listed(
        {**REFUSED, "properties": {**REFUSED["properties"], **STATE}})}))
