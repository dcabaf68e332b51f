"""An identity of which nothing is known, and what becomes of it with each event it is told."""

from __future__ import annotations

from dashboard.alerts.alert import Alert
from dashboard.alerts.lifecycle import Document, alerts_of, resolved, triggered
from dashboard.events import AlertResolved, AlertTriggered
from tests.alert_events import trigger

EMPTY = Document("producer", "cpu")
FIRST_KEY = alerts_of(triggered(EMPTY, trigger()))[-1].key


def told(*events: AlertTriggered | AlertResolved, document: Document = EMPTY) -> Document:
    for event in events:
        change = triggered if isinstance(event, AlertTriggered) else resolved
        document = change(document, event)
    return document


def last(document: Document) -> Alert:
    return alerts_of(document)[-1]
