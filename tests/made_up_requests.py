"""Requests made up from the OpenAPI document, valid and invalid, sent to a mounted console that serves for real.

A test sends a few to each row, `make bench` many. Real Redis, a real database, loopback alone; what would be sent to
somebody goes to a port nobody listens on.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dashboard.web.openapi.document import OPERATIONS, document
from tests.browser.host import Host
from tests.browser.publisher import Publisher
from tests.described import described
from tests.servers import RedisServer, free_port, wait_for

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
          response_schema_conformance]
TOKEN = "a secret of the forwarder"
SOURCE, METRIC = "pl", "system.cpu_percent"
ANSWER_LIMIT_S = 30.0
# What each row is asked with now and then, so that more than refusals is seen: made-up names are known to nobody.
KNOWN_QUERIES: dict[str, dict[str, Any]] = {
    "source": {"source": SOURCE}, "metric": {"metric": [METRIC]}, "m": {"m": [f"{SOURCE}/{METRIC}"]},
    "range": {"range": "1h", "start": "", "end": "", "zone": ""}, "at": {}}
KNOWN_BODIES: dict[str, dict[str, Any]] = {
    "make_silence": {"text": "nothing", "until": None, "expires_in": "1h", "starts": None, "weekly": None,
                     "levels": None},
    "preview_silence": {"source": SOURCE, "until": None, "expires_in": 60, "starts": None, "weekly": None},
    "add_route": {"name": "nobody", "urls": ["json://127.0.0.1:9/x"], "sources": ["nobody"]},
    "change_many": {"action": "snooze", "filter": "level:critical", "keys": None, "dry_run": True, "expires_in": None},
    "store_event": {"event_type": "METRIC_UPDATE", "source": SOURCE, "metrics": {"system": {"cpu_percent": 5}}}}
logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request would hide what a test says


@dataclass
class Tally:
    """What came back, by status, and by row and status."""

    statuses: Counter[int] = field(default_factory=Counter)
    rows: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        return self.statuses.total()


class Served:
    """A host with the console that knows something of everything, and an admin who is signed in."""

    def __init__(self, redis_server: RedisServer, database_url: str):
        self.host = Host(redis_server, database_url=database_url, store_token=TOKEN, journal_hours=1).start()
        wait_for(lambda: self.host.services.history.status.state == "ready", what="the history")
        self.settings = self.host.services.settings
        self.address = self.host.url + self.settings.api_prefix
        self.session = requests.Session()
        page = self.session.get(self.host.url + "/login", timeout=ANSWER_LIMIT_S).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        self.session.post(self.host.url + "/login", data={"csrf_token": token, "name": "ada"}, timeout=ANSWER_LIMIT_S)
        self._fill(Publisher(redis_server, SOURCE))

    def _fill(self, publisher: Publisher) -> None:
        publisher.history(minutes=2)
        for number in range(6):
            publisher.alert(f"pool/{number}", level="CRITICAL", at=publisher.second(number / 10))
        publisher.event("ALERT_RESOLVED", alert_id="pool/0")
        publisher.event("HEALTH_CHECK", health={"overall_score": 80, "components": {"database": "degraded"}})
        publisher.event("SYSTEM_STATUS", status="RUNNING", message="up")
        wait_for(lambda: len(self.host.services.alerts.all()) == 6, what="the alerts")
        self.known = {
            "id": "pool/1", "action": "CLEAR_CACHE",
            "silence_id": self.made("/silences", "silence", text="nothing", expires_in="1h"),
            "route_id": self.made("/routes", "route", name="nobody", sources=["nobody"],
                                  urls=[f"json://127.0.0.1:{free_port()}/x"]),
            "annotation_id": self.made("/annotations", "annotation", text="here")}

    def made(self, path: str, what: str, **body: Any) -> str:
        """The id of something that was made over REST."""
        answer = self.session.post(self.address + path, json=body, headers=self.headers, timeout=ANSWER_LIMIT_S)
        assert answer.ok, answer.text
        return answer.json()[what]["id"]

    @property
    def headers(self) -> dict[str, str]:
        return {"X-CSRFToken": self.session.cookies.get("monitoring_csrf") or self._token(),
                "X-Monitoring-Token": TOKEN}

    def _token(self) -> str:
        self.session.get(self.address + "/status", timeout=ANSWER_LIMIT_S)
        return self.session.cookies["monitoring_csrf"]

    def close(self) -> None:
        self.session.close()
        self.host.stop()


def send_to_every_row(served: Served, examples: int, start: int = 0) -> Tally:
    """Send `examples` requests to each row; AssertionError for the first answer that is not as described.

    The same `start` makes up the same requests. No answer may be a 5xx: Redis and the database are there.
    """
    schema = schemathesis.openapi.from_dict(document(served.settings))
    schema.config.generation.update(with_security_parameters=False)  # ours is the session
    rows = {row.name: row for row in OPERATIONS}
    tally = Tally()
    operations = [found.ok() for found in schema.get_all_operations()]
    # What removes what is known comes last.
    for operation in sorted(operations, key=lambda one: one.method == "delete"):
        name = operation.definition.raw["operationId"]
        ask = _sender(served, name, tally)
        modes = [GenerationMode.POSITIVE]
        if rows[name].parameters or rows[name].body is not None:
            modes.append(GenerationMode.NEGATIVE)
        cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])
        _run(ask, cases, examples, start)
    return tally


def _run(ask: Callable[[Case, int], None], cases: st.SearchStrategy[Case], examples: int, start: int) -> None:
    @seed(start)
    @settings(max_examples=examples, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(cases, st.integers(0, 3))
    def send(case: Case, how: int) -> None:
        ask(case, how)

    send()


def _sender(served: Served, name: str, tally: Tally) -> Callable[[Case, int], None]:
    api = described(served.settings.api_prefix)

    def ask(case: Case, how: int) -> None:
        if how:
            _with_what_is_known(case, name, served.known)
        answer = case.call(base_url=served.address, session=served.session, headers=served.headers,
                           allow_redirects=False, timeout=ANSWER_LIMIT_S)
        path = unquote(answer.request.path_url.partition("?")[0])
        api.check(answer.request.method, path, answer.status_code,
                  {"Content-Type": ", ".join(answer.headers.get("content-type", []))}, answer.content)
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code < 500, (name, answer.text)
        tally.statuses[answer.status_code] += 1
        tally.rows[name, answer.status_code] += 1

    return ask


def _with_what_is_known(case: Case, name: str, known: dict[str, str]) -> None:
    """Names of things that are there, in place of those made up; the rest of the request stays as it is."""
    for placeholder in case.path_parameters or {}:
        case.path_parameters[placeholder] = known[placeholder]
    for one in case.operation.query:
        if one.name in KNOWN_QUERIES:
            case.query = {**(case.query or {}), **KNOWN_QUERIES[one.name]}
            if one.name == "at":
                case.query["at"] = str(int(time.time()))
    if name in KNOWN_BODIES and isinstance(case.body, dict):
        case.body = case.body | KNOWN_BODIES[name]
