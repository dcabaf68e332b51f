"""Documents and alerts as the bytes that Redis keeps: strict JSON, the same bytes for the same content."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import orjson

from dashboard.alerts.alert import ACKNOWLEDGED, ACTIVE, Alert
from dashboard.alerts.document import Document
from dashboard.alerts.episode import Episode
from dashboard.alerts.facts import Click, Content, Fact, Resolution, Trigger
from dashboard.alerts.timeline import Change

VERSION, WITH_NAMES = 2, 3
"""Of the form below; what version 1 wrote is read too. A reader that meets a later one refuses it (`Unreadable`),
rather than writing it back cut. The second: one with an alert from the history, whose key earlier readers would take
for another."""

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


class Unreadable(ValueError):
    """The bytes are no document this version can read."""


def dump_document(document: Document) -> bytes:
    """A document as JSON. Facts are arrays, since they are many; all else is named."""
    return _dump({
        "version": WITH_NAMES if document.base is not None and document.base.is_from_history else VERSION,
        "source": document.source, "id": document.id, "horizon": document.horizon,
        "previous": document.previous, "by_person": document.by_person, "recent": list(document.recent),
        "lag": document.lag, "heard": document.heard,
        "base": None if document.base is None else asdict(document.base),
        "facts": [_FORMS[type(fact)][0] + _row(fact)
                  for fact in sorted(document.facts.values(), key=lambda fact: fact.order)],
    })


def load_document(data: bytes) -> Document:
    """The document in `data`. Raises Unreadable."""
    try:
        tree = orjson.loads(data)
        old = _is_old(tree)
        facts = [_fact(row, old) for row in tree["facts"]]
        return Document(tree["source"], tree["id"], tree["horizon"], tree["previous"], _episode(tree["base"]),
                        tree.get("by_person", False), tuple(tree.get("recent", ())),
                        tree.get("lag"), tree.get("heard"), {fact.key: fact for fact in facts})
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Unreadable(type(error).__name__) from error


def dump_alert(alert: Alert) -> bytes:
    """A resolved alert that stands on its own, as JSON."""
    return _dump({"version": VERSION, "alert": asdict(alert)})


def load_alert(data: bytes) -> Alert:
    """The alert in `data`. Raises Unreadable."""
    try:
        tree = orjson.loads(data)
        old, values = _is_old(tree), tree["alert"]
        if old:
            values["cleared_itself"] = str(values["resolved_by"]).startswith("producer: ")
        return Alert(**values | {"suggested_actions": tuple(values["suggested_actions"]),
                                 "timeline": _timeline(values)})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
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
    if isinstance(fact, Trigger):
        content = [] if fact.content is None else [asdict(fact.content)]
        return [fact.key, fact.at, fact.lag, fact.level, *content]
    return [getattr(fact, name) for name in _FORMS[type(fact)][1]]


def _fact(row: list[Any], old: bool) -> Fact:
    kind, *values = row
    if kind != "t":
        return _KINDS[kind](*values)
    content = _content(values[3 if old else 4]) if len(values) > (3 if old else 4) else None
    level = (content.level if content else "") if old else values[3]
    return Trigger(*values[:3], content, level)


def _is_old(tree: dict[str, Any]) -> bool:
    """Whether version 1 wrote it. Raises Unreadable for a later version than ours."""
    if tree["version"] not in (1, VERSION, WITH_NAMES):
        raise Unreadable(f"version {tree['version']}")
    return tree["version"] == 1


def _episode(tree: dict[str, Any] | None) -> Episode | None:
    if tree is None:
        return None
    more: dict[str, Any] = {"content": _content(tree["content"]), "timeline": _timeline(tree)}
    if "state" not in tree:  # version 1, which knew only open alerts here
        more["state"] = ACTIVE if tree["acknowledged_at"] is None else ACKNOWLEDGED
        more["level"] = tree["content"]["level"] if tree["content"] else ""
    return Episode(**tree | more)


def _timeline(tree: dict[str, Any]) -> tuple[Change, ...]:
    return tuple(Change(**entry) for entry in tree.get("timeline", ()))


def _content(tree: dict[str, Any] | None) -> Content | None:
    return None if tree is None else Content(**tree | {"suggested_actions": tuple(tree["suggested_actions"])})
