"""Commands to the producers, and the door for events that come over HTTP."""

from __future__ import annotations

from dashboard.web.api_commands import COMPONENT_NAME_MAX_CHARS
from dashboard.web.openapi.operation import Operation, answered, in_path
from dashboard.web.openapi.shapes import COUNT, FREE, TEXT, asked, one_of, text

GROUP = "commands"
SENT = answered(message=TEXT, receivers=COUNT, request_id=TEXT)
NAME = text(COMPONENT_NAME_MAX_CHARS, least=1)

OPERATIONS = (
    Operation("POST", "/health-check", "force_health_check", GROUP, "Ask the producer for a health check.", SENT,
              refuses=(503,)),
    Operation("POST", "/actions/{action}", "run_action", GROUP, "Send one of the producer's actions.", SENT,
              (in_path("action", "`FORCE_HEALTH_CHECK`, `CLEAR_CACHE`, `FORCE_GC`, `RESTART_WORKERS` or "
                       "`RELOAD_PATTERNS`, in any case."),), refuses=(503,)),
    Operation("POST", "/components/enable", "enable_component", GROUP, "Tell the producer to enable a component.",
              SENT, body=asked({"type": NAME, "name": NAME}, needed=["type", "name"]), body_needed=True,
              refuses=(503,)),
    Operation("POST", "/store-event", "store_event", "events", "Take in one event, as it would come over Redis.",
              answered(message=TEXT, outcome=one_of(("accepted", "duplicate", "echo"))), body=FREE, body_needed=True,
              refuses=(404,), refusal={"reason": TEXT}, by_token=True),
)
