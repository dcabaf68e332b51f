"""What a process knows beside metrics, with its history on a real database: alerts, commands, gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dashboard.alerts import lifecycle
from dashboard.events import AlertTriggered
from dashboard.history.event_writer import Known
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from tests.integration.history_process import NOW


class Alerts:
    """Documents of the lifecycle, as the store of alerts would hold them."""

    def __init__(self) -> None:
        self.documents: dict[str, lifecycle.Document] = {}

    def take(self, event) -> None:
        document = lifecycle.document_for(event)
        document = self.documents.get(document.identity, document)
        change = lifecycle.triggered if isinstance(event, AlertTriggered) else lifecycle.resolved
        self.documents[document.identity] = change(document, event)

    def all(self):
        return tuple(alert for document in self.documents.values() for alert in lifecycle.alerts_of(document))


class Process:
    def __init__(self, url: str, alerts: Alerts | None = None, **settings):
        self.alerts, self.sent, self.broken, self.heard = alerts or Alerts(), [], [], []
        self.now, self.has_lost, self.taken = NOW, False, []
        known = Known(alerts=self.alerts.all, alerts_revision=lambda: repr(self.alerts.all()),
                      may_lack_alerts=lambda: self.has_lost, alerts_wanted=lambda: self.has_lost,
                      take_up=self.taken.append, commands=lambda: self.sent, gaps=lambda: self.broken,
                      listened=lambda: self.heard)
        self.store = HistoryStore(Settings(database_url=url, **settings), Ring(), known, clock=lambda: self.now)
        self.events = self.store.events

    def step(self) -> None:
        assert self.store.step(), self.store.status


@contextmanager
def processes(url: str) -> Iterator[Callable[..., Process]]:
    """Makes processes of one database, and closes them all in the end."""
    made = []

    def make(*arguments, **more) -> Process:
        made.append(Process(url, *arguments, **more))
        return made[-1]

    yield make
    for each in made:
        each.store.database.close()
