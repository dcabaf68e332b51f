"""How messages of one shape are read: classes made of one message, into which msgspec reads others at once.

A producer sends the same names again and again with other numbers. The ordinary reader takes each message apart name
by name; here all numbers of a message are fetched by one call. What is not exactly of the shape (another name, a text
in place of a number) or would be complained about is not read here at all, so that there is one reader that decides
what a message means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import attrgetter
from sys import intern
from typing import Annotated, Any, Literal, Union

import msgspec

from dashboard.catalog import ALIASES
from dashboard.event_types import MetricUpdate
from dashboard.named_numbers import NamedNumbers
from dashboard.reading.envelope import ID_NAMES, KIND_NAMES, key_of, key_of_bytes
from dashboard.reading.kinds import read_health_score, read_recommendations, read_trends
from dashboard.reading.leaves import MAX_NAME, parse_number, time_of
from dashboard.reading.metrics import MAX_FACTS, keep

_INTEGER = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""Others are floats for one reader and integers for the other."""
_SCALARS = (_INTEGER, float, str, bool, None)
_NUMBERS = (float, int)
FIELDS_MOST, GROUPS_MOST = 1_024, 64
"""Of a shape: more than a producer has reason to send. A group is a class of its own, which takes memory and time."""
_PARTS = ("health_score", "trends", "recommendations")


class Unfamiliar(Exception):
    """Messages such as this one are left to the ordinary reader."""


class Shape:
    """A plan for metric updates that are built like `document`, whose kind is `kind`.

    The document is one that the ordinary reader had no complaint about, of a text without a backslash (so that no
    string of it needs to be cleaned). Raises Unfamiliar where there is no plan.
    """

    def __init__(self, document: dict[str, Any], kind: str):
        self._kind = kind
        leaves = _Leaves()
        self._has_id = any(document.get(name) is not None for name in ID_NAMES)
        self._has_parts = any(document.get(name) is not None for name in _PARTS)
        self._decode = msgspec.json.Decoder(_message_class(document, leaves)).decode
        self._names, self._numbers = leaves.numbers()
        self._other_names, self._others = leaves.others()

    def read(self, raw: bytes, received: float) -> MetricUpdate | None:
        """What the ordinary reader would make of `raw`, a text without a backslash; None: it has to be asked."""
        try:
            message = self._decode(raw)
        except (msgspec.MsgspecError, ValueError):  # the latter: no UTF-8
            return None
        source, stamp = message.source.strip(), time_of(message.timestamp)
        if not source or stamp is None:
            return None
        complaints: list[str] = []
        texts_of_numbers: dict[str, float] = {}
        facts: dict[str, Any] = {}
        if self._other_names:
            for name, value in zip(self._other_names, self._others(message), strict=True):
                keep(name, value, texts_of_numbers, facts, complaints, "")
        health = trends = recommendations = None
        if self._has_parts:
            health = read_health_score(message.health_score, "", complaints)
            trends = read_trends(message.trends, "", complaints)
            recommendations = read_recommendations(message.recommendations, "", complaints)
        if complaints or texts_of_numbers or len(facts) > MAX_FACTS:
            return None
        if self._has_id:
            key = key_of({name: getattr(message, name) for name in ID_NAMES}, source, stamp, raw, received)
        else:
            key = key_of_bytes(raw)
        return MetricUpdate(
            kind=self._kind, source=source, time=stamp, received=received, key=key,
            metrics=NamedNumbers(self._names, self._numbers(message)), facts=facts, health=health, trends=trends,
            recommendations=recommendations, raw=raw)


class _Leaves:
    """Where the leaves of the metrics stand in the classes: a path of attributes for each name."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}
        self._others: dict[str, str] = {}
        self._groups = 0

    def enter_group(self) -> None:
        """A group begins. Raises Unfamiliar where there are too many, or too much in them."""
        self._groups += 1
        if self._groups > GROUPS_MOST or len(self._numbers) + len(self._others) > FIELDS_MOST:
            raise Unfamiliar

    def put(self, name: str, value: Any, path: str) -> type:
        """Note a leaf; returns of which type it is."""
        if type(value) in _NUMBERS:
            self._numbers[name] = path
            return float
        if parse_number(value) is not None:  # a number in a text is no fact, so that it would never be read here
            raise Unfamiliar
        self._others[name] = path
        return _anything([value])

    def numbers(self) -> tuple[tuple[str, ...], Callable[[Any], tuple[float, ...]]]:
        """Canonical names, and what fetches their values."""
        found = dict(self._numbers)
        for alias, name in ALIASES.items():
            if alias in found:
                path = found.pop(alias)
                found.setdefault(name, path)
        if not found:
            raise Unfamiliar
        return _fetching(found)

    def others(self) -> tuple[tuple[str, ...], Callable[[Any], tuple]]:
        """The same of what is no number."""
        return _fetching(self._others) if self._others else ((), lambda message: ())


def _fetching(paths: dict[str, str]) -> tuple[tuple[str, ...], Callable[[Any], tuple]]:
    fetch = attrgetter(*paths.values())
    # Of one attribute alone no tuple is made.
    return tuple(map(intern, paths)), fetch if len(paths) > 1 else lambda message: (fetch(message),)


def _message_class(document: dict[str, Any], leaves: _Leaves) -> type:
    """A class for the whole message. What the plan does not need must still be there, of a type like here."""
    if "payload" in document or not isinstance(document.get("metrics"), dict):
        raise Unfamiliar
    _type_of_one(document.get("source"), (str,))
    fields: list[tuple] = [
        ("source", Annotated[str, msgspec.Meta(max_length=MAX_NAME)]),
        ("timestamp", _type_of_one(document.get("timestamp"), (*_NUMBERS, str))),
        ("metrics", _group_class(document["metrics"], "", "metrics", leaves))]
    for name in _PARTS:
        value = document.get(name)
        fields.append((name, _anything([value])) if value is not None else (name, None, None))
    for name in ID_NAMES:
        value = document.get(name)
        fields.append((name, _type_of_one(value, (str,))) if value is not None else (name, None, None))
    kinds = {name: Literal[_only_text(document[name])] for name in KIND_NAMES if name in document}
    if not any(document[name].strip() for name in kinds):  # else another spelling of the names tells the kind
        raise Unfamiliar
    more = {name: _anything([value]) for name, value in document.items()
            if name not in kinds and not any(name == field[0] for field in fields)}
    names = {f"more{number}": name for number, name in enumerate((*kinds, *more))}
    if len(names) > FIELDS_MOST:
        raise Unfamiliar
    types = {**kinds, **more}
    return msgspec.defstruct(
        "Message", [*((field, types[name]) for field, name in names.items()), *fields], kw_only=True,
        rename=names, forbid_unknown_fields=True, gc=False)


def _group_class(tree: dict[str, Any], prefix: str, path: str, leaves: _Leaves) -> type:
    leaves.enter_group()
    if len(tree) > FIELDS_MOST:
        raise Unfamiliar
    fields, names = [], {}
    for number, (key, value) in enumerate(tree.items()):
        field, name = f"leaf{number}", prefix + key
        if not key or "." in key or len(name) >= MAX_NAME:
            raise Unfamiliar
        names[field], here = key, f"{path}.{field}"
        fields.append((field, _group_class(value, f"{name}.", here, leaves) if isinstance(value, dict)
                       else leaves.put(name, value, here)))
    return msgspec.defstruct("Group", fields, rename=names, forbid_unknown_fields=True, gc=False)


def _type_of_one(value: Any, allowed: tuple[type, ...]) -> type:
    if type(value) not in allowed:
        raise Unfamiliar
    return float if type(value) in _NUMBERS else type(value)


def _only_text(value: Any) -> str:
    if type(value) is not str:
        raise Unfamiliar
    return value


def _anything(values: Iterable[Any]) -> Any:
    """A type for any scalar, and for lists and objects as far as some are among `values`."""
    values = list(values)
    lists = [value for value in values if isinstance(value, list)]
    objects = [value.values() for value in values if isinstance(value, dict)]
    return Union[(*_SCALARS, *([list[_anything(chain(*lists))]] if lists else ()),
                  *([dict[str, _anything(chain(*objects))]] if objects else ()))]
