"""The OpenAPI document says what the code does: rows, methods, parameters, fields of bodies, and what is served.

That answers are as described is seen by whoever asks for one in a test: see tests/described.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import orjson
import pytest
from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict

from dashboard.explore import view
from dashboard.settings import Settings
from dashboard.web import api_openapi, parameters
from dashboard.web.openapi.document import OPERATIONS, document
from dashboard.web.openapi.operation import Operation, Parameter
from tests.described import Described
from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import api_host, hear_alert, hear_metrics, make_services

EVERYTHING = "*"
OF_THE_GUARD = "m"  # which asks of every address whether it names the version of a file
AUTOMATIC = {"HEAD", "OPTIONS"}

SETTINGS = Settings(store_token="secret")

PROBES = {
    "metric_series": "source=pl&metric=system.cpu_percent", "what_else_moved": "range=1h", "past_moment": "at=1",
    "export": "format=csv&m=pl/system.cpu_percent"}
"""What leads past the first refusal, so that all that is read is read."""
BODIES: dict[str, list[dict[str, Any]]] = {
    "change_many": [{"action": action, "filter": "pool", "to": "", "dry_run": True, "expires_in": 60}
                    for action in ("acknowledge", "assign")],
    "assign_alert": [{"to": "bert"}],
    "make_silence": [{"text": "x", "weekly": {"days": ["mon"], "from": "10:00", "to": "11:00"}},
                     {"text": "x", "expires_in": 60}],
    "preview_silence": [{"text": "x", "weekly": {"days": ["mon"], "from": "10:00", "to": "11:00"}}],
    "add_route": [{"name": "n", "urls": ["json://127.0.0.1/x"], "levels": ["error"], "sources": ["a"],
                   "components": ["b"], "enabled": True}],
    "preview_route": [{"levels": ["error"], "sources": ["a"], "components": ["b"]}],
    "change_route": [{"name": "n", "urls": ["json://127.0.0.1/x", {"id": "gone"}], "levels": [], "sources": [],
                      "components": [], "enabled": True, "revision": 1}],
    "enable_component": [{"type": "a", "name": "b"}], "annotate": [{"text": "x"}], "change": [{"text": "x"}]}


class Watched(ImmutableMultiDict):
    """Parameters that write down which of them were asked for."""

    read: set[str] = set()

    def getlist(self, key: str, *more: Any) -> list[Any]:
        self.read.add(key)
        return super().getlist(key, *more)

    def get(self, key: str, *more: Any, **options: Any) -> Any:
        self.read.add(key)
        return super().get(key, *more, **options)

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def items(self, multi: bool = False) -> Iterator[tuple[str, Any]]:
        self.read.add(EVERYTHING)
        return super().items(multi)


class WatchedRequest(Request):
    parameter_storage_class = Watched


class WatchedBody(dict):
    """A JSON object that writes down which of its fields were asked for; of inner ones with a dot."""

    def __init__(self, given: dict[str, Any], read: set[str], within: str = ""):
        super().__init__({name: WatchedBody(value, read, f"{within}{name}.") if isinstance(value, dict) else value
                          for name, value in given.items()})
        self._read, self._within = read, within

    def get(self, name: str, default: Any = None) -> Any:
        self._read.add(self._within + name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self._read.add(self._within + name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._read.add(f"{self._within}{name}")
        return super().__contains__(name)

    def copy(self) -> WatchedBody:
        copied = WatchedBody({}, self._read, self._within)
        copied.update(self)
        return copied


@pytest.fixture(scope="module")
def services():
    services = make_services(SETTINGS)
    hear_metrics(services, system={"cpu_percent": 1.5})
    hear_alert(services, "some", message="pool")
    return services


@pytest.fixture(scope="module")
def app(services) -> Flask:
    app = api_host(services)
    app.request_class = WatchedRequest
    return app


def rules(app: Flask) -> dict[str, tuple[str, set[str]]]:
    """Path and methods of each rule under the prefix, by the name of its view, as the document writes them."""
    return {rule.endpoint.rpartition(".")[2]: (
        re.sub(r"<(?:\w+:)?(?:alert_)?(\w+)>", r"{\1}", rule.rule.removeprefix(API)), set(rule.methods) - AUTOMATIC)
        for rule in app.url_map.iter_rules() if rule.rule.startswith(API)}


def test_it_has_every_rule_and_no_other(app):
    described = {row.name: (row.path, {row.method}) for row in OPERATIONS}
    assert described == rules(app)
    assert len(described) == len(OPERATIONS) == sum(rule.rule.startswith(API) for rule in app.url_map.iter_rules())


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_its_parameters_are_those_the_code_reads(app, row: Operation, monkeypatch):
    read: set[str] = set()
    monkeypatch.setattr(Watched, "read", read)
    client = sign_in(app.test_client())
    headers = csrf_headers(client)
    read.clear()
    for body in BODIES.get(row.name, [{}]):
        client.open(f"{API}{address(row)}?{PROBES.get(row.name, '')}", method=row.method, headers=headers,
                    json=body if row.body is not None else None)
    described = {one.name for one in row.parameters if one.where == "query"}
    if row.name == "export":
        assert EVERYTHING in read and described >= view.FIELDS
        read = read - {EVERYTHING} | view.FIELDS
    else:
        read = read - {OF_THE_GUARD}
    assert read == described


@pytest.mark.parametrize(("row", "one"), [
    (row, one) for row in OPERATIONS for one in row.parameters if one.most], ids=lambda it: it.name)
def test_more_of_a_parameter_than_it_says_is_refused(app, row: Operation, one: Parameter):
    client = sign_in(app.test_client())
    more = [(one.name, f"a/{number}") for number in range(one.most + 1)]
    needed = [("format", "csv")] if row.name == "export" else [] if one.name == "source" else [("source", "pl")]
    answer = client.get(f"{API}{row.path}?{urlencode([*more, *needed, ('range', '1h')])}")
    assert answer.status_code == 400 and str(one.most) in answer.json["message"], answer.text


def address(row: Operation) -> str:
    return re.sub(r"\{\w+\}", "some", row.path)


@pytest.mark.parametrize("row", [row for row in OPERATIONS if row.body is not None and not row.by_token],
                         ids=lambda row: row.name)
def test_the_fields_of_its_bodies_are_those_the_code_reads(app, services, row: Operation, monkeypatch):
    read: set[str] = set()
    monkeypatch.setattr(parameters, "orjson", SimpleNamespace(
        loads=lambda raw: WatchedBody(orjson.loads(raw), read), JSONDecodeError=orjson.JSONDecodeError))
    client = sign_in(app.test_client())
    headers = csrf_headers(client)
    route_id = services.notifications.add_route({"name": "n", "urls": ["json://127.0.0.1/x"]}, "ada").id
    for body in BODIES.get(row.name, [{"notes": "x"}]):
        client.open(API + address(row).replace("some", route_id if "route" in row.path else "some"),
                    method=row.method, headers=headers, json=body)
    assert read == set(fields_of(row.body))


def fields_of(shape: dict[str, Any], within: str = "") -> Iterator[str]:
    for name, inner in shape.get("properties", {}).items():
        yield within + name
        yield from fields_of(inner, f"{within}{name}.")


def test_it_is_served_with_the_prefix_that_is_set():
    services = make_services(Settings(api_prefix="/watch/api", title="Ours"))
    client = sign_in(api_host(services).test_client())
    served = client.get("/watch/api/openapi.json").json
    assert served == document(services.settings)
    assert served["servers"] == [{"url": "/watch/api"}] and served["info"]["title"] == "Ours REST API"
    assert served["openapi"] == "3.1.0"


def test_a_host_below_a_path_is_the_server_with_that_path():
    client = sign_in(api_host(make_services()).test_client())
    for root, named in (("", ""), ("/be low", "/be%20low"), ("", "")):
        found = client.get(API + "/openapi.json", base_url="http://localhost" + root).json
        assert found["servers"] == [{"url": named + API}]


def test_it_is_made_once_and_not_before_somebody_asks(monkeypatch):
    made = []
    monkeypatch.setattr(api_openapi, "document", lambda settings, root: made.append(root) or document(settings, root))
    client = sign_in(api_host(make_services()).test_client())
    assert not made
    assert client.get(API + "/openapi.json").data == client.get(API + "/openapi.json").data
    assert len(made) == 1


def test_whoever_may_not_read_the_api_may_not_read_what_it_can(app):
    assert app.test_client().get(API + "/openapi.json").status_code == 401
    assert sign_in(app.test_client(), "bob").get(API + "/openapi.json").status_code == 403


def test_its_shapes_are_schemas_and_its_references_lead_somewhere():
    found = document(SETTINGS)
    known = found["components"]["schemas"]
    for shape in shapes(found):
        jsonschema_rs.meta.validate(shape)
    referred = set(re.findall(r"#/components/schemas/(\w+)", orjson.dumps(found).decode()))
    assert referred == known.keys()


def shapes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if isinstance(tree.get("schema"), dict):
            yield tree["schema"]
        if isinstance(tree.get("schemas"), dict):
            yield from tree["schemas"].values()
        for part in tree.values():
            yield from shapes(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from shapes(part)


def test_writes_need_the_token_and_the_forwarder_its_secret():
    needs = {row["operationId"]: row["security"] for methods in document(SETTINGS)["paths"].values()
             for row in methods.values()}
    assert needs["store_event"] == [{"forwarder": []}]
    assert needs["status"] == [{"session": []}]
    assert all(needs[row.name] == [{"session": [], "csrf": []}] for row in OPERATIONS
               if row.method != "GET" and not row.by_token)


@pytest.mark.parametrize(("path", "status", "body", "what"), [
    ("/nothing", 200, b'{"success":true}', "nothing -> 200"),
    ("/status", 418, b'{"success":false,"message":"x"}', "status is not described"),
    ("/status", 200, b'{"success":true}', "redis"),
    ("/status", 401, b'{"success":false,"message":"x","secret":1}', "secret"),
    ("/status", 401, b'{"success":true,"message":"x"}', "false was expected"),
    ("/status", 401, b'{"success":false,"message":NaN}', "NaN is no JSON"),
])
def test_what_is_not_as_described_is_noticed(path, status, body, what):
    with pytest.raises(AssertionError, match=what):
        Described(API).check("GET", API + path, status, {"Content-Type": "application/json"}, body)
