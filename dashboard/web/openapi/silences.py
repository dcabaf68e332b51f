"""Silences: which there are, what one would hit, making and ending them."""

from __future__ import annotations

from dashboard.alerts.silences import TEXT_LIMIT
from dashboard.web.api_silences import SHOWN
from dashboard.web.openapi.alerts import ALERT
from dashboard.web.openapi.common import SPAN, WORD
from dashboard.web.openapi.operation import Operation, answered, in_path
from dashboard.web.openapi.shapes import (
    BOOLEAN,
    COUNT,
    NUMBER,
    TEXT,
    TIME,
    asked,
    either,
    fields,
    listed,
    maybe,
    text,
)

GROUP = "silences"
WEEKLY = fields({"days": listed(TEXT), "from": TEXT, "to": TEXT, "zone": TEXT})
SILENCE = fields(
    id=TEXT, by=TEXT, at=TIME, reason=TEXT, levels=listed(TEXT), source=TEXT, component=TEXT, text=TEXT, starts=TIME,
    until=maybe(TIME), weekly=maybe(WEEKLY), active=BOOLEAN, over=BOOLEAN, ended_by=maybe(TEXT), ended_at=maybe(TIME))
SHORT = maybe(text(TEXT_LIMIT))
MOMENT = either(NUMBER, WORD, {"type": "null"})
WANTED = asked({
    "levels": either(listed(TEXT), TEXT, {"type": "null"}), "source": SHORT, "component": SHORT, "text": SHORT,
    "reason": SHORT, "starts": MOMENT, "until": MOMENT, "expires_in": SPAN,
    "weekly": maybe(asked({"days": listed(TEXT, least=1), "from": TEXT, "to": TEXT, "zone": TEXT},
                          needed=["days", "from", "to"]))},
    about="At least one of `levels`, `source`, `component` and `text`; and an end, or a weekly window.")
ID = in_path("silence_id", "Its `id`.")

OPERATIONS = (
    Operation("GET", "/silences", "list_silences", GROUP, "All that count, will count, or ended lately.",
              answered(silences=listed(SILENCE))),
    Operation("POST", "/silences", "make_silence", GROUP, "Make one.", answered(message=TEXT, silence=SILENCE),
              body=WANTED, body_needed=True, refuses=(503,)),
    Operation("POST", "/silences/preview", "preview_silence", GROUP, "How many open alerts it would be for.",
              answered(matched=COUNT, alerts=listed(ALERT, most=SHOWN)), body=WANTED, body_needed=True,
              refuses=(503,)),
    Operation("GET", "/silences/{silence_id}", "one_silence", GROUP, "One, also one that is over.",
              answered(silence=SILENCE), (ID,), refuses=(404,)),
    Operation("DELETE", "/silences/{silence_id}", "end_silence", GROUP, "End one; it stays to be read for a while.",
              answered(message=TEXT, silence=SILENCE), (ID,), refuses=(404, 409, 503)),
)
