"""Shapes of JSON in the words of JSON Schema 2020-12, which OpenAPI 3.1 speaks.

An object made by `fields` has all of its fields in every answer; clients are to ignore fields they do not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Shape = dict[str, Any]

ANYTHING: Shape = {}
FREE: Shape = {"type": "object", "additionalProperties": True}
"""An object as its producer sent it."""
BOOLEAN: Shape = {"type": "boolean"}
NUMBER: Shape = {"type": "number"}
COUNT: Shape = {"type": "integer", "minimum": 0}
WHOLE: Shape = {"type": "integer"}
TEXT: Shape = {"type": "string"}
TIME: Shape = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$",
               "description": "ISO 8601 in UTC with `Z`."}


def text(most: int | None = None, least: int | None = None, about: str = "") -> Shape:
    """A string of `least` to `most` characters."""
    return _without_none(type="string", minLength=least, maxLength=most, description=about or None)


def whole(least: int, most: int | None = None, default: int | None = None) -> Shape:
    """A whole number within bounds."""
    return _without_none(type="integer", minimum=least, maximum=most, default=default)


def one_of(words: Iterable[str], default: str | None = None) -> Shape:
    """One of these words, and no other."""
    return _without_none(type="string", enum=list(words), default=default)


def listed(items: Shape, most: int | None = None, least: int | None = None) -> Shape:
    """A list of such items."""
    return _without_none(type="array", items=items, maxItems=most, minItems=least)


def by_name(values: Shape) -> Shape:
    """An object whose names come from outside."""
    return {"type": "object", "additionalProperties": values}


def fields(properties: Mapping[str, Shape] | None = None, /, **more: Shape) -> Shape:
    """An object with exactly these fields, all of them there."""
    properties = {**(properties or {}), **more}
    return {"type": "object", "properties": properties, "required": list(properties)}


def asked(properties: Mapping[str, Shape], needed: Iterable[str] = (), about: str = "") -> Shape:
    """The body of a request: of its fields only `needed` must be there."""
    return _without_none(type="object", properties=dict(properties), required=list(needed) or None,
                         description=about or None)


def maybe(shape: Shape) -> Shape:
    """That, or null."""
    if "type" not in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    either = {**shape, "type": [*kinds, "null"]}
    return {**either, "enum": [*shape["enum"], None]} if "enum" in shape else either


def either(*shapes: Shape) -> Shape:
    """One of several shapes."""
    return {"anyOf": list(shapes)}


def _without_none(**given: Any) -> Shape:
    return {name: value for name, value in given.items() if value is not None}
