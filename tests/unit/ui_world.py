"""The services behind the page without a socket: all real, but for alerts kept in memory and a Redis of paper.

And a page that asks and keeps what it is told as assets/*.js do.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import orjson
import redis
from dash.development.base_component import Component
from flask import Flask
from flask.testing import FlaskClient

from dashboard.alerts.alert import Alert
from dashboard.commands import Commands
from dashboard.feed.intake import Intake
from dashboard.feed.journal import Journal
from dashboard.feed.listener import Listener
from dashboard.feed.record import FeedRecord
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.notifications.delivery import Outcome
from dashboard.services import Services
from dashboard.settings import Settings
from dashboard.sources import SourceBoard
from dashboard.ui import ids
from dashboard.ui import mount as mounting
from dashboard.ui.navigation import OVERVIEW, path_of
from dashboard.ui.pages import PAGES
from dashboard.ui.tick import answer
from dashboard.ui.view import View, read_view
from tests.unit.ledger_in_memory import LedgerInMemory, PaperNotifier
from tests.unit.web_host import PAGE
from tests.unit.web_services import NOW, AlertsInMemory, Clock, hear, hear_alert, hear_metrics

__all__ = ["HEALTH_SECTIONS", "NOW", "Callbacks", "Clock", "Screen", "ask", "components", "hear", "hear_alert",
           "hear_metrics", "make_world", "props", "strict", "texts"]

HEALTH_SECTIONS = {section for section in ids.SECTIONS if section.startswith("health")}


class AlertsOnPaper(AlertsInMemory):
    """The rest of the store's surface that the page reads."""

    refused = 0
    warnings: tuple[str, ...] = ()

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.errors: Counter[str] = Counter()

    def wait_for_look(self, limit_s: float) -> None:
        """Nothing has to be read first."""

    def end(self) -> None:
        """Nothing runs that could be ended."""

    def stop(self, timeout_s: float = 0.0) -> None:
        """Nor waited for."""

    def all(self) -> tuple[Alert, ...]:
        return self.index().all

    def get(self, key: str) -> Alert | None:
        return self.index().get(key)

    @property
    def revision(self) -> int:
        return hash(tuple((alert.key, alert.revision, alert.state) for alert in self.all()))


class PaperRedis:
    """Takes what is published; `receivers` is what it answers, None: it is away."""

    def __init__(self) -> None:
        self.published: list[dict[str, Any]] = []
        self.receivers: int | None = 1

    def publish(self, channel: str, message: bytes) -> int:
        if self.receivers is None:
            raise redis.ConnectionError("redis://:hunter2@10.0.0.1 is away")
        self.published.append({"channel": channel, **json.loads(message)})
        return self.receivers


def make_world(settings: Settings | None = None, *, rows: int = 5_000, connected: bool = True) -> Services:
    """Services at NOW that have heard nothing; `services.clock.now` is the time."""
    settings, clock, paper = settings or Settings(), Clock(), PaperRedis()
    ring = Ring(rows=rows)
    board = SourceBoard(max_sources=settings.ring_sources, clock=clock)
    record = FeedRecord(clock=clock)
    alerts = AlertsOnPaper(clock)
    intake = Intake(ring, board, alerts, record, clock)
    commands = Commands(settings, lambda *_, **__: paper, clock)
    commands.paper = paper
    if connected:
        record.subscribed()
    return Services(settings=settings, ring=ring, board=board, record=record, intake=intake,
                    listener=Listener(settings, intake, record, clock=clock),
                    journal=Journal(replace(settings, journal=False), intake, record, clock=clock), alerts=alerts,
                    commands=commands, history=HistoryStore(settings, ring, clock=clock),
                    notifications=PaperNotifier(LedgerInMemory(clock), alerts, lambda url, message: Outcome(True)),
                    clock=clock)


def ask(services: Services, **asked: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer to one tick, at the services' time."""
    return answer(services, View(**asked), services.clock())


class Screen:
    """An open page: asks with what it holds, takes in what it is told, in the same way as the scripts do."""

    def __init__(self, services: Services, **view: Any) -> None:
        self.services = services
        self.view = {"range": "15m", "zone": "UTC"} | view
        self.held: dict[str, Any] = {"epoch": None, "cursor": 0, "last": None, "structure": None, "revisions": {}}
        self.lines: list[tuple[list, list]] = []
        self.wholes = 0

    def tick(self) -> tuple[dict[str, Any], dict[str, Any]]:
        live, sections = answer(self.services, read_view(self.view | self.held), self.services.clock())
        live = strict(live)
        if "last" in live:
            self.held["last"] = live["last"]
        self.held |= {name: live[name] for name in ("epoch", "cursor", "structure")}
        self.held["revisions"] = self.held["revisions"] | live["revisions"]
        if "lines" in live:
            self.wholes += 1
            self.lines = [([live["base"] + 100 * tenths for tenths in x], list(y)) for x, y in live["lines"]]
        elif live.get("t"):
            for (x, y), entry in zip(self.lines, live["y"], strict=True):
                if entry:
                    own = isinstance(entry, dict)
                    x.extend(entry["x"] if own else live["t"])
                    y.extend(entry["y"] if own else entry)
        assert all(len(x) == len(y) for x, y in self.lines)
        return live, sections


class Callbacks:
    """The page's callbacks as a browser calls them, on an application of its own without a guard.

    Beside it there is the overview, which no page is without, and all others only where they are wanted, since each
    takes time to mount.
    """

    def __init__(self, services: Services, user: str = "ada", page: str = OVERVIEW, others: bool = False) -> None:
        self.app = Flask("host")
        pages = [one for one in PAGES if others or one.name in (OVERVIEW, page)]
        with mock.patch.object(mounting, "PAGES", pages):
            self.dash = mounting.mount(self.app, services, lambda: user)[page]
        self.address = PAGE + path_of(page)
        self.client: FlaskClient = self.app.test_client()

    def call(self, output: str, changed: str, **values: Any) -> dict[str, Any] | None:
        """Call the callback with `output` ("id.property") among its outputs, as if `changed` had changed.

        `values`: what its inputs and states hold, by `id__property` with underscores for hyphens; None else. None
        where it updates nothing.
        """
        (key, entry), = [(key, entry) for key, entry in self.dash.callback_map.items()
                         if output in key.strip(".").split("...") and "callback" in entry]
        outputs = [{"id": name.rpartition(".")[0], "property": name.rpartition(".")[2]}
                   for name in key.strip(".").split("...")]
        filled = {part: [self._fill(wanted, values) for wanted in entry[part]] for part in ("inputs", "state")}
        body = {"output": key, "outputs": outputs if key.startswith("..") else outputs[0],
                "changedPropIds": [changed], **filled}
        found = self.client.post(self.address + "_dash-update-component", json=body)
        assert found.status_code in (200, 204), found.text
        return found.json["response"] if found.status_code == 200 else None

    @staticmethod
    def _fill(wanted: dict[str, str], values: dict[str, Any]) -> Any:
        if wanted["id"].startswith("{"):
            return [{"id": one, "property": wanted["property"], "value": value}
                    for one, value in values.get("pattern", ())]
        name = f"{wanted['id']}__{wanted['property']}".replace("-", "_")
        return {**wanted, "value": values.get(name)}


def strict(value: Any) -> Any:
    """The value as it arrives: strict JSON or an error."""
    text = json.dumps(value, allow_nan=False)
    orjson.dumps(value)  # what Dash uses: refuses integers beyond 64 bits and lone surrogates
    return json.loads(text)


def components(tree: Any) -> Iterator[Component]:
    """Every component of a tree, itself included."""
    if isinstance(tree, (list, tuple)):
        for one in tree:
            yield from components(one)
    elif isinstance(tree, Component):
        yield tree
        yield from components(getattr(tree, "children", None))


def texts(tree: Any) -> str:
    """All that a tree of components says, in reading order."""
    if tree is None:
        return ""
    if isinstance(tree, (list, tuple)):
        return " ".join(" ".join(map(texts, tree)).split())
    return texts(getattr(tree, "children", None)) if isinstance(tree, Component) else str(tree)


def props(tree: Any) -> str:
    """All that a tree says once it has travelled as JSON."""
    if isinstance(tree, list):
        return " ".join(map(props, tree))
    return props(tree["props"].get("children", "")) if isinstance(tree, dict) else str(tree or "")
