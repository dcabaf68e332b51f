"""A fully mounted application, and whoever asks it thousands of times.

Nothing here remembers what an answer changed: who wants that has a client.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import create_environ, run_wsgi_app

from dashboard import Monitoring, Settings, extension
from dashboard.web.csrf import COOKIE
from tests.described import described
from tests.unit.ui_world import hear_alert, hear_metrics, make_world
from tests.unit.web_host import API, PAGE, plain_host

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
STORE_EVENT = API + "/store-event"
CALLBACK = PAGE + "/_dash-update-component"
TOKEN = "a secret of the forwarder"
SETTINGS = Settings(start_listener=False, store_token=TOKEN)
HOST = "http://localhost"


def host(monkeypatch: pytest.MonkeyPatch, protect: bool) -> Flask:
    """A host with the whole console on services of paper, so that no request goes to Redis."""
    services = make_world(SETTINGS)
    hear_metrics(services, system={"cpu_percent": 5})
    hear_alert(services, "some")
    monkeypatch.setattr(extension, "build", lambda settings, folder: services)
    app = plain_host(protect)
    Monitoring(app, settings=SETTINGS)
    return app


def paths(app: Flask) -> list[str]:
    """A path for every rule under both prefixes; placeholders are filled with a word."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith((PAGE, API))]
    assert len(rules) >= 20
    return sorted({re.sub(r"<[^>]*>", "some", rule) for rule in rules})


def each(app: Flask) -> Iterator[tuple[str, str]]:
    for path in paths(app):
        for method in METHODS:
            if path != STORE_EVENT or method != "POST":  # a machine with a secret: test_mount_tokens
                yield path, method


def is_document(path: str, method: str) -> bool:
    folders = path.removeprefix(PAGE).split("/")
    is_data = any(name.startswith("_") or name in ("assets", "bootstrap", "plotly") for name in folders)
    return path.startswith(PAGE) and method in ("GET", "HEAD") and not is_data


class Answer(NamedTuple):
    status_code: int
    headers: Headers
    data: bytes

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    @property
    def json(self) -> Any:
        return orjson.loads(self.data)


class Asker:
    """Asks as `client` does, always with the cookies that it has now: to build each request anew and to take in what
    each answer sets takes as long as to answer it. Answers of the API must be as described, as those to a client."""

    def __init__(self, client: FlaskClient, base_url: str = HOST) -> None:
        self._app, self._base = client.application, base_url
        cookies = (client.get_cookie(name) for name in ("session", COOKIE))
        self._cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies if cookie is not None)

    def ask(self, path: str, method: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        """`body` is JSON."""
        environ = {**_environ(path, self._base), "REQUEST_METHOD": method, "wsgi.input": BytesIO(body)}
        if self._cookies:
            environ["HTTP_COOKIE"] = self._cookies
        if body:
            environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
        for name, value in (headers or {}).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        sent, status, found = run_wsgi_app(self._app, environ, buffered=True)
        answer = Answer(int(status.partition(" ")[0]), found, b"".join(sent))
        described(API).check(method, path, answer.status_code, found, answer.data)
        return answer


@cache
def _environ(path: str, base_url: str) -> dict[str, Any]:
    return create_environ(path, base_url)
