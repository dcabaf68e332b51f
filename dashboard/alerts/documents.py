"""Documents and alerts as the bytes that Redis keeps: strict JSON, the same bytes for the same content."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import orjson

from dashboard.alerts.alert import Alert
from dashboard.alerts.episode import Episode
from dashboard.alerts.facts import Click, Content, Fact, Resolution, Trigger
from dashboard.alerts.lifecycle import Document

VERSION = 1
"""Of the form below. A reader that meets a later one refuses it (`Unreadable`), rather than writing it back cut."""

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


class Unreadable(ValueError):
    """The bytes are no document this version can read."""


def dump_document(document: Document) -> bytes:
    """A document as JSON. Facts are arrays, since they are many; all else is named."""
    return _dump({
        "version": VERSION, "source": document.source, "id": document.id, "horizon": document.horizon,
        "previous": document.previous, "base": None if document.base is None else asdict(document.base),
        "facts": [_FORMS[type(fact)][0] + _row(fact) for fact in document.ordered()],
    })


def load_document(data: bytes) -> Document:
    """The document in `data`. Raises Unreadable."""
    try:
        tree = orjson.loads(data)
        if tree["version"] != VERSION:
            raise Unreadable(f"version {tree['version']}")
        facts = [_fact(row) for row in tree["facts"]]
        base = tree["base"]
        if base is not None:
            base = Episode(**base | {"content": _content(base["content"])})
        return Document(tree["source"], tree["id"], tree["horizon"], tree["previous"], base,
                        {fact.key: fact for fact in facts})
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Unreadable(type(error).__name__) from error


def dump_alert(alert: Alert) -> bytes:
    """A resolved alert that stands on its own, as JSON."""
    return _dump({"version": VERSION, "alert": asdict(alert)})


def load_alert(data: bytes) -> Alert:
    """The alert in `data`. Raises Unreadable."""
    try:
        tree = orjson.loads(data)
        if tree["version"] != VERSION:
            raise Unreadable(f"version {tree['version']}")
        values = tree["alert"]
        return Alert(**values | {"suggested_actions": tuple(values["suggested_actions"])})
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable(type(error).__name__) from error


def _dump(tree: dict[str, Any]) -> bytes:
    return orjson.dumps(tree, default=str, option=_OPTIONS)


_FORMS: dict[type, tuple[list[str], tuple[str, ...]]] = {
    Trigger: (["t"], tuple(field.name for field in fields(Trigger))),
    Resolution: (["r"], tuple(field.name for field in fields(Resolution))),
    Click: (["c"], tuple(field.name for field in fields(Click))),
}
_KINDS = {form[0]: kind for kind, (form, _) in _FORMS.items()}


def _row(fact: Fact) -> list[Any]:
    values = [getattr(fact, name) for name in _FORMS[type(fact)][1]]
    if isinstance(fact, Trigger):
        values[-1:] = [] if fact.content is None else [asdict(fact.content)]
    return values


def _fact(row: list[Any]) -> Fact:
    kind, *values = row
    if kind == "t":
        return Trigger(*values[:3], _content(values[3]) if len(values) > 3 else None)
    return _KINDS[kind](*values)


def _content(tree: dict[str, Any] | None) -> Content | None:
    return None if tree is None else Content(**tree | {"suggested_actions": tuple(tree["suggested_actions"])})
