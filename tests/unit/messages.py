"""Messages as producers send them, for tests that read them."""

from __future__ import annotations

import json
from typing import Any

from dashboard.events import Event, Rejected, parse

RECEIVED = 1_767_261_605.0
SENT = 1_767_261_600.0
SENT_TEXT = "2026-01-01T10:00:00"


def raw(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def read(received: float = RECEIVED, **fields: Any) -> Event:
    """Parse an event that must be one."""
    event = parse(raw(**fields), received)
    assert isinstance(event, Event), event
    return event


def refused(message: bytes | str) -> str:
    """The reason a message is rejected for."""
    event = parse(message, RECEIVED)
    assert isinstance(event, Rejected), event
    assert event.received == RECEIVED
    return event.reason


def update(metrics: Any, received: float = RECEIVED, **fields: Any) -> Any:
    return read(received, **{"event_type": "METRIC_UPDATE", "timestamp": SENT_TEXT, "source": "TickStockPL",
                             "metrics": metrics, **fields})


def health(received: float = RECEIVED, **body: Any) -> Any:
    return read(received, **{"event_type": "HEALTH_CHECK", "timestamp": SENT_TEXT, "source": "TickStockPL", **body})


def status(word: str, received: float = RECEIVED, **fields: Any) -> Any:
    return read(received, **{"event_type": "SYSTEM_STATUS", "timestamp": received, "source": "TickStockPL",
                             "status": word, **fields})
