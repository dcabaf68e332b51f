"""Answers of the REST API held against its OpenAPI document, in whatever test they were asked for.

The document leaves objects open, since fields may come; here they are closed, so that a field nobody described shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, PathConverter, RequestRedirect, Rule
from werkzeug.test import TestResponse

from dashboard.settings import Settings
from dashboard.web.openapi.document import REFUSAL, document


class Anything(PathConverter):
    """The id of an alert: slashes and line breaks too."""

    regex = r"[\s\S]+?"
    part_isolating = False


class Described:
    """The document of one API, ready to hold answers against."""

    def __init__(self, prefix: str):
        self.prefix = prefix
        self.document = document(Settings(api_prefix=prefix))
        closed = {"schemas": {name: close(shape) for name, shape in self.document["components"]["schemas"].items()}}
        self._answers: dict[tuple[str, str, int], dict[str, Any]] = {}
        rules = []
        for path, methods in self.document["paths"].items():
            for method, row in methods.items():
                rule = re.sub(r"\{(\w+)\}", lambda name: f"<{'any_id:' if name[1] == 'id' else ''}{name[1]}>", path)
                rules.append(Rule(prefix + rule, methods=[method.upper()], endpoint=path))
                for status, answer in row["responses"].items():
                    self._answers[method.upper(), path, int(status)] = {
                        kind: shape_of(content["schema"], closed) for kind, content in answer["content"].items()}
        self._map = Map(rules, converters={"any_id": Anything}, merge_slashes=False).bind("localhost")
        self._refusal = shape_of(close(REFUSAL), {})

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """AssertionError where an answer is not as described. `path` is decoded."""
        if method == "OPTIONS" or not path.startswith(self.prefix + "/"):
            return
        kind = headers.get("Content-Type", "").partition(";")[0]
        where = f"{method} {path} -> {status} {kind}"
        try:
            row, _ = self._map.match(path, method="GET" if method == "HEAD" else method)
        except (NotFound, MethodNotAllowed, RequestRedirect) as error:
            expected = {NotFound: (404,), MethodNotAllowed: (405,)}.get(type(error), ())
            assert status in (*expected, 400, 401, 403), where
            answer = {"application/json": self._refusal}
        else:
            answer = self._answers.get(("GET" if method == "HEAD" else method, row, status))
            assert answer is not None, f"{where}: the status is not described"
        assert kind in answer, f"{where}: the media type is not described"
        if kind == "application/json" and method != "HEAD":
            found = json.loads(body, parse_constant=refuse_constant)
            fault = next(answer[kind].iter_errors(found), None)
            assert fault is None, f"{where}: {fault.message[:300]} at {list(fault.instance_path)}"


def refuse_constant(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


def close(shape: Any) -> Any:
    """The shape with every object of known fields closed to others."""
    if isinstance(shape, list):
        return [close(part) for part in shape]
    if not isinstance(shape, dict):
        return shape
    closed = {name: close(part) for name, part in shape.items()}
    if "properties" in shape and "additionalProperties" not in shape and not isinstance(shape["properties"], list):
        closed.setdefault("additionalProperties", False)
    return closed


def shape_of(shape: Any, components: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator({**close(shape), "components": components})


@cache
def described(prefix: str) -> Described:
    return Described(prefix)


class DescribedClient(FlaskClient):
    """A client whose every answer must be as described, where the application has the real API."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        answer = super().open(*args, **options)
        prefix = api_prefix(self.application)
        if prefix is not None:
            described(prefix).check(answer.request.method, answer.request.path, answer.status_code, answer.headers,
                                    answer.data)
        return answer


def api_prefix(app: Any) -> str | None:
    """Where the application has the API, if it has."""
    mounted = app.extensions.get("monitoring")
    return app.extensions.get("described") if mounted is None else mounted.settings.api_prefix
