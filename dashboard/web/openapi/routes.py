"""Routes of notifications and their deliveries. Of an address, answers hold scheme and host at most."""

from __future__ import annotations

from dashboard.notifications.deliveries import STATES
from dashboard.notifications.routes import NAME_LIMIT, NAMES_AT_MOST, URL_LIMIT, URLS_AT_MOST
from dashboard.web.api_routes import LIMIT_DEFAULT, LIMIT_MAX, SHOWN
from dashboard.web.openapi.alerts import ALERT
from dashboard.web.openapi.common import OFFSET, WORD, limit
from dashboard.web.openapi.operation import Operation, Parameter, answered, in_path
from dashboard.web.openapi.shapes import (
    BOOLEAN,
    COUNT,
    TEXT,
    TIME,
    WHOLE,
    Shape,
    asked,
    either,
    fields,
    listed,
    maybe,
    one_of,
    text,
)

GROUP = "notifications"
TARGET = fields(id=TEXT, service=TEXT, scheme=TEXT, host=maybe(TEXT), shown=TEXT)
ROUTE = fields(
    id=TEXT, name=TEXT, enabled=BOOLEAN, levels=listed(TEXT), sources=listed(TEXT), components=listed(TEXT),
    targets=listed(TARGET), created_by=TEXT, created_at=TIME, changed_by=TEXT, changed_at=TIME, revision=COUNT)
STATUS = fields(enabled=BOOLEAN, connected=BOOLEAN, since=TIME, reason=maybe(TEXT), leader=maybe(TEXT), leads=BOOLEAN,
                waiting=COUNT, sending=COUNT, hanging=COUNT, errors=COUNT)
DELIVERY = fields(
    id=TEXT, kind=one_of(("first", "change", "repeat", "recovery", "test")), state=one_of(STATES), route=TEXT,
    route_name=TEXT, target=TEXT, service=TEXT, address=TEXT, source=maybe(TEXT), title=maybe(TEXT), by=maybe(TEXT),
    made_at=TIME, tries=COUNT, tries_at_most=COUNT, reason=maybe(TEXT), next_at=maybe(TIME), ended_at=maybe(TIME),
    process=maybe(TEXT))
NAMES = either(listed(TEXT, most=NAMES_AT_MOST), TEXT, {"type": "null"})
CHOSEN: dict[str, Shape] = {"levels": NAMES, "sources": NAMES, "components": NAMES}
BODY = {
    "name": text(NAME_LIMIT, least=1), **CHOSEN, "enabled": BOOLEAN,
    "urls": listed(either(text(URL_LIMIT), fields(id=TEXT)), most=URLS_AT_MOST, least=1)}
ID = in_path("route_id", "Its `id`.")
MADE = answered(message=TEXT, route=ROUTE)

OPERATIONS = (
    Operation("GET", "/routes", "list_routes", GROUP, "All routes, and how notifications stand.",
              answered(routes=listed(ROUTE), status=STATUS)),
    Operation("POST", "/routes", "add_route", GROUP, "Make one.", MADE, body=asked(BODY, needed=["name", "urls"]),
              body_needed=True, refuses=(503,)),
    Operation("POST", "/routes/preview", "preview_route", GROUP, "How many open alerts a route would take now.",
              answered(matched=COUNT, alerts=listed(ALERT, most=SHOWN)), body=asked(CHOSEN), refuses=(503,)),
    Operation("GET", "/routes/{route_id}", "one_route", GROUP, "One route.", answered(route=ROUTE), (ID,),
              refuses=(404,)),
    Operation("PATCH", "/routes/{route_id}", "change_route", GROUP, "Change the fields that are given.", MADE, (ID,),
              body=asked({**BODY, "revision": maybe(WHOLE)}), refuses=(404, 409, 503)),
    Operation("DELETE", "/routes/{route_id}", "remove_route", GROUP, "Remove it, with what it has on its way.",
              answered(message=TEXT), (ID,), refuses=(404, 503)),
    Operation("POST", "/routes/{route_id}/test", "test_route", GROUP, "Send a test to each of its addresses.",
              answered(message=TEXT, deliveries=listed(DELIVERY)), (ID,), refuses=(404, 409, 503)),
    Operation("GET", "/deliveries", "list_deliveries", GROUP, "What was sent, is on its way, or could not be sent.",
              answered(deliveries=listed(DELIVERY), total=COUNT, status=STATUS), (
                  Parameter("state", "Repeated or with commas; default: all.", one_of(STATES), repeated=True),
                  Parameter("route", "Of that route alone: its `id`.", WORD), limit(LIMIT_MAX, LIMIT_DEFAULT),
                  OFFSET)),
)
