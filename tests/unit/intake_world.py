"""An intake with a parser of paper, and those who take what it brings."""

from __future__ import annotations

from msgspec.structs import replace

from dashboard.events import MetricUpdate
from dashboard.feed.intake import Intake
from dashboard.feed.packed import Entry
from dashboard.feed.record import FeedRecord
from dashboard.named_numbers import NamedNumbers

BASE = {"source": "pl", "time": 990.0, "received": 1000.0}


class Ring:
    def __init__(self):
        self.rows = []

    def append_all(self, source, samples):
        self.rows += [(source, at, values) for at, values in samples]


class Taker:
    """Stands for the board (`apply`) and for the alerts (`offer`)."""

    def __init__(self):
        self.events = []
        self.error = None

    def apply(self, event):
        if self.error:
            raise self.error
        self.events.append(event)

    offer = apply

    def apply_all(self, events):
        for event in events:
            self.apply(event)


def replay(intake, raw, received):
    return intake.replay([Entry("", received, raw)])[0]


class World:
    def __init__(self, **options):
        self.ring, self.board, self.alerts = Ring(), Taker(), Taker()
        self.now = 0.0
        self.record = FeedRecord(clock=lambda: 1000.0)
        self.events = {}
        self.intake = Intake(self.ring, self.board, self.alerts, self.record, lambda: 1000.0,
                             monotonic=lambda: self.now, parse=self.parse_together, **options)

    def parse_together(self, raws, times):
        return [self.parse(raw, received) for raw, received in zip(raws, times, strict=False)]

    def parse(self, raw, received):
        event = self.events.get(raw) or metric(key=raw.decode())
        if isinstance(event, Exception):
            raise event
        return replace(event, received=received)


def metric(key="k", health=None, **values):
    numbers = NamedNumbers.of(values or {"system.cpu_percent": 1.0})
    return MetricUpdate(kind="metric_update", key=key, metrics=numbers, facts={}, health=health, **BASE)
