"""Processes that notify over a ledger in memory, for tests."""

from __future__ import annotations

from dashboard.notifications.delivery import Outcome
from tests.unit.ledger_in_memory import LedgerInMemory, PaperNotifier
from tests.unit.notification_parts import NOW, SECRET, make_alert

URL = f"json://user:{SECRET}@hooks.test/{SECRET}"
MAIL = f"mailto://user:{SECRET}@mail.test"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Alerts:
    """The part of the alert store that a notifier reads."""

    def __init__(self, *alerts):
        self.connected, self.asked = True, 0
        self.set(*alerts)

    def set(self, *alerts):
        self.all = alerts

    @property
    def revision(self):
        return hash(tuple((alert.key, alert.state, alert.rank) for alert in self.all))

    def index(self):
        self.asked += 1
        return self


class World:
    """Several processes over one Redis. `sent` holds what was sent by whom, `answers` what the service says next."""

    def __init__(self, processes=2, **settings):
        self.clock = Clock()
        self.ledger = LedgerInMemory(self.clock)
        self.alerts = Alerts()
        self.sent = []
        self.outcome = Outcome(True)
        self.processes = [PaperNotifier(self.ledger, self.alerts, self.sender(number), **settings)
                          for number in range(processes)]
        self.settle()

    def sender(self, number):
        def send(url, message):
            self.sent.append((number, url, message))
            return self.outcome(url) if callable(self.outcome) else self.outcome
        return send

    def settle(self):
        for _ in range(6):
            for process in self.processes:
                process.step()

    def after(self, seconds, *alerts):
        self.clock.now += seconds
        if alerts:
            self.alerts.set(*alerts)
        self.settle()

    def route(self, *urls, **wanted):
        return self.processes[-1].add_route({"name": "night", "urls": list(urls or (URL,))} | wanted, "ada")

    def fire(self, *alerts):
        self.after(0, *(alerts or (make_alert(),)))
        self.after(10)

    @property
    def leader(self):
        return next(process for process in self.processes if process.status().leads)

    def states(self):
        return [delivery.state for delivery in self.processes[-1].deliveries()]
