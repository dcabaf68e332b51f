"""Alerts that the history has open, as Redis is given them again."""

from __future__ import annotations

from dashboard.alerts.documents import dump_alert, dump_document, load_alert, load_document
from dashboard.alerts.earlier import document_of
from tests.alert_events import NOW, resolution, trigger
from tests.unit.lifecycle_world import last, told

FIRED = told(trigger(at=NOW, level="WARNING", details={"value": 3}, suggested_actions=["look"]))
RETURNED = told(trigger(at=NOW), resolution(at=NOW + 1), trigger(at=NOW + 2, level="ERROR"))


def again(document):
    """As the history keeps its alert, and Redis the document that is made of it."""
    return load_document(dump_document(document_of(load_alert(dump_alert(last(document))))))
