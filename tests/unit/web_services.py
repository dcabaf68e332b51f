"""Services behind the REST API without a socket: all real, but for alerts kept in memory and commands written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask

from dashboard.alerts import lifecycle
from dashboard.alerts.alert import Alert, UnknownAlert
from dashboard.alerts.past import ClosedAlerts, ClosedInMemory
from dashboard.alerts.people import PersonActions
from dashboard.alerts.query import AlertIndex, Page
from dashboard.alerts.silences import Silence, added, ended
from dashboard.alerts.store import Transition
from dashboard.commands import ACTIONS, Sent, UnknownAction, Unreachable
from dashboard.events import AlertResolved, AlertTriggered, Event
from dashboard.feed.intake import Intake
from dashboard.feed.journal import Journal
from dashboard.feed.record import FeedRecord
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.notifications.delivery import Outcome
from dashboard.settings import Settings
from dashboard.sources import SourceBoard
from dashboard.web.api import make_blueprint
from dashboard.web.guard import Guard
from tests.unit.ledger_in_memory import LedgerInMemory, PaperNotifier
from tests.unit.web_host import plain_host

NOW = 1_760_000_000.0  # 2025-10-09T08:53:20Z


class Clock:
    def __init__(self, now: float = NOW):
        self.now = now

    def __call__(self) -> float:
        return self.now


class TransitionsInMemory:
    """What `Transitions` does, over a plain dict instead of Redis. `reachable` and `receivers` are for tests to set."""

    def __init__(self, clock: Clock):
        self.clock = clock
        self.documents: dict[str, lifecycle.Document] = {}
        self.silences: tuple[Silence, ...] = ()
        self.reachable = True
        self.receivers: int | None = 1

    def index(self) -> AlertIndex:
        found = (alert for document in self.documents.values() for alert in lifecycle.alerts_of(document))
        return AlertIndex(found, self.clock(), None, self.silences)

    def acknowledge(self, key: str, by: str, notes: str, until: float | None) -> Transition:
        return Transition(self._change("acknowledge", key, by, notes, until=until), self.receivers)

    def resolve(self, key: str, by: str, notes: str) -> Transition:
        return Transition(self._change("resolve", key, by, notes), self.receivers)

    def change(self, name: str, key: str, by: str, notes: str, **more: Any) -> Transition:
        return Transition(self._change(name, key, by, notes, **more))

    def add_silence(self, silence: Silence) -> Silence:
        self._reach()
        self.silences = added(self.silences, silence, self.clock())
        return silence

    def end_silence(self, silence_id: str, by: str) -> Silence:
        self._reach()
        self.silences = ended(self.silences, silence_id, by, self.clock())
        return next(silence for silence in self.silences if silence.id == silence_id)

    def _change(self, name: str, key: str, by: str, notes: str, **more: Any) -> Alert:
        self._reach()
        identity = lifecycle.identity_of_key(key)
        if identity not in self.documents:
            raise UnknownAlert(key)
        transition = getattr(lifecycle, name)
        self.documents[identity] = transition(self.documents[identity], key, by, self.clock(), notes=notes, **more)
        alert = self.index().get(key)
        assert alert is not None
        return alert

    def _reach(self) -> None:
        if not self.reachable:
            raise Unreachable("redis://:hunter2@10.0.0.1 is away")


class AlertsInMemory(PersonActions):
    """The store's surface over the real lifecycle and the real index, with a plain dict instead of Redis."""

    connected, dropped = True, 0

    def __init__(self, clock: Clock, settings: Settings | None = None):
        self.clock = self._clock = clock
        self._settings = settings or Settings()
        self._transitions = self._local = TransitionsInMemory(clock)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("reachable", "receivers"):
            setattr(self._transitions, name, value)
        else:
            super().__setattr__(name, value)

    def offer(self, event: Event) -> None:
        if isinstance(event, (AlertTriggered, AlertResolved)):
            documents = self._transitions.documents
            document = lifecycle.document_for(event)
            document = documents.get(document.identity, document)
            take = lifecycle.triggered if isinstance(event, AlertTriggered) else lifecycle.resolved
            documents[document.identity] = take(document, event)

    @property
    def revision(self) -> int:
        return hash(tuple((alert.key, alert.revision, alert.state) for alert in self.index().all))

    def index(self) -> AlertIndex:
        return self._transitions.index()

    def query(self, **wanted: Any) -> Page:
        return self.index().query(**wanted)

    def counts(self) -> dict[str, Any]:
        return self.index().counts()

    def find(self, id_or_key: str, source: str | None = None) -> list[Alert]:
        return self.index().find_any(id_or_key, source)


class CommandsOnPaper:
    """Writes down what would have been published."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.receivers = 1
        self.reachable = True

    def send(self, action: str, requested_by: str, **fields: str) -> Sent:
        if action not in ACTIONS:
            raise UnknownAction(action)
        if not self.reachable:
            raise Unreachable("redis://:hunter2@10.0.0.1 is away")
        self.sent.append({"action": action, "requested_by": requested_by, **fields})
        return Sent(f"request-{len(self.sent)}", self.receivers)


class ServicesOnPaper(SimpleNamespace):
    @contextmanager
    def look(self) -> Iterator[SimpleNamespace]:
        with self.history.look() as history:
            yield SimpleNamespace(**vars(self) | {"history": history, "ring": history.metrics.ring})


def make_services(settings: Settings | None = None) -> ServicesOnPaper:
    clock = Clock()
    settings = settings or Settings()
    ring = Ring(rows=1_000)
    board = SourceBoard(max_sources=32, clock=clock)
    record = FeedRecord(clock=clock)
    alerts = AlertsInMemory(clock)
    notifications = PaperNotifier(LedgerInMemory(clock), alerts, lambda url, message: Outcome(True))
    intake = Intake(ring, board, alerts, record, clock)
    return ServicesOnPaper(
        settings=settings, ring=ring, board=board, record=record, alerts=alerts, commands=CommandsOnPaper(),
        notifications=notifications, history=HistoryStore(settings, ring, clock=clock), intake=intake,
        journal=Journal(replace(settings, journal=False), intake, record, clock=clock),
        closed=ClosedAlerts(ClosedInMemory(alerts.index)), clock=clock)


def api_host(services: SimpleNamespace, protect: bool = False) -> Flask:
    """A host with the guard and the real API; propagates nothing, as in production."""
    app = plain_host(protect)
    app.extensions["described"] = services.settings.api_prefix
    guard = Guard(services.settings)
    guard.install(app)
    app.register_blueprint(make_blueprint(services, guard))
    return app


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def hear(services: SimpleNamespace, at: float | None = None, **message: Any) -> None:
    """One message, sent and received at `at` (default: now), through the real door."""
    at = services.clock() if at is None else at
    message = {"timestamp": stamp(at), "source": "pl"} | message
    assert services.intake.accept(json.dumps(message).encode(), at) == "accepted", message


def hear_metrics(services: SimpleNamespace, at: float | None = None, source: str = "pl", score: float | None = None,
                 **groups: Any) -> None:
    more = {} if score is None else {"health_score": {"overall": score, "status": "HEALTHY", "components": {}}}
    hear(services, at, event_type="METRIC_UPDATE", source=source, metrics=groups, **more)


def hear_alert(services: SimpleNamespace, alert_id: Any, level: str = "warning", at: float | None = None,
               source: str = "pl", **alert: Any) -> None:
    alert = {"id": alert_id, "level": level, "component": "database", "message": "slow"} | alert
    hear(services, at, event_type="ALERT_TRIGGERED", source=source, alert=alert)
